"""Power levels of a room: who may do what. Pure, from the room's state."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from weilu.chat.ports.abilities import Ability

MUTED = -1
MODERATOR = 50
# From version 12 on whoever made a room stands above all numbers.
CREATOR = 2**53
_CREATORS_RULE_FROM = 12
# What a moderator had before a mute, so that lifting it gives it back.
_BEFORE = "net.weilu.before_mute"

_NUMBER = re.compile(r"[+-]?[0-9]{1,16}")

# Wire data: any JSON object.
Content = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Power:
    """The contents of `m.room.power_levels`, and of `m.room.create` with its sender."""

    levels: Content
    create: Content = field(default_factory=dict)
    creator: str = ""

    def of(self, account: str) -> int:
        """The level an account has."""
        if account in self._creators():
            return CREATOR
        return number(mapping(self.levels, "users"), account, number(self.levels, "users_default"))

    def needed(self) -> dict[Ability, int]:
        """The level each ability needs, with the specification's defaults."""
        events = mapping(self.levels, "events")
        state = number(self.levels, "state_default", 50)
        speak = number(events, "m.room.message", number(self.levels, "events_default"))
        return {
            Ability.SEND_TEXT: speak,
            Ability.SEND_PICTURE: speak,
            Ability.RECALL: max(
                number(self.levels, "redact", 50),
                number(events, "m.room.redaction", number(self.levels, "events_default")),
            ),
            Ability.MUTE: number(events, "m.room.power_levels", state),
            Ability.REMOVE: number(self.levels, "kick", 50),
            Ability.BAN: number(self.levels, "ban", 50),
            Ability.ANNOUNCE: number(events, "m.room.topic", state),
            Ability.APPROVE: number(self.levels, "invite"),
        }

    def _creators(self) -> set[str]:
        version = self.create.get("room_version")
        if not (isinstance(version, str) and version.isdigit()):
            return set()
        if int(version) < _CREATORS_RULE_FROM:
            return set()
        more = self.create.get("additional_creators")
        return {self.creator, *(x for x in (more if isinstance(more, list) else []) if x)} - {""}


def muted(levels: Content, account: str) -> Content | None:
    """The levels with an account silenced, None when it is already."""
    users = mapping(levels, "users")
    if users.get(account) == MUTED:
        return None
    before = {k: v for k, v in mapping(levels, _BEFORE).items() if k != account}
    if isinstance(users.get(account), int):
        before[account] = users[account]
    return _with(levels, {**users, account: MUTED}, before)


def unmuted(levels: Content, account: str) -> Content | None:
    """The levels with an account given back what it had, None when it is not silenced."""
    users = mapping(levels, "users")
    if users.get(account) != MUTED:
        return None
    before = mapping(levels, _BEFORE)
    free = {k: v for k, v in users.items() if k != account}
    if isinstance(before.get(account), int):
        free[account] = before[account]
    return _with(levels, free, {k: v for k, v in before.items() if k != account})


def _with(levels: Content, users: Content, before: Content) -> Content:
    rest = {k: v for k, v in levels.items() if k not in {"users", _BEFORE}}
    return {**rest, "users": users, **({_BEFORE: before} if before else {})}


def mapping(of: Content, key: str) -> Content:
    """The object under a key, empty when there is none."""
    value = of.get(key)
    return value if isinstance(value, Mapping) else {}


def number(of: Content, key: str, default: int = 0) -> int:
    """The whole number under a key, the default when there is none.

    Rooms before version 10 may hold numbers as strings.
    """
    value = of.get(key)
    if isinstance(value, str) and _NUMBER.fullmatch(value.strip()):
        return int(value)
    return value if isinstance(value, int) else default
