"""A webhook connection of the tests, and calls to it that are signed as documented."""

from __future__ import annotations

import hashlib
import hmac
import json
import time

from django.test import Client

from weilu.chat.live.connections import connect
from weilu.core.access import Actor
from weilu.core.vault import unseal
from weilu.groups.models import Connection

TIME = "2026-11-01T10:00:00+08:00"


def webhook(actor: Actor, name: str = "Our app", address: str = "") -> Connection:
    """A webhook connection."""
    return connect(actor, connector="webhook", name=name, answers={"address": address})


def secret_of(connection: Connection) -> str:
    """The secret it was shown with."""
    return unseal(connection.sealed)["secret"]


def event(kind: str = "message", number: str = "m-1", **more: object) -> dict[str, object]:
    """An event of Lin's in the usual group."""
    base: dict[str, object] = {
        "type": kind,
        "id": number,
        "time": TIME,
        "group": {"id": "g-1", "name": "Tea friends"},
        "member": {"id": "u-1", "name": "Lin"},
    }
    return base | more


def headers(secret: str, body: bytes, at_s: int | None = None) -> dict[str, str]:
    """The signature, written down once more from the documentation."""
    stamp = str(int(time.time()) if at_s is None else at_s)
    mac = hmac.new(secret.encode(), f"{stamp}.".encode() + body, hashlib.sha256).hexdigest()
    return {"Weilu-Timestamp": stamp, "Weilu-Signature": f"v1={mac}"}


def call(
    connection: Connection, path: str, body: object = None, *, signed: dict[str, str] | None = None
) -> tuple[int, object]:
    """Status and JSON of a signed call, None when there is none; GET without a body."""
    raw = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    given = headers(secret_of(connection), raw) if signed is None else signed
    address = f"/api/hooks/{connection.hook}/{path}"
    client = Client(enforce_csrf_checks=True)
    if body is None:
        answer = client.get(address, headers=given)
    else:
        answer = client.post(address, raw, content_type="application/json", headers=given)
    return answer.status_code, json.loads(answer.content) if answer.content else None
