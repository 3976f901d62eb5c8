"""Newcomers who say by which link they came."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.communities.models import Community
from weilu.core.clock import now, now_ms
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.joining.counting import yields_of
from weilu.groups.joining.declaring import (
    Said,
    declare,
    hear_asks,
    hear_newcomers,
    listening,
    note_arrivals,
)
from weilu.groups.joining.saving import LinkWords, TargetWords, save_link, save_target
from weilu.groups.joining.visiting import visit
from weilu.groups.models import Group, JoinAsk, JoinLink, JoinTarget, KnownJoin, Participation, Scan
from weilu.groups.rules.declaring import (
    answer_in,
    bare_letters,
    letters_in,
    named_link,
    new_letters,
)
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


@pytest.mark.parametrize(
    ("text", "letters"),
    [
        ("KX7Q", ["KX7Q"]),
        ("code kx7q，谢谢", ["CODE", "KX7Q"]),
        ("我是从海报来的，暗号KX7Q。", ["KX7Q"]),
        ("KX7QQ", []),
        ("O0I1", []),
        ("abcd " * 50, []),
        ("aaaa bbbb cccc dddd eeee ffff", ["AAAA", "BBBB", "CCCC", "DDDD", "EEEE"]),
    ],
)
def test_letters_are_found_without_their_sign(text: str, letters: list[str]) -> None:
    assert [one for one in bare_letters(text) if one != "CODE"] == [
        one for one in letters if one != "CODE"
    ]


@pytest.mark.parametrize(
    ("words", "answer"),
    [
        ("问题：海报A还是海报B？\n答案：海报B", "海报B"),
        ("Question: where?\nAnswer: poster", "poster"),
        ("海报A", "海报A"),
        ("", ""),
    ],
)
def test_the_answer_is_told_from_the_question(words: str, answer: str) -> None:
    assert answer_in(words) == answer


NAMES = {1: "海报A", 2: "海报", 3: "Counter", 4: "店"}


@pytest.mark.parametrize(
    ("text", "of_the_way", "link"),
    [
        ("我是从海报A来的", False, 1),
        ("我是从海报A来的", True, 1),
        ("海报a", False, 1),
        ("海报B 上看到的", False, 2),
        ("海报做得真好看", True, None),
        ("看到海报来的", True, 2),
        ("I came from the counter.", True, 3),
        ("encounters", False, None),
        ("来自店", False, None),
        ("hello", False, None),
    ],
)
def test_a_link_is_found_by_its_name(text: str, of_the_way: bool, link: int | None) -> None:
    assert named_link(text, NAMES, of_the_way=of_the_way) == link


def test_two_links_of_one_name_tell_nothing() -> None:
    assert named_link("海报A 和海报B", {1: "海报A", 2: "海报B"}) is None


def ask(group: Group, account: str, words: str) -> JoinAsk:
    made = JoinAsk(
        workspace=group.workspace, group=group, external_id=f"r-{account}", account=account,
        name=account, words=words, asked_ms=now_ms(),
    )  # fmt: skip
    hear_asks([made])
    made.save()
    return made


def test_who_says_letters_on_asking_is_known_once_let_in(
    one: JoinLink, group: Group, operator: Person
) -> None:
    says = visit(one, visitor="a", answer="", is_bot=False).says
    asked = ask(group, "a11", f"问题：哪里来？\n答案：{says.lower()}")
    assert asked.link_id == one.pk
    assert yields_of(operator.actor, [one])[one.pk].declared == 0
    came = Said(group.pk, somebody(group, 11, now_ms()), "")
    other = Said(group.pk, somebody(group, 12, now_ms()), "")
    for _twice in range(2):
        note_arrivals([came, other], group.workspace_id)
    known = KnownJoin.objects.get()
    assert (known.link_id, known.identity_id, known.how) == (one.pk, 11, "asked")
    assert yields_of(operator.actor, [one])[one.pk].declared == 1
    assert Scan.objects.get().declared_by_id == 11


def test_who_names_the_link_on_asking_is_known_without_a_visit(
    one: JoinLink, group: Group, operator: Person
) -> None:
    assert ask(group, "a11", "from the counter").link_id == one.pk
    assert ask(group, "a12", "a friend told me").link_id is None
    joins = [Said(group.pk, somebody(group, pk, now_ms()), "") for pk in (11, 12)]
    assert note_arrivals(joins, group.workspace_id) == 1
    came = yields_of(operator.actor, [one])[one.pk]
    assert (came.scans, came.signalled, came.declared, came.joined) == (0, 0, 1, 1)


def test_what_the_platform_says_is_known_and_labelled_so(
    one: JoinLink, group: Group, operator: Person
) -> None:
    visit(one, visitor="a", answer="", is_bot=False)
    join = Said(group.pk, somebody(group, 11, now_ms()), f"扫描群二维码入群 · {one.code}")
    assert note_arrivals([join], group.workspace_id) == 1
    assert note_arrivals([join], group.workspace_id) == 0
    assert note_arrivals([Said(group.pk, 11, one.code)], group.workspace_id + 1) == 0
    somebody(group, 12, now_ms() + 1000)
    came = yields_of(operator.actor, [one])[one.pk]
    # The only visit is theirs: it does not stand for the other's join as well.
    assert (came.signalled, came.declared, came.joined) == (1, 0, 1)


def test_first_words_may_leave_the_sign_out_and_later_ones_may_not(
    one: JoinLink, group: Group
) -> None:
    says = visit(one, visitor="a", answer="", is_bot=False).says
    heard = listening(group.workspace_id)
    assert heard.waiting == {group.pk}
    old = somebody(group, 11, now_ms() - 30 * 86_400_000)
    assert hear_newcomers([Said(group.pk, old, says)], heard) == 0
    new = somebody(group, 12, now_ms())
    assert hear_newcomers([Said(group.pk, new, f"你好，{says.lower()}")], heard) == 1
    assert hear_newcomers([Said(group.pk, new, "我从counter来的")], heard) == 0
    assert hear_newcomers([Said(group.pk, somebody(group, 13, now_ms()), "刚从counter来")], heard)
    assert sorted(KnownJoin.objects.values_list("identity_id", "how")) == [
        (12, "said"), (13, "said"),
    ]  # fmt: skip
    assert listening(group.workspace_id).waiting == frozenset()


def test_who_took_the_last_place_keeps_it(one: JoinLink, group: Group, operator: Person) -> None:
    other = Group.objects.create(
        workspace=group.workspace, community=group.community, platform="qq", name="Other"
    )
    second = save_target(
        operator.actor, one, TargetWords(other.pk, position=9, address="https://example.org/2")
    )
    JoinTarget.objects.exclude(pk=second.pk).update(most=1)
    first = visit(one, visitor="a", answer="", is_bot=False).target
    assert visit(one, visitor="b", answer="", is_bot=False).target == second
    assert visit(one, visitor="a", answer="", is_bot=False).target == first != second
    JoinTarget.objects.exclude(pk=second.pk).update(is_on=False)
    assert visit(one, visitor="a", answer="", is_bot=False).target == second
