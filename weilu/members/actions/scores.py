"""Scores and levels made from ledgers (C-4).

Scoring reads ledgers, never messages, and may be done again at any time: what is stored is what
comes of the ledgers, the numbers of the model, and the day that is today for each member.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

import numpy as np
from django.db import connection, transaction
from pyroaring import BitMap

from weilu.core.bulk import add_all, upsert
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.log import announce_all
from weilu.events.members import LevelsChanged
from weilu.members.actions.ledgers import MEMBERS_AT_ONCE, Today, hold, ledgers, numbers_of
from weilu.members.mirror.known import GOODWILL
from weilu.members.models import Goodwill, Ledger, LevelMove
from weilu.members.rules.goodwill import Bases, bases, moved_on, points_of
from weilu.members.rules.goodwill_json import Numbers
from weilu.members.rules.levels import Level, Standing, stand

_AT_ONCE = 500
_IDS_IN_EVENT = 500


def rescore(workspace_id: int, today: Today, members: Iterable[int] | None = None) -> int:
    """Work the goodwill of members out from their ledgers, and their levels; None: of everybody.

    Returns how many scores changed. Announces LevelsChanged. One transaction for every 1,000.
    """
    numbers = numbers_of(workspace_id)
    members = None if members is None else set(members)
    changed = 0
    done = BitMap()
    for ids, rows in ledgers(workspace_id, members):
        found = bases(rows, len(ids), numbers.model, today.communities)
        with transaction.atomic():
            changed += _keep(workspace_id, ids, _columns(found, ids, today, numbers))
            _settle(workspace_id, today, numbers, ids)
        done |= BitMap(ids)
    return changed + _drop(workspace_id, done, members)


def rescore_stale(workspace_id: int, today: Today) -> int:
    """Work out anew what became stale; returns how many scores changed.

    Killed in between, what is not done stays stale.
    """
    changed = 0
    stale = Ledger.objects.filter(workspace_id=workspace_id, is_stale=True).order_by("pk")
    while some := list(stale.values_list("pk", "identity__member_id")[:MEMBERS_AT_ONCE]):
        with transaction.atomic():
            hold(workspace_id)
            changed += rescore(
                workspace_id, today, BitMap(member for _pk, member in some if member)
            )
            ids = [pk for pk, _member in some]
            for at in range(0, len(ids), _AT_ONCE):
                part = Ledger.objects.filter(pk__in=ids[at : at + _AT_ONCE])
                part.filter(body=b"").delete()
                part.update(is_stale=False)
    return changed


def _columns(
    found: Bases, ids: Sequence[int], today: Today, numbers: Numbers
) -> list[tuple[float, float | None, int, int]]:
    """What is stored of scores: base, earned, shift and people of each member."""
    days = today.days_of(np.array(ids, dtype=np.int64)).tolist()
    told = zip(found.base.tolist(), days, found.people.tolist(), strict=True)
    return [
        (*_moved(base, day, today, numbers), today.day - day, people) for base, day, people in told
    ]


def _moved(base: float, day: int, today: Today, numbers: Numbers) -> tuple[float, float | None]:
    """Base and earned of whoever earned a base and for whom a day is today."""
    if day == today.day:
        return base, None
    return moved_on(base, day, today.day, numbers.model), base


def _keep(
    workspace_id: int,
    ids: Sequence[int],
    found: Sequence[tuple[float, float | None, int, int]],
) -> int:
    """Store scores that differ from what is stored."""
    held: dict[int, tuple[float, float | None, int, int]] = {}
    for at in range(0, len(ids), _AT_ONCE):
        stored = Goodwill.objects.filter(pk__in=ids[at : at + _AT_ONCE])
        told = stored.values_list("pk", "base", "earned", "shift", "people")
        held |= {row[0]: row[1:] for row in told}
    fresh = [
        (pk, workspace_id, *one, 0, 0)
        for pk, one in zip(ids, found, strict=True)
        if one[0] > 0 and held.get(pk) != one
    ]
    columns = ("base", "earned", "shift", "people")
    changing = ", ".join(f"{name} = excluded.{name}" for name in columns)
    upsert(
        connection, "members_goodwill",
        ("member_id", "workspace_id", *columns, "level", "below_since"), fresh,
        conflict=f"(member_id) DO UPDATE SET {changing}",
    )  # fmt: skip
    note_change(workspace_id, GOODWILL.name, ids=[row[0] for row in fresh])
    gone = [pk for pk, one in zip(ids, found, strict=True) if one[0] <= 0]
    return len(fresh) + drop_scores(workspace_id, gone)


def _drop(workspace_id: int, done: BitMap, members: set[int] | None) -> int:
    """Take scores from whoever has no ledger (any more)."""
    if members is not None:
        return drop_scores(workspace_id, sorted(members - set(done)))
    rows = Goodwill.objects.filter(workspace_id=workspace_id).values_list("pk", flat=True)
    return drop_scores(workspace_id, sorted(BitMap(rows.iterator(chunk_size=10_000)) - done))


def drop_scores(workspace_id: int, members: Sequence[int]) -> int:
    """Take the scores of members away; returns how many had one."""
    gone = 0
    with transaction.atomic():
        for at in range(0, len(members), _AT_ONCE):
            gone += Goodwill.objects.filter(pk__in=members[at : at + _AT_ONCE]).delete()[0]
        if gone:
            note_change(workspace_id, GOODWILL.name, ids=members)
    return gone


def settle_levels(workspace_id: int, today: Today) -> int:
    """Let members rise and fall by what they have on a day; returns how many did.

    Members of nothing but ended communities are moved on to that day first: what they have stays
    what it was on their last day, and so does the level. Announces LevelsChanged.
    """
    rows = Goodwill.objects.filter(workspace_id=workspace_id).order_by("pk")
    ids = list(rows.values_list("pk", flat=True).iterator(chunk_size=10_000))
    numbers = numbers_of(workspace_id)
    moved = 0
    for at in range(0, len(ids), MEMBERS_AT_ONCE):
        with transaction.atomic():
            moved += _settle(workspace_id, today, numbers, ids[at : at + MEMBERS_AT_ONCE])
    return moved


def _settle(workspace_id: int, today: Today, numbers: Numbers, ids: Sequence[int]) -> int:
    moves: list[LevelMove] = []
    moved: list[int] = []
    changed: list[tuple[float, float | None, int, int, int, int]] = []
    for one, day in _stored(ids, today):
        earned, shift = one.unmoved, today.day - day
        points = points_of(earned, day, numbers.model)
        before = Standing(Level(one.level), one.below_since)
        after = stand(before, points, one.people, day, numbers.ladder)
        if shift != one.shift:
            moved.append(one.pk)
        if shift != one.shift or after != before:
            base, kept = _moved(earned, day, today, numbers)
            changed.append((base, kept, shift, int(after.level), after.below_since, one.pk))
        if after.level != before.level:
            moves.append(_move(workspace_id, one.pk, before, after, (points, day)))
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE members_goodwill SET base = %s, earned = %s, shift = %s, level = %s,"
            " below_since = %s WHERE member_id = %s",
            changed,
        )
    note_change(workspace_id, GOODWILL.name, key="base", ids=moved)
    note_change(workspace_id, GOODWILL.name, key="level", ids=[one.member_id for one in moves])
    add_all(moves)
    _announce(workspace_id, moves)
    return len(moves)


def _stored(ids: Sequence[int], today: Today) -> Iterator[tuple[Goodwill, int]]:
    """The scores of some members that have one, and the day that is today for each."""
    days = today.days_of(np.array(ids, dtype=np.int64)).tolist()
    at_day = dict(zip(ids, days, strict=True))
    for at in range(0, len(ids), _AT_ONCE):
        for one in Goodwill.objects.filter(pk__in=ids[at : at + _AT_ONCE]).order_by("pk"):
            yield one, at_day[one.pk]


def _move(
    workspace_id: int, member: int, before: Standing, after: Standing, had: tuple[float, int]
) -> LevelMove:
    return LevelMove(
        workspace_id=workspace_id, member_id=member, came_from=int(before.level),
        level=int(after.level), points=had[0], day=had[1], at=now(),
    )  # fmt: skip


def _announce(workspace_id: int, moves: Sequence[LevelMove]) -> None:
    together: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one in moves:
        together[one.came_from, one.level].append(one.member_id)
    announce_all(
        [
            LevelsChanged(workspace_id, a, b, ids[at : at + _IDS_IN_EVENT])
            for (a, b), ids in sorted(together.items())
            for at in range(0, len(ids), _IDS_IN_EVENT)
        ]
    )
