"""Gateway and worker killed at any statement: nothing lost, nothing twice, numbers exact."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest
from django.db import connection, transaction

from weilu.chat.live.arrivals import Arrivals, cursor_of
from weilu.chat.models import Batch, Outgoing, StageDebt
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.rebuild import rebuild
from weilu.chat.staging import count_waiting
from weilu.chat.tests.live import connected
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.chat.tests.story import Crash, crash_at, snapshot
from weilu.communities.models import Community
from weilu.core import ids
from weilu.core.clock import now_ms
from weilu.core.models import LogRow
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection
from weilu.moderation import live
from weilu.moderation.models import Doubt, Violation
from weilu.moderation.policies import Wish, set_policy
from weilu.moderation.rules.ladder import USUAL, stored
from weilu.service.greetings import Wish as Hello
from weilu.service.greetings import set_greeting

pytestmark = pytest.mark.django_db
AD = "日赚五百兼职刷单，加微信 abc12345 拉你进群"
START = now_ms() - 60_000
# Every statement would take minutes; the steps meet each kind of statement.
STEP = 11


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, owner: Person) -> Connection:
    """A connection to a community that acts by itself and greets."""
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    made = connected(owner.actor, platform)
    community = Community.objects.get()
    wish = Wish(is_on=True, ladder=stored(USUAL), window_days=30, recalls=True)
    set_policy(owner.actor, community=community, wish=wish)
    hello = Hello(is_on=True, text="Welcome, {names}")
    set_greeting(owner.actor, community=community, group=None, wish=hello)
    return made


def told() -> list[Arrival]:
    """What the platform has to tell: talk, two who join, one who advertises twice."""
    script = [
        (Kind.JOIN, "ann", ""),
        (Kind.MESSAGE, "ann", "Good morning"),
        (Kind.MESSAGE, "spam", AD),
        (Kind.JOIN, "ben", ""),
        (Kind.MESSAGE, "ben", "See https://tea.example.org"),
        (Kind.MESSAGE, "spam", f"{AD} now"),
        (Kind.LEAVE, "ann", ""),
    ]
    return [
        Arrival(GROUP, Inbound(kind, START + n * 5000, who, who, text, f"$e{n}"))
        for n, (kind, who, text) in enumerate(script)
    ]


def gateway(line: Connection, said: Sequence[Arrival]) -> None:
    """Hand in what lies beyond the cursor, two at a time, as a session does."""
    arrivals = Arrivals()
    while (at := int(cursor_of(line.pk).get("at", "0"))) < len(said):
        parcel = Parcel(said[at : at + 2], cursor={"at": str(min(at + 2, len(said)))})
        arrivals.store([(line.pk, parcel)])


def worker() -> None:
    while count_waiting():
        pass


def until_done(line: Connection, kill: Any) -> int:
    """Run gateway and worker, again after each death; returns how often they died."""
    said, deaths = told(), 0
    with connection.execute_wrapper(kill):
        for _ in range(5):
            try:
                gateway(line, said)
                worker()
            except Crash:
                deaths += 1
                # A new process remembers nothing.
                live.forget()
                ids.forget()
            else:
                return deaths
    raise AssertionError


def outcome() -> dict[str, Any]:
    """Everything that came of it, without ids."""
    rows = Outgoing.objects.order_by("pk").values_list("deed", "way", "state")
    return {
        **snapshot(Community.objects.get()),
        "orders": list(rows),
        "steps": list(Violation.objects.order_by("pk").values_list("step", flat=True)),
        "doubts": Doubt.objects.count(),
        "stored": sum(Batch.objects.values_list("count", flat=True)),
        "announced": sorted(LogRow.objects.values_list("name", flat=True)),
        "uncounted": Batch.objects.filter(staged=False).count(),
        "owed": StageDebt.objects.count(),
    }


def told_in_a_world_of_its_own(line: Connection, number: int) -> tuple[dict[str, Any], int]:
    """What comes of the story when a process dies at a statement, and how many died."""
    live.forget()
    ids.forget()
    with transaction.atomic():
        deaths = until_done(line, crash_at(number))
        found = outcome()
        rebuild(Community.objects.get(), lambda _done: None)
        assert outcome() == found
        transaction.set_rollback(True)
    return found, deaths


def test_killed_at_any_statement_nothing_is_lost_and_nothing_is_twice(line: Connection) -> None:
    expected, deaths = told_in_a_world_of_its_own(line, -1)
    assert deaths == 0
    assert len(expected["messages"]) == expected["stored"] == 7
    assert (expected["steps"], expected["doubts"]) == (["remind", "warn"], 2)
    assert [deed for deed, *_ in expected["orders"]] == ["send", "recall"] * 2
    assert (expected["uncounted"], expected["owed"]) == (0, 0)
    (day,) = {day for _group, day in expected["groups"]}
    assert expected["community"][day][:4] == (4, 2, 1, 1)

    number, died = 1, 1
    while died:
        found, died = told_in_a_world_of_its_own(line, number)
        assert found == expected, f"statement {number}"
        number += STEP
    assert number > 100
