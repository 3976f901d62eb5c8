"""What a group is called that was heard before anybody said its name."""

from __future__ import annotations

import pytest

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import Message
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import ChatRef, Inbound, Kind, Platform
from weilu.chat.tests.live import connected
from weilu.chat.tests.platform import RecordingPlatform
from weilu.core.clock import now_ms
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection, Group

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(owner: Person, monkeypatch: pytest.MonkeyPatch) -> Connection:
    one = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, one.name, one)
    return connected(owner.actor, one)


def chat(name: str, key: str = "wr1") -> ChatRef:
    return ChatRef(Platform.MATRIX, key, name)


def hear(box: Arrivals, line: Connection, one: ChatRef, key: str) -> None:
    item = Inbound(Kind.MESSAGE, now_ms(), "lan", "Lan", "tea", key)
    box.store([(line.pk, Parcel([Arrival(one, item)]))])


@pytest.mark.parametrize("is_same_process", [True, False])
def test_a_name_that_comes_later_is_taken(line: Connection, *, is_same_process: bool) -> None:
    box = Arrivals()
    hear(box, line, chat(""), "$1")
    assert Group.objects.get().name == "wr1"
    hear(box if is_same_process else Arrivals(), line, chat("Tea friends"), "$2")
    assert Group.objects.get().name == "Tea friends"
    # What a person calls it stays, and a platform's later name is told by notices.
    hear(box, line, chat("Another"), "$3")
    assert Group.objects.get().name == "Tea friends"


def test_a_name_the_team_gave_or_another_group_has_stays(line: Connection) -> None:
    box = Arrivals()
    hear(box, line, chat(""), "$1")
    Group.objects.update(name="Ours")
    hear(box, line, chat("Tea friends"), "$2")
    hear(box, line, chat("", "wr2"), "$3")
    hear(box, line, chat("Ours", "wr2"), "$4")
    assert sorted(Group.objects.values_list("name", flat=True)) == ["Ours", "Ours (2)"]


def test_a_group_is_there_before_anything_happens_in_it(line: Connection) -> None:
    Arrivals().store([(line.pk, Parcel(chats=[chat("Tea friends"), chat("Quiet", "wr2")]))])
    assert sorted(Group.objects.values_list("name", "connection_id")) == [
        ("Quiet", line.pk), ("Tea friends", line.pk),
    ]  # fmt: skip


def test_a_key_or_an_id_of_a_megabyte_is_no_other_that_begins_alike(line: Connection) -> None:
    long = "k" * 1_000_000
    chats = [chat("Tea", f"{long}{n}") for n in (1, 2)]
    items = [
        Inbound(Kind.MESSAGE, now_ms(), f"{long}{n}", "Ada", f"Hi {n}", external_id=f"{long}{n}")
        for n in (1, 2)
    ]
    gone = Inbound(Kind.RECALL, now_ms(), "", "", external_id=f"{long}2")
    told = [Arrival(one, item) for one in chats for item in (*items, gone)]
    for _again in range(2):
        Arrivals().store([(line.pk, Parcel(told))])
    assert Group.objects.count() == 2
    kept = Message.objects.filter(kind=Kind.MESSAGE).order_by("group", "text")
    assert [(one.text, one.flags) for one in kept] == [("Hi 1", 0), ("Hi 2", 4)] * 2
    assert {len(one) for one in Group.objects.values_list("external_key", flat=True)} == {200}
