"""Leading a visitor of a join link on, and counting the visit (B-2)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, time
from functools import lru_cache
from itertools import chain
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection

from weilu.communities.rulebook import current
from weilu.core.clock import now
from weilu.core.errors import NotFound
from weilu.core.light import Hand, light_hand
from weilu.groups.models import JoinLink, JoinTarget
from weilu.groups.rules.choosing import (
    Choice,
    Nothing,
    Visit,
    choose,
    closed,
    drawn,
    in_turn,
    nothing_open,
)
from weilu.groups.rules.declaring import new_letters


def choice_of(one: JoinTarget, room: int | None = None) -> Choice:
    """A target, with its group, as the rules see it; with the room it has, or is told."""
    return Choice(
        pk=one.id,
        position=one.position,
        weight=one.weight,
        room=one.most - one.shown if room is None else room,
        answer=one.answer,
        is_on=one.is_on,
        has_code=bool(one.address or one.picture),
        is_over=one.group.ends_at is not None,
        expires_at=one.expires_at,
        opens=one.opens,
        closes=one.closes,
    )


def clock_of(one: JoinLink, moment: datetime) -> time:
    """The time of day where the community is."""
    return moment.astimezone(ZoneInfo(one.community.time_zone)).time()


def link_of_code(code: str) -> JoinLink:
    """The link of a public address; raises NotFound when there is none or it is off."""
    found = JoinLink.objects.filter(code=code, is_on=True).select_related("community").first()
    if found is None:
        raise NotFound
    return found


def answers_of(targets: Sequence[JoinTarget]) -> list[str]:
    """What groups of a link are told apart by, in the order of the targets."""
    said = [t.answer for t in sorted(targets, key=lambda t: (t.position, t.pk)) if t.answer]
    return list(dict.fromkeys(said))


class Led(NamedTuple):
    """Where a visitor was led and the letters to say there, if any; or why there is nowhere."""

    target: JoinTarget | None
    says: str = ""
    nothing: Nothing | None = None


@dataclass(frozen=True, slots=True)
class Door:
    """A link with where it leads, as it is just now; `stamp` changes with what its page shows."""

    link: JoinLink
    link_id: int
    targets: Mapping[int, JoinTarget]
    answers: Sequence[str]
    has_rules: bool
    stamp: int


def door_of(link: JoinLink) -> Door:
    """Where a link leads: two statements."""
    # In an order of their own: PostgreSQL gives rows that were written last at the end.
    targets = {t.pk: t for t in link.targets.select_related("group").order_by("pk")}
    has_rules = current(link.community) is not None
    shown = [
        (link.name, link.words, link.question, link.asks_code, link.community.name, has_rules),
        *((t.pk, t.group.name, t.address, t.picture, t.answer) for t in targets.values()),
    ]
    answers = answers_of(list(targets.values()))
    return Door(link, link.pk, targets, answers, has_rules, hash(tuple(shown)))


class Coming(NamedTuple):
    """Somebody at a door; `visitor` tells them apart for a day, `answer` is to its question."""

    door: Door
    visitor: str
    answer: str = ""
    is_bot: bool = False


def visit(one: JoinLink, *, visitor: str, answer: str, is_bot: bool) -> Led:
    """Lead a visitor of a link on and count the visit; see `lead`."""
    (led,) = lead([Coming(door_of(one), visitor, answer, is_bot)])
    return led


def lead(visits: Sequence[Coming]) -> list[Led]:
    """Lead visitors on and count the visits, in one transaction of a few statements for all.

    Who comes again the same day is led to the same group, takes no more of its room and keeps the
    letters to say; machines take no room and get no letters. The doors may be a second old: how
    much room there is comes from the database, and nobody else takes of it meanwhile.
    """
    with light_hand() as hand:
        book = _Book(now(), _room(hand, visits), _before(hand, visits))
        led = [book.lead(one) for one in visits]
        for target, count in sorted(book.taken.items()):
            hand.execute(
                "UPDATE groups_jointarget SET shown = shown + %s WHERE id = %s", [count, target]
            )
        _keep(hand, book.rows)
    return led


class _Before(NamedTuple):
    """Where a visitor was led the first time today, and the letters they were given."""

    target_id: int | None
    answer: str
    says: str


_COLUMNS = "link_id, target_id, visitor, is_bot, is_repeat, answer, says, at"
# Rows in one statement: eight values each, and every SQLite takes 999.
_ROWS_AT_ONCE = 120


@dataclass(slots=True)
class _Book:
    """What is known while visitors are led on, and what there will be to write of it."""

    moment: datetime
    room: Mapping[int, int]
    before: dict[tuple[int, str], _Before]
    # The moment as the database writes it down, once for all.
    written: object = field(init=False)
    open: dict[int, dict[int, Choice]] = field(default_factory=dict)
    # By link and answer; until one of the link's groups is full.
    turns: dict[tuple[int, str], list[Choice]] = field(default_factory=dict)
    taken: Counter[int] = field(default_factory=Counter)
    rows: list[tuple[object, ...]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.written = connection.ops.adapt_datetimefield_value(self.moment)

    def lead(self, one: Coming) -> Led:
        """Where this visitor goes; takes a place there and notes the visit."""
        door, visitor, answer, is_bot = one
        answer = answer[:60]
        who = (door.link_id, visitor)
        before = self.before.get(who)
        chosen = None if before is None else self._again(one, before)
        if chosen is None:
            chosen = self._new(one, is_taken=before is None and not is_bot)
        says = ""
        if door.link.asks_code and chosen is not None and not is_bot:
            says = before.says if before and before.says else new_letters()
        if before is None and not is_bot:
            self.before[who] = _Before(chosen, answer, says)
        is_repeat, noted = before is not None, "" if before else says
        self.rows.append(
            (door.link_id, chosen, visitor, is_bot, is_repeat, answer, noted, self.written)
        )
        if chosen is None:
            return Led(None, nothing=self._nothing(one))
        return Led(door.targets[chosen], says)

    def _again(self, one: Coming, before: _Before) -> int | None:
        """Where they were led before, while it is open: their place is theirs, were it the last."""
        target = one.door.targets.get(before.target_id or 0)
        if target is None or before.answer != one.answer:
            return None
        theirs = choice_of(target, room=1)
        clock = clock_of(one.door.link, self.moment)
        return choose([theirs], self.moment, clock, Visit(one.visitor, one.answer))

    def _new(self, one: Coming, *, is_taken: bool) -> int | None:
        """The target whose turn it is; takes a place there."""
        key = (one.door.link_id, one.answer)
        same = self.turns.get(key)
        if same is None:
            same = self.turns[key] = in_turn(self._open(one.door).values(), one.answer)
        if not same:
            return None
        by_room = one.door.link.spread == JoinLink.Spread.ROOM
        chosen = drawn(same, Visit(one.visitor, one.answer, by_room=by_room))
        if is_taken:
            chosen.room -= 1
            self.taken[chosen.pk] += 1
            if chosen.room <= 0:
                self.turns.clear()
        return chosen.pk

    def _nothing(self, one: Coming) -> Nothing:
        full = self.open.get(one.door.link_id, {})
        choices = [full.get(choice.pk, choice) for choice in self._choices(one.door)]
        return nothing_open(choices, self.moment, clock_of(one.door.link, self.moment), one.answer)

    def _open(self, door: Door) -> dict[int, Choice]:
        """What a link could show when these visitors came, with the room that is left by now."""
        found = self.open.get(door.link_id)
        if found is None:
            clock = clock_of(door.link, self.moment)
            choices = self._choices(door)
            found = {c.pk: c for c in choices if closed(c, self.moment, clock) is None}
            self.open[door.link_id] = found
        return found

    def _choices(self, door: Door) -> list[Choice]:
        """Where a link leads, with the room there was when these visitors came."""
        return [choice_of(target, self.room.get(pk, 0)) for pk, target in door.targets.items()]


def _room(hand: Hand, visits: Sequence[Coming]) -> dict[int, int]:
    """How many more each target of the visited links may be shown to; nobody else takes it now."""
    links = list({one.door.link_id for one in visits})
    # SQLite has one writer at a time, from the begin of the transaction on.
    held = "" if connection.vendor == "sqlite" else " FOR NO KEY UPDATE"
    hand.execute(
        f"SELECT id, most - shown FROM groups_jointarget WHERE link_id IN ({_slots(links)})"  # noqa: S608
        f" ORDER BY id{held}",
        links,
    )
    return dict(hand.fetchall())


def _before(hand: Hand, visits: Sequence[Coming]) -> dict[tuple[int, str], _Before]:
    """The first visits of today of those who come again, by link and visitor."""
    links = list({one.door.link_id for one in visits})
    visitors = list({one.visitor for one in visits})
    hand.execute(
        "SELECT link_id, visitor, target_id, answer, says FROM groups_scan"  # noqa: S608
        f" WHERE link_id IN ({_slots(links)}) AND visitor IN ({_slots(visitors)})"
        " AND NOT is_bot AND NOT is_repeat",
        [*links, *visitors],
    )
    return {(link, visitor): _Before(*rest) for link, visitor, *rest in hand.fetchall()}


def _keep(hand: Hand, rows: Sequence[tuple[object, ...]]) -> None:
    """Write visits down, dozens a statement: each one lets the thread that answers take a turn."""
    for at in range(0, len(rows), _ROWS_AT_ONCE):
        some = rows[at : at + _ROWS_AT_ONCE]
        hand.execute(_insertion(len(some)), list(chain.from_iterable(some)))


@lru_cache(maxsize=_ROWS_AT_ONCE)
def _insertion(count: int) -> str:
    row = f"({_slots(_COLUMNS.split())})"
    return f"INSERT INTO groups_scan ({_COLUMNS}) VALUES {', '.join([row] * count)}"  # noqa: S608


def _slots(values: Sequence[object]) -> str:
    return ", ".join(["%s"] * len(values))
