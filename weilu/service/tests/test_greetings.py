"""Newcomers are greeted together and once, over the live path."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import Message, Outgoing, StageDebt
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.staging import count_waiting
from weilu.chat.tests.live import connected, group_of, run_gateway
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.communities.models import Community
from weilu.core.access import Role
from weilu.core.clock import now, now_ms
from weilu.core.errors import Invalid, NotAllowed, NotFound
from weilu.core.models import Job, Workspace
from weilu.core.tests.cast import Person, person
from weilu.core.worker import drain
from weilu.groups.models import Connection, Group
from weilu.members.models import Member
from weilu.service.greetings import Wish, drop_own, greet_newcomers, set_greeting
from weilu.service.models import Greeted

pytestmark = pytest.mark.django_db(transaction=True)
HELLO = Wish(True, "Hi {names}!", "[A] ", 60)


@pytest.fixture
def platform(monkeypatch: pytest.MonkeyPatch) -> RecordingPlatform:
    """A platform that records."""
    one = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, one.name, one)
    return one


@pytest.fixture
def line(platform: RecordingPlatform, owner: Person) -> Connection:
    """A connection with one group whose newcomers are greeted."""
    made = connected(owner.actor, platform)
    group_of(made)
    set_greeting(owner.actor, community=Community.objects.get(), group=None, wish=HELLO)
    return made


def heard(line: Connection, *items: tuple[Kind, str]) -> None:
    number = Message.objects.count()
    parcel = [
        Arrival(GROUP, Inbound(kind, now_ms() + n, who, who, external_id=f"$e{number + n}"))
        for n, (kind, who) in enumerate(items)
    ]
    Arrivals().store([(line.pk, Parcel(parcel))])
    count_waiting()


def due() -> None:
    """The time that newcomers are waited for has passed."""
    Job.objects.filter(name="greet").update(due_at=now() - timedelta(seconds=1))
    drain()


def said() -> list[str]:
    return list(Outgoing.objects.filter(deed="send").order_by("pk").values_list("text", flat=True))


def test_ten_who_come_at_once_are_greeted_in_one_message(line: Connection) -> None:
    heard(line, *[(Kind.JOIN, f"u{n}") for n in range(7)])
    heard(line, *[(Kind.JOIN, f"v{n}") for n in range(5)])
    assert said() == []
    assert Job.objects.filter(name="greet", state="due").count() == 1
    due()
    assert said() == ["[A] Hi u0、u1、u2、u3、u4、u5、u6、v0、v1、v2 and 2 more!"]
    assert not StageDebt.objects.exists()


def test_greeting_twice_greets_once(line: Connection) -> None:
    heard(line, (Kind.JOIN, "u1"))
    group = Group.objects.get()
    assert greet_newcomers(group) == 1
    assert greet_newcomers(group) == 0
    Greeted.objects.update(message_id=0)  # as if it had died before it kept how far it was
    greet_newcomers(group)
    assert len(said()) == 1


def test_who_dropped_out_or_left_again_or_is_a_bot_is_not_greeted(line: Connection) -> None:
    heard(line, (Kind.JOIN, "old"), (Kind.JOIN, "robot"))
    due()
    assert len(said()) == 1
    Member.objects.filter(name="robot").update(nature="bot")
    heard(line, (Kind.LEAVE, "old"))
    heard(line, (Kind.JOIN, "old"), (Kind.JOIN, "short"), (Kind.LEAVE, "short"))
    due()
    assert len(said()) == 1
    heard(line, (Kind.JOIN, "new"))
    due()
    assert said()[1:] == ["[A] Hi new!"]


def test_a_group_may_have_words_of_its_own_or_none(line: Connection, owner: Person) -> None:
    group = Group.objects.select_related("community").get()
    own = Wish(True, "Good evening, {names}", "", 60)
    set_greeting(owner.actor, community=group.community, group=group, wish=own)
    heard(line, (Kind.JOIN, "u1"))
    due()
    off = Wish(False, "Good evening, {names}", "", 60)
    set_greeting(owner.actor, community=group.community, group=group, wish=off)
    heard(line, (Kind.JOIN, "u2"))
    due()
    assert drop_own(owner.actor, group=group)
    heard(line, (Kind.JOIN, "u3"))
    due()
    assert said() == ["Good evening, u1", "[A] Hi u3!"]


def test_history_that_comes_late_is_not_greeted(line: Connection) -> None:
    group = Group.objects.get()
    day = 86_400_000
    item = Inbound(Kind.JOIN, now_ms() - 3 * day, "early", "early", external_id="$old")
    Arrivals().store([(line.pk, Parcel([Arrival(GROUP, item)]))])
    count_waiting()
    assert greet_newcomers(group) == 0


def test_the_greeting_reaches_the_group(line: Connection, platform: RecordingPlatform) -> None:
    heard(line, (Kind.JOIN, "u1"))
    Community.objects.update(quiet_from="00:00", quiet_until="00:00")
    due()
    run_gateway(lambda: not Outgoing.objects.filter(state="waiting").exists())
    assert [(o.deed, o.text) for o in platform.stage.orders] == [("send", "[A] Hi u1!")]


@pytest.mark.parametrize(
    ("wish", "code"),
    [
        (Wish(True, "  "), "required"),
        (Wish(True, "x" * 1001), "too_long"),
        (Wish(True, "x", "y" * 21), "too_long"),
        (Wish(True, "x", "", 4), "bad_gather"),
        (Wish(True, "x", "", 3601), "bad_gather"),
    ],
)
def test_what_is_no_greeting_is_refused(
    line: Connection, owner: Person, wish: Wish, code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        set_greeting(owner.actor, community=Community.objects.get(), group=None, wish=wish)
    assert caught.value.code == code


def test_only_staff_of_the_house_write_greetings(line: Connection, workspace: Workspace) -> None:
    community = Community.objects.get()
    analyst = person(workspace, "ana", Role.ANALYST).actor
    with pytest.raises(NotAllowed):
        set_greeting(analyst, community=community, group=None, wish=HELLO)
    other = person(Workspace.objects.create(name="other"), "sue", Role.OWNER)
    with pytest.raises(NotFound):
        set_greeting(other.actor, community=community, group=None, wish=HELLO)
    url = f"/communities/{community.pk}/welcome/"
    assert other.client().get(url).status_code == 404


def test_the_page_shows_what_newcomers_read(line: Connection, operator: Person) -> None:
    community, group = Community.objects.get(), Group.objects.get()
    client, url = operator.client(), f"/communities/{community.pk}/welcome/"
    page = client.get(url).content.decode()
    assert "[A] Hi Ming、Lan!" in page
    form = {"is_on": "on", "text": "Hello {names} in {group}", "label": "", "gather_s": "30"}
    assert client.post(f"{url}?group={group.pk}", form).status_code == 302
    assert (
        f"Hello Ming、Lan in {group.name}" in client.get(f"{url}?group={group.pk}").content.decode()
    )
    assert client.post(url, form | {"gather_s": "1"}).status_code == 422
    assert client.get(f"{url}?group=999").status_code == 404
    client.post(f"/groups/{group.pk}/like-all/")
    assert "[A] Hi Ming、Lan!" in client.get(f"{url}?group={group.pk}").content.decode()
