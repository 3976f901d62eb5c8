"""The newest messages of groups, however many groups there are and however much they say.

The roll-ups know how much was said in every hour; so only the hours a page needs are read.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from weilu.chat.columns import DAY_MS, HOUR_MS, day_start_ms
from weilu.chat.search.reading import Said, newest_in
from weilu.core.clock import now
from weilu.groups.models import Group
from weilu.insight.models import CommunityDay, GroupDay
from weilu.insight.packing import HOURS, unpack_hours

_LAST_DAY = 2**31 - 1
# What came within these hours may not be counted yet.
_FRESH_HOURS = 2
# How many times as much as a page is read of a busy hour, for talk is not spread evenly.
_MARGIN = 8


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch of time, ms UTC, in which so many messages are known to lie."""

    start_ms: int
    end_ms: int
    messages: int


def newest(groups: Sequence[Group], before: tuple[int, int], limit: int) -> list[Said]:
    """The newest messages of groups of one workspace before a place, newest first.

    A statement for each community (one for a group alone) says where they lie, another reads;
    seldom a third, where a busy hour was quiet in its last minutes.
    """
    if not groups:
        return []
    ids = [g.pk for g in groups]
    stretches = _stretches(groups, before[0], limit)
    hours = _hours(stretches, before[0], limit)
    since = _close(stretches, before[0], limit)
    if since:
        late = [hour for hour in hours if hour >= since // HOUR_MS]
        found = newest_in(groups[0].workspace_id, ids, late, (since, before), limit)
        if len(found) == limit:
            return found
    return newest_in(groups[0].workspace_id, ids, hours, (0, before), limit)


def _close(stretches: Sequence[Spoken], before_ms: int, limit: int) -> int:
    """A moment close before the place, from which on a page is likely; 0 where all is to be read.

    Of a busy hour a page needs the last minutes.
    """
    newest = next((one for one in stretches if one.start_ms <= before_ms), None)
    if newest is None or newest.messages < _MARGIN * limit:
        return 0
    span = (newest.end_ms - newest.start_ms) * _MARGIN * limit // newest.messages
    return min(newest.end_ms, before_ms) - span


def _stretches(groups: Sequence[Group], before_ms: int, limit: int) -> list[Spoken]:
    """Where the newest messages lie, the latest stretch first.

    As many days with talk as messages are wanted hold enough of them; two more may be cut.
    """
    wanted = {"messages__gt": 0, "day__lte": min(before_ms // DAY_MS + 1, _LAST_DAY)}
    most = limit + 2
    if len(groups) == 1:
        of_group = GroupDay.objects.filter(group=groups[0], **wanted).order_by("-day")
        zone = groups[0].community.time_zone
        return list(_of_days(of_group.values_list("day", "messages", "hours")[:most], zone))
    found: list[Spoken] = []
    zones = {g.community_id: g.community.time_zone for g in groups}
    for pk, zone in zones.items():
        of_all = CommunityDay.objects.filter(community_id=pk, **wanted).order_by("-day")
        found += _of_days(of_all.values_list("day", "messages", "hours")[:most], zone)
    return sorted(found, key=lambda one: one.end_ms, reverse=True)


def _of_days(rows: Iterable[tuple[int, int, bytes | memoryview]], zone: str) -> Iterator[Spoken]:
    for day, messages, blob in rows:
        yield from _of_day(day, messages, unpack_hours(blob).tolist(), zone)


def _of_day(day: int, messages: int, hours: Sequence[int], zone: str) -> Iterator[Spoken]:
    """The stretches of a local day, the latest first."""
    start, end = day_start_ms(day, zone), day_start_ms(day + 1, zone)
    # Where the clock is changed its hours are no longer so many hours after midnight.
    if end - start != DAY_MS or sum(hours) != messages:
        yield Spoken(start, end, messages)
        return
    for hour in range(HOURS - 1, -1, -1):
        if hours[hour]:
            yield Spoken(start + hour * HOUR_MS, start + (hour + 1) * HOUR_MS, hours[hour])


def _hours(stretches: Sequence[Spoken], before_ms: int, limit: int) -> list[int]:
    """The hours (UTC) to read for so many messages, the latest first."""
    chosen: set[int] = set()
    held = 0
    for one in stretches:
        if one.start_ms > before_ms:
            continue
        if held >= limit:
            break
        chosen.update(range(one.start_ms // HOUR_MS, (one.end_ms - 1) // HOUR_MS + 1))
        # Of one that is cut nobody knows how much lies before the place.
        held += one.messages if one.end_ms <= before_ms else 0
    this = int(now().timestamp()) // 3600
    chosen.update(hour for hour in range(this - _FRESH_HOURS + 1, this + 1))
    top = before_ms // HOUR_MS
    return sorted((hour for hour in chosen if hour <= top), reverse=True)
