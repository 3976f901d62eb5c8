"""Many who come at once: noticed, acted on sooner, over by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import Message, Outgoing, StageDebt
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.tests.live import connected, group_of
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.communities.models import Community
from weilu.core.access import Role
from weilu.core.clock import now, now_ms
from weilu.core.errors import NotFound
from weilu.core.models import Job, Workspace
from weilu.core.tests.cast import Person, person
from weilu.core.worker import drain
from weilu.groups.models import Connection, Group
from weilu.moderation import haste, live
from weilu.moderation.models import Doubt, Raid, Violation
from weilu.moderation.policies import Wish, set_policy
from weilu.moderation.raids import raids, switch
from weilu.service.greetings import Wish as Greeting
from weilu.service.greetings import set_greeting

pytestmark = pytest.mark.django_db(transaction=True)
DOUBTFUL = "周末的品茶会还有位置吗"  # likely, but not certain


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, owner: Person) -> Connection:
    """A connection whose community calls five who join at once a raid."""
    live.forget()
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    made = connected(owner.actor, platform)
    group_of(made)
    wish = Wish(True, [["mute", 60], ["remove", 0]], 30, True, raid_joins=5)
    set_policy(owner.actor, community=Community.objects.get(), wish=wish)
    return made


def hear(line: Connection, kind: Kind, *said: tuple[str, str]) -> None:
    number = Message.objects.count()
    parcel = [
        Arrival(GROUP, Inbound(kind, now_ms() - 500 + n, who, who, text, f"$e{number + n}"))
        for n, (who, text) in enumerate(said)
    ]
    Arrivals().store([(line.pk, Parcel(parcel))])


def test_five_who_join_at_once_are_a_raid_and_doubtful_words_are_acted_on(
    line: Connection, owner: Person
) -> None:
    hear(line, Kind.MESSAGE, ("guest", DOUBTFUL))
    assert Doubt.objects.count() == 1
    assert not Violation.objects.exists()
    hear(line, Kind.JOIN, *[(f"r{n}", "") for n in range(5)])
    hear(line, Kind.MESSAGE, ("r1", DOUBTFUL), ("r2", "大家晚上好"))
    assert Violation.objects.count() == 1
    assert [one.joins for one in raids(owner.actor)] == [5]
    assert not StageDebt.objects.exists()


def test_few_or_no_wish_is_no_raid(line: Connection, owner: Person) -> None:
    hear(line, Kind.JOIN, *[(f"r{n}", "") for n in range(4)])
    assert not Raid.objects.exists()
    wish = Wish(True, [["mute", 60]], 30, True, raid_joins=0)
    set_policy(owner.actor, community=Community.objects.get(), wish=wish)
    hear(line, Kind.JOIN, *[(f"s{n}", "") for n in range(9)])
    assert not Raid.objects.exists()


def test_it_ends_by_itself_and_a_new_wave_makes_it_last(
    line: Connection, owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    # Neither haste nor the hour makes doubtful words certain.
    monkeypatch.setattr(haste, "NIGHT", range(24))
    hear(line, Kind.JOIN, *[(f"r{n}", "") for n in range(5)])
    first = Raid.objects.get()
    hear(line, Kind.JOIN, ("r9", ""))
    assert Raid.objects.get().until > first.until
    assert Raid.objects.get().since == first.since
    Raid.objects.update(until=now() - timedelta(seconds=1))
    assert raids(owner.actor) == []
    hear(line, Kind.MESSAGE, ("r1", DOUBTFUL))
    assert not Violation.objects.exists()


def test_it_is_begun_and_ended_by_hand(line: Connection, owner: Person) -> None:
    group = Group.objects.get()
    switch(owner.actor, group_id=group.pk, on=True)
    hear(line, Kind.MESSAGE, ("late", DOUBTFUL))
    assert Violation.objects.count() == 1
    switch(owner.actor, group_id=group.pk, on=False)
    assert raids(owner.actor) == []
    other = person(Workspace.objects.create(name="other"), "sue", Role.OWNER)
    with pytest.raises(NotFound):
        switch(other.actor, group_id=group.pk, on=True)


def test_whoever_is_put_out_takes_what_they_wrote_along(line: Connection, owner: Person) -> None:
    hear(line, Kind.MESSAGE, ("spam", "大家好"), ("spam", "今天天气不错"))
    ad = "日赚五百兼职刷单，加微信 abc12345 拉你进群"
    hear(line, Kind.MESSAGE, ("spam", ad))
    Violation.objects.update(at=now() - timedelta(minutes=1))
    hear(line, Kind.MESSAGE, ("spam", ad + "！"))
    assert list(Violation.objects.order_by("at").values_list("step", flat=True)) == [
        "mute", "remove",
    ]  # fmt: skip
    recalls = Outgoing.objects.filter(deed="recall")
    assert set(recalls.values_list("message_id", flat=True)) == set(
        Message.objects.values_list("pk", flat=True)
    )


def test_the_page_begins_and_ends_one(line: Connection, workspace: Workspace) -> None:
    client = person(workspace, "op", Role.OPERATOR).client()
    group = Group.objects.get()
    assert "No group is under one." in client.get("/cleanup/raids/").content.decode()
    client.post(f"/cleanup/raids/{group.pk}/", {"do": "begin"})
    assert "1 group is under a raid." in client.get("/cleanup/raids/").content.decode()
    assert "at once" in client.get("/").content.decode()
    client.post(f"/cleanup/raids/{group.pk}/", {"do": "end"})
    assert "No group is under one." in client.get("/cleanup/raids/").content.decode()


def test_who_comes_in_a_raid_is_greeted_after_it_if_still_there(
    line: Connection, owner: Person
) -> None:
    words = Greeting(is_on=True, text="Welcome, {names}!")
    set_greeting(owner.actor, community=Community.objects.get(), group=None, wish=words)
    greetings = Outgoing.objects.filter(origin="welcome")
    hear(line, Kind.JOIN, *[(f"r{n}", "") for n in range(5)])
    hear(line, Kind.LEAVE, *[(f"r{n}", "") for n in range(3)])
    Job.objects.filter(name="greet").update(due_at=now())
    drain()
    assert not greetings.exists()
    until = Raid.objects.get().until
    assert Job.objects.get(name="greet").due_at == until
    Raid.objects.update(until=now())
    Job.objects.filter(name="greet").update(due_at=now())
    drain()
    assert "r3" in greetings.get().text
    assert "r0" not in greetings.get().text
