"""Trouble is noticed over the live path, shown, taken on and closed."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import Message, StageDebt
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.staging import count_waiting
from weilu.chat.tests.live import connected, group_of
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.core.access import Role
from weilu.core.clock import now, now_ms
from weilu.core.errors import Conflict, NotFound
from weilu.core.models import Job, Workspace
from weilu.core.tests.cast import Person, person
from weilu.core.worker import drain
from weilu.groups.models import Connection, Group
from weilu.insight.alerts import alert, close, evidence, open_alerts, take_on, watch
from weilu.insight.models import Alert, Sign
from weilu.members.models import Member
from weilu.moderation import live

pytestmark = pytest.mark.django_db(transaction=True)
DAY = 86_400_000


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, owner: Person) -> Connection:
    """A connection with a group that has been listened to for a month."""
    live.forget()
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    made = connected(owner.actor, platform)
    group_of(made)
    hear(made, ("old", "hello"), at=now_ms() - 29 * DAY)
    return made


def hear(
    line: Connection, *said: tuple[str, str], at: int | None = None, kind: Kind = Kind.MESSAGE
) -> None:
    number = Message.objects.count()
    moment = now_ms() - 60_000 if at is None else at
    parcel = [
        Arrival(GROUP, Inbound(kind, moment + n, who, who, text, f"$e{number + n}"))
        for n, (who, text) in enumerate(said)
    ]
    Arrivals().store([(line.pk, Parcel(parcel))])
    count_waiting()


def look() -> None:
    Job.objects.filter(name="watch_group").update(due_at=now() - timedelta(seconds=1))
    drain()


def complain(line: Connection, people: int = 4) -> None:
    hear(line, *[(f"u{n}", "茶饼发霉了，我要退款") for n in range(people)])


def test_four_who_complain_open_one_alert_with_its_messages(
    line: Connection, owner: Person
) -> None:
    complain(line)
    look()
    found = open_alerts(owner.actor).get()
    assert (found.kind, found.signs, found.people) == ("complaint", 4, 4)
    assert len(evidence(owner.actor, found).signs) == 4
    watch(Group.objects.get())
    watch(Group.objects.get())
    assert Alert.objects.count() == 1
    complain(line, 6)
    look()
    found.refresh_from_db()
    assert (found.signs, found.people) == (10, 6)
    assert not StageDebt.objects.exists()


def test_everyday_talk_and_staff_raise_nothing(line: Connection) -> None:
    hear(line, *[(f"u{n}", "今天的白茶很香") for n in range(20)])
    hear(line, *[(f"s{n}", "hello") for n in range(4)])
    Member.objects.filter(name__startswith="s").update(is_staff=True)
    hear(line, *[(f"s{n}", "不会有退款问题") for n in range(4)])
    look()
    assert not Sign.objects.exists()
    assert not Alert.objects.exists()


def test_many_who_leave_at_once_are_told(line: Connection, owner: Person) -> None:
    hear(line, *[(f"u{n}", "") for n in range(5)], kind=Kind.LEAVE)
    look()
    assert open_alerts(owner.actor).get().kind == "leave"


def test_closed_is_closed_until_it_rises_again(line: Connection, owner: Person) -> None:
    complain(line)
    look()
    first = Alert.objects.get()
    take_on(owner.actor, pk=first.pk)
    with pytest.raises(Conflict):
        take_on(owner.actor, pk=first.pk)
    close(owner.actor, pk=first.pk, note="A bad batch; all got new ones.")
    with pytest.raises(Conflict):
        close(owner.actor, pk=first.pk, note="")
    look()
    watch(Group.objects.get())
    assert not open_alerts(owner.actor).exists()
    complain(line, 5)
    look()
    assert open_alerts(owner.actor).count() == 1


def test_what_nobody_took_on_fades_and_what_somebody_did_stays(
    line: Connection, owner: Person
) -> None:
    complain(line)
    look()
    long_ago = now_ms() - 7 * 3_600_000
    Sign.objects.update(sent_ms=long_ago)
    Alert.objects.update(last_ms=long_ago)
    take_on(owner.actor, pk=Alert.objects.get().pk)
    assert watch(Group.objects.get()) == 1
    Alert.objects.update(owner=None)
    assert watch(Group.objects.get()) == 0
    assert Alert.objects.get().closed_by is None


def test_the_pages_show_it_and_let_it_be_dealt_with(line: Connection, workspace: Workspace) -> None:
    complain(line)
    look()
    client = person(workspace, "op", Role.OPERATOR).client()
    one = Alert.objects.get()
    assert "4 people complain in" in client.get("/").content.decode()
    page = client.get(f"/alerts/{one.pk}/").content.decode()
    assert page.count("茶饼发霉了") == 4
    client.post(f"/alerts/{one.pk}/act/", {"do": "take"})
    assert "You take care of it." in client.get(f"/alerts/{one.pk}/").content.decode()
    client.post(f"/alerts/{one.pk}/act/", {"do": "close", "note": "new <b>batch</b>"})
    assert "new &lt;b&gt;batch&lt;/b&gt;" in client.get("/alerts/").content.decode()
    assert client.post(f"/alerts/{one.pk}/act/", {"do": "close"}).status_code == 409


def test_a_stranger_sees_no_alert(line: Connection) -> None:
    complain(line)
    look()
    other = person(Workspace.objects.create(name="other"), "sue", Role.OWNER)
    with pytest.raises(NotFound):
        alert(other.actor, Alert.objects.get().pk)
    assert not open_alerts(other.actor).exists()
