"""The member list: filters, order, paging, bounds."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.insight.ended import Todays
from weilu.insight.models import MemberTotals
from weilu.insight.people import listing
from weilu.insight.people.listing import Listing, Wanted, find_members, newest_ms, todays_of
from weilu.insight.people.tests.history import came, id_of, left, make_group, ms, said, tell
from weilu.insight.rules.lifecycle import MemberStage
from weilu.insight.totals import refresh_totals
from weilu.members.actions import mark, merge
from weilu.members.actions.tags import named_tag, put_on, take_off
from weilu.members.models import Goodwill, Member


@pytest.fixture
def history(workspace: Workspace) -> None:
    """Five people: lively, silent, never spoke, gone, and one in another group."""
    hall, yard = make_group(workspace, "Hall"), make_group(workspace, "Yard")
    tell(
        hall,
        [
            said("lively", "2024-01-01 10:00", "first tea"),
            came("mute", "2024-01-02 10:00"),
            said("silent", "2024-01-03 10:00", "hello"),
            said("silent", "2024-01-03 10:01", "hello again"),
            said("gone", "2024-06-01 10:00", "bye"),
            left("gone", "2024-06-01 11:00"),
            said("lively", "2024-06-30 10:00", "tea"),
        ],
    )
    tell(yard, [said("yard one", "2024-06-29 10:00", "%_\\")])


def listed(viewer: Person, wanted: Wanted | None = None, **ask: Any) -> list[str]:
    found = Listing(viewer.actor, wanted or Wanted(), todays_of(viewer.actor))
    order = {"sort": "messages", "descending": True, "after_id": None, "limit": 50, **ask}
    return [row.name for row in found.page(**order)]


def test_rows_hold_what_was_counted(analyst: Person, history: None) -> None:
    found = Listing(analyst.actor, Wanted(), todays_of(analyst.actor))
    rows = {
        row.name: row for row in found.page(sort="name", descending=False, after_id=None, limit=50)
    }
    assert list(rows) == ["gone", "lively", "mute", "silent", "yard one"]
    lively = rows["lively"]
    assert (lively.messages, lively.groups) == (2, 1)
    assert (lively.first_ms, lively.last_ms, lively.left_ms) == (
        ms("2024-01-01 10:00"),
        ms("2024-06-30 10:00"),
        0,
    )
    assert rows["gone"].left_ms == ms("2024-06-01 11:00")
    assert {name: row.stage for name, row in rows.items()} == {
        "gone": MemberStage.LOST,
        "lively": MemberStage.ACTIVE,
        "mute": MemberStage.SILENT,
        "silent": MemberStage.SILENT,
        "yard one": MemberStage.NEWCOMER,
    }


@pytest.mark.parametrize(
    ("wanted", "names"),
    [
        (Wanted(state="active"), {"lively", "yard one"}),
        (Wanted(state="silent"), {"silent"}),
        (Wanted(state="never"), {"mute"}),
        (Wanted(state="left"), {"gone"}),
        (Wanted(name="LIV"), {"lively"}),
        (Wanted(name="ent"), {"silent"}),
        (Wanted(name="%"), set()),
        (Wanted(name="nobody"), set()),
        (Wanted(first_from_ms=ms("2024-01-03 00:00")), {"silent", "gone", "yard one"}),
        (Wanted(first_until_ms=ms("2024-01-02 00:00")), {"lively"}),
        (Wanted(spoke_before_ms=ms("2024-06-01 00:00")), {"mute", "silent"}),
        (Wanted(state="active", name="yard"), {"yard one"}),
    ],
)
def test_filters(analyst: Person, history: None, wanted: Wanted, names: set[str]) -> None:
    assert set(listed(analyst, wanted)) == names
    assert Listing(analyst.actor, wanted, todays_of(analyst.actor)).count() == len(names)


def test_filter_by_group_and_by_role(analyst: Person, operator: Person, history: None) -> None:
    yard = make_group(Workspace.objects.get(pk=analyst.actor.workspace_id), "Shed")
    assert listed(analyst, Wanted(group_id=yard.pk)) == []
    mark(operator.actor, member_ids=[id_of("gone")], is_staff=True)
    mark(operator.actor, member_ids=[id_of("silent")], nature=Member.Nature.BOT)
    assert listed(analyst, Wanted(who="staff")) == ["gone"]
    assert listed(analyst, Wanted(who="bots")) == ["silent"]
    assert set(listed(analyst, Wanted(who="people"))) == {"lively", "mute", "yard one"}


@pytest.mark.parametrize("sort", sorted(listing.SORTS))
@pytest.mark.parametrize("descending", [True, False])
def test_pages_follow_each_other(
    analyst: Person, history: None, sort: str, descending: bool
) -> None:
    whole = listed(analyst, sort=sort, descending=descending)
    found = Listing(analyst.actor, Wanted(), todays_of(analyst.actor))
    seen: list[str] = []
    after = None
    while rows := found.page(sort=sort, descending=descending, after_id=after, limit=2):
        seen += [row.name for row in rows]
        after = rows[-1].id
    assert seen == whole
    assert len(seen) == 5


def test_somebody_merged_is_found_under_both_names(
    analyst: Person, operator: Person, history: None
) -> None:
    merge(operator.actor, kept_id=id_of("lively"), absorbed_id=id_of("gone"))
    MemberTotals.objects.all().delete()
    from_scratch = Listing(analyst.actor, Wanted(name="gone"), Todays(0))
    assert from_scratch.page(sort="messages", descending=True, after_id=None, limit=9) == []
    refresh_totals(analyst.actor.workspace_id)
    assert listed(analyst, Wanted(name="gone")) == ["lively"]
    row = Listing(analyst.actor, Wanted(name="gone"), todays_of(analyst.actor)).page(
        sort="messages", descending=True, after_id=None, limit=9
    )[0]
    assert (row.messages, row.left_ms, row.other_names) == (3, 0, ("gone",))
    assert [m.name for m in find_members(analyst.actor, "gon")] == ["lively"]
    assert find_members(analyst.actor, "gon", besides=row.id) == []


def test_statements_are_few(analyst: Person, history: None) -> None:
    wanted = Wanted(name="l", state="active", who="people")
    lively = id_of("lively")
    with CaptureQueriesContext(connection) as seen:
        found = Listing(analyst.actor, wanted, todays_of(analyst.actor))
        found.count()
        found.page(sort="messages", descending=True, after_id=lively, limit=50)
    assert len(seen) == 7


def test_strangers_and_those_without_the_right_see_nobody(stranger: Person, history: None) -> None:
    assert listed(stranger) == []
    assert newest_ms(stranger.actor) == 0
    assert find_members(stranger.actor, "lively") == []


def test_the_count_stops(analyst: Person, history: None, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(listing, "COUNTED", 3)
    assert Listing(analyst.actor, Wanted(), Todays(0)).count() == 4
    assert MemberTotals.objects.count() == 5


def test_left_means_left_everywhere(analyst: Person, workspace: Workspace) -> None:
    tell(
        make_group(workspace, "Hall"),
        [said("one", "2024-01-01 10:00", "x"), left("one", "2024-01-02 10:00")],
    )
    assert MemberTotals.objects.get().left_ms == ms("2024-01-02 10:00")
    tell(make_group(workspace, "Yard"), [came("one", "2023-01-01 10:00")])
    found = MemberTotals.objects.get()
    assert (found.left_ms, found.groups, found.messages) == (0, 2, 1)
    assert found.first_ms == ms("2023-01-01 10:00")


def test_in_order_of_goodwill_page_by_page(history: None, owner: Person) -> None:
    """Those without any stand at the low end; every page goes on where the last ended."""
    ids = list(MemberTotals.objects.order_by("pk").values_list("pk", flat=True))
    for pk, base in zip(ids[:3], (5.0, 9.0, 5.0), strict=False):
        Goodwill.objects.create(
            member_id=pk, workspace_id=owner.actor.workspace_id, base=base, level=2
        )
    up = sorted(ids, key=lambda pk: ({ids[0]: 5.0, ids[1]: 9.0, ids[2]: 5.0}.get(pk, 0.0), pk))
    listing = Listing(owner.actor, Wanted(), Todays(0))
    for descending in (False, True):
        for limit in (1, 2, 100):
            found: list[int] = []
            while rows := listing.page(
                sort="goodwill", descending=descending, after_id=found[-1] if found else None,
                limit=limit,
            ):  # fmt: skip
                found += [row.id for row in rows]
            assert found == (up[::-1] if descending else up)
    first = listing.page(sort="goodwill", descending=True, after_id=None, limit=1)[0]
    assert (first.id, first.level) == (ids[1], 2)
    assert first.goodwill > 0


@pytest.mark.parametrize("many", [0, 20_000])
def test_a_tag_of_many_and_one_of_few_list_the_same(
    history: None, owner: Person, monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """Looked for member by member or through who wears it: who is listed does not differ."""
    monkeypatch.setattr(listing, "MANY", many)
    monkeypatch.setattr(listing, "MANY_POSTGRES", many)
    red, blue = named_tag(owner.actor, "red"), named_tag(owner.actor, "blue")
    put_on(owner.actor, tag_id=red.pk, member_ids=[id_of("lively"), id_of("mute"), id_of("gone")])
    put_on(owner.actor, tag_id=blue.pk, member_ids=[id_of("silent")])
    take_off(owner.actor, tag_id=red.pk, member_ids=[id_of("gone")])
    merge(owner.actor, kept_id=id_of("silent"), absorbed_id=id_of("mute"))
    refresh_totals(owner.actor.workspace_id)
    assert listed(owner, Wanted(tag_id=red.pk)) == ["silent", "lively"]
    assert listed(owner, Wanted(tag_id=blue.pk)) == ["silent"]


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
@pytest.mark.parametrize(
    ("state", "sort"),
    [(state, sort) for state in ("active", "silent") for sort in ("messages", "goodwill")]
    + [("never", "messages")],
)
def test_states_are_read_along_the_order(
    history: None, owner: Person, state: str, sort: str
) -> None:
    """A page must not collect and sort everybody of whom a state holds."""
    found = Listing(owner.actor, Wanted(state=state), todays_of(owner.actor))
    with CaptureQueriesContext(connection) as asked:
        found.page(sort=sort, descending=True, after_id=None, limit=50)
    pages = [one["sql"] for one in asked.captured_queries if "insight_membertotals t" in one["sql"]]
    assert pages
    for sql in pages:
        with connection.cursor() as cursor:
            cursor.execute(f"EXPLAIN QUERY PLAN {sql}")
            plan = [row[3] for row in cursor.fetchall()]
        assert not [line for line in plan if "TEMP B-TREE" in line], plan
