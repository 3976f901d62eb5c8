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
from weilu.core.errors import GivenUp, Invalid, NotAllowed, NotFound
from weilu.core.models import Job, Workspace
from weilu.core.tests.cast import Person, person
from weilu.core.worker import drain
from weilu.groups.joining.visiting import visit
from weilu.groups.models import Connection, Group, JoinLink, JoinTarget, Scan
from weilu.members.models import Member
from weilu.service.greetings import (
    Wish,
    drop_own,
    greet_newcomers,
    greeting_for,
    set_greeting,
)
from weilu.service.models import Greeted, Greeting, WelcomeTemplate

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


def heard(line: Connection, *items: tuple[Kind, str], how: str = "", by: str = "") -> None:
    number = Message.objects.count()
    parcel = [
        Arrival(
            GROUP,
            Inbound(kind, now_ms() + n, who, who, how, f"$e{number + n}", target=by),
        )
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
    assert drop_own(owner.actor, community=group.community, group=group)
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
    client.post(f"/communities/{group.community_id}/welcome/like-all/?group={group.pk}")
    assert "[A] Hi Ming、Lan!" in client.get(f"{url}?group={group.pk}").content.decode()


def words(line: Connection, owner: Person, source: str, text: str, **more: object) -> None:
    wish = Wish(True, text, "", 60)
    community = Community.objects.get()
    set_greeting(owner.actor, community=community, group=None, source=source, wish=wish)


def test_who_comes_another_way_is_greeted_in_other_words(line: Connection, owner: Person) -> None:
    community = Community.objects.get()
    link = JoinLink.objects.create(
        workspace_id=line.workspace_id, community=community, name="Till", source="store",
        created_at=now(),
    )  # fmt: skip
    words(line, owner, "store", "Counter: {names}")
    words(line, owner, "invited", "{names}, friends of {inviter}")
    heard(line, (Kind.JOIN, "scanner"), how=f"扫描群二维码入群 · {link.code}")
    heard(line, (Kind.JOIN, "friend"), by="Old Lin")
    heard(line, (Kind.JOIN, "plain"), (Kind.JOIN, "other"))
    due()
    assert sorted(said()) == [
        "Counter: scanner", "[A] Hi plain、other!", "friend, friends of Old Lin",
    ]  # fmt: skip
    assert greet_newcomers(Group.objects.get()) == 0


def test_a_visit_of_a_join_link_tells_the_way(line: Connection, owner: Person) -> None:
    community, group = Community.objects.get(), Group.objects.get()
    link = JoinLink.objects.create(
        workspace_id=line.workspace_id, community=community, name="Parcel", source="parcel",
        created_at=now(),
    )  # fmt: skip
    target = JoinTarget.objects.create(
        link=link, group=group, address="https://x.example.org/1", code_set_at=now()
    )
    words(line, owner, "parcel", "From the parcel: {names}")
    visit(link, visitor="v1", answer="", is_bot=False)
    Scan.objects.filter(target=target).update(at=now() - timedelta(minutes=5))
    heard(line, (Kind.JOIN, "reader"), (Kind.JOIN, "plain"))
    due()
    assert sorted(said()) == ["From the parcel: reader", "[A] Hi plain!"]


def test_a_group_goes_before_the_way_and_off_is_off(line: Connection, owner: Person) -> None:
    community, group = Community.objects.get(), Group.objects.get()
    words(line, owner, "invited", "invited")
    own = set_greeting(
        owner.actor, community=community, group=group, wish=Wish(True, "of the group")
    )
    assert greeting_for(group, "invited") == own
    set_greeting(owner.actor, community=community, group=group, wish=Wish(False, "of the group"))
    assert greeting_for(group, "invited") is None
    assert drop_own(owner.actor, community=community, group=group)
    found = greeting_for(group, "invited")
    assert found is not None
    assert found.text == "invited"
    with pytest.raises(NotFound):
        set_greeting(owner.actor, community=community, group=None, wish=HELLO, source="moon")


def test_the_page_keeps_words_for_a_way(line: Connection, operator: Person) -> None:
    client = operator.client()
    address = f"/communities/{Community.objects.get().pk}/welcome/"
    page = client.get(address).content.decode()
    assert "through a join link: shop counter" in page
    form = {"is_on": "on", "text": "Hello from the counter", "label": "", "gather_s": "30"}
    client.post(f"{address}?source=store", form)
    kept = Greeting.objects.get(source="store")
    assert (kept.text, kept.group_id, kept.is_on) == ("Hello from the counter", None, True)
    assert "Greeted in words of its own." in client.get(address).content.decode()
    assert client.get(f"{address}?source=moon").status_code == 404
    client.post(f"{address}like-all/?source=store")
    assert not Greeting.objects.filter(source="store").exists()


def test_a_platform_that_greets_by_itself_is_told_the_words_and_we_stay_silent(
    platform: RecordingPlatform, line: Connection, owner: Person
) -> None:
    platform.greets_itself = True
    community = Community.objects.get()
    set_greeting(owner.actor, community=community, group=None, wish=HELLO)
    drain()
    kept = WelcomeTemplate.objects.get()
    assert (kept.template, kept.text, kept.fault) == ("w-1", "[A] Hi %NAME%!", "")
    assert platform.stage.welcomes == [("", "[A] Hi %NAME%!")]
    set_greeting(owner.actor, community=community, group=None, wish=HELLO)
    drain()
    assert len(platform.stage.welcomes) == 1
    set_greeting(owner.actor, community=community, group=None, wish=Wish(True, "Ho {names}"))
    drain()
    assert platform.stage.welcomes[1:] == [("w-1", "Ho %NAME%")]
    heard(line, (Kind.JOIN, "u1"))
    due()
    assert said() == []
    page = owner.client().get(f"/communities/{community.pk}/welcome/").content.decode()
    assert "Ho %NAME%" in page
    assert "Greeted by WeCom's template" in page
    assert "Own words" not in page
    # Words for one way to come would be written and never said.
    for asked in ("source=store", f"group={Group.objects.get().pk}"):
        page = owner.client().get(f"/communities/{community.pk}/welcome/?{asked}").content.decode()
        assert "what stands here is not said" in page, asked


def test_where_the_template_cannot_be_kept_we_greet_and_say_why(
    platform: RecordingPlatform, line: Connection, owner: Person
) -> None:
    platform.greets_itself = True
    platform.stage.failures = [GivenUp("no_rights")]
    community = Community.objects.get()
    set_greeting(owner.actor, community=community, group=None, wish=HELLO)
    drain()
    assert WelcomeTemplate.objects.get().fault == "no_rights"
    heard(line, (Kind.JOIN, "u1"))
    due()
    assert said() == ["[A] Hi u1!"]
