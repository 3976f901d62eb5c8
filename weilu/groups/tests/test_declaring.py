"""Newcomers who say by which link they came."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.communities.models import Community
from weilu.core.clock import now, now_ms
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.joining.counting import yields_of
from weilu.groups.joining.declaring import Said, declare, letters_in, new_letters
from weilu.groups.joining.saving import LinkWords, TargetWords, save_link, save_target
from weilu.groups.joining.visiting import visit
from weilu.groups.models import Group, JoinLink, Participation, Scan
from weilu.members.models import Identity, Member

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(workspace: Workspace) -> Group:
    """A group with a link of its own."""
    place = Community.objects.create(workspace=workspace, name="Tea", time_zone="Asia/Shanghai")
    return Group.objects.create(
        workspace=workspace, community=place, platform="telegram", name="Evening"
    )


@pytest.fixture
def one(group: Group, operator: Person) -> JoinLink:
    """A link that asks for letters."""
    words = LinkWords("counter", "store", cost=30, asks_code=True)  # type: ignore[arg-type]  # a number
    made = save_link(operator.actor, words, community=group.community)
    save_target(operator.actor, made, TargetWords(group.pk, address="https://example.org"))
    return made


def somebody(group: Group, pk: int, joined_ms: int) -> int:
    member = Member.objects.create(id=pk, workspace=group.workspace, name=f"m{pk}")
    Identity.objects.create(
        id=pk, workspace=group.workspace, member=member, platform="telegram", name=f"m{pk}",
        account=f"a{pk}",
    )  # fmt: skip
    Participation.objects.create(
        group=group, identity_id=pk, joins=1, joined_ms=joined_ms, first_seen_ms=joined_ms
    )
    return pk


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("#7K3M", "7K3M"),
        ("大家好 #7k3m 我是小林", "7K3M"),
        ("＃7K3M", "7K3M"),
        ("#7K3MX", ""),
        ("#话题", ""),
        ("7K3M", ""),
        ("#0OIL", ""),
        ("#7K3M" + "x" * 200, ""),
    ],
)
def test_letters_are_found(text: str, letters: str) -> None:
    assert letters_in(text) == letters


def test_letters_are_readable() -> None:
    for _ in range(200):
        letters = new_letters()
        assert letters_in(f"#{letters}") == letters


def test_who_says_them_is_counted_once_and_not_estimated_again(
    one: JoinLink, group: Group, operator: Person
) -> None:
    first = visit(one, visitor="a", answer="", is_bot=False)
    visit(one, visitor="b", answer="", is_bot=False)
    assert visit(one, visitor="a", answer="", is_bot=False).says == first.says
    assert visit(one, visitor="c", answer="", is_bot=True).says == ""
    moment = now_ms() + 1000
    said = Said(group.pk, somebody(group, 11, moment), f"hello #{first.says.lower()}")
    somebody(group, 12, moment + 1)
    assert declare([said]) == 1
    assert declare([said]) == 0
    came = yields_of(operator.actor, [one])[one.pk]
    # One who said so, and one who came within the hour of the other visit.
    assert (came.visitors, came.declared, came.joined) == (2, 1, 2)


def test_letters_hold_for_a_week_and_in_their_groups_only(one: JoinLink, group: Group) -> None:
    says = visit(one, visitor="a", answer="", is_bot=False).says
    elsewhere = Group.objects.create(
        workspace=group.workspace, community=group.community, platform="qq", name="Other"
    )
    who = somebody(group, 11, now_ms())
    assert declare([Said(elsewhere.pk, who, f"#{says}")]) == 0
    Scan.objects.update(at=now() - timedelta(days=8))
    assert declare([Said(group.pk, who, f"#{says}")]) == 0
    assert not Scan.objects.filter(declared_at__isnull=False).exists()


def test_by_room_the_same_visitor_stays_where_they_were_led(
    one: JoinLink, group: Group, operator: Person
) -> None:
    JoinLink.objects.update(spread="room")
    one.refresh_from_db()
    other = Group.objects.create(
        workspace=group.workspace, community=group.community, platform="qq", name="Other"
    )
    save_target(operator.actor, one, TargetWords(other.pk, address="https://example.org/2"))
    led = visit(one, visitor="a", answer="", is_bot=False).target
    for n in range(30):
        visit(one, visitor=f"v{n}", answer="", is_bot=False)
    assert visit(one, visitor="a", answer="", is_bot=False).target == led
