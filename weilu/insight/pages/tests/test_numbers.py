"""The parts of the page equal what can be counted by hand."""

from __future__ import annotations

from datetime import date

import pytest

from weilu.chat.ports import Kind
from weilu.communities.models import Community
from weilu.core.access import Actor, Role
from weilu.core.errors import NotFound
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.insight.pages import front, moves, people, replies, sides, talk
from weilu.insight.pages.look import Asked, Look, look_at, number_of, place_of
from weilu.insight.pages.tests.story import HOSTILE, LINK, at, moved, said, tell, tell_items
from weilu.insight.refresh import refresh_groups
from weilu.members.models import Member

pytestmark = pytest.mark.django_db

LAST = number_of(date(2024, 3, 31))
FIRST = LAST - 27


@pytest.fixture
def space() -> Workspace:
    return Workspace.objects.create(name="Kettle")


@pytest.fixture
def tea(space: Workspace) -> Community:
    return tell(space)


def looked(community: Community, *, staff: bool = True, bots: bool = False) -> Look:
    actor = Actor(community.workspace_id, Role.OWNER)
    place = place_of(actor, community.pk)
    return look_at(place, Asked(FIRST, LAST, staff=staff, bots=bots))


def test_place_knows_first_and_last_day(tea: Community) -> None:
    place = looked(tea).place
    assert (place.oldest, place.newest) == (number_of(date(2024, 2, 1)), LAST)
    assert [g.name for g in place.groups] == ["Tea <1>"]


def test_place_of_another_workspace_is_not_found(tea: Community) -> None:
    other = Workspace.objects.create(name="Elsewhere")
    with pytest.raises(NotFound):
        place_of(Actor(other.pk, Role.OWNER), tea.pk)


def test_front(tea: Community) -> None:
    one = front.front(looked(tea))
    assert one.has_before is True
    assert (one.now.messages, len(one.now.speakers)) == (5, 3)
    assert (one.before.messages, len(one.before.speakers)) == (3, 2)
    assert one.now.messages_per_day[:4] == (0, 2, 1, 0)
    assert one.now.messages_per_day[27] == 2
    assert (one.present, one.silent) == (4, 1)
    assert one.active_share == 3 / 4
    assert one.flow is not None
    assert (one.flow.came, one.flow.left, one.flow.net) == (2, 1, 1)
    assert one.flow.came_per_day[1] == 1
    assert one.flow.came_per_day[3] == 1
    assert (one.asking.asked, one.asking.answered, one.asking.share) == (1, 1, 1.0)
    assert (one.asking_before.asked, one.asking_before.share) == (0, None)
    assert one.hours[1][20] == 5


@pytest.mark.parametrize(
    ("staff", "bots", "messages", "speakers"),
    [(True, True, 8, 4), (True, False, 5, 3), (False, False, 3, 2), (False, True, 6, 3)],
)
def test_who_counts_changes_numbers(
    tea: Community, *, staff: bool, bots: bool, messages: int, speakers: int
) -> None:
    Member.objects.filter(name="Ada").update(is_staff=True)
    one = front.front(looked(tea, staff=staff, bots=bots))
    assert (one.now.messages, len(one.now.speakers)) == (messages, speakers)


def test_questions_of_staff_are_left_out_with_them(tea: Community) -> None:
    Member.objects.filter(name="Cleo").update(is_staff=True)
    assert front.front(looked(tea, staff=False)).asking.asked == 0
    assert front.front(looked(tea)).asking.asked == 1


def test_speakers_with_their_days(tea: Community) -> None:
    found = people.speakers(looked(tea))
    named = {m.pk: m.name for m in Member.objects.all()}
    rows = {
        named[s.member_id]: (s.messages, s.days, s.first_day - FIRST, s.last_day - FIRST)
        for s in found
    }
    assert rows == {"Ada": (2, 2, 1, 27), "Cleo": (2, 2, 1, 2), HOSTILE: (1, 1, 27, 27)}


def test_newcomers_and_who_came_back(tea: Community) -> None:
    found = people.newcomers(looked(tea))
    named = {m.pk: m.name for m in Member.objects.all()}
    assert {named[m] for m in found.fresh.newcomers} == {"Cleo", HOSTILE}
    assert {named[m] for m in found.fresh.returned} == {"Cleo"}
    week = next(w for w in found.weeks if w.start == FIRST)
    assert (week.newcomers, week.returned, week.settled) == (1, 1, True)
    assert (found.weeks[-1].newcomers, found.weeks[-1].settled) == (1, False)


def test_carriers(tea: Community) -> None:
    found = people.carriers(looked(tea))
    assert found.spread.bus_factor == 2
    assert [n for _m, _name, n in found.top] == [2, 2, 1]
    assert found.curve[0] == (0.0, 0.0)
    assert found.curve[-1] == (1.0, 1.0)


def test_a_bridge_carries_nothing(tea: Community) -> None:
    first = people.carriers(looked(tea)).top[0][0]
    Member.objects.filter(pk=first).update(nature=Member.Nature.RELAY)
    look = looked(tea)
    found = people.carriers(look)
    assert [n for _m, _name, n in found.top] == [2, 1]
    # What it passes on was said all the same.
    assert first in {one.member_id for one in people.speakers(look)}


def test_present_and_silent(tea: Community) -> None:
    look = looked(tea)
    everybody = people.present(look, people.Wanted(sort="spoke_ms", descending=True))
    assert [p.name for p in everybody] == [HOSTILE, "Ada", "Cleo", "Dan"]
    silent = people.present(look, people.Wanted(silent=True))
    assert [(p.name, p.spoke_ms, p.joined_ms) for p in silent] == [("Dan", 0, at(3, 7, 12))]


def test_present_goes_on_beyond_the_cursor(tea: Community) -> None:
    look = looked(tea)
    first = people.present(look, people.Wanted(sort="spoke_ms", descending=True, limit=2))
    edge = (first[-1].spoke_ms, first[-1].member_id)
    rest = people.present(look, people.Wanted(sort="spoke_ms", descending=True, after=edge))
    assert [p.name for p in rest] == ["Cleo", "Dan"]


def test_messages_of_a_day_and_of_a_cell(tea: Community) -> None:
    look = looked(tea)
    day = talk.messages_of_days(look, [FIRST + 1]).said
    assert [(m.name, m.text) for m in day] == [
        ("Cleo", "How do I brew this tea?"),
        ("Ada", "With hot water"),
    ]
    cell = talk.messages_of_cell(look, 1, 20).said
    assert [m.name for m in cell] == ["Cleo", "Ada", "Robo", "Robo", "Robo"]
    assert talk.messages_of_cell(look, 1, 19).said == []


def test_links(tea: Community) -> None:
    (link,) = talk.links(looked(tea))
    assert (link.url, link.host, link.times) == (LINK, "tea.example.org", 1)
    assert link.first_day == link.last_day == LAST


def test_questions_and_who_answers(tea: Community) -> None:
    found = replies.asking(looked(tea))
    assert (found.asked, found.answered, found.median_s) == (1, 1, 60.0)
    assert [(a.name, a.answers, a.median_s) for a in found.by] == [("Ada", 1, 60.0)]
    assert found.unanswered == ()
    assert [(w.asked, w.answered) for w in found.weeks] == [(1, 1), (0, 0), (0, 0), (0, 0)]


def test_exchange_of_a_pair(tea: Community) -> None:
    look = looked(tea)
    ids = dict(Member.objects.values_list("name", "pk"))
    assert (ids["Ada"], ids["Cleo"], 1) in replies.pairs(look)
    first = look_at(look.place, Asked(FIRST, FIRST + 3))
    (one,) = replies.exchanges(first, ids["Ada"], ids["Cleo"])
    assert (one.text, one.asked_text) == ("With hot water", "How do I brew this tea?")


def test_moves_are_those_counted_by_day(tea: Community) -> None:
    look = looked(tea)
    named = {m.pk: m.name for m in Member.objects.all()}
    came = moves.joins(look)
    assert [(named[m.member_id], m.at_ms, m.is_return) for m in came] == [
        ("Cleo", at(3, 5, 19), False),
        ("Dan", at(3, 7, 12), False),
    ]
    assert [named[m.member_id] for m in moves.leaves(look)] == ["Ben"]


def test_groups_side_by_side(tea: Community) -> None:
    (one,) = sides.sides(looked(tea))
    assert (one.present, one.speakers, one.messages, one.messages_before) == (4, 3, 5, 3)
    assert (one.asked, one.answered_share, one.median_s) == (1, 1.0, 60.0)
    assert (one.newcomers, one.returned_share) == (2, 0.5)
    assert one.trend[-4:] == (3, 0, 0, 2)


def test_words_that_rose_are_no_names(space: Workspace) -> None:
    people_of = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Fay")
    items = [said("Ada", at(1, 15, 9), "the kettle is on")]
    items += [
        said(who, at(2, 20, 9, k), "nothing special happened")
        for k, who in enumerate(people_of * 8)
    ]
    items += [said(who, at(3, 19, 9, k), "oolong fay") for k, who in enumerate(people_of * 8)]
    community = tell_items(space, items, "Words")
    # Who says the same eight times looks like a machine: the operator knows better.
    Member.objects.update(nature="person", nature_source="operator")
    refresh_groups(Group.objects.filter(community=community).values_list("pk", flat=True))
    look = looked(community)
    look = look_at(look.place, Asked(look.place.newest or 0, look.place.newest or 0))
    assert [w.word for w in talk.rise(look).words] == []
    wide = look_at(look.place, Asked((look.place.newest or 0) - 27, (look.place.newest or 0) + 2))
    assert [w.word for w in talk.rise(wide).words] == ["oolong"]


def test_words_of_a_short_record_are_compared_within_it(space: Workspace) -> None:
    """Before the first day of a record nothing was said: that is no rise of everything else."""
    people_of = ("Ada", "Ben", "Cleo", "Dan", "Eva", "Fay")
    texts = dict.fromkeys((7, 8, 14), "oolong and rice") | {21: "oolong, teapot"}
    items = [
        said(who, at(3, day, 9, k), text)
        for day, text in texts.items()
        for k, who in enumerate(people_of * 8)
    ]
    community = tell_items(space, items, "Words")
    Member.objects.update(nature="person", nature_source="operator")
    refresh_groups(Group.objects.filter(community=community).values_list("pk", flat=True))
    last = number_of(date(2024, 3, 27))
    look = look_at(looked(community).place, Asked(last - 27, last))
    found = talk.rise(look)
    assert found.has_before
    assert (found.first_day, found.last_day) == (last - 6, last)
    assert [w.word for w in found.words] == ["teapot"]


def test_who_spoke_and_left_is_not_all_there_is(space: Workspace) -> None:
    """Two of four spoke; that one of the two has left does not make the others speak."""
    items = [
        *(moved(Kind.JOIN, who, at(3, 5, 9)) for who in ("Ada", "Ben", "Cleo", "Dan")),
        said("Ada", at(3, 6, 9), "Good morning"),
        said("Ben", at(3, 6, 10), "Good bye"),
        moved(Kind.LEAVE, "Ben", at(3, 6, 11)),
        said("Ada", at(3, 31, 9), "Quiet here"),
    ]
    look = looked(tell_items(space, items, "Tea"))
    assert front.front(look).active_share == 2 / 4
    (side,) = sides.sides(look)
    assert side.active_share == 2 / 4


def test_where_connections_drop_the_last_week_is_not_settled(space: Workspace) -> None:
    items = [said("Ada", at(3, 4, 9), "Good morning")]
    for who in ("Ben", "Cleo"):
        for day in range(5, 12):
            items += [moved(Kind.JOIN, who, at(3, day, 9)), moved(Kind.LEAVE, who, at(3, day, 21))]
    items += [moved(Kind.JOIN, "Ben", at(3, 15, 9)), moved(Kind.LEAVE, "Ben", at(3, 30, 21))]
    items += [said("Ada", at(3, 31, 9), "Good night")]
    look = looked(tell_items(space, items, "Tea"))
    flow = front.front(look).flow
    assert flow is not None
    # Cleo left for good on the 11th; Ben may be back tomorrow.
    assert (flow.came, flow.left, flow.open_from) == (2, 1, number_of(date(2024, 3, 30)))
    assert sum(flow.left_per_day) == 2
    assert (len(moves.joins(look)), len(moves.leaves(look))) == (2, 1)


def test_machines_take_no_room_among_the_rows_of_messages(
    tea: Community, monkeypatch: pytest.MonkeyPatch
) -> None:
    look = looked(tea)
    days = list(range(FIRST, LAST + 1))
    monkeypatch.setattr(talk, "MESSAGES_AT_MOST", 6)
    found = talk.messages_of_days(look, days)
    assert (len(found.said), found.is_cut) == (5, False)
    monkeypatch.setattr(talk, "MESSAGES_AT_MOST", 4)
    found = talk.messages_of_days(look, days)
    assert (len(found.said), found.is_cut) == (4, True)


def test_empty_community(space: Workspace) -> None:
    empty = Community.objects.create(workspace=space, name="Empty", time_zone="UTC")
    place = place_of(Actor(space.pk, Role.OWNER), empty.pk)
    assert (place.newest, place.oldest, list(place.groups)) == (None, None, [])
