"""Many hand tasks at once, and what may or may not have arrived."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.live.queue import enqueue
from weilu.chat.models import Outgoing
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import ChatRef, Inbound, Kind, Platform
from weilu.chat.tests.live import connected, draft, group_of
from weilu.chat.tests.platform import RecordingPlatform
from weilu.core.access import Role
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.groups.models import Group

pytestmark = pytest.mark.django_db


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch, manager: Person) -> Group:
    """A connected group."""
    one = RecordingPlatform()
    monkeypatch.setattr(CONNECTORS, "connectors", {one.name: one})
    return group_of(connected(manager.actor, one))


@pytest.fixture
def tasks(group: Group) -> list[int]:
    """Four hand tasks: two open, one held, one that promotes and was not looked at."""
    Group.objects.filter(pk=group.pk).update(connection=None, platform="wechat")
    enqueue(group.workspace_id, [draft(group, f"k{n}") for n in range(4)])
    Outgoing.objects.filter(key="k2").update(
        state="held", guard="quiet_hours", guard_values={"start": "22:00", "end": "08:00"}
    )
    Outgoing.objects.filter(key="k3").update(is_promotion=True)
    return list(Outgoing.objects.order_by("pk").values_list("pk", flat=True))


def states() -> list[str]:
    return list(Outgoing.objects.order_by("pk").values_list("state", flat=True))


def test_several_tasks_are_done_at_once(tasks: list[int], operator: Person) -> None:
    page = operator.client().get("/outbox/tasks/").content.decode()
    # What cannot be done yet cannot be ticked.
    assert page.count('name="pick"') == 2
    form = {"pick": [*tasks, "x"], "do": "done"}
    answer = operator.client().post("/outbox/tasks/picked/", form, follow=True)
    assert "2 tasks are done." in answer.content.decode()
    assert states() == ["sent", "sent", "held", "waiting"]
    assert set(Outgoing.objects.filter(state="sent").values_list("ended_by_id", flat=True)) == {
        operator.user.pk
    }
    again = operator.client().post("/outbox/tasks/picked/", form, follow=True)
    assert "tasks are done." not in again.content.decode()


def test_several_tasks_are_taken_on_and_stopped(tasks: list[int], operator: Person) -> None:
    client = operator.client()
    client.post("/outbox/tasks/picked/", {"pick": tasks[:2], "do": "take"})
    mine = Outgoing.objects.filter(assignee=operator.user)
    assert set(mine.values_list("pk", flat=True)) == set(tasks[:2])
    client.post("/outbox/tasks/picked/", {"pick": tasks[1:3], "do": "stop"})
    assert states() == ["waiting", "cancelled", "cancelled", "waiting"]
    assert client.post("/outbox/tasks/picked/", {"pick": tasks, "do": "x"}).status_code == 404


def test_tasks_of_others_stay_as_they_are(
    tasks: list[int], stranger: Person, workspace: Workspace
) -> None:
    analyst = person(workspace, "an analyst", Role.ANALYST)
    for do in ("done", "take", "stop"):
        stranger.client().post("/outbox/tasks/picked/", {"pick": tasks, "do": do})
        denied = analyst.client().post("/outbox/tasks/picked/", {"pick": tasks, "do": do})
        assert denied.status_code == 403
    assert states() == ["waiting", "waiting", "held", "waiting"]
    assert not Outgoing.objects.exclude(assignee=None).exists()


@pytest.fixture
def unsure(group: Group) -> list[int]:
    """Three messages no answer came back for."""
    enqueue(group.workspace_id, [draft(group, f"k{n}") for n in range(3)])
    Outgoing.objects.update(state="unsure", fault="timeout", begun_at=now())
    return list(Outgoing.objects.order_by("pk").values_list("pk", flat=True))


def test_what_nobody_is_sure_of_says_so_and_offers_three_ways(
    unsure: list[int], operator: Person
) -> None:
    page = operator.client().get("/outbox/?tab=held").content.decode()
    assert page.count("it may stand in the group or not") == 3
    assert "keeps trying" not in page
    assert "Send anyway" not in page
    client = operator.client()
    client.post(f"/outbox/{unsure[0]}/act/", {"act": "happened", "tab": "held"})
    client.post(f"/outbox/{unsure[1]}/act/", {"act": "not_happened", "tab": "held"})
    client.post(f"/outbox/{unsure[2]}/act/", {"act": "cancel", "tab": "held"})
    assert states() == ["sent", "waiting", "cancelled"]
    late = client.post(f"/outbox/{unsure[0]}/act/", {"act": "not_happened"}, follow=True)
    assert "Look again" in late.content.decode()
    assert states() == ["sent", "waiting", "cancelled"]


@pytest.mark.parametrize(("do", "state"), [("happened", "sent"), ("not_happened", "waiting")])
def test_several_are_answered_at_once(
    unsure: list[int], operator: Person, stranger: Person, do: str, state: str
) -> None:
    form = {"pick": unsure[:2], "do": do, "tab": "held"}
    stranger.client().post("/outbox/picked/", form)
    assert states() == ["unsure"] * 3
    operator.client().post("/outbox/picked/", form)
    assert states() == [state, state, "unsure"]


def test_words_that_were_heard_again_are_told(
    group: Group, unsure: list[int], operator: Person
) -> None:
    row = Outgoing.objects.get(pk=unsure[0])
    moment = now()
    chat = ChatRef(Platform(group.platform), group.external_key, group.name)

    def hear(text: str, seconds: int, key: str) -> None:
        at = int((moment + timedelta(seconds=seconds)).timestamp() * 1000)
        item = Inbound(Kind.MESSAGE, at, "bot", "Weilu", text, key, is_bot=True)
        Arrivals().store([(int(group.connection_id or 0), Parcel([Arrival(chat, item)]))])

    hear(row.text, -7200, "$yesterdays")
    hear("something else", 2, "$other")
    page = operator.client().get("/outbox/?tab=held").content.decode()
    assert "were heard in the group" not in page
    hear(row.text, 3, "$mine")
    page = operator.client().get("/outbox/?tab=held").content.decode()
    assert page.count("these words were heard in the group at") >= 1
