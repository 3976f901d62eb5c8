"""Telegram Desktop's JSON on the wire.

Source: telegramdesktop/tdesktop, export_output_json.cpp. Unknown keys are passed over.
"""

from __future__ import annotations

import msgspec


class Part(msgspec.Struct, gc=False):
    """A run of text with a style or a link."""

    type: str = ""
    text: str = ""
    href: str = ""


class Poll(msgspec.Struct, gc=False):
    """A poll; its question is its text."""

    question: str | list[str | Part] = ""


class Reactor(msgspec.Struct, gc=False, rename={"name": "from", "account": "from_id"}):
    """Who reacted and when, in local time."""

    name: str | None = None
    account: str | None = None
    date: str = ""


class Reaction(msgspec.Struct, gc=False):
    """One kind of reaction with those who gave it last."""

    emoji: str = ""
    recent: list[Reactor] = []


class Message(msgspec.Struct, gc=False, rename={"name": "from", "account": "from_id"}):
    """A message or a service message."""

    id: int | str | None = None
    type: str = "message"
    date: str | None = None
    date_unixtime: str | int | None = None
    name: str | None = None
    account: str | int | None = None
    text: str | list[str | Part] = ""
    reply_to_message_id: int | str | None = None
    forwarded_from: str | msgspec.UnsetType | None = msgspec.UNSET
    photo: str | None = None
    file: str | None = None
    media_type: str | None = None
    mime_type: str | None = None
    location_information: dict[str, object] | None = None
    contact_information: dict[str, object] | None = None
    poll: Poll | None = None
    actor: str | None = None
    actor_id: str | int | None = None
    action: str = ""
    title: str | None = None
    inviter: str | None = None
    members: list[str | None] | None = None
    reactions: list[Reaction] | None = None
