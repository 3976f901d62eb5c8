"""The guard of the promotion share, over the interface and by hand (D-2)."""

from __future__ import annotations

from datetime import timedelta
from itertools import count

import pytest
from pytest_django import DjangoAssertNumQueries

from weilu.chat.counting import count_heard
from weilu.chat.live.clearing import clear_hand_tasks
from weilu.chat.live.guards import ask_guards
from weilu.chat.live.queue import Change, Draft, Origin, enqueue, release, rewrite
from weilu.chat.live.sending import claim
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports import Kind
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.tests.live import connected, group_of
from weilu.chat.tests.platform import RecordingPlatform
from weilu.content.actions import set_policy
from weilu.content.models import PromotionPolicy
from weilu.content.promotion import NAME
from weilu.content.queries import standings
from weilu.content.rules import Policy, Seen, Verdict
from weilu.core.access import Role
from weilu.core.clock import now
from weilu.core.errors import Invalid, NotAllowed, NotFound
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.groups.models import Group

pytestmark = pytest.mark.django_db
_NUMBERS = count(1)


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch, manager: Person) -> Group:
    """A connected group."""
    one = RecordingPlatform()
    monkeypatch.setattr(CONNECTORS, "connectors", {one.name: one})
    return group_of(connected(manager.actor, one))


@pytest.fixture
def by_hand(group: Group) -> Group:
    """A group no interface reaches."""
    Group.objects.filter(pk=group.pk).update(connection=None, platform="wechat")
    group.refresh_from_db()
    return group


def heard(group: Group, many: int, ago: timedelta = timedelta(hours=5), kind: int = 0) -> None:
    """Messages of members, a minute apart, the oldest `ago`."""
    first_ms = int((now() - ago).timestamp() * 1000)
    Message.objects.bulk_create(
        [
            Message(
                id=next(_NUMBERS), workspace_id=group.workspace_id, group=group, identity_id=1,
                kind=kind, sent_ms=first_ms + n * 1000,
            )
            for n in range(many)
        ]
    )  # fmt: skip


def promotion(group: Group, key: str, *, is_promotion: bool = True) -> Draft:
    # Moderation's are urgent: no quiet hours get in the way of this guard.
    return Draft(
        key=key, group_id=group.pk, deed=Deed.SEND, origin=Origin.MODERATION, text="Buy tea",
        is_promotion=is_promotion,
    )  # fmt: skip


def sent(group: Group, many: int, ago: timedelta = timedelta(days=1), key: str = "old") -> None:
    """Promotions that have left."""
    enqueue(group.workspace_id, [promotion(group, f"{key}{n}") for n in range(many)])
    Outgoing.objects.filter(key__startswith=key).update(state="sent", ended_at=now() - ago)


def states() -> dict[str, str]:
    return dict(Outgoing.objects.exclude(state="sent").values_list("key", "state"))


def test_a_promotion_in_a_group_that_talks_leaves(group: Group) -> None:
    heard(group, 30)
    enqueue(group.workspace_id, [promotion(group, "one")])
    assert [c.order.key for c in claim([group.connection_id or 0], 10)] == ["one"]


def test_what_breaks_the_share_is_held_with_its_numbers(group: Group) -> None:
    heard(group, 28)
    sent(group, 3)
    enqueue(group.workspace_id, [promotion(group, "one")])
    assert claim([group.connection_id or 0], 10) == []
    row = Outgoing.objects.get(key="one")
    assert (row.state, row.guard) == ("held", NAME)
    assert row.guard_values == {
        "promotions": 4, "messages": 29, "hold": 10, "days": 7, "is_known": 1,
    }  # fmt: skip


def test_what_is_no_promotion_is_not_asked_about(group: Group) -> None:
    enqueue(group.workspace_id, [promotion(group, "news", is_promotion=False)])
    assert [c.order.key for c in claim([group.connection_id or 0], 10)] == ["news"]


def test_the_window_moves_on(group: Group) -> None:
    heard(group, 30)
    sent(group, 3, timedelta(days=8))
    enqueue(group.workspace_id, [promotion(group, "one")])
    assert len(claim([group.connection_id or 0], 10)) == 1


def test_old_talk_and_comings_and_goings_do_not_count(group: Group) -> None:
    heard(group, 100, timedelta(days=8))
    heard(group, 100, kind=Kind.JOIN)
    enqueue(group.workspace_id, [promotion(group, "one")])
    assert claim([group.connection_id or 0], 10) == []
    assert states() == {"one": "held"}


def test_what_is_let_pass_counts_for_those_behind_it(group: Group) -> None:
    heard(group, 18)
    enqueue(group.workspace_id, [promotion(group, f"p{n}") for n in range(3)])
    rows = list(Outgoing.objects.order_by("pk"))
    stopped = ask_guards(rows, now())
    # 1 of 19, 2 of 20, then 3 of 21 is more than 10 %.
    assert sorted(stopped) == [rows[2].pk]
    assert stopped[rows[2].pk].values["promotions"] == 3


def test_what_may_have_arrived_counts(group: Group) -> None:
    heard(group, 19)
    enqueue(group.workspace_id, [promotion(group, "a"), promotion(group, "b")])
    Outgoing.objects.update(state="unsure", begun_at=now())
    enqueue(group.workspace_id, [promotion(group, "c")])
    assert claim([group.connection_id or 0], 10) == []
    assert Outgoing.objects.get(key="c").state == "held"


def test_an_owner_lets_it_pass_on_record(group: Group, workspace: Workspace) -> None:
    owner = person(workspace, "an owner", Role.OWNER)
    enqueue(group.workspace_id, [promotion(group, "one")])
    claim([group.connection_id or 0], 10)
    release(owner.actor, pks=[Outgoing.objects.get().pk], why="They asked for the price")
    assert len(claim([group.connection_id or 0], 10)) == 1
    row = Outgoing.objects.get()
    assert (row.overruled, row.released_by_id) == ([NAME], owner.user.pk)
    assert row.released_why == "They asked for the price"


def test_a_hand_task_is_asked_about_too_and_once(by_hand: Group) -> None:
    enqueue(by_hand.workspace_id, [promotion(by_hand, "first")])
    assert (clear_hand_tasks(), clear_hand_tasks()) == (1, 0)
    first = Outgoing.objects.get()
    assert first.state == "waiting"
    assert first.cleared_at is not None
    Outgoing.objects.update(state="sent", ended_at=now())
    enqueue(by_hand.workspace_id, [promotion(by_hand, "second")])
    assert (clear_hand_tasks(), clear_hand_tasks()) == (1, 0)
    second = Outgoing.objects.get(key="second")
    assert (second.state, second.guard, second.cleared_at) == ("held", NAME, None)
    assert second.guard_values["is_known"] == 0


def test_what_is_changed_is_asked_about_anew(by_hand: Group, operator: Person) -> None:
    heard(by_hand, 3)
    enqueue(by_hand.workspace_id, [promotion(by_hand, "k", is_promotion=False)])
    clear_hand_tasks()
    row = Outgoing.objects.get()
    buy = Change("Buy", is_promotion=True)
    rewrite(operator.actor, pk=row.pk, version=row.version, change=buy)
    assert Outgoing.objects.get().cleared_at is None
    clear_hand_tasks()
    assert Outgoing.objects.get().state == "held"


def test_a_task_of_later_is_not_cleared_before_its_time(by_hand: Group) -> None:
    enqueue(by_hand.workspace_id, [promotion(by_hand, "k")])
    Outgoing.objects.update(due_at=now() + timedelta(hours=1))
    assert clear_hand_tasks() == 0
    assert Outgoing.objects.get().cleared_at is None


def test_a_policy_of_ones_own(group: Group, owner: Person) -> None:
    heard(group, 9)
    assert standings(owner.actor, [group])[group.pk].next == Verdict.WARN
    for _ in range(2):
        set_policy(owner.actor, community=group.community, policy=Policy(2, 4, 3))
    stand = standings(owner.actor, [group])[group.pk]
    assert (stand.policy, stand.next) == (Policy(2, 4, 3), Verdict.HOLD)
    assert PromotionPolicy.objects.count() == 1


@pytest.mark.parametrize(
    ("policy", "code"),
    [
        (Policy(0, 10, 7), "promotion_percents"),
        (Policy(11, 10, 7), "promotion_percents"),
        (Policy(5, 101, 7), "promotion_percents"),
        (Policy(5, 10, 0), "promotion_days"),
        (Policy(5, 10, 31), "promotion_days"),
    ],
)
def test_a_policy_that_makes_no_sense_changes_nothing(
    group: Group, owner: Person, policy: Policy, code: str
) -> None:
    with pytest.raises(Invalid, match=code):
        set_policy(owner.actor, community=group.community, policy=policy)
    assert not PromotionPolicy.objects.exists()


def test_others_loosen_nothing_and_see_nothing(
    group: Group, manager: Person, stranger: Person
) -> None:
    with pytest.raises(NotAllowed):
        set_policy(manager.actor, community=group.community, policy=Policy())
    with pytest.raises(NotFound):
        set_policy(stranger.actor, community=group.community, policy=Policy())
    assert standings(stranger.actor, [group]) == {}
    assert not PromotionPolicy.objects.exists()


def test_counting_stops_at_the_bound_and_keeps_groups_apart(group: Group) -> None:
    other = group_of(group.connection, "!other")  # type: ignore[arg-type]  # it has one
    heard(group, 40)
    heard(other, 7)
    since = now() - timedelta(days=7)
    assert count_heard({group.pk: 25, other.pk: 25}, since, now()) == {group.pk: 25, other.pk: 7}
    assert count_heard({}, since, now()) == {}


def test_standings_of_many_groups_cost_the_same(
    group: Group, owner: Person, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    groups = [group] + [group_of(group.connection, f"!g{n}") for n in range(12)]  # type: ignore[arg-type]  # it has one
    heard(groups[3], 5)
    with django_assert_num_queries(3):
        found = standings(owner.actor, groups)
    assert found[groups[3].pk].seen == Seen(0, 5)
    assert len(found) == 13
