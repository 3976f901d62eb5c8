"""What can be possible on a platform, and what can be asked of it (B-5, B-6, K-4)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum


class Ability(StrEnum):
    """What can be possible in a group."""

    RECEIVE = "receive"
    MEMBERSHIP = "membership"  # joins and leaves are seen
    SEND_TEXT = "send_text"
    SEND_PICTURE = "send_picture"
    RECALL = "recall"
    MUTE = "mute"
    REMOVE = "remove"
    BAN = "ban"
    ANNOUNCE = "announce"
    APPROVE = "approve"
    MEMBER_LIST = "member_list"
    HISTORY = "history"
    INVITE_LINK = "invite_link"


class Support(StrEnum):
    """How something is done on a platform."""

    AUTOMATIC = "automatic"
    CONFIRMED = "confirmed"  # the platform has a person confirm it in its own app
    BY_HAND = "by_hand"  # no interface: Weilu writes a hand task
    IMPOSSIBLE = "impossible"


class Scope(StrEnum):
    """What a limit counts over."""

    CONNECTION = "connection"
    GROUP = "group"


@dataclass(frozen=True, slots=True)
class Limit:
    """At most `count` orders in any `seconds`, over a scope."""

    count: int
    seconds: int
    scope: Scope = Scope.GROUP


@dataclass(frozen=True, slots=True)
class Capability:
    """Whether and how an ability is there: a fact with a date and a source, editable later.

    `condition` is a source string for translation (gettext_noop), "" for none; `source` is an
    address or the title of a document.
    """

    ability: Ability
    support: Support
    as_of: date
    source: str
    condition: str = ""
    limits: tuple[Limit, ...] = ()


class Deed(StrEnum):
    """What an order asks for."""

    SEND = "send"
    RECALL = "recall"
    MUTE = "mute"
    UNMUTE = "unmute"
    REMOVE = "remove"
    BAN = "ban"
    UNBAN = "unban"
    ANNOUNCE = "announce"
    APPROVE = "approve"
    DECLINE = "decline"


NEEDS: dict[Deed, Ability] = {
    Deed.SEND: Ability.SEND_TEXT,
    Deed.RECALL: Ability.RECALL,
    Deed.MUTE: Ability.MUTE,
    Deed.UNMUTE: Ability.MUTE,
    Deed.REMOVE: Ability.REMOVE,
    Deed.BAN: Ability.BAN,
    Deed.UNBAN: Ability.BAN,
    Deed.ANNOUNCE: Ability.ANNOUNCE,
    Deed.APPROVE: Ability.APPROVE,
    Deed.DECLINE: Ability.APPROVE,
}
