"""The OneBot connector: its form, its facts, and how a session is opened."""

from __future__ import annotations

from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass

from django.utils.translation import gettext_noop as _

from weilu.chat.ports.abilities import Capability
from weilu.chat.ports.connectors import Config, Host, Setting
from weilu.chat.ports.records import Platform
from weilu.chat.ports.sessions import Session
from weilu.connectors.onebot.capabilities import CAPABILITIES
from weilu.connectors.opening import opened_by

SETTINGS = (
    Setting(
        "account",
        _("QQ number"),
        _("Of the account that NapCat or LLOneBot is signed in with."),
        placeholder="10001",
    ),
    Setting(
        "token",
        _("Access token"),
        _(
            "Make one up, at least 16 letters and digits, and enter the same in NapCat: Network,"
            " WebSocket client, with the address ws://HOST:8421/onebot/v11/ws of this machine."
        ),
        is_secret=True,
    ),
    Setting(
        "api",
        _("Address of its HTTP server"),
        _("Only when events come by HTTP reports instead of a WebSocket."),
        is_required=False,
        placeholder="http://127.0.0.1:3000",
    ),
    Setting(
        "secret",
        _("Secret of the reports"),
        _("Only when HTTP reports are signed with something else than the access token."),
        is_secret=True,
        is_required=False,
    ),
)


@dataclass(slots=True)
class OneBotConnector:
    """QQ groups through an implementation of OneBot v11."""

    name: str = "onebot"
    label: str = "QQ · OneBot v11"
    platform: Platform = Platform.QQ
    host: Host = Host.NONEBOT
    settings: tuple[Setting, ...] = SETTINGS
    capabilities: tuple[Capability, ...] = CAPABILITIES
    # OneBot has no transaction ids.
    keeps_keys: bool = False

    def open(self, config: Config) -> AbstractAsyncContextManager[Session]:
        """A session of the account; in NoneBot's process it waits until the account connects."""
        return opened_by("weilu.connectors.onebot.session", config)
