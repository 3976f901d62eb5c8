"""Leading a visitor of a join link on, and counting the visit (B-2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.backends.utils import CursorWrapper

from weilu.core.clock import now
from weilu.core.errors import NotFound
from weilu.core.light import lightly
from weilu.groups.models import JoinLink, JoinTarget
from weilu.groups.rules.choosing import Choice, Visit, choose
from weilu.groups.rules.declaring import new_letters


def choice_of(one: JoinTarget) -> Choice:
    """A target, with its group, as the rules see it."""
    return Choice(
        pk=one.pk,
        position=one.position,
        weight=one.weight,
        room=one.most - one.shown,
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


@dataclass(frozen=True, slots=True)
class Led:
    """Where a visitor was led, None for nowhere, and the letters to say there, if any."""

    target: JoinTarget | None
    says: str = ""


@dataclass(frozen=True, slots=True)
class Door:
    """A link with where it leads, as it is just now; `stamp` changes with what its page shows."""

    link: JoinLink
    targets: Mapping[int, JoinTarget]
    answers: Sequence[str]
    stamp: int


def door_of(link: JoinLink) -> Door:
    """Where a link leads: one statement."""
    # In an order of their own: PostgreSQL gives rows that were written last at the end.
    targets = {t.pk: t for t in link.targets.select_related("group").order_by("pk")}
    shown = [
        (link.name, link.words, link.question, link.asks_code, link.community.name),
        *((t.pk, t.group.name, t.address, t.picture, t.answer) for t in targets.values()),
    ]
    return Door(link, targets, answers_of(list(targets.values())), hash(tuple(shown)))


def visit(one: JoinLink, *, visitor: str, answer: str, is_bot: bool) -> Led:
    """Lead a visitor of a link on and count the visit; see `lead`."""
    return lead(door_of(one), visitor=visitor, answer=answer, is_bot=is_bot)


def lead(door: Door, *, visitor: str, answer: str, is_bot: bool) -> Led:
    """Lead a visitor on and count the visit, in one transaction of three statements.

    Who comes again the same day is led to the same group, takes no more of its room and keeps the
    letters to say; machines take no room and get no letters. The door may be a second old: whether
    there is room is asked again as it is taken.
    """
    one, moment = door.link, now()
    clock = clock_of(one, moment)
    who = Visit(visitor, answer, by_room=one.spread == JoinLink.Spread.ROOM)
    choices = {pk: choice_of(target) for pk, target in door.targets.items()}
    with lightly(), connection.cursor() as cursor:
        before = _before(cursor, one.pk, visitor)
        same = before is not None and before.answer == answer
        again = choices.get(before.target_id or 0) if before and same else None
        # The place they took is theirs, also when it was the last one.
        theirs = [replace(again, room=max(again.room, 1))] if again else []
        chosen = choose(theirs, moment, clock, who)
        if chosen is None:
            chosen = choose(list(choices.values()), moment, clock, who)
        is_new = not is_bot and before is None
        while is_new and chosen is not None and not _take_room(cursor, chosen):
            del choices[chosen]
            chosen = choose(list(choices.values()), moment, clock, who)
        says = ""
        if one.asks_code and chosen is not None and not is_bot:
            says = before.says if before and before.says else new_letters()
        _count(
            cursor,
            (one.pk, chosen, visitor, is_bot, before is not None, answer[:60]),
            "" if before else says,
            moment,
        )
    return Led(door.targets[chosen] if chosen is not None else None, says)


class _Before(NamedTuple):
    """Where a visitor was led the first time today, and the letters they were given."""

    target_id: int | None
    answer: str
    says: str


def _before(cursor: CursorWrapper, link_id: int, visitor: str) -> _Before | None:
    cursor.execute(
        "SELECT target_id, answer, says FROM groups_scan WHERE link_id = %s AND visitor = %s"
        " AND NOT is_bot ORDER BY id LIMIT 1",
        [link_id, visitor],
    )
    row = cursor.fetchone()
    return _Before(*row) if row else None


def _take_room(cursor: CursorWrapper, target_id: int) -> bool:
    """Take a place behind a target; False when the last is gone."""
    cursor.execute(
        "UPDATE groups_jointarget SET shown = shown + 1 WHERE id = %s AND shown < most",
        [target_id],
    )
    return bool(cursor.rowcount == 1)


_Visit = tuple[int, int | None, str, bool, bool, str]


def _count(cursor: CursorWrapper, row: _Visit, says: str, moment: datetime) -> None:
    cursor.execute(
        "INSERT INTO groups_scan (link_id, target_id, visitor, is_bot, is_repeat, answer, says, at)"
        " VALUES (%s, %s, %s, %s, %s, %s, %s, %s)",
        [*row, says, connection.ops.adapt_datetimefield_value(moment)],
    )
