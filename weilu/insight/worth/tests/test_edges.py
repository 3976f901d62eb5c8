"""The edge of ledgers forwards and back: always what booking anew by it would make (C-4)."""

from __future__ import annotations

import contextlib

import numpy as np
import pytest
import time_machine
from django.db import transaction

from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group
from weilu.insight.models import CommunityDay
from weilu.insight.people.tests.history import make_group
from weilu.insight.worth import edges
from weilu.insight.worth.booking import book_exchange, unbook
from weilu.insight.worth.edges import keep_edges
from weilu.insight.worth.preview import would_change
from weilu.members.actions import carrying
from weilu.members.actions import ledgers as ledgers_module
from weilu.members.actions.ledgers import Today, book, edges_held, hold
from weilu.members.models import GoodwillModel, Ledger, LedgerEdge
from weilu.members.rules.exchange import (
    ROW,
    Exchange,
    Rows,
    mirrored,
    pack_person,
    together,
    unpack_day,
)
from weilu.members.rules.folding import LEAST_DAYS, Edges, carried, edge_of
from weilu.members.rules.goodwill import Model
from weilu.members.rules.goodwill_json import Numbers
from weilu.service.exchange import store_exchange
from weilu.service.models import ExchangeDay

pytestmark = pytest.mark.django_db

TODAY = 20_000
PEOPLE, YEARS = 6, 8


@pytest.fixture
def halls(workspace: Workspace) -> list[Group]:
    """Groups of two communities, with years of exchange among a few, booked."""
    groups = [make_group(workspace, "Hall"), make_group(workspace, "Yard", zone="UTC")]
    chance = np.random.default_rng(5)
    for group in groups:
        put(group, made_up(chance, group, 400, (TODAY - YEARS * 365, TODAY)))
    book_exchange(workspace.pk)
    return groups


def made_up(chance: np.random.Generator, group: Group, size: int, span: tuple[int, int]) -> Rows:
    kinds = np.array([1, 2, 3, 5, 6, 90])
    rows = np.zeros(size, dtype=ROW)
    rows["who"] = chance.integers(1, PEOPLE + 1, size)
    rows["kind"] = kinds[chance.integers(0, len(kinds), size)]
    rows["day"] = chance.integers(*span, size)
    rows["group"] = group.pk
    rows["partner"] = np.where(
        rows["kind"] < 6, (rows["who"] + chance.integers(0, PEOPLE - 1, size)) % PEOPLE + 1, 0
    )
    rows["times"] = chance.integers(1, 9, size)
    return together([rows])


def put(group: Group, rows: Rows, span: tuple[int, int] = (0, 65_000)) -> None:
    with transaction.atomic():
        store_exchange(group, rows, span)


def ledgers() -> dict[int, bytes]:
    rows = Ledger.objects.exclude(body=b"").values_list("pk", "body")
    return {pk: bytes(body) for pk, body in rows}


def anew(by: Edges) -> dict[int, bytes]:
    """What everything that was read from talk makes by edges."""
    parts = [mirrored(unpack_day(one.body, group=one.group_id, day=one.day))
             for one in ExchangeDay.objects.all()]  # fmt: skip
    rows = carried(together(parts), by)
    assert (rows["times"] > 0).all()
    return {int(who): pack_person(rows[rows["who"] == who]) for who in np.unique(rows["who"])}


def half_life(workspace_id: int, lived: float) -> None:
    GoodwillModel.objects.update_or_create(
        pk=workspace_id, defaults={"body": {"half_life_days": lived}, "at": "2024-01-01T00:00Z"}
    )


def test_what_is_old_is_carried_once(halls: list[Group]) -> None:
    pk, today = halls[0].workspace_id, Today(TODAY, {})
    whole = sum(map(len, ledgers().values()))
    Ledger.objects.update(is_stale=False)
    keep_edges(pk, today)
    edge = Edges(edge_of(TODAY, Numbers().model))
    assert edges_held(pk) == edge
    assert ledgers() == anew(edge)
    assert sum(map(len, ledgers().values())) < whole * 0.6
    assert Ledger.objects.filter(is_stale=True).count() == PEOPLE
    # Twice changes nothing and leaves nobody to be scored anew.
    Ledger.objects.update(is_stale=False)
    keep_edges(pk, today)
    assert carrying.carry(pk, edge) == 0
    assert ledgers() == anew(edge)
    assert not Ledger.objects.filter(is_stale=True).exists()


def test_ledgers_that_are_young_are_left_alone(halls: list[Group]) -> None:
    before = ledgers()
    keep_edges(halls[0].workspace_id, Today(TODAY - YEARS * 365 + LEAST_DAYS, {}))
    assert ledgers() == before == anew(Edges())


def test_everything_taken_away_leaves_nothing(halls: list[Group]) -> None:
    pk = halls[0].workspace_id
    keep_edges(pk, Today(TODAY, {}))
    unbook(halls[:1])
    book_exchange(pk)
    assert ledgers() == anew(edges_held(pk))
    unbook(halls)
    book_exchange(pk)
    assert ledgers() == {}
    assert not ExchangeDay.objects.exists()


@pytest.mark.parametrize("lived", [14, 120, 200, 730])
def test_another_half_life_is_as_if_it_had_always_been(halls: list[Group], lived: float) -> None:
    pk, today = halls[0].workspace_id, Today(TODAY, {})
    keep_edges(pk, today)
    half_life(pk, lived)
    # Something old changed and is not booked yet.
    chance = np.random.default_rng(7)
    for span in ((TODAY - 1000, TODAY - 950), (TODAY - 2100, TODAY - 1900)):
        put(halls[0], made_up(chance, halls[0], 30, span), span)
    keep_edges(pk, today)
    book_exchange(pk)
    assert edges_held(pk) == Edges(edge_of(TODAY, Model(half_life_days=lived)))
    assert ledgers() == anew(edges_held(pk))


@pytest.mark.parametrize("seed", range(6))
def test_whatever_happens_in_whatever_order(
    halls: list[Group], seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Talk read anew, days that pass and come back, other half-lives, a run that is killed."""
    pk, chance = halls[0].workspace_id, np.random.default_rng(seed)
    monkeypatch.setattr(ledgers_module, "BYTES_AT_ONCE", 500)
    monkeypatch.setattr(carrying, "_AT_ONCE", 2)
    for _ in range(12):
        today = a_day(halls, chance)
        group = halls[chance.integers(0, 2)]
        first = int(chance.integers(TODAY - YEARS * 365, TODAY))
        span = (first, first + int(chance.integers(1, 300)))
        put(group, made_up(chance, group, int(chance.integers(0, 40)), span), span)
        half_life(pk, float(chance.choice([14, 90, 110, 150, 400])))
        if chance.random() < 0.5:
            killed(pk, today, int(chance.integers(0, 3)), monkeypatch)
        if chance.random() < 0.5:
            book_exchange(pk)
            assert not ExchangeDay.objects.filter(before__isnull=False).exists()
        keep_edges(pk, today)
        book_exchange(pk)
        assert ledgers() == anew(edges_held(pk))
        assert LedgerEdge.objects.get(pk=pk).next is None


def a_day(halls: list[Group], chance: np.random.Generator) -> Today:
    """Any day; the community of the second group may be over since any other one."""
    day = int(chance.integers(TODAY - 1500, TODAY + 1500))
    communities = {one.pk: one.community_id for one in halls}
    over = {halls[1].community_id: day - int(chance.integers(60, 3000))}
    return Today(day, communities, over=over if chance.random() < 0.6 else {})


def test_where_history_ended_its_last_years_keep_their_days(halls: list[Group]) -> None:
    pk, yard = halls[0].workspace_id, halls[1]
    communities = {one.pk: one.community_id for one in halls}
    end = TODAY - 2500
    usual = edge_of(TODAY, Numbers().model)
    keep_edges(pk, Today(TODAY, communities))
    # What was carried before it was known to be over is read again.
    keep_edges(pk, Today(TODAY, communities, over={yard.community_id: end}))
    by = edges_held(pk)
    assert by == Edges(usual, {yard.pk: edge_of(end, Numbers().model)})
    assert ledgers() == anew(by) != anew(Edges(usual))
    keep_edges(pk, Today(TODAY + 91, communities, over={yard.community_id: end}))
    assert edges_held(pk) == Edges(usual + 91, by.apart)
    assert ledgers() == anew(edges_held(pk))
    # And it comes alive again.
    keep_edges(pk, Today(TODAY + 91, communities))
    assert edges_held(pk) == Edges(usual + 91)
    assert ledgers() == anew(Edges(usual + 91))


class Killed(Exception):
    """The process is gone."""


def killed(pk: int, today: Today, after: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Keep the edge until it has been written to ledgers some times, and no further."""
    left = [after]

    def gone() -> None:
        left[0] -= 1
        if left[0] < 0:
            raise Killed

    def carry_some(workspace_id: int, ids: list[int], by: Edges, changes: Rows) -> int:
        gone()
        return ledgers_module.write_anew(workspace_id, ids, by, changes)

    def book_some(workspace_id: int, changes: Rows) -> None:
        book(workspace_id, changes)
        gone()

    with monkeypatch.context() as patch:
        patch.setattr(carrying, "write_anew", carry_some)
        patch.setattr(edges, "book", book_some)
        with contextlib.suppress(Killed):
            keep_edges(pk, today)


def test_a_run_that_is_killed_is_taken_up(
    halls: list[Group], monkeypatch: pytest.MonkeyPatch
) -> None:
    pk, today = halls[0].workspace_id, Today(TODAY, {})
    monkeypatch.setattr(carrying, "_AT_ONCE", 2)
    whole = ledgers()
    killed(pk, today, 1, monkeypatch)
    edge = edges_held(pk)
    half, goal = ledgers(), anew(edge)
    changed = {who for who in whole if half[who] != whole[who]}
    assert 0 < len(changed) < PEOPLE
    assert all(half[who] == goal[who] for who in changed)
    # Whoever is booked into meanwhile is written by the edge that is held.
    last = max(whole)
    old = np.array([(last, Exchange.PRESENT, TODAY - 2000, halls[0].pk, 0, 3)], dtype=ROW)
    with transaction.atomic():
        hold(pk)
        book(pk, together([old]))
    carried_one = next(one for one in ledgers().items() if one[0] == last)[1]
    assert len(carried_one) == len(goal[last])
    old["times"] = -3
    with transaction.atomic():
        hold(pk)
        book(pk, together([old]))
    keep_edges(pk, today)
    assert ledgers() == goal


def test_a_clock_that_is_ahead_carries_nothing_recent(halls: list[Group]) -> None:
    with time_machine.travel("2024-10-04 12:00", tick=False):
        keep_edges(halls[0].workspace_id, Today(60_000, {}))
    by = edges_held(halls[0].workspace_id)
    assert TODAY - 1000 - 91 < by.day < TODAY
    assert ledgers() == anew(by)


def test_a_preview_says_what_it_cannot_see(halls: list[Group], owner: Person) -> None:
    pk = halls[0].workspace_id
    CommunityDay.objects.create(community=halls[0].community, day=TODAY, messages=1)
    longer, shorter = (Numbers(Model(half_life_days=lived)) for lived in (400, 30))
    assert would_change(owner.actor, longer).told_from == 0
    keep_edges(pk, Today(TODAY, {}))
    assert would_change(owner.actor, longer).told_from == edges_held(pk).day > 0
    assert would_change(owner.actor, shorter).told_from == 0
    half_life(pk, 400)
    keep_edges(pk, Today(TODAY, {}))
    assert would_change(owner.actor, longer).told_from == 0


def test_other_workspaces_are_left_alone(halls: list[Group]) -> None:
    other = Workspace.objects.create(name="other")
    Ledger.objects.create(identity_id=99, workspace=other, body=pack_person(
        together([np.array([(0, Exchange.PRESENT, 9000, 1, 0, 3)], dtype=ROW)])
    ), is_stale=False)  # fmt: skip
    before = ledgers()[99]
    keep_edges(halls[0].workspace_id, Today(TODAY, {}))
    assert ledgers()[99] == before
    assert edges_held(other.pk) == Edges()
