"""What passes between Weilu and a connected platform: orders out, arrivals in (K-4).

Failures outside are told apart by three errors of `core.errors`: `TryLater` (nothing happened,
come again), `GivenUp` (it never will), `Unsure` (it may have happened). Each carries a code of
`FAULTS`.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Protocol, runtime_checkable

from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.records import ChatRef, Inbound

# Codes of TryLater, GivenUp and Unsure; doors turn them into sentences in the reader's language.
FAULTS = (
    "unreachable",  # no connection, no name, refused, reset before anything was sent
    "untrusted",  # the certificate is not valid for the address, or nobody speaks TLS there
    "timeout",  # no answer in time
    "rate_limited",  # the platform asks to wait
    "platform_down",  # the platform answers with an error of its own
    "bad_answer",  # the answer is not what the platform documents
    "in_use",  # another program uses the same account or token
    "unauthorised",  # token or password is wrong, expired or revoked
    "not_let_in",  # the platform lets only addresses in that it was told, and not ours
    "signed_out",  # the platform has signed the account out; a person signs it in there
    "no_rights",  # the account may not do this in the group
    "not_in_group",  # our account is not in the group (any more)
    "gone",  # the message, member or request is not there
    "too_old",  # the platform does not let it be done any more
    "too_long",  # text or picture is larger than the platform takes
    "not_possible",  # the platform has no such thing
    "bad_setting",  # a setting cannot be right
)


@dataclass(frozen=True, slots=True)
class Order:
    """One thing to do in a group, in the platform's own ids.

    `key` (at most 64 of A-Z a-z 0-9 - _) is the same at every try: hand it to the platform as
    transaction id or nonce where it takes one. `account` is whom it is done to, `message` which
    message, `request` which request to join; `seconds` how long a mute lasts, 0: until lifted.
    """

    key: str
    deed: Deed
    group: str
    text: str = ""
    picture: Path | None = None
    account: str = ""
    message: str = ""
    reply_to: str = ""
    request: str = ""
    seconds: int = 0
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Done:
    """That an order was carried out; `external_id` is the platform's id of what came of it.

    `awaits_person`: it is now a task in the platform's own app; a `Receipt` under that id tells
    what became of it.
    """

    external_id: str = ""
    awaits_person: bool = False


@dataclass(frozen=True, slots=True)
class Arrival:
    """Something that happened in a group."""

    chat: ChatRef
    item: Inbound


@dataclass(frozen=True, slots=True)
class JoinRequest:
    """Somebody asks to be let into a group; `request` is the platform's id to answer with."""

    chat: ChatRef
    request: str
    account: str
    name: str
    asked_ms: int
    words: str = ""


class Fate(StrEnum):
    """What became of an order a person had to confirm."""

    SENT = "sent"
    REFUSED = "refused"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Receipt:
    """What the platform says later about an order, by the id it gave in `Done`."""

    external_id: str
    fate: Fate
    at_ms: int


@dataclass(frozen=True, slots=True)
class Parcel:
    """What a connector hands in at once; stored whole or not at all.

    `cursor` is how far it has read: kept in the same transaction and given back in `Config` at
    the next start. An arrival that comes twice is stored once if it has an `external_id`: give
    one to joins and leaves, too, made of what the platform numbers. `chats` are groups it is in,
    though nothing has happened in them yet.
    """

    arrivals: Sequence[Arrival] = ()
    requests: Sequence[JoinRequest] = ()
    receipts: Sequence[Receipt] = ()
    chats: Sequence[ChatRef] = ()
    cursor: Mapping[str, str] = field(default_factory=dict)


class Inbox(Protocol):
    """Where a session puts what it has heard."""

    async def put(self, parcel: Parcel) -> None:
        """Store it; returns when it is durable. Raises when it could not be: hand it in again."""


@runtime_checkable
class ReadsBack(Protocol):
    """An inbox that tells what is kept now: calls to the callback move the cursor, too."""

    async def cursor(self) -> Mapping[str, str]:
        """The cursor as it is stored."""
