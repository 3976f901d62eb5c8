"""Which group a join link leads to, and which joins came from its visits (B-2). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, time, timedelta
from enum import StrEnum
from hashlib import sha256
from typing import NamedTuple


class Closed(StrEnum):
    """Why a target is not shown."""

    OFF = "off"
    OVER = "over"
    NO_CODE = "no_code"
    EXPIRED = "expired"
    FULL = "full"
    HOURS = "hours"


@dataclass(slots=True)
class Choice:
    """What is known of a target; `room` is how many more visitors its code may be shown to.

    `is_over`: the group has closed or is about to. The room is what changes, as visitors take it.
    """

    pk: int
    position: int
    weight: int
    room: int
    answer: str = ""
    is_on: bool = True
    has_code: bool = True
    is_over: bool = False
    expires_at: datetime | None = None
    opens: time | None = None
    closes: time | None = None


def closed(one: Choice, moment: datetime, clock: time) -> Closed | None:
    """Why a target is not shown now, None when it is; `clock` is the community's."""
    why = (
        (Closed.OFF, not one.is_on),
        (Closed.OVER, one.is_over),
        (Closed.NO_CODE, not one.has_code),
        (Closed.EXPIRED, one.expires_at is not None and one.expires_at <= moment),
        (Closed.FULL, one.room <= 0),
        (Closed.HOURS, not _keeps_open(one, clock)),
    )
    return next((reason for reason, holds in why if holds), None)


def _keeps_open(one: Choice, clock: time) -> bool:
    """Whether the target is open at this hour; hours may pass midnight."""
    if one.opens is None or one.closes is None or one.opens == one.closes:
        return True
    within = one.opens <= clock < one.closes
    across = clock >= one.opens or clock < one.closes
    return within if one.opens < one.closes else across


@dataclass(frozen=True, slots=True)
class Visit:
    """Who comes, what they said, and how groups of one turn share them."""

    visitor: str
    answer: str = ""
    by_room: bool = False


def choose(choices: Sequence[Choice], moment: datetime, clock: time, visit: Visit) -> int | None:
    """The target for a visitor, None when there is nothing to show; `choose_open` of the open."""
    return choose_open([c for c in choices if closed(c, moment, clock) is None], visit)


def choose_open(choices: Iterable[Choice], visit: Visit) -> int | None:
    """The target for a visitor among open ones, None when none has room.

    The first position that has any wins; within it targets share by weight, or by room: then the
    chance of each is its part of the room left, so they fill alike. The same visitor is led to
    the same target while it is open and, by room, while the room hardly changed. A target with an
    answer is for those who gave it; one without is for everybody for whom there is none of their
    own.
    """
    same = in_turn(choices, visit.answer)
    return drawn(same, visit).pk if same else None


def in_turn(choices: Iterable[Choice], answer: str) -> list[Choice]:
    """Those among open ones that share visitors with this answer; the same until one is full."""
    usable = [c for c in choices if c.room > 0 and c.answer in {"", answer}]
    own = [c for c in usable if c.answer] or usable
    first = min([c.position for c in own], default=0)
    return sorted([c for c in own if c.position == first], key=lambda c: c.pk)


def drawn(same: Sequence[Choice], visit: Visit) -> Choice:
    """The one of several in turn that falls to this visitor, by their shares."""
    if len(same) == 1:
        return same[0]
    shares = [max(c.room if visit.by_room else c.weight, 1) for c in same]
    at = int.from_bytes(sha256(visit.visitor.encode()).digest()[:8], "big") % sum(shares)
    for one, share in zip(same, shares, strict=True):
        at -= share
        if at < 0:
            return one
    return same[-1]


class Nothing(NamedTuple):
    """Why there is nowhere to lead a visitor; `opens` is when somewhere opens again, by the clock.

    FULL, or HOURS, or NO_CODE where staff have to see to it: codes are missing or have expired.
    """

    why: Closed
    opens: time | None = None


def nothing_open(choices: Iterable[Choice], moment: datetime, clock: time, answer: str) -> Nothing:
    """Why nothing can be shown to a visitor with this answer."""
    fit = [c for c in choices if c.answer in {"", answer}]
    whys = {c.pk: closed(c, moment, clock) for c in fit}
    opens = [c.opens for c in fit if whys[c.pk] == Closed.HOURS and c.opens is not None]
    if opens:
        # The next one today, else the first tomorrow.
        return Nothing(Closed.HOURS, min(opens, key=lambda at: (at <= clock, at)))
    return Nothing(Closed.FULL if Closed.FULL in whys.values() else Closed.NO_CODE)


@dataclass(frozen=True, slots=True)
class Joined:
    """Somebody came into a group; when they left again, None while they are there."""

    at_ms: int
    left_ms: int | None = None


WITHIN_MS = 60 * 60_000
"""Somebody who joins within an hour of a visit is taken to have come by it."""


def attributed(
    visits: Sequence[tuple[int, int]], joins: Sequence[Joined]
) -> dict[int, list[Joined]]:
    """Joins of one group by the link whose visit accounts for them.

    `visits` are (moment in ms, link). Each visit, in order of time, takes the first join after it
    that is free; an estimate, because nobody says by which link they came.
    """
    free = sorted(joins, key=lambda one: one.at_ms)
    found: dict[int, list[Joined]] = {}
    at = 0
    for moment, link in sorted(visits):
        while at < len(free) and free[at].at_ms < moment:
            at += 1
        if at < len(free) and free[at].at_ms - moment <= WITHIN_MS:
            found.setdefault(link, []).append(free[at])
            at += 1
    return found


def stayed(joins: Sequence[Joined], days: int, now_ms: int) -> tuple[int, int]:
    """How many of those who joined at least `days` ago were still there then: (stayed, of)."""
    span = int(timedelta(days=days).total_seconds() * 1000)
    old = [one for one in joins if one.at_ms + span <= now_ms]
    kept = [one for one in old if one.left_ms is None or one.left_ms >= one.at_ms + span]
    return len(kept), len(old)
