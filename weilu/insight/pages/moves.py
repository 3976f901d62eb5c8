"""Who really came and went: reconnects closed, machines left out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

import numpy as np
from django.db.models import Min
from numpy.typing import NDArray

from weilu.chat.columns import DAY_MS, Ints, day_start_ms, local_ms
from weilu.chat.ports import Kind
from weilu.chat.timeline import read_timeline
from weilu.groups.models import Participation
from weilu.insight.models import MoveDay
from weilu.insight.pages.look import Look
from weilu.insight.rules.stay import RECONNECT_GAP, Spell, stays
from weilu.insight.standing import presence_spells


@dataclass(frozen=True, slots=True)
class Move:
    """A member's real join, return or leave; `key` numbers them in order of time."""

    key: int
    member_id: int
    group_id: int
    at_ms: int
    is_return: bool = False
    name: str = ""


def joins(look: Look) -> list[Move]:
    """Who came on settled days of the period, back or new, oldest first; names are still empty."""
    return _moves(look, arriving=True)


def leaves(look: Look) -> list[Move]:
    """Who left on settled days of the period, oldest first; names are still empty."""
    return _moves(look, arriving=False)


def _moves(look: Look, *, arriving: bool) -> list[Move]:
    """The same stays that `insight.standing` counts by day, one by one."""
    found: list[tuple[int, int, int, bool]] = []
    for group_id in _groups_with_moves(look):
        for member, spells in _spells(look, group_id).items():
            for index, stay in enumerate(stays(spells)):
                moment = stay.joined_ms if arriving else stay.left_ms
                if moment is not None:
                    found.append((moment, member, group_id, index > 0))
    if not found:
        return []
    moments = np.array([one[0] for one in found], dtype=np.int64)
    day = local_ms(moments, look.scope.zone) // DAY_MS
    inside = (day >= look.scope.first_day) & (day <= look.scope.last_day)
    inside &= ~_is_open(look, np.array([one[2] for one in found]), day)
    kept = sorted(found[k] for k in np.flatnonzero(inside).tolist())
    return [
        Move(key, member, group, moment, again)
        for key, (moment, member, group, again) in enumerate(kept)
    ]


def _is_open(look: Look, group: Ints, day: Ints) -> NDArray[np.bool_]:
    """Which moves, by group and day, lie on a day that is not settled yet."""
    rows = MoveDay.objects.filter(
        group_id__in=look.group_ids, day__lte=look.scope.last_day, is_settled=False
    )
    found = np.zeros(len(day), dtype=np.bool_)
    for group_id, first in rows.order_by().values_list("group_id").annotate(Min("day")):
        found |= (group == group_id) & (day >= first)
    return found


def _groups_with_moves(look: Look) -> list[int]:
    """Groups with a real move in the period; only their history has to be read."""
    rows = MoveDay.objects.filter(
        group_id__in=look.group_ids,
        day__gte=look.scope.first_day,
        day__lte=look.scope.last_day,
    )
    return sorted(set(rows.values_list("group_id", flat=True)))


def _spells(look: Look, group_id: int) -> dict[int, list[Spell]]:
    """Joins and leaves of people as spells; from the first day anything is known."""
    oldest = (
        Participation.objects.filter(group_id=group_id)
        .order_by("first_seen_ms")
        .values_list("first_seen_ms", flat=True)
    )
    begin = oldest.first()
    if begin is None:
        return {}
    # Who left and is back within the gap never left, so as much is read beyond the period.
    gap_ms = RECONNECT_GAP // timedelta(milliseconds=1)
    end = day_start_ms(look.scope.last_day + 1, look.scope.zone) + gap_ms + 1
    timeline = read_timeline(group_id, begin, end, (Kind.JOIN, Kind.LEAVE))
    spells = presence_spells(
        zip(
            look.known.of_array(timeline.identity).tolist(),
            timeline.kind.tolist(),
            timeline.sent_ms.tolist(),
            strict=True,
        )
    )
    return {who: mine for who, mine in spells.items() if who not in look.known.bots}
