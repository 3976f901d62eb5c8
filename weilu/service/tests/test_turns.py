"""Merging, splitting, reviving and closing a group (B-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.chat.models import Outgoing
from weilu.communities.models import Community
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import LogRow, Workspace
from weilu.core.tests.cast import Person
from weilu.groups.joining.counting import worries
from weilu.groups.joining.saving import LinkWords, TargetWords, save_link, save_target
from weilu.groups.joining.visiting import visit
from weilu.groups.models import Group, JoinLink, Turn
from weilu.insight.models import FindingRow
from weilu.insight.pages.tests.story import tell
from weilu.service.greetings import Wish, greeting_for, set_greeting
from weilu.service.turns import Plan, has_told, take_turn, undo_turn

pytestmark = pytest.mark.django_db
WEEK = timedelta(days=7)


@pytest.fixture
def tea(workspace: Workspace) -> Community:
    """A community whose one group talked little."""
    return tell(workspace)


@pytest.fixture
def old(tea: Community) -> Group:
    """The group that takes a turn."""
    return Group.objects.get(community=tea)


@pytest.fixture
def new(tea: Community) -> Group:
    """The next place."""
    return Group.objects.create(
        workspace=tea.workspace, community=tea, platform="wechat", name="Next"
    )


@pytest.fixture
def place(owner: Person, old: Group, new: Group) -> JoinLink:
    """A link that leads into the old group first, then into the next."""
    made = save_link(owner.actor, LinkWords("door", "store"), community=old.community)
    for n, group in enumerate((old, new), start=1):
        address = f"https://example.org/{n}"
        save_target(owner.actor, made, TargetWords(group.pk, position=n, address=address))
    return made


def plan(place: JoinLink, new: Group, **more: object) -> Plan:
    first: dict[str, object] = {
        "kind": "merge", "words": "We go on in {other}: {link}", "ends_at": now() + WEEK,
        "place_id": place.pk, "other_id": new.pk, "words_there": "{group} comes to us",
        "filled": {"{link}": "https://x.example/j/1/", "{other}": "Next", "{group}": "Tea"},
    }  # fmt: skip
    return Plan(**(first | more))  # type: ignore[arg-type]  # as the test says


def test_a_group_is_merged_told_and_left_by_links_and_greetings(
    owner: Person, old: Group, new: Group, place: JoinLink
) -> None:
    wish = Wish(is_on=True, text="Hi {names}")
    set_greeting(owner.actor, community=old.community, group=None, wish=wish)
    first = visit(place, visitor="a", answer="", is_bot=False).target
    assert first is not None
    assert first.group_id == old.pk
    made = take_turn(owner.actor, group=old, plan=plan(place, new, as_notice=True))
    rows = {(r.group_id, r.deed): r for r in Outgoing.objects.all()}
    assert set(rows) == {(old.pk, "send"), (old.pk, "announce"), (new.pk, "send")}
    assert rows[old.pk, "send"].text == "We go on in Next: https://x.example/j/1/"
    assert rows[new.pk, "send"].text == "Tea comes to us"
    assert {r.expires_at for r in rows.values()} == {made.ended_at}
    old.refresh_from_db()
    assert old.ends_at == made.ended_at
    led = visit(place, visitor="b", answer="", is_bot=False).target
    assert led is not None
    assert led.group_id == new.pk
    assert greeting_for(old) is None
    assert greeting_for(new) is not None
    assert LogRow.objects.filter(name="GroupTurned", payload__group_id=old.pk).count() == 1


def test_taking_it_back_stops_what_has_not_left_and_opens_the_group(
    owner: Person, old: Group, new: Group, place: JoinLink
) -> None:
    made = take_turn(owner.actor, group=old, plan=plan(place, new))
    Outgoing.objects.filter(group=new).update(state=Outgoing.State.SENT)
    came = undo_turn(owner.actor, pk=made.pk)
    assert (came.stopped, came.left) == (1, 1)
    old.refresh_from_db()
    assert old.ends_at is None
    led = visit(place, visitor="a", answer="", is_bot=False).target
    assert led is not None
    assert led.group_id == old.pk
    with pytest.raises(Conflict):
        undo_turn(owner.actor, pk=made.pk)
    assert LogRow.objects.filter(name="TurnUndone").count() == 1


def test_nothing_happens_twice_and_reviving_opens_again(
    owner: Person, old: Group, new: Group, place: JoinLink
) -> None:
    take_turn(owner.actor, group=old, plan=plan(place, new))
    with pytest.raises(Conflict):
        take_turn(owner.actor, group=old, plan=plan(place, new))
    assert (Turn.objects.count(), Outgoing.objects.count()) == (1, 2)
    take_turn(owner.actor, group=old, plan=Plan("revive", "We are back"))
    old.refresh_from_db()
    assert old.ends_at is None


def test_a_group_that_is_revived_hears_no_farewell(
    owner: Person, old: Group, new: Group, place: JoinLink
) -> None:
    merged = take_turn(owner.actor, group=old, plan=plan(place, new, as_notice=True))
    take_turn(owner.actor, group=old, plan=Plan("revive", "We go on"))
    waiting = Outgoing.objects.filter(state=Outgoing.State.WAITING)
    assert [(row.group_id, row.text) for row in waiting] == [(old.pk, "We go on")]
    assert Outgoing.objects.filter(state=Outgoing.State.CANCELLED).count() == 3
    merged.refresh_from_db()
    assert merged.undone_at is not None
    assert LogRow.objects.filter(name="TurnUndone").count() == 1


def test_a_group_that_has_closed_is_opened_again_and_its_closing_stays_in_its_story(
    owner: Person, old: Group
) -> None:
    closed = take_turn(owner.actor, group=old, plan=Plan("close", "Bye", now() + WEEK))
    past = now() - timedelta(days=1)
    Turn.objects.update(ended_at=past)
    Group.objects.filter(pk=old.pk).update(ends_at=past)
    take_turn(owner.actor, group=old, plan=Plan("revive", "We are back"))
    old.refresh_from_db()
    closed.refresh_from_db()
    assert (old.ends_at, closed.undone_at) == (None, None)


@pytest.mark.parametrize("kind", ["split", "revive"])
def test_the_same_words_sent_twice_are_said_once(
    kind: str, owner: Person, old: Group, new: Group, place: JoinLink
) -> None:
    same = plan(place, new, kind=kind, ends_at=None, other_id=None, words_there="")
    made = take_turn(owner.actor, group=old, plan=same)
    with pytest.raises(Conflict, match="already_told"):
        take_turn(owner.actor, group=old, plan=same)
    assert Outgoing.objects.count() == 1
    undo_turn(owner.actor, pk=made.pk)
    take_turn(owner.actor, group=old, plan=same)
    assert Turn.objects.filter(undone_at=None).count() == 1


def test_whether_members_were_told_is_what_the_outbox_says(
    owner: Person, old: Group, new: Group, place: JoinLink
) -> None:
    take_turn(owner.actor, group=old, plan=plan(place, new))
    old.refresh_from_db()
    assert not has_told(old)
    Outgoing.objects.filter(group=new).update(state=Outgoing.State.SENT)
    assert not has_told(old)
    Outgoing.objects.filter(group=old).update(state=Outgoing.State.SENT)
    assert has_told(old)


@pytest.mark.parametrize(
    ("more", "why"),
    [
        ({"words": " "}, "required"),
        ({"words": "x" * 2001}, "too_long"),
        ({"ends_at": None}, "end_missing"),
        ({"ends_at": now() - WEEK}, "end_missing"),
        ({"ends_at": now() + timedelta(days=91)}, "end_missing"),
        ({"place_id": None}, "place_missing"),
        ({"place_id": 0}, "place_leads_nowhere"),
        ({"other_id": None}, "other_missing"),
    ],
)
def test_what_is_not_whole_changes_nothing(
    more: dict[str, object], why: str, owner: Person, old: Group, new: Group, place: JoinLink
) -> None:
    with pytest.raises(Invalid, match=why):
        take_turn(owner.actor, group=old, plan=plan(place, new, **more))
    old.refresh_from_db()
    assert (old.ends_at, Turn.objects.count(), Outgoing.objects.count()) == (None, 0, 0)


def test_a_link_that_leads_only_here_is_no_next_place(
    owner: Person, old: Group, new: Group, place: JoinLink
) -> None:
    take_turn(owner.actor, group=new, plan=Plan("close", "Bye", now() + WEEK))
    with pytest.raises(Invalid, match="place_leads_nowhere"):
        take_turn(owner.actor, group=old, plan=plan(place, new, kind="split"))


def test_a_merge_offers_a_link_into_the_group_that_takes_them_in(
    owner: Person, old: Group, new: Group, place: JoinLink
) -> None:
    third = Group.objects.create(
        workspace=old.workspace, community=old.community, platform="qq", name="Third"
    )
    with pytest.raises(Invalid, match="place_leads_elsewhere"):
        take_turn(owner.actor, group=old, plan=plan(place, third))
    assert not Turn.objects.exists()


def test_others_may_not(
    analyst: Person, stranger: Person, old: Group, new: Group, place: JoinLink
) -> None:
    with pytest.raises(NotAllowed):
        take_turn(analyst.actor, group=old, plan=plan(place, new))
    with pytest.raises(NotFound):
        take_turn(stranger.actor, group=old, plan=plan(place, new))
    assert not Turn.objects.exists()


def test_a_link_whose_every_group_closes_is_a_worry(
    owner: Person, old: Group, new: Group, place: JoinLink
) -> None:
    assert worries(owner.actor) == []
    for group in (old, new):
        take_turn(owner.actor, group=group, plan=Plan("close", "Bye", now() + WEEK))
    assert [(one.link, one.why) for one in worries(owner.actor)] == [(place, None)]


def test_a_group_that_closes_has_no_findings(owner: Person, old: Group) -> None:
    body = {"enough": True, "next_step": "revive_or_close", "evidence": []}
    FindingRow.objects.filter(group=old, check_code="zombie").update(severity=3, body=body)
    client = owner.client()
    assert "gone quiet" in client.get("/").content.decode()
    take_turn(owner.actor, group=old, plan=Plan("close", "Bye", now() + WEEK))
    assert "gone quiet" not in client.get("/").content.decode()
