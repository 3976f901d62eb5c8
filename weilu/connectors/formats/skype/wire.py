"""Skype's download on the wire: `messages.json` of the export Microsoft sends.

Source: public downloads and importers. Teams for home is exported alike. Unknown keys are passed
over.
"""

from __future__ import annotations

import msgspec


class Giver(msgspec.Struct, gc=False):
    """Who reacted and when, in milliseconds."""

    mri: str = ""
    time: int | str | None = None


class Emotion(msgspec.Struct, gc=False):
    """One kind of reaction."""

    key: str = ""
    users: list[Giver] = []


class Properties(msgspec.Struct, gc=False, rename={"deleted": "deletetime"}):
    """What is beside a message."""

    emotions: list[Emotion] | None = None
    deleted: int | str | None = None


class Message(
    msgspec.Struct,
    gc=False,
    rename={
        "name": "displayName",
        "written": "originalarrivaltime",
        "kind": "messagetype",
        "account": "from",
    },
):
    """A message or an event."""

    id: str | int | None = None
    name: str | None = None
    written: str | None = None
    kind: str | None = None
    content: str | None = None
    account: str | None = None
    properties: Properties | None = None
