"""What other numbers of the goodwill model would change, before they are kept (C-4)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np

from weilu.core.access import Actor, Right
from weilu.insight.worth.booking import today_of
from weilu.insight.worth.edges import edges_wanted
from weilu.members.actions.goodwill_model import check_numbers
from weilu.members.actions.ledgers import edges_held, ledgers, numbers_of
from weilu.members.models import Goodwill
from weilu.members.queries import names
from weilu.members.rules.goodwill import bases, points_of
from weilu.members.rules.goodwill_json import Numbers
from weilu.members.rules.levels import Level, Standing, stand

# More members than this are not looked at for a preview; the page says so.
MOST_MEMBERS = 40_000
SHOWN = 10
# A change below a tenth of a point is none.
NOTABLE = 0.05


@dataclass(frozen=True, slots=True)
class Change:
    """One member's score before and after."""

    id: int
    name: str
    before: float
    after: float


@dataclass(frozen=True, slots=True)
class Preview:
    """Whose score would go up and down, who would change level, and those who change most.

    `moves` counts members by (level now, level then). `is_part`: there are more members than
    were looked at. `told_from`: exchange from before this day would count, too, and is read again
    only when the draft is kept; 0: nothing is missing.
    """

    looked_at: int
    up: int
    down: int
    moves: Counter[tuple[Level, Level]]
    most: Sequence[Change]
    is_part: bool
    told_from: int = 0


@dataclass(slots=True)
class _Gathered:
    looked_at: int = 0
    up: int = 0
    down: int = 0
    moves: Counter[tuple[Level, Level]] = field(default_factory=Counter)
    changes: list[tuple[float, int, float, float]] = field(default_factory=list)


def would_change(viewer: Actor, draft: Numbers) -> Preview:
    """What a draft would change as of today; reads ledgers, writes nothing.

    Raises Invalid with the field that cannot be used.
    """
    viewer.require(Right.SEE_MEMBERS)
    check_numbers(draft)
    today, now = today_of(viewer.workspace_id), numbers_of(viewer.workspace_id)
    late = edges_held(viewer.workspace_id).later_than(edges_wanted(today, draft), today.communities)
    found = _Gathered()
    is_part = False
    for ids, rows in ledgers(viewer.workspace_id):
        if found.looked_at >= MOST_MEMBERS:
            is_part = True
            break
        then = bases(rows, len(ids), draft.model, today.communities).base
        days = today.days_of(np.array(ids, dtype=np.int64)).tolist()
        told = zip(then.tolist(), days, strict=True)
        after = [points_of(base, day, draft.model) for base, day in told]
        _compare(found, (ids, days, after), (now, draft))
    best = sorted(found.changes, key=lambda one: (-abs(one[0]), one[1]))[:SHOWN]
    called = names([one[1] for one in best])
    return Preview(
        looked_at=found.looked_at,
        up=found.up,
        down=found.down,
        moves=found.moves,
        most=[Change(pk, called.get(pk, ""), a, b) for _by, pk, a, b in best],
        is_part=is_part,
        told_from=max((held for held, _wanted in late), default=0),
    )


def _compare(
    found: _Gathered,
    then: tuple[Sequence[int], Sequence[int], Sequence[float]],
    numbers: tuple[Numbers, Numbers],
) -> None:
    """Count some members, given with the day that is today for each and what they would have."""
    held, draft = numbers
    ids = then[0]
    rows = Goodwill.objects.filter(pk__gte=ids[0], pk__lte=ids[-1])
    stored = {one.pk: one for one in rows.iterator(chunk_size=5000)}
    for pk, day, after in zip(*then, strict=True):
        one = stored.get(pk)
        before = points_of(one.unmoved, day, held.model) if one else 0.0
        people = one.people if one else 0
        standing = Standing(Level(one.level), one.below_since) if one else Standing()
        level = stand(standing, after, people, day, draft.ladder).level
        found.looked_at += 1
        found.up += after > before + NOTABLE
        found.down += after < before - NOTABLE
        if level != standing.level:
            found.moves[standing.level, level] += 1
        if abs(after - before) > NOTABLE:
            found.changes.append((after - before, pk, before, after))
    found.changes.sort(key=lambda one: (-abs(one[0]), one[1]))
    del found.changes[SHOWN:]
