"""The outbox, hand tasks and requests over HTTP."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest
from pytest_django import DjangoAssertNumQueries

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.live.clearing import clear_hand_tasks
from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import ChatRef, Inbound, Kind, Platform
from weilu.chat.tests.live import connected, draft, group_of
from weilu.chat.tests.platform import RecordingPlatform
from weilu.core.access import Role
from weilu.core.clock import now, now_ms
from weilu.core.models import LogRow, Workspace
from weilu.core.tests.cast import Person, person
from weilu.groups.models import Group, JoinAsk

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch, manager: Person) -> Group:
    """A connected group."""
    one = RecordingPlatform()
    monkeypatch.setattr(CONNECTORS, "connectors", {one.name: one})
    return group_of(connected(manager.actor, one))


@pytest.fixture
def by_hand(group: Group) -> Group:
    """A group no interface reaches."""
    Group.objects.filter(pk=group.pk).update(connection=None, platform="wechat")
    group.refresh_from_db()
    return group


def test_a_double_click_sends_once(group: Group, operator: Person) -> None:
    client = operator.client()
    page = client.get(f"/outbox/say/?group={group.pk}").content.decode()
    assert f"{group.name} · by itself" in page
    form = {"text": "Tea at nine", "groups": [group.pk], "token": "abc123"}
    for _ in range(2):
        assert client.post("/outbox/say/", form)["Location"] == "/outbox/"
    row = Outgoing.objects.get()
    assert (row.text, row.origin, row.by_id) == ("Tea at nine", "staff", operator.user.pk)
    assert "Tea at nine" in client.get("/outbox/").content.decode()


def test_a_time_is_the_workspaces_clock(group: Group, operator: Person) -> None:
    form = {"text": "Later", "groups": [group.pk], "token": "t", "due_at": "2030-01-02T09:00"}
    operator.client().post("/outbox/say/", form)
    assert Outgoing.objects.get().due_at.isoformat() == "2030-01-02T01:00:00+00:00"


def test_another_workspaces_group_is_not_written_to(group: Group, stranger: Person) -> None:
    form = {"text": "Hello", "groups": [group.pk], "token": "t"}
    assert stranger.client().post("/outbox/say/", form).status_code == 422
    assert not Outgoing.objects.exists()


def test_what_is_held_says_why_and_only_an_owner_lets_it_pass(
    group: Group, workspace: Workspace, operator: Person
) -> None:
    owner = person(workspace, "the owner", Role.OWNER)
    enqueue(group.workspace_id, [draft(group, "k")])
    Outgoing.objects.update(
        state="held", guard="quiet_hours", guard_values={"start": "22:00", "end": "08:00"}
    )
    pk = Outgoing.objects.get().pk
    page = operator.client().get("/outbox/?tab=held").content.decode()
    assert "Quiet hours from 22:00 to 08:00" in page
    assert "Send anyway" not in page
    denied = operator.client().post(f"/outbox/{pk}/act/", {"act": "release", "why": "x"})
    assert (denied.status_code, Outgoing.objects.get().state) == (403, "held")
    owner.client().post(f"/outbox/{pk}/act/", {"act": "release", "why": "They wait for it"})
    assert Outgoing.objects.get().state == "waiting"
    assert "They wait for it" in owner.client().get("/outbox/").content.decode()


def test_changing_what_somebody_else_has_changed_is_refused(group: Group, operator: Person) -> None:
    enqueue(group.workspace_id, [draft(group, "k")])
    pk = Outgoing.objects.get().pk
    client = operator.client()
    client.post(f"/outbox/{pk}/", {"text": "First", "version": 0})
    answer = client.post(f"/outbox/{pk}/", {"text": "Second", "version": 0})
    assert answer.status_code == 422
    assert "changed or has left meanwhile" in answer.content.decode()
    assert Outgoing.objects.get().text == "First"


def test_a_hand_task_from_decision_to_receipt(by_hand: Group, operator: Person) -> None:
    enqueue(by_hand.workspace_id, [draft(by_hand, "k", "茶到了，来领")])
    client = operator.client()
    page = client.get("/outbox/tasks/").content.decode()
    assert "WeChat" in page
    assert "茶到了，来领" in page
    assert "Copy the text, open the group in its app" in page
    pk = Outgoing.objects.get().pk
    client.post(f"/outbox/tasks/{pk}/act/", {"act": "take"})
    assert Outgoing.objects.get().assignee_id == operator.user.pk
    for _ in range(2):
        client.post(f"/outbox/tasks/{pk}/act/", {"act": "done"})
    assert Outgoing.objects.get().state == "sent"
    told = LogRow.objects.filter(name="OutgoingEnded")
    assert [row.payload["state"] for row in told] == ["sent"]
    assert "Not done after all" in client.get("/outbox/tasks/").content.decode()
    client.post(f"/outbox/tasks/{pk}/act/", {"act": "reopen"})
    assert Outgoing.objects.get().state == "waiting"


def test_where_an_app_has_no_such_thing_the_card_says_what_is_left(
    by_hand: Group, operator: Person
) -> None:
    enqueue(by_hand.workspace_id, [draft(by_hand, "k", "", Deed.MUTE)])
    page = operator.client().get("/outbox/tasks/").content.decode()
    assert "WeChat groups have no mute" in page
    assert "mute them for the time given" not in page


def test_somebody_else_takes_over(by_hand: Group, operator: Person, manager: Person) -> None:
    enqueue(by_hand.workspace_id, [draft(by_hand, "k")])
    pk = Outgoing.objects.get().pk
    operator.client().post(f"/outbox/tasks/{pk}/act/", {"act": "take"})
    assert "I take it" not in operator.client().get("/outbox/tasks/").content.decode()
    assert "I take it over" in manager.client().get("/outbox/tasks/").content.decode()
    manager.client().post(f"/outbox/tasks/{pk}/act/", {"act": "take"})
    assert Outgoing.objects.get().assignee_id == manager.user.pk


def test_a_task_is_given_to_who_may_do_it(
    by_hand: Group, operator: Person, manager: Person, workspace: Workspace
) -> None:
    enqueue(by_hand.workspace_id, [draft(by_hand, "k")])
    pk = Outgoing.objects.get().pk
    analyst = person(workspace, "an analyst", Role.ANALYST)
    client = operator.client()
    page = client.get("/outbox/tasks/").content.decode()
    assert f'<option value="{manager.user.pk}">{manager.user.username}</option>' in page
    assert analyst.user.username not in page
    address = f"/outbox/tasks/{pk}/act/"
    client.post(address, {"act": "give", "to": str(manager.user.pk)})
    assert Outgoing.objects.get().assignee_id == manager.user.pk
    for bad in (str(analyst.user.pk), "999999", "x"):
        assert client.post(address, {"act": "give", "to": bad}).status_code == 404
    assert Outgoing.objects.get().assignee_id == manager.user.pk
    assert analyst.client().post(address, {"act": "give", "to": ""}).status_code == 403
    client.post(address, {"act": "give", "to": ""})
    assert Outgoing.objects.get().assignee_id is None


def test_what_is_long_overdue_comes_first_and_says_so(by_hand: Group, operator: Person) -> None:
    enqueue(
        by_hand.workspace_id, [draft(by_hand, "new", "New one"), draft(by_hand, "old", "Old one")]
    )
    Outgoing.objects.filter(key="old").update(due_at=now() - timedelta(hours=5))
    page = operator.client().get("/outbox/tasks/").content.decode()
    assert page.index("Old one") < page.index("New one")
    assert "1 of 2 is overdue." in page


def test_the_form_says_what_one_more_promotion_would_be(group: Group, operator: Person) -> None:
    client = operator.client()
    page = client.get("/outbox/say/").content.decode()
    assert "promotion: 0 of 0 messages in 7 days, one more would be held" in page
    Group.objects.update(connection=None, platform="wechat")
    page = client.get("/outbox/say/").content.decode()
    assert "0 promotions in 7 days, its talk is not known" in page
    form = {"text": "Buy", "groups": [group.pk], "token": "t", "is_promotion": "on"}
    client.post("/outbox/say/", form)
    assert Outgoing.objects.get().is_promotion


def test_a_task_is_changed_or_stopped_before_it_is_done(
    by_hand: Group, operator: Person, stranger: Person
) -> None:
    enqueue(by_hand.workspace_id, [draft(by_hand, "k", "Three o'clock")])
    client, one = operator.client(), Outgoing.objects.get()
    said = {"text": "Four o'clock", "version": one.version}
    assert client.post(f"/outbox/{one.pk}/", said).headers["Location"] == "/outbox/tasks/"
    assert Outgoing.objects.get().text == "Four o'clock"
    stranger.client().post(f"/outbox/tasks/{one.pk}/act/", {"act": "cancel"})
    assert Outgoing.objects.get().state == "waiting"
    for words in ("Stopped. Nobody needs to do it.", "nothing is to be done any more"):
        answer = client.post(f"/outbox/tasks/{one.pk}/act/", {"act": "cancel"}, follow=True)
        assert words in answer.content.decode()
    assert Outgoing.objects.get().state == "cancelled"
    assert "Not done after all" not in client.get("/outbox/tasks/").content.decode()


def test_what_could_not_be_done_says_so_and_why(by_hand: Group, operator: Person) -> None:
    enqueue(by_hand.workspace_id, [draft(by_hand, "k")])
    pk = Outgoing.objects.get().pk
    said = {"act": "could_not", "note": "I am no longer in that group"}
    page = operator.client().post(f"/outbox/tasks/{pk}/act/", said, follow=True).content.decode()
    assert "It could not be done" in page
    assert "I am no longer in that group" in page


def test_what_is_held_stands_last_and_is_not_counted(by_hand: Group, operator: Person) -> None:
    rows = [draft(by_hand, "held", "Held one"), draft(by_hand, "k", "Open one")]
    enqueue(by_hand.workspace_id, rows)
    quiet = {"start": "22:00", "end": "08:00"}
    Outgoing.objects.filter(key="held").update(
        state="held", guard="quiet_hours", guard_values=quiet
    )
    page = operator.client().get("/outbox/tasks/").content.decode()
    assert "1 thing to do." in page
    assert page.index("Open one") < page.index("Held one")


def test_promotion_by_hand_waits_for_the_guard(by_hand: Group, operator: Person) -> None:
    said = Draft(
        key="k", group_id=by_hand.pk, deed=Deed.SEND, origin=Origin.MODERATION, text="Buy two",
        is_promotion=True,
    )  # fmt: skip
    enqueue(by_hand.workspace_id, [said])
    client = operator.client()
    page = client.get("/outbox/tasks/").content.decode()
    assert "at its time Weilu looks whether the group can take it" in page
    assert "Copy the text</button>" not in page
    clear_hand_tasks()
    assert "Copy the text</button>" in client.get("/outbox/tasks/").content.decode()
    Outgoing.objects.update(state="sent", ended_at=now())
    enqueue(by_hand.workspace_id, [dataclasses.replace(said, key="again")])
    clear_hand_tasks()
    for page in ("/outbox/tasks/", "/outbox/?tab=held"):
        words = client.get(page).content.decode()
        assert "The group has had a promotion in the last 7 days" in words
        assert "Copy the text</button>" not in words


def test_several_are_stopped_at_once(
    group: Group, operator: Person, stranger: Person, workspace: Workspace
) -> None:
    enqueue(group.workspace_id, [draft(group, f"k{n}") for n in range(3)])
    Outgoing.objects.filter(key="k2").update(state="sent")
    ids = list(Outgoing.objects.order_by("pk").values_list("pk", flat=True))
    stranger.client().post("/outbox/picked/", {"pick": ids})
    assert not Outgoing.objects.filter(state="cancelled").exists()
    analyst = person(workspace, "an analyst", Role.ANALYST)
    assert analyst.client().post("/outbox/picked/", {"pick": ids}).status_code == 403
    answer = operator.client().post("/outbox/picked/", {"pick": [*ids, "x"]}, follow=True)
    assert "2 messages are stopped." in answer.content.decode()
    states = Outgoing.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["cancelled", "cancelled", "sent"]


def test_an_owner_lets_several_pass_for_one_reason(
    group: Group, operator: Person, stranger: Person, workspace: Workspace
) -> None:
    owner = person(workspace, "an owner", Role.OWNER)
    enqueue(group.workspace_id, [draft(group, f"k{n}") for n in range(3)])
    quiet = {"start": "22:00", "end": "08:00"}
    rows = Outgoing.objects.filter(key__in=["k0", "k1"])
    rows.update(state="held", guard="quiet_hours", guard_values=quiet)
    ids = list(Outgoing.objects.order_by("pk").values_list("pk", flat=True))
    asked = {"pick": ids, "do": "release", "tab": "held", "why": "Last day of the sale"}
    assert 'id="why-all"' in owner.client().get("/outbox/?tab=held").content.decode()
    assert 'id="why-all"' not in operator.client().get("/outbox/?tab=held").content.decode()
    assert operator.client().post("/outbox/picked/", asked).status_code == 403
    stranger.client().post("/outbox/picked/", asked)
    owner.client().post("/outbox/picked/", {**asked, "why": " "})
    assert Outgoing.objects.filter(state="held").count() == 2
    answer = owner.client().post("/outbox/picked/", asked, follow=True)
    assert "2 messages may leave now. Your reason is on record." in answer.content.decode()
    assert list(Outgoing.objects.order_by("pk").values_list("state", "released_why")) == [
        ("waiting", "Last day of the sale"),
        ("waiting", "Last day of the sale"),
        ("waiting", ""),
    ]


def test_people_at_the_door(group: Group, operator: Person) -> None:
    asks = [
        JoinAsk.objects.create(
            workspace_id=group.workspace_id, group=group, external_id=f"r{n}", account=f"u{n}",
            name=f"Guest {n}", words="Let me in", asked_ms=0,
        )
        for n in range(3)
    ]  # fmt: skip
    client = operator.client()
    assert "3 people ask to come in." in client.get("/outbox/asks/").content.decode()
    client.post("/outbox/asks/answer/", {"do": f"{asks[0].pk} decline"})
    picked = [asks[1].pk, asks[2].pk, asks[0].pk]
    for _ in range(2):
        client.post("/outbox/asks/answer/", {"do": "picked welcome", "pick": picked})
    rows = Outgoing.objects.order_by("pk").values_list("ask_id", "deed")
    assert list(rows) == [
        (asks[0].pk, Deed.DECLINE),
        (asks[1].pk, Deed.APPROVE),
        (asks[2].pk, Deed.APPROVE),
    ]
    assert "Nobody asks to come in." in client.get("/outbox/asks/").content.decode()


def test_an_analyst_looks_and_touches_nothing(by_hand: Group, workspace: Workspace) -> None:
    analyst = person(workspace, "an analyst", Role.ANALYST)
    enqueue(by_hand.workspace_id, [draft(by_hand, "k")])
    client = analyst.client()
    assert "Done</button>" not in client.get("/outbox/tasks/").content.decode()
    pk = Outgoing.objects.get().pk
    assert client.post(f"/outbox/tasks/{pk}/act/", {"act": "done"}).status_code == 403
    assert Outgoing.objects.get().state == "waiting"


@pytest.mark.parametrize(("page", "most"), [("/outbox/", 7), ("/outbox/tasks/", 8)])
def test_lists_cost_the_same_however_long(
    by_hand: Group,
    operator: Person,
    page: str,
    most: int,
    django_assert_num_queries: DjangoAssertNumQueries,
) -> None:
    enqueue(by_hand.workspace_id, [draft(by_hand, f"k{n}") for n in range(5)])
    Outgoing.objects.filter(key__in=["k0", "k1"]).update(way="automatic")
    client = operator.client()
    with django_assert_num_queries(most):
        client.get(page)


def test_a_row_says_whom_and_what_it_is_about_and_who_has_it(
    group: Group, operator: Person
) -> None:
    line = group.connection
    assert line is not None
    ad = Inbound(Kind.MESSAGE, now_ms(), "spam", "Spammer", "buy this", "$x1")
    chat = ChatRef(Platform.MATRIX, group.external_key, group.name)
    Arrivals().store([(line.pk, Parcel([Arrival(chat, ad)]))])
    said = Message.objects.get(external_id="$x1")
    common = {
        "workspace_id": group.workspace_id, "group": group, "created_at": now(), "due_at": now(),
        "origin": "moderation", "identity_id": said.identity_id, "message_id": said.pk,
        "way": "automatic", "state": "asked",
    }  # fmt: skip
    Outgoing.objects.create(key="a", deed="recall", **common)
    Outgoing.objects.create(key="b", deed="mute", **common)
    page = operator.client().get("/outbox/").content.decode()
    assert "Take a message back · Spammer" in page
    assert "Mute somebody · Spammer" in page
    assert page.count("buy this") == 1
    assert page.count("waits for the other system") == 2
    assert "to be confirmed in the app" not in page
