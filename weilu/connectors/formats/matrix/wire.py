"""Element's export on the wire: raw Matrix events.

Source: matrix-org/matrix-react-sdk, JSONExport.ts; Matrix client-server API v1.11.
"""

from __future__ import annotations

import msgspec


class ReplyTo(msgspec.Struct, gc=False):
    """The event answered."""

    event_id: str = ""


class Relation(msgspec.Struct, gc=False, rename={"reply": "m.in_reply_to"}):
    """How an event belongs to another."""

    rel_type: str | None = None
    event_id: str | None = None
    key: str | None = None
    reply: ReplyTo | None = None
    is_falling_back: bool = False


class NewContent(msgspec.Struct, gc=False):
    """The text after an edit."""

    body: str | None = None


class Content(
    msgspec.Struct,
    gc=False,
    rename={
        "relation": "m.relates_to",
        "new": "m.new_content",
        "poll_text": "org.matrix.msc1767.text",
    },
):
    """What an event says; every key depends on the event's type."""

    body: str | None = None
    msgtype: str | None = None
    membership: str | None = None
    displayname: str | None = None
    name: str | None = None
    topic: str | None = None
    reason: str | None = None
    redacts: str | None = None
    relation: Relation | None = None
    new: NewContent | None = None
    poll_text: str | None = None


class PreviousContent(msgspec.Struct, gc=False):
    """The membership before."""

    membership: str | None = None
    displayname: str | None = None


class Unsigned(msgspec.Struct, gc=False):
    """What the server adds."""

    prev_content: PreviousContent | None = None
    redacted_because: dict[str, object] | None = None


class Event(
    msgspec.Struct,
    gc=False,
    rename={"sent_ms": "origin_server_ts"},
):
    """An event of a room."""

    type: str
    sender: str
    sent_ms: int
    event_id: str = ""
    room_id: str = ""
    state_key: str | None = None
    redacts: str | None = None
    content: Content = msgspec.field(default_factory=Content)
    unsigned: Unsigned | None = None
