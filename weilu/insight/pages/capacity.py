"""The capacity of a community: room, when it is used up, and what service carries (B-1, B-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import numpy as np
from django.db.models import Sum
from django.db.models.functions import Coalesce
from pyroaring import BitMap

from weilu.chat.columns import day_start_ms
from weilu.core.access import Actor, Right
from weilu.core.arrays import among, parted, table_of
from weilu.core.clock import now
from weilu.groups.caps import caps_of
from weilu.groups.models import Group, Participation
from weilu.groups.rules.caps import Cap
from weilu.insight.models import GroupDay, MoveDay, Standing
from weilu.insight.packing import unpack_people
from weilu.insight.pages.life import heard_until
from weilu.insight.pages.look import Place, number_of
from weilu.insight.rules.capacity import (
    WEEK_DAYS,
    WEEKS,
    Forecast,
    Strain,
    forecast,
    pace_of,
    strains,
)
from weilu.members.queries import People, people
from weilu.service.models import Question

DAYS = 28
# Who is first seen in the first weeks of the records was there before.
YOUNG_WEEKS = 4


@dataclass(frozen=True, slots=True)
class Load:
    """Service of the last four weeks beside the size; None where nothing can be said."""

    present: int | None
    staff: int
    per_staff: float | None
    questions_per_day: float
    answered_share: float | None
    median_s: float | None
    strains: tuple[Strain, ...]


@dataclass(frozen=True, slots=True)
class Container:
    """One group: its cap, its people, its room, how many came net in each of the last weeks."""

    group: Group
    cap: Cap | None
    weekly: tuple[int, ...]
    load: Load

    @property
    def room(self) -> int | None:
        """How many more it may hold; None where the cap or the people are not known."""
        if self.cap is None or self.load.present is None:
            return None
        return max(self.cap.people - self.load.present, 0)


@dataclass(frozen=True, slots=True)
class Capacity:
    """A community: its open groups, the forecast over them, its service as a whole.

    `is_estimated`: joins are not told here, so first appearances stand in for them. `is_past`: the
    records end more than four weeks ago, so they say nothing of what fills today.
    """

    groups: Sequence[Container]
    weekly: tuple[int, ...]
    forecast: Forecast | None
    load: Load
    is_estimated: bool
    is_past: bool
    unknown: int


def capacity(viewer: Actor, place: Place) -> Capacity:
    """The capacity of a community's open groups; at most eight statements for any number."""
    viewer.require(Right.SEE_NUMBERS)
    groups = [one for one in place.groups if one.ends_at is None]
    known = people(place.community.workspace_id)
    caps = caps_of(groups)
    last = max(heard_until(place, place.newest or 0, groups).values(), default=place.newest or 0)
    present = _present(groups)
    weekly, is_estimated = _weekly(groups, place, last)
    service = _Service(groups, last, known)
    rows = [
        Container(
            one,
            caps.get(one.pk),
            weekly[one.pk],
            service.load([one.pk], present.get(one.pk)),
        )
        for one in groups
    ]
    rooms = [one.room for one in rows if one.room is not None]
    is_past = _today(place) - last > DAYS
    # Who comes into a group without a cap takes no room of the others.
    filling = _added([one.weekly for one in rows if one.room is not None])
    pace = None if is_past else pace_of(_told(filling, place, last, is_estimated=is_estimated))
    everybody = Standing.objects.filter(community=place.community, group=None).first()
    return Capacity(
        groups=rows,
        weekly=_added([one.weekly for one in rows]),
        forecast=forecast(sum(rooms), pace) if pace and rooms else None,
        load=service.load([one.pk for one in groups], everybody.present if everybody else None),
        is_estimated=is_estimated,
        is_past=is_past,
        unknown=len(rows) - len(rooms),
    )


def _present(groups: Sequence[Group]) -> dict[int, int]:
    """How many are in groups, as far as they were counted; nobody where nobody was ever seen."""
    found = dict(Standing.objects.filter(group__in=groups).values_list("group_id", "present"))
    rest = [one.pk for one in groups if one.pk not in found]
    if rest:
        seen = Participation.objects.filter(group__in=rest).values_list("group_id", flat=True)
        found |= dict.fromkeys(set(rest) - set(seen.distinct()), 0)
    return found


def _today(place: Place) -> int:
    return number_of(now().astimezone(ZoneInfo(place.community.time_zone)).date())


def _added(weekly: Sequence[Sequence[int]]) -> tuple[int, ...]:
    return tuple(map(sum, zip(*weekly, strict=True)))


def _told(weekly: Sequence[int], place: Place, last: int, *, is_estimated: bool) -> Sequence[int]:
    """The whole weeks that tell a pace: since the community began, what was before is no growth.

    Where first appearances stand in for joins, not its first weeks either.
    """
    if place.oldest is None:
        return ()
    weeks = (last - place.oldest + 1) // WEEK_DAYS - (YOUNG_WEEKS if is_estimated else 0)
    return weekly[len(weekly) - min(max(weeks, 0), len(weekly)) :]


def _weekly(
    groups: Sequence[Group], place: Place, last: int
) -> tuple[dict[int, tuple[int, ...]], bool]:
    """Net joins of the last eight weeks by group, oldest first; and whether they are estimated."""
    first = last - WEEKS * WEEK_DAYS + 1
    weeks: dict[int, list[int]] = {one.pk: [0] * WEEKS for one in groups}
    telling = [one.pk for one in groups if one.pk in place.telling]
    rows = MoveDay.objects.filter(group__in=telling, day__gte=first, day__lte=last)
    summed = rows.values("group_id", "day").annotate(
        came=Sum("joins") + Sum("returns"), left=Sum("leaves")
    )
    for row in summed:
        at = (row["day"] - first) // WEEK_DAYS
        weeks[row["group_id"]][at] += row["came"] - row["left"]
    silent = [one.pk for one in groups if one.pk not in place.telling]
    begins = [
        day_start_ms(first + at * WEEK_DAYS, place.community.time_zone) for at in range(WEEKS + 1)
    ]
    seen = Participation.objects.filter(
        group__in=silent, first_seen_ms__gte=begins[0], first_seen_ms__lt=begins[-1]
    ).exclude(joined_ms=Participation.BEFORE_RECORDS)
    for group_id, moment in seen.values_list("group_id", "first_seen_ms").iterator():
        at = sum(moment >= begin for begin in begins) - 1
        weeks[group_id][at] += 1
    return {pk: tuple(found) for pk, found in weeks.items()}, bool(silent)


class _Service:
    """Questions and staff of groups in the last four weeks, read once."""

    def __init__(self, groups: Sequence[Group], last: int, known: People) -> None:
        self._staff: dict[int, BitMap] = defaultdict(BitMap)
        lately = {"group__in": groups, "day__gt": last - DAYS, "day__lte": last}
        rows = Question.objects.filter(**lately).values_list(
            "group_id", "identity_id", Coalesce("answer_after_ms", -1)
        )
        table = table_of(rows.iterator(), 3)
        table = table[~among(known.of_array(table[:, 1]), known.staff)]
        # What passed until each question was answered, -1 where it was not.
        self._waits = {
            pk: one[:, 1] for pk, one in parted(table, [one.pk for one in groups]).items()
        }
        for group_id, packed in GroupDay.objects.filter(**lately).values_list("group_id", "people"):
            self._staff[group_id] |= known.of(unpack_people(packed)) & known.staff

    def load(self, group_ids: Sequence[int], present: int | None) -> Load:
        """The service of some groups together."""
        waits = np.concatenate([self._waits[pk] for pk in group_ids] or [np.zeros(0, np.int64)])
        told = waits[waits >= 0] / 1000
        staff = len(BitMap.union(BitMap(), *(self._staff[pk] for pk in group_ids)))
        each = present / staff if present and staff else None
        share = len(told) / len(waits) if len(waits) else None
        middle = float(np.median(told)) if len(told) else None
        return Load(
            present, staff, each, len(waits) / DAYS, share, middle,
            strains(each, len(waits), share, middle),
        )  # fmt: skip
