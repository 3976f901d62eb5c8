"""Exchange from talk to ledgers, goodwill and levels: once, however often, and from anew (C-4)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine

from weilu.chat.models import Message
from weilu.core.clock import now
from weilu.core.models import Job, LogRow, Workspace
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.events.members import MembersMarked
from weilu.groups.models import Group
from weilu.insight.following import look_again
from weilu.insight.people.goodwill import goodwill_of
from weilu.insight.people.record import Record
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.insight.recounting import recount_community
from weilu.insight.worth.booking import book_exchange, today_of
from weilu.insight.worth.keeping import follow_marks, keep_worth
from weilu.members.actions import ledgers as ledgers_module
from weilu.members.actions import mark, merge, unmerge
from weilu.members.actions.scores import rescore, settle_levels
from weilu.members.models import Goodwill, Ledger, LevelMove, Member
from weilu.members.queries import people
from weilu.members.rules.exchange import Exchange, unpack_day
from weilu.members.rules.goodwill import points_of
from weilu.service.models import ExchangeDay

pytestmark = pytest.mark.django_db

TEAS = ("oolong", "sencha", "matcha", "jasmine", "assam", "keemun", "gunpowder")


@pytest.fixture
def hall(workspace: Workspace, owner: Person) -> Group:
    """Reed asks, rush answers and is thanked, moss looks on and speaks of rush."""
    group = make_group(workspace, "Hall")
    items = []
    for day in range(1, 22):
        tea = TEAS[day % 7]
        items += [
            said(
                "reed", f"2024-03-{day:02d} 08:0{day % 5}", f"does anybody know how to steep {tea}?"
            ),
            said(
                "rush",
                f"2024-03-{day:02d} 08:1{day % 5}",
                f"reed: eighty degrees, and {day} minutes",
            ),
            said("reed", f"2024-03-{day:02d} 08:2{day % 5}", f"rush: thanks, {tea} it is"),
        ]
        if day % 3 == 0:
            items.append(
                said(
                    "moss",
                    f"2024-03-{day:02d} 20:00",
                    f"what rush said of {tea} is true, day {day}",
                )
            )
    tell(group, items)
    mark(
        owner.actor,
        member_ids=list(Member.objects.values_list("pk", flat=True)),
        nature=Member.Nature.PERSON,
    )
    recount_community(group.community, lambda _done: None)
    return group


def stored() -> list[tuple[object, ...]]:
    """Every ledger and score."""
    ledgers = Ledger.objects.order_by("pk").values_list("pk", "body", "is_stale")
    scores = Goodwill.objects.order_by("pk").values_list("pk", "base", "people", "level")
    return [*((pk, bytes(body), stale) for pk, body, stale in ledgers), *scores]


def test_what_is_read_from_talk(hall: Group) -> None:
    day = ExchangeDay.objects.order_by("day")[2]
    rows = unpack_day(day.body, group=hall.pk, day=day.day)
    told = {(int(r["who"]), int(r["kind"]), int(r["partner"])): int(r["times"]) for r in rows}
    reed, rush, moss = id_of("reed"), id_of("rush"), id_of("moss")
    assert told[rush, Exchange.ANSWERED, reed] == 1
    assert told[rush, Exchange.REPLIED, reed] == 1
    assert told[rush, Exchange.THANKED, reed] == 1
    assert told[rush, Exchange.MENTIONED, moss] == 1
    assert told[reed, Exchange.PRESENT, 0] == 2
    assert day.before is None


def test_the_stored_score_is_the_one_that_is_explained(hall: Group, owner: Person) -> None:
    today = today_of(hall.workspace_id)
    for one in Goodwill.objects.select_related("member"):
        told = goodwill_of(owner.actor, Record(one.member), people(hall.workspace_id))
        assert told is not None
        assert points_of(one.base, today.day) == pytest.approx(told.score.points)
        assert (one.people, one.level) == (told.score.people, told.level)
    assert Goodwill.objects.count() == 3
    assert Goodwill.objects.get(pk=id_of("rush")).base == max(
        Goodwill.objects.values_list("base", flat=True)
    )


def test_anew_and_again_are_the_same(hall: Group) -> None:
    before = stored()
    assert before
    assert book_exchange(hall.workspace_id) == 0
    keep_worth(hall.workspace_id)
    assert rescore(hall.workspace_id, today_of(hall.workspace_id)) == 0
    assert stored() == before
    recount_community(hall.community, lambda _done: None)
    assert stored() == before
    # From nothing but what was read from talk.
    Ledger.objects.all().delete()
    ExchangeDay.objects.update(before=b"")
    keep_worth(hall.workspace_id)
    assert stored() == before


def test_booked_and_scored_in_small_pieces_is_the_same(
    hall: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = stored()
    monkeypatch.setattr(ledgers_module, "BYTES_AT_ONCE", 20)
    Ledger.objects.all().delete()
    Goodwill.objects.all().delete()
    ExchangeDay.objects.update(before=b"")
    keep_worth(hall.workspace_id)
    assert stored() == before
    pieces = [ids for ids, _rows in ledgers_module.ledgers(hall.workspace_id)]
    assert len(pieces) == 3
    assert [len(ids) for ids in pieces] == [1, 1, 1]


def test_more_talk_adds_to_it_and_what_is_taken_back_goes(hall: Group) -> None:
    before, newest = stored(), today_of(hall.workspace_id).day
    base = Goodwill.objects.get(pk=id_of("rush")).base
    last = Message.objects.order_by("-pk")[0].pk
    tell(hall, [said("moss", "2024-03-21 21:00", "rush: thank you for the tea")])
    recount_community(hall.community, lambda _done: None)
    assert today_of(hall.workspace_id).day == newest
    more = dict(Goodwill.objects.values_list("pk", "base"))
    assert more[id_of("rush")] > base
    Message.objects.filter(pk__gt=last).delete()
    recount_community(hall.community, lambda _done: None)
    assert [row[:3] for row in stored()] == [row[:3] for row in before]
    Message.objects.all().delete()
    recount_community(hall.community, lambda _done: None)
    assert stored() == []
    assert not ExchangeDay.objects.exists()


def test_merged_and_parted_leaves_the_same_scores(hall: Group, owner: Person) -> None:
    before = stored()
    reed, rush, moss = id_of("reed"), id_of("rush"), id_of("moss")
    done = merge(owner.actor, kept_id=reed, absorbed_id=moss)
    work()
    assert set(Goodwill.objects.values_list("pk", "people")) == {(reed, 1), (rush, 1)}
    both = merge(owner.actor, kept_id=reed, absorbed_id=rush)
    work()
    # Now there is nobody else to exchange anything with.
    assert list(Goodwill.objects.values_list("pk", "people")) == [(reed, 0)]
    unmerge(owner.actor, merge_id=both.pk)
    unmerge(owner.actor, merge_id=done.pk)
    work()
    assert [row[:3] for row in stored()] == [row[:3] for row in before]


def work() -> None:
    """Work until nothing is due, also not in a minute."""
    with time_machine.travel(now(), tick=False) as clock:
        for _ in range(6):
            drain()
            clock.shift(timedelta(seconds=10))


def test_staff_and_bots_have_none(hall: Group, owner: Person) -> None:
    reed, rush, moss = id_of("reed"), id_of("rush"), id_of("moss")
    mark(owner.actor, member_ids=[moss], is_staff=True)
    mark(owner.actor, member_ids=[reed], nature=Member.Nature.BOT)
    work()
    # Exchange with staff counts for the other side, with a machine it does not.
    assert list(Goodwill.objects.values_list("pk", "people")) == [(rush, 1)]


def test_a_mark_told_of_twice_does_no_harm(hall: Group) -> None:
    before = stored()
    told = [MembersMarked(hall.workspace_id, [id_of("reed")])]
    for _ in range(2):
        follow_marks(told)
    stale = set(Ledger.objects.filter(is_stale=True).values_list("pk", flat=True))
    assert stale == {id_of("reed"), id_of("rush")}
    assert Job.objects.filter(name="keep_worth", state="due").count() == 1
    work()
    assert stored() == before


def test_whoever_rises_and_falls_is_told_of(hall: Group, owner: Person) -> None:
    rush = id_of("rush")
    assert Goodwill.objects.get(pk=rush).level == 1
    assert list(LevelMove.objects.filter(member_id=rush).values_list("came_from", "level")) == [
        (0, 1)
    ]
    told = LogRow.objects.get(name="LevelsChanged")
    assert told.payload["level"] == 1
    assert rush in told.payload["member_ids"]
    # Ten half-lives later nearly nothing is left: below, then a level lower.
    today = today_of(hall.workspace_id)
    later = type(today)(today.day + 900, today.communities)
    assert settle_levels(hall.workspace_id, later) == 0
    assert Goodwill.objects.get(pk=rush).below_since == later.day
    gone = type(today)(later.day + 30, today.communities)
    assert settle_levels(hall.workspace_id, gone) == LevelMove.objects.filter(level=0).count() > 0
    assert settle_levels(hall.workspace_id, gone) == 0
    assert Goodwill.objects.get(pk=rush).level == 0


def test_live_talk_is_read_with_its_community(workspace: Workspace) -> None:
    group = make_group(workspace, "Hall")
    with time_machine.travel("2024-03-05 02:00", tick=False):
        tell(
            group,
            [
                said("reed", "2024-03-05 09:00", "does anybody know which tea is best?"),
                said("rush", "2024-03-05 09:01", "reed: take oolong"),
            ],
        )
        look_again(group.community)
    assert set(Goodwill.objects.values_list("pk", flat=True)) == {id_of("reed"), id_of("rush")}
