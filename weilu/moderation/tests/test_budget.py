"""Judging a batch of many groups asks the database as often as one of a few."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import ChatRef, Inbound, Kind
from weilu.chat.tests.live import connected
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.communities.models import Community
from weilu.core.clock import now_ms
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection, Group
from weilu.moderation import live
from weilu.moderation.models import Violation
from weilu.moderation.policies import Wish, set_policy
from weilu.moderation.rules.ladder import USUAL, stored

pytestmark = pytest.mark.django_db
AD = "日赚五百兼职刷单，加微信 abc12345 拉你进群"
FEW, MANY = 4, 40


def parcel(groups: int, name: str, text: str) -> Parcel:
    """A message in each group, each of somebody else, and one who joins."""
    at = now_ms() - 60_000
    said = []
    for n in range(groups):
        chat = ChatRef(GROUP.platform, f"!g{n}", f"group {n}")
        who = f"{name}{n}"
        said.append(Arrival(chat, Inbound(Kind.MESSAGE, at + n, who, who, text, f"$m{who}")))
        said.append(Arrival(chat, Inbound(Kind.JOIN, at + n, f"j{who}", f"j{who}", "", f"$j{who}")))
    return Parcel(said)


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, owner: Person) -> Connection:
    """A connection with the usual policy on."""
    live.forget()
    one = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, one.name, one)
    made = connected(owner.actor, one)
    wish = Wish(is_on=True, ladder=stored(USUAL), window_days=30, recalls=True)
    set_policy(owner.actor, community=Community.objects.get(), wish=wish)
    return made


def statements(line: Connection, arrivals: Arrivals, groups: int, name: str, text: str) -> int:
    with CaptureQueriesContext(connection) as asked:
        arrivals.store([(line.pk, parcel(groups, name, text))])
    return len(asked)


@pytest.mark.parametrize(("text", "more"), [("大家早上好", 6), (AD, 60)])
def test_ten_times_the_groups_cost_no_more_statements(
    line: Connection, text: str, more: int
) -> None:
    arrivals = Arrivals()
    # Groups and people are known from now on, statements translated.
    for name in "ab":
        arrivals.store([(line.pk, parcel(MANY, name, "谢谢老板，茶收到了"))])
    arrivals.store([(line.pk, parcel(FEW, "c", text))])
    few = statements(line, arrivals, FEW, "d", text)
    many = statements(line, arrivals, MANY, "e", text)
    assert many <= few + more
    assert Violation.objects.count() == (2 * FEW + MANY if text == AD else 0)


def test_ten_times_the_new_groups_cost_no_more_statements(line: Connection) -> None:
    arrivals = Arrivals()
    counted = []
    for name, groups in (("few", FEW), ("many", MANY)):
        live.forget()
        Group.objects.all().delete()
        arrivals.lines.clear()
        counted.append(statements(line, arrivals, groups, name, AD))
    few, many = counted
    # What follows from an advertisement is asked for once more in each hundred rows.
    assert many <= few + 60
    assert Group.objects.count() == len(live._WATCH.groups) == MANY


def test_stages_share_what_a_batch_asks(line: Connection) -> None:
    arrivals, at = Arrivals(), now_ms()
    said = [
        Arrival(GROUP, Inbound(Kind.JOIN, at, "j", "j", "", "$j")),
        Arrival(GROUP, Inbound(Kind.MESSAGE, at, "u", "u", "早", "$m")),
    ]
    with CaptureQueriesContext(connection) as asked:
        arrivals.store([(line.pk, Parcel(said))])
    found = [one["sql"] for one in asked]
    # Reports, raids and the judge go by one policy.
    assert sum('FROM "moderation_policy"' in one for one in found) == 1
    # Who is new is known without being read back.
    assert sum("SELECT account, scope" in one for one in found) == 1
