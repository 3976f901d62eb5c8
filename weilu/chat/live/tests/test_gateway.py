"""The gateway: nothing lost, nothing twice, whatever the platform or the process does."""

from __future__ import annotations

from datetime import timedelta

import pytest

from weilu.chat.live.connections import (
    change,
    give_leases_back,
    is_host_wanted,
    note_running,
    note_trouble,
    switch,
    take_leases,
)
from weilu.chat.live.queue import enqueue
from weilu.chat.live.sending import claim, take_back_orphans
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import Host
from weilu.chat.ports.orders import Arrival, JoinRequest, Parcel
from weilu.chat.ports.records import ChatRef, Inbound, Kind, Platform
from weilu.chat.tests.live import ANSWERS, connected, draft, group_of, run_gateway
from weilu.chat.tests.platform import BORN_MS, GROUP, RecordingPlatform, said
from weilu.core.clock import now
from weilu.core.errors import GivenUp, TryLater, Unsure
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection, Group, JoinAsk
from weilu.members.models import Identity

pytestmark = pytest.mark.django_db(transaction=True)
NOW = timedelta(0)


def states() -> list[str]:
    return list(Outgoing.objects.order_by("pk").values_list("state", flat=True))


def test_what_is_heard_is_stored_once_with_how_far_it_was_read(
    platform: RecordingPlatform, owner: Person
) -> None:
    line = connected(owner.actor, platform)
    stage = platform.stage
    stage.parcels = [
        Parcel([said(1, "first"), said(2, "second")], cursor={"since": "s2"}),
        Parcel([said(2, "second"), said(3, "third")], cursor={"since": "s3"}),
    ]
    run_gateway(lambda: Connection.objects.get().cursor == {"since": "s3"})
    texts = list(Message.objects.order_by("pk").values_list("text", flat=True))
    assert texts == ["first", "second", "third"]
    group = Group.objects.get()
    assert (group.name, group.external_key, group.connection_id) == (GROUP.name, GROUP.key, line.pk)
    line.refresh_from_db()
    assert (line.state, line.lease) == ("running", "")
    assert stage.opened[0].settings == {
        "server": "https://chat.example.org",
        "token": "very-secret",
    }
    run_gateway(lambda: len(stage.opened) == 2)
    assert stage.opened[1].cursor == {"since": "s3"}
    assert Message.objects.count() == 3


def test_orders_leave_in_order_one_group_at_a_time(
    platform: RecordingPlatform, owner: Person
) -> None:
    line = connected(owner.actor, platform)
    group = group_of(line)
    drafts = [draft(group, f"k{n}", f"number {n}") for n in range(5)]
    assert enqueue(line.workspace_id, drafts) == 5
    assert enqueue(line.workspace_id, drafts) == 0
    run_gateway(lambda: set(states()) == {"sent"})
    assert [o.text for o in platform.stage.orders] == [f"number {n}" for n in range(5)]
    assert Outgoing.objects.order_by("pk")[0].external_id == "$sent-k0"


def test_a_platform_that_asks_to_wait_is_waited_for_and_keeps_the_order(
    platform: RecordingPlatform, owner: Person
) -> None:
    group = group_of(connected(owner.actor, platform))
    platform.stage.failures = [TryLater("rate_limited", after=NOW)] * 12
    enqueue(group.workspace_id, [draft(group, "k1", "one"), draft(group, "k2", "two")])
    run_gateway(lambda: set(states()) == {"sent"})
    assert [o.text for o in platform.stage.orders] == ["one", "two"]


def test_an_order_that_will_never_work_ends_and_does_not_stop_the_next(
    platform: RecordingPlatform, owner: Person
) -> None:
    group = group_of(connected(owner.actor, platform))
    platform.stage.failures = [GivenUp("too_long")]
    enqueue(group.workspace_id, [draft(group, "k1"), draft(group, "k2")])
    run_gateway(lambda: states() == ["failed", "sent"])
    assert Outgoing.objects.get(key="k1").fault == "too_long"


def test_what_the_account_may_not_do_becomes_a_hand_task(
    platform: RecordingPlatform, owner: Person
) -> None:
    group = group_of(connected(owner.actor, platform))
    platform.stage.failures = [GivenUp("no_rights")]
    enqueue(group.workspace_id, [draft(group, "k1", deed=Deed.REMOVE)])
    run_gateway(lambda: Outgoing.objects.get().way == "by_hand")
    row = Outgoing.objects.get()
    assert (row.state, row.fault, platform.stage.orders) == ("waiting", "no_rights", [])


def test_nobody_knows_whether_it_was_said_so_a_person_is_asked(
    platform: RecordingPlatform, owner: Person
) -> None:
    group = group_of(connected(owner.actor, platform))
    platform.stage.failures = [Unsure("timeout")]
    enqueue(group.workspace_id, [draft(group, "k1"), draft(group, "k2")])
    run_gateway(lambda: states() == ["unsure", "sent"])
    assert [o.key for o in platform.stage.orders] == ["k2"]


@pytest.mark.parametrize("keeps_keys", [True, False])
def test_what_may_be_done_twice_is_tried_again(
    platform: RecordingPlatform, owner: Person, *, keeps_keys: bool
) -> None:
    platform.keeps_keys = keeps_keys
    group = group_of(connected(owner.actor, platform))
    platform.stage.failures = [Unsure("timeout")]
    deed = Deed.SEND if keeps_keys else Deed.MUTE
    enqueue(group.workspace_id, [draft(group, "k1", deed=deed)])
    run_gateway(lambda: states() == ["sent"] or _hurry())
    assert [o.key for o in platform.stage.orders] == ["k1"]


def _hurry() -> bool:
    """Nobody waits in a test."""
    Outgoing.objects.filter(state="waiting", attempts__gt=0).update(due_at=now())
    return False


def test_a_lost_session_is_opened_again_and_a_refused_one_is_not(
    platform: RecordingPlatform, owner: Person
) -> None:
    connected(owner.actor, platform)
    stage = platform.stage
    stage.refusals = [TryLater("unreachable", after=NOW)]
    stage.parcels = [Parcel([said(1, "after all")])]
    run_gateway(lambda: Message.objects.count() == 1)
    assert len(stage.opened) == 2
    stage.refusals = [GivenUp("unauthorised")]
    run_gateway(lambda: Connection.objects.get().state == "stopped")
    line = Connection.objects.get()
    assert (line.fault, line.failures) == ("unauthorised", 1)
    assert len(stage.opened) == 3


def test_what_was_mended_is_opened_though_it_had_stopped_for_good(
    platform: RecordingPlatform, owner: Person
) -> None:
    line = connected(owner.actor, platform)
    platform.stage.refusals = [GivenUp("unauthorised")]
    run_gateway(lambda: Connection.objects.get().state == "stopped")
    platform.stage.parcels = [Parcel([said(1, "after all")])]
    change(owner.actor, connection=line, name=line.name, answers={**ANSWERS, "token": "good"})
    run_gateway(lambda: Message.objects.count() == 1)
    line.refresh_from_db()
    assert (line.state, line.fault) == ("running", "")
    assert platform.stage.opened[-1].settings["token"] == "good"


def test_the_end_of_a_session_from_before_a_change_stops_nothing(
    platform: RecordingPlatform, owner: Person
) -> None:
    connected(owner.actor, platform)
    [line] = take_leases(["recording"], "a")
    change(owner.actor, connection=line, name=line.name, answers=ANSWERS)
    note_trouble(line, "a", fault="unauthorised", is_final=True)
    note_running(line, "a")
    assert Connection.objects.values_list("state", "fault").get() == ("new", "")
    [again] = take_leases(["recording"], "a")
    note_trouble(again, "a", fault="unauthorised", is_final=True)
    assert Connection.objects.values_list("state", "fault").get() == ("stopped", "unauthorised")


def test_of_two_gateways_one_runs_a_connection(platform: RecordingPlatform, owner: Person) -> None:
    line = connected(owner.actor, platform)
    assert [c.pk for c in take_leases(["recording"], "a")] == [line.pk]
    assert take_leases(["recording"], "b") == []
    give_leases_back("a")
    assert [c.pk for c in take_leases(["recording"], "b")] == [line.pk]
    # Taken while the clock stood a year ahead: no reason to rest until then.
    Connection.objects.update(leased_until=now() + timedelta(days=365))
    assert [c.pk for c in take_leases(["recording"], "c")] == [line.pk]


def test_a_host_is_wanted_while_a_connection_of_its_kind_is_on(
    platform: RecordingPlatform, owner: Person
) -> None:
    line = connected(owner.actor, platform)
    assert is_host_wanted(Host.GATEWAY)
    assert not is_host_wanted(Host.NONEBOT)
    switch(owner.actor, connection=line, is_on=False)
    assert not is_host_wanted(Host.GATEWAY)


def test_a_process_that_died_while_sending_leaves_a_question(
    platform: RecordingPlatform, owner: Person
) -> None:
    line = connected(owner.actor, platform)
    group = group_of(line)
    enqueue(
        group.workspace_id,
        [draft(group, "said"), draft(group_of(line, "!b"), "muted", deed=Deed.MUTE)],
    )
    assert len(claim([line.pk], 5)) == 2
    assert take_back_orphans() == 0
    first, second = Outgoing.objects.values_list("pk", flat=True).order_by("pk")
    Outgoing.objects.filter(pk=first).update(leased_until=now())
    Outgoing.objects.filter(pk=second).update(leased_until=now() + timedelta(days=365))
    assert take_back_orphans() == 2
    assert states() == ["unsure", "waiting"]


@pytest.mark.parametrize("dirt", ["\x00", "\ud800"])
def test_what_no_database_stores_is_left_out_and_stops_nothing(
    platform: RecordingPlatform, owner: Person, dirt: str
) -> None:
    connected(owner.actor, platform)
    chat = ChatRef(Platform.MATRIX, "!tea", f"Tea{dirt} lovers")
    dirty = Inbound(
        Kind.MESSAGE, BORN_MS, f"u{dirt}1", f"A{dirt}da", f"Hi{dirt}!",
        external_id=f"$m{dirt}1", reply_to=f"$m{dirt}0", target=f"x{dirt}",
    )  # fmt: skip
    ask = JoinRequest(chat, f"r{dirt}1", f"u{dirt}2", f"B{dirt}o", 2**70, f"Let{dirt} me in")
    platform.stage.parcels = [Parcel([Arrival(chat, dirty)], [ask], cursor={"since": "s1"})]
    run_gateway(lambda: Connection.objects.get().cursor == {"since": "s1"})
    one = Message.objects.get()
    assert (one.text, one.external_id, one.answers) == ("Hi!", "$m1", "$m0")
    assert list(Identity.objects.values_list("account", "name")) == [("u1", "Ada")]
    asked = JoinAsk.objects.get()
    assert (asked.external_id, asked.account, asked.name, asked.words) == (
        "r1", "u2", "Bo", "Let me in",
    )  # fmt: skip
    assert 0 < asked.asked_ms < 2**62
    assert Group.objects.get().name == "Tea lovers"


@pytest.mark.parametrize(("keeps_keys", "state"), [(True, "waiting"), (False, "unsure")])
def test_an_order_that_takes_too_long_may_have_happened(
    platform: RecordingPlatform, owner: Person, *, keeps_keys: bool, state: str
) -> None:
    platform.keeps_keys = keeps_keys
    group = group_of(connected(owner.actor, platform))
    enqueue(group.workspace_id, [draft(group, "k1")])
    # What `wait_for` raises when its time is over.
    platform.stage.failures = [TimeoutError()]
    run_gateway(lambda: Outgoing.objects.get().fault != "")
    row = Outgoing.objects.get()
    assert (row.state, row.fault) == (state, "timeout")
