"""All messages of one member, newest first, without an index by sender.

The roll-ups know on which days of which groups an identity spoke and how often; so only those
days are read, as many as a page needs.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from weilu.chat.columns import DAY_MS, Ints, day_start_ms, local_ms
from weilu.chat.search.reading import Said, said_by
from weilu.core.access import Actor, Right
from weilu.insight.models import GroupDay
from weilu.insight.packing import people_array, unpack_numbers, unpack_people
from weilu.insight.people.presence import Place, participations_of, places_in
from weilu.members.models import Identity
from weilu.members.queries import member as find_member

PAGE = 50
_DAYS_AT_ONCE = 200


@dataclass(frozen=True, slots=True)
class SpokenDay:
    """A local day on which the member said something in a group."""

    group_id: int
    day: int
    start_ms: int
    end_ms: int
    messages: int
    identities: tuple[int, ...]


def messages_of(
    viewer: Actor, member_id: int, *, before: tuple[int, int] | None = None, limit: int = PAGE
) -> list[Said]:
    """Messages of a member, newest first, beyond `before` = (sent_ms, id) of the last one known.

    Recalled ones are among them, marked. Raises NotFound for members of another workspace.
    """
    viewer.require(Right.SEE_MEMBERS)
    places = places_of(find_member(viewer, member_id).pk)
    return latest(places, before=before, limit=limit)


def latest(
    places: Sequence[Place], *, before: tuple[int, int] | None = None, limit: int = PAGE
) -> list[Said]:
    """The newest messages said at places, beyond `before`."""
    days = spoken_days(places, until_ms=before[0] if before else None)
    return latest_on(days, before=before, limit=limit)


def latest_on(
    days: Iterable[SpokenDay], *, before: tuple[int, int] | None = None, limit: int = PAGE
) -> list[Said]:
    """The newest messages said on days, those that end last first, beyond `before`."""
    waiting: list[SpokenDay] = []
    found: list[Said] = []
    expected = 0
    for day in days:
        if len(found) >= limit and _key(found[limit - 1])[0] >= day.end_ms:
            break
        waiting.append(day)
        # A day the page begins in is read for what is left of it, however much that is.
        expected += 0 if before and day.end_ms > before[0] else day.messages
        if len(found) + expected >= limit:
            found = _read(waiting, before, found)
            waiting, expected = [], 0
    found = _read(waiting, before, found)
    return found[:limit]


def _key(one: Said) -> tuple[int, int]:
    return one.sent_ms, one.id


def _read(
    days: Sequence[SpokenDay], before: tuple[int, int] | None, known: list[Said]
) -> list[Said]:
    """The messages of days added to those known, newest first."""
    by_place: dict[tuple[int, tuple[int, ...]], list[tuple[int, int]]] = defaultdict(list)
    for day in days:
        by_place[(day.group_id, day.identities)].append((day.start_ms, day.end_ms))
    found = known + [
        one
        for (group_id, identities), spans in by_place.items()
        for one in said_by(group_id, spans, identities)
        if before is None or _key(one) < before
    ]
    # Days whose zones start within an hour share that hour: the same message may be read twice.
    unique = {one.id: one for one in found}
    return sorted(unique.values(), key=_key, reverse=True)


def places_of(member_id: int) -> list[Place]:
    """Where a member ever spoke: one statement for the identities, one for what they did."""
    ids = list(Identity.objects.filter(member_id=member_id).values_list("pk", flat=True))
    return places_in(participations_of(ids))


def spoken_days(places: Sequence[Place], until_ms: int | None = None) -> Iterator[SpokenDay]:
    """The days a member spoke at places, those that end last first, from `until_ms` backwards."""
    streams = [_of_place(place, until_ms) for place in places]
    return heapq.merge(*streams, key=lambda day: -day.end_ms)


def _of_place(place: Place, until_ms: int | None) -> Iterator[SpokenDay]:
    last = place.last_day
    if until_ms is not None:
        day = int(local_ms(np.array([until_ms], dtype=np.int64), place.zone)[0] // DAY_MS)
        last = min(last, day)
    wanted = np.array(place.identities, dtype=np.int64)
    while True:
        rows = list(
            GroupDay.objects.filter(
                group_id=place.group_id, day__lte=last, day__gte=place.first_day
            )
            .order_by("-day")
            .values_list("day", "people", "counts")[:_DAYS_AT_ONCE]
        )
        for day, people, counts in rows:
            said = _said_on(people, counts, wanted)
            if said:
                yield _spoken(place, day, said)
        if len(rows) < _DAYS_AT_ONCE:
            return
        last = rows[-1][0] - 1


def spoken_since(places: Sequence[Place], first_day: int) -> list[SpokenDay]:
    """The days from one on which a member spoke at places, those that end last first.

    One statement, for all the days at once; `spoken_days` reads on for as long as it is asked.
    """
    at = {place.group_id: place for place in places}
    wanted = {key: np.array(one.identities, dtype=np.int64) for key, one in at.items()}
    rows = GroupDay.objects.filter(group_id__in=list(at), day__gte=first_day)
    found = []
    for group_id, day, people, counts in rows.values_list("group_id", "day", "people", "counts"):
        said = _said_on(people, counts, wanted[group_id])
        if said:
            found.append(_spoken(at[group_id], day, said))
    return sorted(found, key=lambda one: -one.end_ms)


def _spoken(place: Place, day: int, messages: int) -> SpokenDay:
    start, end = day_start_ms(day, place.zone), day_start_ms(day + 1, place.zone)
    return SpokenDay(place.group_id, day, start, end, messages, place.identities)


def _said_on(people: bytes | memoryview, counts: bytes | memoryview, wanted: Ints) -> int:
    """How many messages some identities wrote on a stored day."""
    who = unpack_people(people)
    if not any(int(one) in who for one in wanted):
        return 0
    return int(unpack_numbers(counts)[np.isin(people_array(who), wanted)].sum())
