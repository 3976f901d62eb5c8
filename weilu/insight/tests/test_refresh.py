"""What follows an import costs: one reading of the messages, two looks at the texts."""

from __future__ import annotations

import re
import time

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.chat.accept import Acceptor
from weilu.chat.ports import Inbound
from weilu.chat.replies import rules
from weilu.communities.models import Community
from weilu.core import helper, texts
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.groups.queries import GroupPlace
from weilu.insight import refresh
from weilu.insight.models import WordWeek
from weilu.service.models import ExchangeDay, Pair, Question

DAY = 24 * 3_600_000
START = 19_675 * DAY
MESSAGES = 400
_READS_TEXT = re.compile(r"SELECT id, identity_id, kind, sent_ms, text.* FROM chat_message")


@pytest.fixture
def group(db: None) -> Group:
    workspace = Workspace.objects.create(name="w")
    community = Community.objects.create(workspace=workspace, name="c", time_zone="UTC")
    group = Group.objects.create(workspace=workspace, community=community, platform="qq", name="g")
    said = ("请问白茶怎么泡？", "水温九十度就好", "谢谢老板", "今天的红茶不错")
    items = [
        Inbound(0, START + k * DAY // 4, f"a{k % 7}", f"茶友{k % 7}", said[k % 4], str(k))
        for k in range(MESSAGES)
    ]
    acceptor = Acceptor(workspace.pk, "qq")
    acceptor.accept([GroupPlace(group.pk, community.pk, "UTC")] * len(items), items)
    acceptor.finish()
    return group


def _readings(group: Group) -> int:
    with CaptureQueriesContext(connection) as seen:
        refresh.refresh_groups([group.pk])
    return sum(
        _READS_TEXT.search(one["sql"]) is not None and "kind IN (0" in one["sql"]
        for one in seen.captured_queries
    )


def _stored() -> list[tuple[object, ...]]:
    columns = {
        Question: ("asked_ms", "answer_id", "answered_by_id"),
        Pair: ("month", "answering", "answered", "links"),
        WordWeek: ("week", "word", "messages", "people"),
        ExchangeDay: ("day", "body"),
    }
    return [
        row
        for model, names in columns.items()
        for row in model._default_manager.order_by("pk").values_list(*names)
    ]


def test_a_second_process_takes_half_and_comes_to_the_same(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh.refresh_groups([group.pk])
    alone = _stored()
    started: list[helper.Helper] = []
    begin, answer = helper.Helper.start, helper.Helper._answer
    answers: list[object] = []

    def beginning(self: helper.Helper) -> None:
        begin(self)
        started.append(self)
        until = time.monotonic() + 60
        while not self.is_there and time.monotonic() < until:
            time.sleep(0.01)

    def answering(self: helper.Helper) -> object:
        answers.append(answer(self))
        return answers[-1]

    monkeypatch.setattr(helper.Helper, "start", beginning)
    monkeypatch.setattr(helper.Helper, "_answer", answering)
    monkeypatch.setattr(helper, "_processors", lambda: 2)
    monkeypatch.setattr(helper, "WORTH_IT", 10)
    monkeypatch.setattr(helper, "MOST_MB", 1 << 20)
    monkeypatch.setattr(refresh, "HELPED_MESSAGES", MESSAGES)
    monkeypatch.setattr(rules, "_BLOCK", 64)
    refresh.refresh_groups([group.pk])
    assert _stored() == alone
    # It has begun, looked at who is who, at questions, links and thanks; and at weeks' words.
    assert len(answers) > 5
    assert not any(isinstance(one, helper._Failed) for one in answers)
    assert [one.process for one in started] == [None]


def _made() -> list[int]:
    return [model._default_manager.count() for model in (Question, Pair, WordWeek)]


def test_all_that_follows_reads_the_messages_once(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    looks = 0
    join = texts.Joined.__init__

    def counting(self: texts.Joined, some: list[str]) -> None:
        nonlocal looks
        looks += len(some)
        join(self, some)

    monkeypatch.setattr(texts.Joined, "__init__", counting)
    # A hundred days are four statements of 720 hours.
    assert _readings(group) == 4
    assert looks == 2 * MESSAGES
    assert min(_made()) > 0


def test_a_group_too_large_for_one_look_comes_to_the_same(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    refresh.refresh_groups([group.pk])
    whole = _made()
    monkeypatch.setattr(refresh, "EVIDENCE_MESSAGES", 100)
    refresh.refresh_groups([group.pk])
    assert _made() == whole
