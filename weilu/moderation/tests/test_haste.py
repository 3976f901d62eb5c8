"""Joined and posted at once, at night, in one group after the other."""

from __future__ import annotations

import pytest

from weilu.core.clock import now_ms
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection
from weilu.moderation import live
from weilu.moderation.haste import Echoes
from weilu.moderation.models import Doubt
from weilu.moderation.tests.test_order import SECOND, hear, join
from weilu.moderation.tests.test_order import line as line  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.django_db(transaction=True)
SLY = "想了解的私聊我呀朋友们"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    live.forget()


def reasons() -> list[str]:
    rows = Doubt.objects.order_by("sent_ms").values_list("reasons", flat=True)
    return [code for many in rows for code, _weight in many]


def test_the_same_in_another_group_is_an_echo_and_numbers_do_not_matter() -> None:
    echoes = Echoes()
    assert not echoes.hear("加我领红包福利 abc123", 1, 0)
    assert not echoes.hear("加我领红包福利 abc123", 1, 1)
    assert echoes.hear("加我领红包福利 xyz987！", 2, 2)
    assert not echoes.hear("加我领红包福利", 3, 3 * 86_400_000)
    assert not echoes.hear("好的", 1, 0)
    assert not echoes.hear("好的", 2, 0)


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
