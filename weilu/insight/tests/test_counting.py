"""Counting of days: vectorised, in any split into batches, equal to counting one by one."""

from __future__ import annotations

from collections import Counter, defaultdict

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase
from pyroaring import BitMap

from weilu.chat.columns import Columns, days_and_hours
from weilu.chat.models import Message
from weilu.chat.participation import count_participation
from weilu.chat.ports import Kind
from weilu.communities.models import Community
from weilu.core.models import Workspace
from weilu.groups.models import Group, Participation
from weilu.insight.models import CommunityDay, GroupDay
from weilu.insight.packing import (
    BY_HAND,
    pack_many_numbers,
    pack_many_people,
    pack_numbers,
    pack_people,
    people_array,
    unpack_hours,
    unpack_many_hours,
    unpack_many_numbers,
    unpack_many_people,
    unpack_numbers,
    unpack_people,
)
from weilu.insight.stages import count_days

DAY_MS = 86_400_000
LINK = int(Message.Flag.LINK)

Row = tuple[int, int, int, int, int]  # group (0-2), identity, kind, flags, sent_ms

records = st.tuples(
    st.integers(0, 2),
    st.sampled_from([0, 1, 2, 65_535, 65_536, 70_000, 4_294_967_295]),
    st.sampled_from([Kind.MESSAGE, Kind.MESSAGE, Kind.JOIN, Kind.LEAVE, Kind.NOTICE]),
    st.sampled_from([0, LINK]),
    st.integers(-3 * DAY_MS, 3 * DAY_MS),
)


class Counting(TestCase):
    """Against the database, as batches come."""

    def setUp(self) -> None:
        """A community in a zone that is not UTC, with three groups."""
        space = Workspace.objects.create(name="w")
        self.community = Community.objects.create(
            workspace=space, name="c", time_zone="Asia/Kolkata"
        )
        self.groups = [
            Group.objects.create(
                workspace=space, community=self.community, platform="irc", name=f"g{k}"
            ).pk
            for k in range(3)
        ]

    @settings(max_examples=40, deadline=None)
    @given(st.lists(st.lists(records, min_size=1, max_size=12), min_size=1, max_size=5))
    def test_any_split_equals_counting_one_by_one(self, batches: list[list[Row]]) -> None:
        """Group-days, community-days and participations hold what a plain loop counts."""
        for batch in batches:
            columns = self._columns(batch)
            count_days(columns)
            count_participation(columns)
        everything = self._columns([row for batch in batches for row in batch])
        group_days = {(r.group_id, r.day): _read(r) for r in GroupDay.objects.all()}
        community_days = {r.day: _read(r) for r in CommunityDay.objects.all()}
        rows = list(
            zip(
                everything.group.tolist(),
                everything.day.tolist(),
                everything.hour.tolist(),
                everything.identity.tolist(),
                everything.kind.tolist(),
                everything.flags.tolist(),
                strict=True,
            )
        )
        assert group_days == _naive([((g, day), *rest) for g, day, *rest in rows])
        assert community_days == _naive([(day, *rest) for _, day, *rest in rows])
        self._check_participations(everything)

    def _columns(self, rows: list[Row]) -> Columns:
        groups, identity, kind, flags, sent = (
            np.array(c, dtype=np.int64) for c in zip(*rows, strict=True)
        )
        day, hour = days_and_hours(sent, self.community.time_zone)
        return Columns(
            workspace_id=self.community.workspace_id,
            community_id=self.community.pk,
            id=np.arange(1, len(rows) + 1),
            group=np.array(self.groups)[groups],
            identity=identity,
            kind=kind,
            flags=flags,
            sent_ms=sent,
            day=day,
            hour=hour,
            text=[""] * len(rows),
        )

    def _check_participations(self, columns: Columns) -> None:
        times: dict[tuple[int, int], dict[int, list[int]]] = defaultdict(lambda: defaultdict(list))
        for group, who, kind, sent in zip(
            columns.group.tolist(),
            columns.identity.tolist(),
            columns.kind.tolist(),
            columns.sent_ms.tolist(),
            strict=True,
        ):
            if who:
                times[group, who][kind].append(sent)
        found = {
            (p.group_id, p.identity_id): (
                (p.messages, p.joins, p.leaves),
                (p.joined_ms, p.spoke_ms, p.first_seen_ms),
                (p.last_joined_ms, p.last_left_ms, p.last_spoke_ms),
            )
            for p in Participation.objects.all()
        }
        assert found == {key: _one_by_one(did) for key, did in times.items()}


def _one_by_one(did: dict[int, list[int]]) -> tuple[object, ...]:
    said, came, went = did[Kind.MESSAGE], did[Kind.JOIN], did[Kind.LEAVE]
    all_of = [t for one in did.values() for t in one]
    return (
        (len(said), len(came), len(went)),
        (min(came, default=None), min(said, default=None), min(all_of)),
        (max(came, default=None), max(went, default=None), max(said, default=None)),
    )


def _read(row: GroupDay | CommunityDay) -> tuple[object, ...]:
    people = people_array(unpack_people(row.people)).tolist()
    said = unpack_numbers(row.counts).tolist()
    sums = (row.messages, row.joins, row.leaves, row.links)
    return sums, dict(zip(people, said, strict=True)), unpack_hours(row.hours).tolist()


def _naive(rows: list[tuple[object, ...]]) -> dict[object, tuple[object, ...]]:
    sums: dict[object, list[int]] = defaultdict(lambda: [0, 0, 0, 0])
    said: dict[object, Counter[int]] = defaultdict(Counter)
    hours: dict[object, list[int]] = defaultdict(lambda: [0] * 24)
    for key, hour, who, kind, flags in rows:
        one = sums[key]
        if kind == Kind.MESSAGE:
            one[0] += 1
            # Whom nobody names is nobody.
            if who:
                said[key][who] += 1  # type: ignore[index]  # an int
            hours[key][hour] += 1  # type: ignore[call-overload]  # an int
        one[1] += kind == Kind.JOIN
        one[2] += kind == Kind.LEAVE
        one[3] += bool(flags)
    return {key: (tuple(one), dict(said[key]), hours[key]) for key, one in sums.items()}


ids = st.lists(st.integers(1, 2**32 - 1) | st.integers(1, 400), unique=True, max_size=600)
amounts = st.lists(st.sampled_from([0, 1, 255, 256, 65_535, 65_536, 4_000_000_000]), max_size=40)


@settings(deadline=None)
@given(st.lists(ids, min_size=1, max_size=6))
def test_many_sets_of_people_come_back(runs: list[list[int]]) -> None:
    """Packed together they give the bytes of packing each, and the same people."""
    runs = [sorted(run) for run in runs]
    bounds = np.concatenate(([0], np.cumsum([len(r) for r in runs]))).tolist()
    flat = np.array([i for run in runs for i in run], dtype=np.int64)
    blobs = pack_many_people(flat, bounds)
    assert blobs == [pack_people(np.array(run, dtype=np.int64)) for run in runs]
    assert [unpack_people(b).to_array().tolist() for b in blobs] == runs
    back, sizes = unpack_many_people(blobs)
    assert back.tolist() == flat.tolist()
    assert sizes.tolist() == [len(r) for r in runs]


def test_people_are_read_however_a_bitmap_lays_them_out() -> None:
    """By hand, in runs (some of an odd length), as bits, in several containers; none at all."""
    runs = [[5, 9], [*range(10, 900)], [], [*range(1, 20_000, 2)], [1, 70_000, 2**32 - 1], [8]]
    blobs = [bytes(BitMap(run).serialize()) if run else b"" for run in runs]
    runs.append([*range(100, 400), 1000])
    odd = BitMap(runs[-1])
    odd.run_optimize()
    blobs.append(bytes(odd.serialize()))
    assert {len(blob) % 2 for blob in blobs} == {0, 1}
    back, sizes = unpack_many_people(blobs)
    assert back.tolist() == [who for run in runs for who in run]
    assert sizes.tolist() == [len(run) for run in runs]
    assert [one.tolist() for one in unpack_many_people([])] == [[], []]


def test_hours_are_read_together_as_one_by_one() -> None:
    """Those of lively days take two bytes each, days without any are zeros."""
    days = [np.arange(24), np.arange(24) * 300, np.arange(24) * 5, np.zeros(24, dtype=np.int64)]
    blobs = [b"", *map(pack_numbers, days), b""]
    together = unpack_many_hours(blobs).tolist()
    assert together == [unpack_hours(blob).tolist() for blob in blobs]
    assert together[2][23] == 6900


def test_both_ways_of_packing_people_are_read_alike() -> None:
    """The hand-made layout ends at BY_HAND; on either side of it the set is the same."""
    for size in (1, BY_HAND, BY_HAND + 1):
        people = np.arange(7, 7 + 3 * size, 3, dtype=np.int64)
        assert people_array(unpack_people(pack_people(people))).tolist() == people.tolist()


@given(st.lists(amounts, min_size=1, max_size=6))
def test_many_runs_of_numbers_come_back(runs: list[list[int]]) -> None:
    """Packed together they give the bytes of packing each, and the same numbers."""
    bounds = np.concatenate(([0], np.cumsum([len(r) for r in runs]))).tolist()
    flat = np.array([n for run in runs for n in run], dtype=np.int64)
    blobs = pack_many_numbers(flat, bounds)
    assert blobs == [pack_numbers(np.array(run, dtype=np.int64)) for run in runs]
    assert unpack_many_numbers(blobs).tolist() == flat.tolist()
