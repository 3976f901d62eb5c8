"""What goes over the wire, as types: they check what comes and describe it for programmers."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal, TypeAlias

from msgspec import UNSET, Meta, Struct, UnsetType

EVENTS, RECEIPTS, ORDERS, PING = "events", "receipts", "orders", "ping"
MOST = 500

Id: TypeAlias = Annotated[
    str, Meta(min_length=1, max_length=120, description="An id of the sender's, stable for ever.")
]
Name: TypeAlias = Annotated[str, Meta(max_length=200)]
Text: TypeAlias = Annotated[str, Meta(max_length=64_000)]
Time: TypeAlias = Annotated[
    datetime,
    Meta(tz=True, description="RFC 3339 with an offset. The same event always has the same time."),
]
Form: TypeAlias = Literal[
    "text", "picture", "voice", "video", "file", "sticker", "link", "location", "card", "poll",
    "other",
]  # fmt: skip


class Group(Struct, frozen=True, forbid_unknown_fields=True):
    """A group; it appears in Weilu with the first event that names it."""

    id: Id
    name: Name = ""


class Member(Struct, frozen=True, forbid_unknown_fields=True):
    """Who did it."""

    id: Id
    name: Name = ""
    is_bot: bool = False


class _Event(Struct, frozen=True, forbid_unknown_fields=True, tag_field="type", kw_only=True):
    """What every event has. An `id` that comes again in its group is dropped."""

    id: Id
    time: Time
    group: Group
    member: Member


class Shown(Struct, frozen=True, forbid_unknown_fields=True):
    """A picture: where it is fetched from (https, on the internet), or the file in base64.

    It is read for codes and not kept: JPEG, PNG, WebP, GIF or BMP, at most 8 megabytes.
    """

    url: Annotated[str, Meta(max_length=2000)] = ""
    base64: str = ""


class Message(_Event, frozen=True, tag="message", kw_only=True):
    """Somebody said something; `id` is the message's own, by which others refer to it."""

    text: Text = ""
    form: Form = "text"
    reply_to: Id | UnsetType = UNSET
    picture: Shown | UnsetType = UNSET


class Edit(_Event, frozen=True, tag="edit", kw_only=True):
    """The new text of a message; `time` is when the message was said."""

    message: Id
    text: Text


class Recall(_Event, frozen=True, tag="recall", kw_only=True):
    """A message was taken back; `time` is when the message was said."""

    message: Id


class Reaction(_Event, frozen=True, tag="reaction", kw_only=True):
    """Somebody reacted to a message, usually with an emoji."""

    message: Id
    text: Annotated[str, Meta(min_length=1, max_length=100)]


class Join(_Event, frozen=True, tag="join", kw_only=True):
    """Somebody came; `source` is how, in your words, `invited_by` a name."""

    source: Name = ""
    invited_by: Name = ""


class Leave(_Event, frozen=True, tag="leave", kw_only=True):
    """Somebody went; `removed_by` is a name."""

    removed_by: Name = ""


class Rename(_Event, frozen=True, tag="rename", kw_only=True):
    """Somebody has another name now; `member.name` is the old one, if known."""

    name: Annotated[str, Meta(min_length=1, max_length=200)]


class JoinRequest(_Event, frozen=True, tag="join_request", kw_only=True):
    """Somebody asks to be let in; orders to approve or decline name it by `id`."""

    text: Annotated[str, Meta(max_length=1000)] = ""


Event: TypeAlias = Message | Edit | Recall | Reaction | Join | Leave | Rename | JoinRequest


class Events(Struct, frozen=True, forbid_unknown_fields=True):
    """Things that happened, oldest first; stored all or none."""

    events: Annotated[list[Event], Meta(min_length=1, max_length=MOST)]


class Receipt(Struct, frozen=True, forbid_unknown_fields=True):
    """What became of an order that was fetched, or answered with 202."""

    key: Annotated[str, Meta(pattern="^[A-Za-z0-9_-]{1,64}$")]
    result: Literal["done", "refused", "expired"]
    time: Time


class Receipts(Struct, frozen=True, forbid_unknown_fields=True):
    """What became of orders."""

    receipts: Annotated[list[Receipt], Meta(min_length=1, max_length=MOST)]


class Picture(Struct, frozen=True):
    """A picture that goes with a message."""

    media_type: str
    base64: str


class Order(Struct, frozen=True, omit_defaults=True):
    """Something to do in a group; a `key` that was done is answered again, not done again."""

    key: str
    type: Literal[
        "ping", "send", "recall", "mute", "unmute", "remove", "ban", "unban", "announce",
        "approve", "decline",
    ]  # fmt: skip
    group: str = ""
    text: str = ""
    member: str = ""
    message: str = ""
    reply_to: str = ""
    request: str = ""
    seconds: Annotated[int, Meta(description="How long a mute lasts; 0 or left out: for good.")] = 0
    reason: str = ""
    picture: Picture | None = None


class Orders(Struct, frozen=True):
    """Orders that wait for a receipt, oldest first."""

    orders: list[Order]


class Received(Struct, frozen=True):
    """How many events or receipts are now stored, doubles included."""

    received: int


class Problem(Struct, frozen=True, omit_defaults=True):
    """Why nothing was stored; `place` is where, such as `events[3].time`."""

    error: str
    place: str = ""
    message: str = ""
