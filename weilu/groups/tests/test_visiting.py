"""Visitors who come at the same moment: led on and counted in one transaction."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weilu.communities.models import Community
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.groups.joining import visiting
from weilu.groups.joining.visiting import Coming, Door, Led, door_of, lead
from weilu.groups.models import Group, JoinLink, JoinTarget, Scan

pytestmark = pytest.mark.django_db


def link_to(workspace: Workspace, name: str, *most: int) -> JoinLink:
    """A link to groups with room for so many, one after the other."""
    place, _new = Community.objects.get_or_create(
        workspace=workspace, name="Tea", time_zone="Asia/Shanghai"
    )
    link = JoinLink.objects.create(
        workspace=workspace, community=place, name=name, created_at=now()
    )
    for n, room in enumerate(most):
        group = Group.objects.create(
            workspace=workspace, community=place, platform="wechat", name=f"{name} {n}"
        )
        JoinTarget.objects.create(
            link=link, group=group, address=f"https://example.org/{n}", most=room, position=n,
            code_set_at=now(),
        )  # fmt: skip
    return link


def names(led: list[Led]) -> list[str | None]:
    return [one.target.group.name if one.target else None for one in led]


def shown(link: JoinLink) -> list[int]:
    return list(link.targets.order_by("position").values_list("shown", flat=True))


def test_the_next_group_takes_over_within_one_batch(workspace: Workspace) -> None:
    link = link_to(workspace, "a", 2, 1)
    door = door_of(link)
    led = lead([Coming(door, f"{n:016}") for n in range(5)])
    assert names(led) == ["a 0", "a 0", "a 1", None, None]
    assert shown(link) == [2, 1]
    assert Scan.objects.count() == 5


def test_who_comes_twice_in_one_batch_takes_one_place_and_keeps_their_letters(
    workspace: Workspace,
) -> None:
    link = link_to(workspace, "a", 1, 9)
    JoinLink.objects.update(asks_code=True)
    link.refresh_from_db()
    door = door_of(link)
    machine = Coming(door, "m" * 16, is_bot=True)
    first, again, other, bot = lead(
        [Coming(door, "x"), Coming(door, "x"), Coming(door, "y"), machine]
    )
    assert names([first, again, other]) == ["a 0", "a 0", "a 1"]
    assert first.says == again.says != other.says
    assert (bot.says, shown(link)) == ("", [1, 1])
    rows = Scan.objects.order_by("pk").values_list("says", "is_repeat", "is_bot")
    assert list(rows) == [
        (first.says, False, False),
        ("", True, False),
        (other.says, False, False),
        ("", False, True),
    ]  # fmt: skip
    # And once more later, when the group they were led to is full.
    (later,) = lead([Coming(door_of(link), "x")])
    assert (names([later]), later.says, shown(link)) == (["a 0"], first.says, [1, 1])


def test_links_in_one_batch_have_nothing_to_do_with_each_other(workspace: Workspace) -> None:
    a, b = link_to(workspace, "a", 1), link_to(workspace, "b", 1)
    doors = door_of(a), door_of(b)
    led = lead([Coming(door, who) for who in "xy" for door in doors])
    assert names(led) == ["a 0", "b 0", None, None]
    assert (shown(a), shown(b)) == ([1], [1])


def test_room_is_what_the_database_says_however_old_the_door(workspace: Workspace) -> None:
    link = link_to(workspace, "a", 5, 5)
    door = door_of(link)
    JoinTarget.objects.filter(position=0).update(shown=5)
    assert names(lead([Coming(door, "x")])) == ["a 1"]
    link.targets.get(position=1).delete()
    assert names(lead([Coming(door, "y")])) == [None]


def test_a_batch_is_whole_or_not_at_all(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    link = link_to(workspace, "a", 5)

    def fail(*_args: object) -> None:
        raise OSError

    monkeypatch.setattr(visiting, "_keep", fail)
    with pytest.raises(OSError):  # noqa: PT011 - any
        lead([Coming(door_of(link), "x")])
    assert shown(link) == [0]
    assert not Scan.objects.exists()


def test_as_many_statements_for_many_as_for_one(workspace: Workspace) -> None:
    door = door_of(link_to(workspace, "a", 99))

    def asked(count: int, first: str) -> int:
        with CaptureQueriesContext(connection) as seen:
            lead([Coming(door, f"{first}{n}") for n in range(count)])
        return len(seen)

    assert asked(40, "x") == asked(1, "y")


def test_who_was_here_is_found_by_an_index(workspace: Workspace) -> None:
    door = door_of(link_to(workspace, "a", 99))
    with CaptureQueriesContext(connection) as seen:
        lead([Coming(door, "x")])
    (asked,) = [q["sql"] for q in seen.captured_queries if "FROM groups_scan" in q["sql"]]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            cursor.execute("SET LOCAL enable_seqscan TO off")
        explain = "EXPLAIN" if connection.vendor == "postgresql" else "EXPLAIN QUERY PLAN"
        cursor.execute(f"{explain} {asked}")
        assert "scan_first_of_visitor" in str(cursor.fetchall())


VISITS = st.lists(st.tuples(st.integers(0, 6), st.booleans(), st.integers(0, 1)), max_size=30)


@given(VISITS, st.lists(st.integers(1, 8), min_size=1))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_together_is_as_one_after_the_other(
    workspace: Workspace, visits: list[tuple[int, bool, int]], sizes: list[int]
) -> None:
    def led_in(sizes: list[int]) -> tuple[list[int | None], list[list[int]]]:
        links = [link_to(workspace, f"{now().timestamp()}{n}", 2, 1, 1) for n in range(2)]
        left, places, turn = list(visits), list[int | None](), 0
        while left:
            size = sizes[turn % len(sizes)]
            batch, left, turn = left[:size], left[size:], turn + 1
            doors: list[Door] = [door_of(link) for link in links]
            led = lead([Coming(doors[at], f"v{who}", "", is_bot) for who, is_bot, at in batch])
            places += [one.target.position if one.target else None for one in led]
        return places, [shown(link) for link in links]

    assert led_in(sizes) == led_in([1])
