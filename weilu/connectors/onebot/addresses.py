"""Where the door for OneBot is, in NoneBot's process."""

from __future__ import annotations

from django.conf import settings as options


def door_address() -> str:
    """Where implementations connect."""
    return _at("ws") + "/onebot/v11/ws"


def relay_address() -> str:
    """Where the door passes the doctor's questions on."""
    return _at("http") + "/onebot/v11/api"


def _at(scheme: str) -> str:
    host, port = options.BOTS_ADDRESS
    shown = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - not to bind
    return f"{scheme}://{f'[{shown}]' if ':' in shown else shown}:{port}"
