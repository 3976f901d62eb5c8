"""Profiles, all messages of a member, and the conversation around one."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weilu.chat.models import Message
from weilu.core.errors import NotFound
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group, Participation
from weilu.insight.models import CommunityDay, GroupDay
from weilu.insight.people.around import around
from weilu.insight.people.messages_of import messages_of
from weilu.insight.people.profile import Profile, profile
from weilu.insight.people.record import Record
from weilu.insight.people.same import doubts, latest_merges
from weilu.insight.people.search import Look, look
from weilu.insight.people.tests.history import came, id_of, left, make_group, ms, said, tell
from weilu.insight.rules.lifecycle import MemberStage
from weilu.members.actions import merge, suggest
from weilu.members.models import Suggestion
from weilu.members.queries import member


def texts(viewer: Person, account: str, **more: object) -> list[str]:
    return [one.text for one in messages_of(viewer.actor, id_of(account), **more)]  # type: ignore[arg-type]  # a test's keywords


def test_messages_of_a_member_over_groups_and_zones(
    analyst: Person, operator: Person, workspace: Workspace
) -> None:
    hall = make_group(workspace, "Hall")
    far = make_group(workspace, "Far", zone="America/New_York")
    tell(
        hall,
        [
            said("reed", "2024-03-01 23:59", "one"),
            said("rush", "2024-03-01 23:59", "not hers"),
            said("reed", "2024-03-02 00:01", "two"),
            said("sedge", "2024-03-09 12:00", "five"),
        ],
    )
    tell(far, [said("reed", "2024-03-01 20:00", "four", zone="America/New_York")])
    tell(far, [said("reed", "2024-03-01 12:00", "three", zone="America/New_York")])
    assert texts(analyst, "reed") == ["four", "three", "two", "one"]
    merge(operator.actor, kept_id=id_of("reed"), absorbed_id=id_of("sedge"))
    assert texts(analyst, "reed") == ["five", "four", "three", "two", "one"]
    assert texts(analyst, "sedge", limit=2) == ["five", "four"]
    first = messages_of(analyst.actor, id_of("reed"), limit=2)[-1]
    rest = texts(analyst, "reed", before=(first.sent_ms, first.id), limit=9)
    assert rest == ["three", "two", "one"]


def of(viewer: Person, account: str) -> tuple[Record, Profile]:
    record = Record(member(viewer.actor, id_of(account)))
    return record, profile(viewer.actor, record)


@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    moments=st.lists(
        st.tuples(st.integers(0, 1), st.integers(0, 60 * 24 * 40), st.booleans()),
        min_size=1,
        max_size=30,
    ),
    limit=st.integers(1, 7),
)
def test_pages_hold_every_message_once(
    analyst: Person,
    workspace: Workspace,
    moments: list[tuple[int, int, bool]],
    limit: int,
) -> None:
    for table in (Message, Participation, GroupDay, CommunityDay, Group):
        table.objects.all().delete()
    groups = [
        make_group(workspace, "Hall"),
        make_group(workspace, "Far", zone="Asia/Kolkata"),
    ]
    start = ms("2024-03-01 00:00")
    for number, group in enumerate(groups):
        items = [
            said("reed" if hers else "rush", "2024-03-01 00:00", str(minute))
            for place, minute, hers in moments
            if place == number
        ]
        moved = [
            type(item)(
                item.kind, start + int(item.text) * 60_000, item.account, item.name, item.text
            )
            for item in items
        ]
        if moved:
            tell(group, moved)
    mine = Message.objects.filter(identity__account="reed").order_by("-sent_ms", "-id")
    expected = list(mine.values_list("pk", flat=True))
    if not expected:
        return
    seen: list[int] = []
    before = None
    while rows := messages_of(analyst.actor, id_of("reed"), before=before, limit=limit):
        assert len(rows) <= limit
        seen += [one.id for one in rows]
        before = (rows[-1].sent_ms, rows[-1].id)
    assert seen == expected


def test_a_profile_tells_what_was_counted(analyst: Person, workspace: Workspace) -> None:
    tell(
        make_group(workspace, "Hall"),
        [
            came("reed", "2024-03-01 08:00"),
            said("reed", "2024-03-04 09:00", "红茶 到货 没有"),
            said("reed", "2024-03-04 09:30", "红茶 什么 时候 到货"),
            said("reed", "2024-03-12 21:00", "谢谢"),
        ],
    )
    record, found = of(analyst, "reed")
    assert found.totals is not None
    assert found.totals.messages == 3
    assert found.stage == MemberStage.NEWCOMER
    assert [(one.name, one.messages, one.joined_ms) for one in record.groups] == [
        ("Hall", 3, ms("2024-03-01 08:00"))
    ]
    # Weeks are sevens of days since 1970: the 4th falls in one, the 12th in the next.
    assert [n for _week, n in found.weeks] == [2, 1]
    assert found.hours[0, 9] == 2
    assert found.hours[1, 21] == 1
    assert found.hours.sum() == 3
    assert ("红茶", 2) in found.words
    assert [alias.name for alias in record.aliases] == ["reed"]
    assert len(found.recent) == 3


def test_a_profile_looks_at_two_years_of_their_talk(analyst: Person, workspace: Workspace) -> None:
    lines = [said("reed", f"20{year}-03-04 09:00", f"cup {year}") for year in range(20, 25)]
    tell(make_group(workspace, "Hall"), [*lines, said("rush", "2025-06-01 09:00", "hello")])
    _record, found = of(analyst, "reed")
    assert found.totals is not None
    assert found.totals.messages == 5
    assert [one.text for one in found.recent] == ["cup 24", "cup 23"]
    weeks = [n for _week, n in found.weeks]
    assert (len(weeks), sum(weeks), weeks[-1]) == (105, 2, 1)


def test_a_profile_of_somebody_who_never_spoke(analyst: Person, workspace: Workspace) -> None:
    tell(
        make_group(workspace, "Hall"),
        [
            came("mute", "2024-01-01 08:00"),
            said("reed", "2024-06-01 08:00", "hi"),
            left("mute", "2024-06-02 08:00"),
        ],
    )
    record, found = of(analyst, "mute")
    assert (found.weeks, found.words, found.partners, found.recent) == ([], [], [], [])
    assert found.stage == MemberStage.LOST
    assert record.groups[0].has_left
    assert messages_of(analyst.actor, id_of("mute")) == []


def test_strangers_find_nobody(analyst: Person, stranger: Person, workspace: Workspace) -> None:
    tell(make_group(workspace, "Hall"), [said("reed", "2024-03-01 08:00", "hi")])
    pk = id_of("reed")
    said_id = Message.objects.get().pk
    for ask in (member, messages_of, around):
        with pytest.raises(NotFound):
            ask(stranger.actor, said_id if ask is around else pk)
    with pytest.raises(NotFound):
        look(stranger.actor, Look(member_id=pk))
    assert look(stranger.actor, Look()).rows == []
    assert look(stranger.actor, Look(query="hi")).rows == ()


def test_doubts_show_who_people_are_now(operator: Person, workspace: Workspace) -> None:
    tell(
        make_group(workspace, "Hall"),
        [said(who, "2024-03-01 08:00", "hi") for who in ("reed", "rush", "sedge", "rush")],
    )
    reed, rush, sedge = id_of("reed"), id_of("rush"), id_of("sedge")
    suggest(workspace.pk, [(reed, rush, 0.6, ["same_name"]), (rush, sedge, 0.5, ["hub"])])
    first = doubts(operator.actor)
    assert [(d.first.name, d.second.name, d.reasons) for d in first] == [
        ("rush", "reed", ["same_name"]),
        ("rush", "sedge", ["hub"]),
    ]
    merge(operator.actor, kept_id=sedge, absorbed_id=rush)
    assert [{d.first.name, d.second.name} for d in doubts(operator.actor)] == [{"reed", "sedge"}]
    assert [d.id for d in doubts(operator.actor, identities=[reed])] == [first[0].id]
    assert [m.absorbed.name for m in latest_merges(operator.actor)] == ["rush"]
    assert Suggestion.objects.get(second_id=sedge).state == Suggestion.State.MERGED


def test_around_a_message(analyst: Person, workspace: Workspace) -> None:
    group = make_group(workspace, "Hall")
    items = [said("reed", f"2024-03-{day:02d} 08:00", f"day {day}") for day in range(1, 11)]
    items.append(came("rush", "2024-03-05 08:30"))
    answer = said("rush", "2024-03-05 08:31", "answer", external_id="b")
    tell(group, items)
    tell(group, [answer])
    hit = Message.objects.get(text="day 5")
    found = around(analyst.actor, hit.pk, span=2)
    assert [one.said.text for one in found.lines] == [
        "day 3",
        "day 4",
        "day 5",
        "",
        "answer",
        "day 6",
    ]
    assert found.lines[3].name == "rush"
    assert found.earlier == Message.objects.get(text="day 3").pk
    assert found.later == Message.objects.get(text="day 6").pk
    whole = around(analyst.actor, hit.pk)
    assert len(whole.lines) == 12
    assert (whole.earlier, whole.later) == (0, 0)


def test_platform_replies_are_linked(analyst: Person, workspace: Workspace) -> None:
    group = make_group(workspace, "Hall")
    asked = said("reed", "2024-03-01 08:00", "where is the tea", external_id="a1")
    base = said("rush", "2024-03-01 08:05", "on the shelf", external_id="a2")
    reply = type(base)(base.kind, base.sent_ms, base.account, base.name, base.text, "a2", "a1")
    tell(group, [asked, reply])
    lines = around(analyst.actor, Message.objects.get(text="on the shelf").pk).lines
    assert [(one.name, one.answers_name) for one in lines] == [("reed", ""), ("rush", "reed")]
    assert lines[1].answers == lines[0].said.id


def test_the_newest_without_words(analyst: Person, workspace: Workspace) -> None:
    hall, yard = make_group(workspace, "Hall"), make_group(workspace, "Yard")
    tell(hall, [said("reed", f"2024-03-{day:02d} 23:30", f"h{day}") for day in range(1, 8)])
    tell(yard, [said("rush", "2024-03-05 00:10", "y5")])

    def shown(wanted: Look, limit: int = 3) -> list[str]:
        return [one.text for one in look(analyst.actor, wanted, limit).rows]

    assert shown(Look()) == ["h7", "h6", "h5"]
    assert shown(Look(), 4) == ["h7", "h6", "h5", "y5"]
    assert shown(Look(group_ids=(yard.pk,))) == ["y5"]
    assert shown(Look(member_id=id_of("rush"))) == ["y5"]
    assert shown(Look(end_ms=ms("2024-03-03 00:00"))) == ["h2", "h1"]
    assert shown(Look(first_ms=ms("2024-03-07 00:00"))) == ["h7"]
    first = look(analyst.actor, Look(), 3)
    assert first.more
    last = first.rows[-1]
    assert shown(Look(before=(last.sent_ms, last.id)), 9) == ["y5", "h4", "h3", "h2", "h1"]
