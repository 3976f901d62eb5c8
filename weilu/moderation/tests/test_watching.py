"""A gateway that listened back knows its groups; a name counts for who bore it before."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import ChatRef, Inbound, Kind
from weilu.chat.staging import count_waiting
from weilu.chat.tests.live import connected
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.core.clock import now_ms
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection, Group
from weilu.members.models import Identity
from weilu.moderation import judges, live
from weilu.moderation.familiar import names_of
from weilu.moderation.models import Doubt
from weilu.moderation.rules.ledger import Account
from weilu.moderation.tests.story import TALK

pytestmark = pytest.mark.django_db
GROUPS = 5


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, owner: Person) -> Connection:
    """A connection whose groups have talked for some days."""
    live.forget()
    judges.dismiss()
    one = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, one.name, one)
    made = connected(owner.actor, one)
    start = now_ms() - 61 * 3_600_000
    said = [
        (f"u{n % 3}", start + n * 3_600_000, TALK[n % 6], group)
        for n in range(60)
        for group in range(GROUPS)
    ]
    hear(made, *said)
    while count_waiting():
        pass
    live.forget()
    return made


def hear(line: Connection, *said: tuple[str, int, str, int]) -> None:
    """Messages (who, when, what, in which group) arrive in one parcel."""
    Arrivals().store(
        [
            (
                line.pk,
                Parcel(
                    [
                        Arrival(
                            ChatRef(GROUP.platform, f"!g{group}", f"group {group}"),
                            Inbound(Kind.MESSAGE, at, who, who, text, f"$e{at}-{group}-{who}"),
                        )
                        for who, at, text, group in said
                    ]
                ),
            )
        ]
    )


def known(member: int) -> list[Account]:
    return [one.crowd.account(member) for _pk, one in sorted(live._WATCH.groups.items())]


def reads(line: Connection, at: int) -> int:
    """How often a message in each group has the history read."""
    with CaptureQueriesContext(connection) as asked:
        hear(line, *[("u1", at, "早", group) for group in range(GROUPS)])
    return sum("external_id, answers, form FROM chat_message" in one["sql"] for one in asked)


def test_a_gateway_that_listened_back_reads_no_history_when_a_message_comes(
    line: Connection,
) -> None:
    judges.prepare_judges([line.connector])
    assert live.prepare_crowds([line.connector]) == GROUPS
    at = now_ms() - 5_000
    assert reads(line, at) == 0
    member = Identity.objects.get(account="u1").member_id
    prepared = known(member)
    live.forget()
    assert reads(line, at + 1) > 0
    assert [(one.messages, one.days, one.first_ms) for one in prepared] == [
        (one.messages - 1, one.days, one.first_ms) for one in known(member)
    ]
    assert prepared[0].messages == 21


def test_preparing_ends_in_time_and_leaves_out_what_is_not_connected(line: Connection) -> None:
    judges.prepare_judges([line.connector])
    assert live.prepare_crowds([line.connector], within_s=-1) == 0
    assert live.prepare_crowds(["another"]) == 0
    assert not live._WATCH.groups
    judges.dismiss()
    assert live.prepare_crowds([line.connector]) == 0


def test_a_name_counts_for_who_bore_it_before(line: Connection) -> None:
    first, second = Group.objects.order_by("pk")[:2]
    at = now_ms() - 60_000
    hear(line, ("Tea2024", at, "大家好", 0))
    while count_waiting():
        pass
    found = names_of({first.pk: at + 1, second.pk: at + 1})
    assert found == {first.pk: {"u0", "u1", "u2", "tea2024"}, second.pk: {"u0", "u1", "u2"}}
    assert "tea2024" not in names_of({first.pk: at})[first.pk]


def test_who_takes_an_address_for_a_name_is_not_taken_for_a_member(line: Connection) -> None:
    hear(line, *[("u1", now_ms() - 9_000, "早", group) for group in range(GROUPS)])
    at = now_ms() - 5_000
    name = "seller88812"
    hear(line, (name, at, "大家好", 0))
    while count_waiting():
        pass
    hear(line, (name, at + 1, f"日赚五百兼职刷单，加微信 {name} 拉你进群", 0))
    reasons = Doubt.objects.get().reasons
    assert "address" in {reason[0] for reason in reasons}
