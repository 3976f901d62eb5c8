"""What happens next and what happened meanwhile, in words: through whom, when, and by whom."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile

from weilu.chat.live.clearing import clear_hand_tasks
from weilu.chat.live.queue import Origin, enqueue
from weilu.chat.models import Outgoing
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.tests.live import connected, draft, group_of
from weilu.chat.tests.platform import RecordingPlatform
from weilu.core.access import Role
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.groups.models import CapabilityRow, Connection, Group

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 23, 4, tzinfo=UTC)  # in Shanghai


@pytest.fixture
def group(monkeypatch: pytest.MonkeyPatch, manager: Person) -> Group:
    """A connected group."""
    one = RecordingPlatform()
    monkeypatch.setattr(CONNECTORS, "connectors", {one.name: one})
    return group_of(connected(manager.actor, one))


@pytest.fixture
def task(group: Group) -> Outgoing:
    """A hand task."""
    Group.objects.filter(pk=group.pk).update(connection=None, platform="wechat")
    enqueue(group.workspace_id, [draft(group, "k", "Tea at nine")])
    return Outgoing.objects.get()


def act(who: Person, task: Outgoing, said: str) -> str:
    address = f"/outbox/tasks/{task.pk}/act/"
    return who.client().post(address, {"act": said}, follow=True).content.decode()


def write(who: Person, *groups: Group, **more: str) -> tuple[str, str]:
    """Where writing to groups leads, and what is said there."""
    form = {"text": "Tea", "groups": [one.pk for one in groups], "token": "t", **more}
    answer = who.client().post("/outbox/say/", form, follow=True)
    return answer.redirect_chain[-1][0], answer.content.decode()


def test_who_did_the_same_meanwhile_is_named(
    task: Outgoing, operator: Person, manager: Person
) -> None:
    assert "Thank you. It is on record." in act(operator, task, "done")
    assert "Thank you. It is on record." in act(operator, task, "done")
    page = act(manager, task, "done")
    assert f"{operator.user.username} had it done already, on" in page
    assert f"{operator.user.username} had it done already, on" in act(manager, task, "cancel")
    assert Outgoing.objects.get().ended_by_id == operator.user.pk


def test_done_counts_though_it_was_stopped_and_a_mistaken_stop_is_taken_back(
    task: Outgoing, operator: Person, manager: Person
) -> None:
    assert "Do it after all" in act(manager, task, "cancel")
    assert "nothing is to be done any more" in act(operator, task, "could_not")
    assert "now it is on record that you did it" in act(operator, task, "done")
    assert Outgoing.objects.get().state == "sent"
    assert "It is open again." in act(operator, task, "reopen")
    act(manager, task, "cancel")
    act(manager, task, "reopen")
    assert Outgoing.objects.get().state == "waiting"


def test_tasks_of_others_can_be_left_out(
    task: Outgoing, group: Group, operator: Person, manager: Person
) -> None:
    enqueue(group.workspace_id, [draft(group, "free", "Whoever comes first")])
    client = operator.client()
    assert "?for=me" not in client.get("/outbox/tasks/").content.decode()
    Outgoing.objects.filter(pk=task.pk).update(assignee=manager.user)
    page = client.get("/outbox/tasks/").content.decode()
    assert "?for=me" in page
    assert "Tea at nine" in page
    page = client.get("/outbox/tasks/?for=me").content.decode()
    assert "Tea at nine" not in page
    assert "Whoever comes first" in page
    done = {"act": "done", "for": "me"}
    free = Outgoing.objects.get(key="free")
    answer = client.post(f"/outbox/tasks/{free.pk}/act/", done)
    assert answer["Location"] == "/outbox/tasks/?for=me"


def test_what_is_for_later_is_counted_apart(task: Outgoing, operator: Person) -> None:
    Outgoing.objects.update(due_at=now() + timedelta(days=1))
    page = operator.client().get("/outbox/tasks/").content.decode()
    assert "Nothing to do by hand now. 1 more is for later." in page
    today = operator.client().get("/").content.decode()
    assert "hand task" not in today


def test_writing_says_through_whom_and_when(group: Group, operator: Person) -> None:
    assert group.connection is not None
    other = group_of(group.connection, "!hand")
    Group.objects.filter(pk=other.pk).update(connection=None, platform="wechat")
    with time_machine.travel(NOON, tick=False):
        where, page = write(operator, group, other)
        assert where == "/outbox/"
        assert "It goes to 1 group. For 1 group it is a hand task" in page
        assert "1 more is a hand task" in page
        where, page = write(operator, other, token="u", due_at="2026-11-23T18:00")
        assert where == "/outbox/tasks/"
        assert "It leaves on Mon 23 Nov 18:00." in page
        _where, page = write(operator, group, token="v", due_at="2026-11-23T23:00")
        assert "Then are quiet hours: it waits until 08:00." in page


def test_a_message_has_its_end(group: Group, operator: Person) -> None:
    with time_machine.travel(NOON, tick=False):
        form = {"due_at": "2026-11-23T18:00", "expires_at": "2026-11-23T17:00"}
        answer = operator.client().post(
            "/outbox/say/", {"text": "Tea", "groups": [group.pk], "token": "t", **form}
        )
        assert answer.status_code == 422
        assert "This is over before the message may leave." in answer.content.decode()
        _where, page = write(operator, group, **{**form, "expires_at": "2026-11-23T20:00"})
        assert "from Mon 23 Nov 18:00, until Mon 23 Nov 20:00" in page
        assert "through Our house" in page
        pk = Outgoing.objects.get().pk
        page = operator.client().get(f"/outbox/{pk}/").content.decode()
        assert 'value="2026-11-23T18:00"' in page
        change = {"text": "Tea", "version": 0, "due_at": "2026-11-23T19:00"}
        operator.client().post(f"/outbox/{pk}/", change)
        row = Outgoing.objects.get()
        assert (row.due_at, row.expires_at) == (NOON + timedelta(hours=7), None)
        operator.client().post(f"/outbox/{pk}/", {"text": "Tea", "version": 1})
        assert Outgoing.objects.get().due_at == NOON


def test_what_waits_for_a_connection_says_so(group: Group, operator: Person) -> None:
    enqueue(group.workspace_id, [draft(group, "k")])
    Connection.objects.update(is_on=False)
    page = operator.client().get("/outbox/").content.decode()
    assert "Our house is switched off: in a few minutes this becomes a hand task." in page


def test_what_did_not_get_out_is_asked_about(group: Group, operator: Person) -> None:
    mine = [replace(draft(group, key), origin=Origin.STAFF) for key in ("a", "b")]
    enqueue(group.workspace_id, mine)
    Outgoing.objects.update(state="failed", fault="not_in_group", ended_at=now())
    client = operator.client()
    assert "2 messages did not get out" in client.get("/").content.decode()
    page = client.get("/outbox/?tab=held").content.decode()
    assert page.count("The account is no longer in the group.") == 2
    a, b = Outgoing.objects.order_by("pk").values_list("pk", flat=True)
    client.post(f"/outbox/{a}/act/", {"act": "again"})
    client.post("/outbox/picked/", {"do": "note", "pick": [a, b]})
    states = Outgoing.objects.order_by("pk").values_list("state", "ended_by_id")
    assert list(states) == [("waiting", None), ("failed", operator.user.pk)]
    assert "did not get out" not in client.get("/").content.decode()
    answer = client.post(f"/outbox/{b}/act/", {"act": "again"}, follow=True)
    assert "It was changed or has left meanwhile" in answer.content.decode()


def test_another_system_that_declines_is_no_person_who_says_no(
    group: Group, operator: Person
) -> None:
    enqueue(group.workspace_id, [replace(draft(group, "k"), origin=Origin.STAFF)])
    Outgoing.objects.update(state="failed", fault="refused", ended_at=now())
    page = operator.client().get("/outbox/?tab=held").content.decode()
    assert "The other system says that it did not do it." in page
    Outgoing.objects.update(way="confirmed")
    page = operator.client().get("/outbox/?tab=held").content.decode()
    assert "Whoever was to confirm it said no" in page


def test_an_owner_sends_at_night_with_a_reason(
    group: Group, operator: Person, workspace: Workspace
) -> None:
    owner = person(workspace, "the owner", Role.OWNER)
    enqueue(group.workspace_id, [draft(group, "night"), draft(group, "limit")])
    Outgoing.objects.filter(key="night").update(
        guard="quiet_hours",
        guard_values={"start": "22:30", "end": "08:00"},
        due_at=now() + timedelta(hours=3),
    )
    Outgoing.objects.filter(key="limit").update(
        guard="platform_limits", guard_values={"count": 2, "seconds": 60}
    )
    assert "Send anyway" not in operator.client().get("/outbox/").content.decode()
    page = owner.client().get("/outbox/").content.decode()
    # One beside the row, one for those that are ticked.
    assert page.count("Send anyway") == 2
    pk = Outgoing.objects.get(key="night").pk
    owner.client().post(f"/outbox/{pk}/act/", {"act": "release", "why": "The road is closed"})
    night = Outgoing.objects.get(key="night")
    assert (night.overruled, night.released_why) == (["quiet_hours"], "The road is closed")


def test_a_notice_is_put_up_once_and_is_words_alone(group: Group, operator: Person) -> None:
    assert group.connection is not None
    CapabilityRow.objects.filter(ability="announce").update(support="by_hand")
    for _ in range(2):
        where, page = write(operator, group, deed="announce")
        assert where == "/outbox/tasks/"
    assert "For 1 group it is a hand task" in page
    assert "set it as the group" in page
    row = Outgoing.objects.get()
    assert (row.deed, row.way, row.text) == ("announce", "by_hand", "Tea")
    picture = SimpleUploadedFile("tea.png", b"x", content_type="image/png")
    form = {"text": "Tea", "groups": [group.pk], "token": "u", "deed": "announce"}
    answer = operator.client().post("/outbox/say/", {**form, "picture": picture})
    assert answer.status_code == 422
    assert "A notice is words alone." in answer.content.decode()
    assert Outgoing.objects.count() == 1


def test_promotion_nobody_looks_at_says_that_no_worker_runs(
    task: Outgoing, operator: Person
) -> None:
    Outgoing.objects.update(is_promotion=True)
    client = operator.client()
    assert "worker does not seem to run" not in client.get("/outbox/tasks/").content.decode()
    Outgoing.objects.update(due_at=now() - timedelta(minutes=3))
    assert "worker does not seem to run" in client.get("/outbox/tasks/").content.decode()
    clear_hand_tasks()
    assert "worker does not seem to run" not in client.get("/outbox/tasks/").content.decode()
