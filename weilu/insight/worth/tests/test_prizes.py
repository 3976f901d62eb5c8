"""Prize hunters from talk to label, what staff say of it, and how often it is wrong (C-7)."""

from __future__ import annotations

import pytest
from django.urls import reverse

from weilu.core.errors import Invalid, NotAllowed, NotFound
from weilu.core.models import LogRow, Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group
from weilu.insight.people.segments import find
from weilu.insight.people.tests.history import id_of, left, make_group, said, tell
from weilu.insight.recounting import recount_community
from weilu.insight.worth.keeping import keep_worth
from weilu.insight.worth.trial import try_out
from weilu.members.actions import mark
from weilu.members.actions.prizes import judge, withdraw_verdict
from weilu.members.models import Goodwill, Member, PrizeLook, PrizeVerdict
from weilu.members.queries.worth import held_out
from weilu.members.segments.trees import Leaf

pytestmark = pytest.mark.django_db

TALK = ("今天的白茶有点淡", "周末有人去爬山吗", "昨天的货到了", "孩子睡了来聊聊", "水温九十度就好")


@pytest.fixture
def hall(workspace: Workspace, owner: Person) -> Group:
    """羊毛 only comes for draws and leaves; 铁粉 likes them too, but is there every day."""
    group = make_group(workspace, "Hall")
    items = []
    for day in range(1, 25):
        for k, who in enumerate(("铁粉", "茶友")):
            text = f"{TALK[(day + k) % 5]} {day}"
            items.append(said(who, f"2024-03-{day:02d} 1{k}:00", text))
        if day % 4 == 0:
            items.append(said("店主", f"2024-03-{day:02d} 20:00", "今晚抽奖，回复参与"))
            items.append(said("羊毛", f"2024-03-{day:02d} 20:01", ("1", "抽我", "来了")[day % 3]))
            items.append(said("铁粉", f"2024-03-{day:02d} 20:02", "来了来了"))
    items.append(left("羊毛", "2024-03-25 09:00"))
    tell(group, items)
    everybody = list(Member.objects.values_list("pk", flat=True))
    mark(owner.actor, member_ids=everybody, nature=Member.Nature.PERSON)
    mark(owner.actor, member_ids=[id_of("店主")], is_staff=True)
    recount_community(group.community, lambda _done: None)
    return group


def test_who_only_comes_for_prizes_is_seen_and_has_no_goodwill_of_it(hall: Group) -> None:
    hunter = PrizeLook.objects.get()
    assert hunter.pk == id_of("羊毛")
    assert hunter.score >= 0.9
    assert (hunter.evidence["near"], hunter.evidence["messages"]) == (6, 6)
    assert (hunter.evidence["occasions"], hunter.evidence["left_after"]) == (6, True)
    assert set(held_out(hall.workspace_id)) == {id_of("羊毛")}
    fan, hunted = Goodwill.objects.get(pk=id_of("铁粉")), Goodwill.objects.get(pk=id_of("羊毛"))
    assert fan.base > 2 * hunted.base


def test_again_is_the_same(hall: Group) -> None:
    before = list(PrizeLook.objects.values())
    keep_worth(hall.workspace_id)
    assert list(PrizeLook.objects.values()) == before


def test_a_persons_word_sticks(hall: Group, owner: Person, operator: Person) -> None:
    pk = id_of("羊毛")
    judge(operator.actor, member_id=pk, is_hunter=False, note="my neighbour")
    assert not held_out(hall.workspace_id)
    assert not find(owner.actor, Leaf("prizes")).ids
    recount_community(hall.community, lambda _done: None)
    assert PrizeLook.objects.filter(pk=pk).exists()
    assert not held_out(hall.workspace_id)
    # The other way round for somebody no evidence speaks of; the newest word holds.
    fan = id_of("铁粉")
    judge(operator.actor, member_id=fan, is_hunter=True, note="sells on what he wins")
    assert set(find(owner.actor, Leaf("prizes")).ids) == {fan}
    judge(operator.actor, member_id=fan, is_hunter=False, note="it was his brother")
    assert PrizeVerdict.objects.filter(withdrawn_at=None).count() == 2
    withdraw_verdict(operator.actor, member_id=pk)
    assert set(held_out(hall.workspace_id)) == {pk}
    with pytest.raises(NotFound):
        withdraw_verdict(operator.actor, member_id=pk)
    told = LogRow.objects.filter(name="PrizesJudged").order_by("pk")
    assert [row.payload["is_hunter"] for row in told] == [False, True, False, None]


def test_only_who_may_and_with_a_reason(
    hall: Group, operator: Person, analyst: Person, stranger: Person
) -> None:
    pk = id_of("羊毛")
    with pytest.raises(NotAllowed):
        judge(analyst.actor, member_id=pk, is_hunter=False, note="x")
    with pytest.raises(NotFound):
        judge(stranger.actor, member_id=pk, is_hunter=False, note="x")
    for note in ("", "  ", "x" * 501):
        with pytest.raises(Invalid):
            judge(operator.actor, member_id=pk, is_hunter=False, note=note)
    assert not PrizeVerdict.objects.exists()


def test_the_pages(hall: Group, operator: Person) -> None:
    client, pk = operator.client(), id_of("羊毛")
    listed = client.get(reverse("members_prizes")).content.decode()
    assert "羊毛" in listed
    assert "铁粉" not in listed
    profile = client.get(reverse("member_part", args=[pk, "worth"])).content.decode()
    assert 'id="prizes"' in profile
    answer = client.post(reverse("member_prizes", args=[pk]), {"say": "no", "note": "a neighbour"})
    assert answer.status_code == 302
    again = client.get(reverse("member_part", args=[pk, "worth"])).content.decode()
    told = client.get(reverse("member_part", args=[pk, "history"])).content.decode()
    assert (again.count("a neighbour"), told.count("a neighbour")) == (1, 1)
    client.post(reverse("member_prizes", args=[pk]), {"say": "no", "note": ""})
    assert PrizeVerdict.objects.count() == 1


def test_false_accusations_stay_rare() -> None:
    """On made-up talk with known truth; other seeds than those it was looked at with."""
    rates = [try_out(seed, members=2000) for seed in (11, 12, 13)]
    assert all(one.false_accusations <= 0.012 for one in rates)
    assert all(one.recall >= 0.72 for one in rates)
    assert all(one.precision >= 0.88 for one in rates)
