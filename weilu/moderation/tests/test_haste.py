"""Joined and posted at once, at night, in one group after the other."""

from __future__ import annotations

import pytest

from weilu.chat.ports.records import ChatRef, Platform
from weilu.core.clock import now_ms
from weilu.core.models import Job, Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection
from weilu.moderation import live, sayings
from weilu.moderation.models import Doubt, Saying
from weilu.moderation.rules.scoring import CERTAIN
from weilu.moderation.sayings import clear_sayings, core_of, heard_elsewhere
from weilu.moderation.tests.story import TALK
from weilu.moderation.tests.test_order import SECOND, START, hear, join
from weilu.moderation.tests.test_order import line as line  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
SLY = "想了解的私聊我呀朋友们"
MEMBERS = "扫码加我们的群"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    live.forget()


def reasons() -> list[str]:
    rows = Doubt.objects.order_by("sent_ms").values_list("reasons", flat=True)
    return [code for many in rows for code, _weight in many]


def test_the_same_in_another_group_is_an_echo_and_numbers_do_not_matter(
    workspace: Workspace,
) -> None:
    def hear(text: str, group: int, at_ms: int) -> int:
        return heard_elsewhere(workspace.pk, [(text, group, at_ms)])[0]

    ad = "加我领红包福利"
    assert hear(f"{ad} abc123", 1, 0) == 0
    assert hear(f"{ad} abc123", 1, 1) == 0
    assert hear(f"{ad} xyz987！", 2, 2) == 1
    assert hear(ad, 3, 5) == 2
    assert hear(ad, 4, 3 * 86_400_000) == 0
    assert hear("好的", 1, 0) == 0
    assert hear("好的", 2, 0) == 0
    # In one batch, and of another workspace.
    assert heard_elsewhere(workspace.pk, [("今天全场五折速来", n, n) for n in (7, 8, 7, 9)]) == [
        0, 1, 1, 2,
    ]  # fmt: skip
    other = Workspace.objects.create(name="other")
    assert heard_elsewhere(other.pk, [(ad, 9, 5)]) == [0]
    assert Saying.objects.filter(workspace=workspace, core=core_of(ad)).count() == 4


def test_of_many_places_within_the_hour_only_some_are_kept(workspace: Workspace) -> None:
    said = [("加我领红包福利", group, group) for group in range(40)]
    found = heard_elsewhere(workspace.pk, said)
    assert found[:9] == list(range(9))
    assert min(found[9:]) >= 8
    assert Saying.objects.count() == 8
    # An hour later it is noted again, so that it is known for a day from then on.
    assert heard_elsewhere(workspace.pk, [("加我领红包福利", 50, 3_700_000)]) == [8]
    assert heard_elsewhere(workspace.pk, [("加我领红包福利", 51, 90_000_000)]) == [1]


def test_what_is_old_or_too_much_is_forgotten(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    for n, ad in enumerate(
        ("加我领红包福利", "点我头像有惊喜", "私聊我拿优惠券", "进群就送大礼包")
    ):
        heard_elsewhere(workspace.pk, [(ad, 1, now_ms() - n * 9 * 3_600_000)])
    job = Job(workspace_id=workspace.pk)
    assert clear_sayings(job) is not None
    assert Saying.objects.count() == 3
    monkeypatch.setattr(sayings, "KEPT", 2)
    clear_sayings(job)
    assert Saying.objects.count() == 2
    Saying.objects.update(at_ms=0)
    assert clear_sayings(job) is None


def test_who_posts_right_after_joining_in_two_groups_is_more_doubtful(
    line: Connection, owner: Person
) -> None:
    join(line, "fresh")
    hear(line, ("fresh", now_ms() + 1000, SLY))
    first = set(reasons())
    hear(line, ("other", now_ms() + 2000, SLY + "abc"), chat=SECOND)
    assert "at_once" in first
    assert "echo" in set(reasons()) - first


def test_everyday_words_right_after_joining_are_left_alone(line: Connection) -> None:
    join(line, "fresh")
    hear(line, ("fresh", now_ms() + 1000, "大家好，今天的茶不错"))
    assert not Doubt.objects.exists()


def test_members_who_say_it_in_a_third_group_and_another_process_knows(line: Connection) -> None:
    third = ChatRef(Platform.MATRIX, "!third", "Third")
    talk = [("u9", START + n * 3_600_000, TALK[n % 6]) for n in range(96)]
    for place in (SECOND, third):
        hear(line, *talk, chat=place)
    before = Doubt.objects.count()
    hear(line, ("u1", now_ms() - 9000, MEMBERS))
    live.forget()  # as after a restart, or in another gateway
    hear(line, ("u9", now_ms() - 8000, MEMBERS + "123"), chat=SECOND)
    assert Doubt.objects.count() == before
    live.forget()
    hear(line, ("u9", now_ms() - 7000, MEMBERS + "456"), chat=third)
    doubt = Doubt.objects.get()
    assert doubt.reasons[0] == ["echo", 1.0]
    assert doubt.score < CERTAIN
