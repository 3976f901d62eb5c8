"""Accepting batches: mixed groups, doubles, recalls, names, stages that fail."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
from django.db import IntegrityError, connection, transaction

from weilu.chat import accept as accepting
from weilu.chat import staging
from weilu.chat.accept import Acceptor
from weilu.chat.columns import Columns
from weilu.chat.models import Batch, Message, StageDebt
from weilu.chat.ports import Inbound, Kind
from weilu.chat.rebuild import rebuild
from weilu.chat.rows import insert_rows
from weilu.chat.stages import STAGES
from weilu.chat.tests.story import START_MS, community_of, snapshot
from weilu.communities.models import Community
from weilu.core.models import LogRow
from weilu.groups.models import Group
from weilu.groups.queries import GroupPlace
from weilu.members.models import Alias, Identity, Member

pytestmark = pytest.mark.django_db
START = datetime(2026, 1, 1, tzinfo=UTC)


def place(community: Community, name: str) -> GroupPlace:
    group, _ = Group.objects.get_or_create(
        workspace=community.workspace, community=community, platform="other", name=name
    )
    return GroupPlace(group.pk, community.pk, community.time_zone)


def say(second: int, who: str, text: str, external_id: str = "", kind: int = 0) -> Inbound:
    sent = START_MS + second * 1000
    return Inbound(kind, sent, f"id-{who}", who, text, external_id=external_id)


def accept(acceptor: Acceptor, where: GroupPlace, items: Sequence[Inbound]) -> tuple[int, int]:
    found = acceptor.accept([where] * len(items), items)
    return found.stored, found.duplicates


def test_one_batch_may_bring_messages_of_two_communities() -> None:
    one = community_of("one")
    two = Community.objects.create(workspace=one.workspace, name="two", time_zone="Asia/Shanghai")
    places = [place(one, "a"), place(two, "b"), place(one, "c")]
    acceptor = Acceptor(one.workspace_id, "other")
    late = 20 * 3600
    acceptor.accept(places, [say(late, "nine", "x"), say(late, "nine", "y"), say(late, "ten", "z")])
    acceptor.finish()

    assert snapshot(one)["community"][20454][0] == 2
    assert snapshot(one)["community"][20454][4] == {"nine": 1, "ten": 1}
    # 20:00 UTC is the next morning at four in Shanghai.
    assert list(snapshot(two)["community"]) == [20455]
    assert snapshot(two)["community"][20455][5][4] == 1
    assert Batch.objects.filter(staged=True).count() == 1
    assert LogRow.objects.filter(name="BatchAccepted").count() == 1


def test_doubles_by_id_are_dropped_also_within_a_batch() -> None:
    community = community_of()
    where = place(community, "a")
    acceptor = Acceptor(community.workspace_id, "other")
    assert accept(acceptor, where, [say(1, "nine", "x", "1"), say(1, "nine", "x", "1")]) == (1, 1)
    assert accept(acceptor, where, [say(1, "nine", "x", "1"), say(2, "ten", "y", "2")]) == (1, 1)
    assert accept(acceptor, where, [say(1, "nine", "x", "1")]) == (0, 1)
    acceptor.finish()
    assert snapshot(community)["community"][20454][4] == {"nine": 1, "ten": 1}
    assert Message.objects.count() == 2


def test_two_sources_at_once_count_everything() -> None:
    together, apart = community_of("together"), community_of("apart")
    items = [say(k, f"p{k % 3}", f"t{k}", str(k)) for k in range(12)]
    a, b = (Acceptor(together.workspace_id, "other", source_id=k) for k in (1, 2))
    where = place(together, "a")
    accept(a, where, items[:4])
    accept(b, where, items[2:8])
    accept(a, where, items[6:])
    b.finish()
    a.finish()

    alone = Acceptor(apart.workspace_id, "other")
    accept(alone, place(apart, "a"), items)
    alone.finish()
    assert snapshot(together) == snapshot(apart)


def test_a_batch_nobody_counted_is_taken_over(monkeypatch: pytest.MonkeyPatch) -> None:
    community = community_of()
    acceptor = Acceptor(community.workspace_id, "other", source_id=1)
    accept(acceptor, place(community, "a"), [say(1, "nine", "x")])
    assert snapshot(community)["community"] == {}
    assert staging.count_waiting() == 0

    monkeypatch.setattr(staging, "ORPHANED_AFTER", timedelta(0))
    assert staging.count_waiting() == 1
    assert snapshot(community)["community"][20454][0] == 1
    # The one who was only slow does not count it again.
    acceptor.finish()
    assert snapshot(community)["community"][20454][0] == 1
    assert staging.count_waiting() == 0


def test_what_another_counts_meanwhile_is_not_counted_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    community = community_of()
    acceptor = Acceptor(community.workspace_id, "other", is_live=True)
    accept(acceptor, place(community, "a"), [say(1, "nine", "x")])
    look = staging._mine

    def late(found: Sequence[Batch]) -> Sequence[Batch]:
        Batch.objects.update(staged=True)
        return look(found)

    monkeypatch.setattr(staging, "_mine", late)
    assert staging.count_waiting() == 0
    assert snapshot(community)["community"] == {}


def test_a_failing_stage_is_owed_and_paid(monkeypatch: pytest.MonkeyPatch) -> None:
    community = community_of()
    counting = STAGES["counting"]
    broken = [True]

    def fails(columns: Columns) -> None:
        counting(columns)
        if broken[0]:
            message = "no"
            raise ValueError(message)

    monkeypatch.setitem(STAGES, "counting", fails)
    acceptor = Acceptor(community.workspace_id, "other")
    accept(acceptor, place(community, "a"), [say(1, "nine", "x")])
    acceptor.finish()

    found = snapshot(community)
    assert len(found["messages"]) == 1
    assert found["community"] == {}
    assert found["participation"]["a", "nine"][0] == 1
    debt = StageDebt.objects.get()
    assert (debt.stage, debt.attempts) == ("counting", 1)
    assert staging.pay_debts() == 0

    StageDebt.objects.update(due_at=START)
    assert staging.pay_debts() == 1
    assert StageDebt.objects.get().attempts == 2
    broken[0] = False
    StageDebt.objects.update(due_at=START)
    assert staging.pay_debts() == 1
    assert StageDebt.objects.count() == 0
    assert snapshot(community)["community"][20454][0] == 1
    assert snapshot(community)["participation"] == found["participation"]


def test_counted_anew_what_is_owed_stays_owed() -> None:
    community = community_of()
    acceptor = Acceptor(community.workspace_id, "other")
    for second, who in enumerate(("nine", "ten")):
        accept(acceptor, place(community, "a"), [say(second, who, "x")])
        acceptor.finish()
    first = Batch.objects.order_by("first_id")[0]
    StageDebt.objects.create(batch=first, stage="counting", due_at=START)
    rebuild(community, lambda _done: None)
    assert snapshot(community)["community"][20454][4] == {"ten": 1}
    assert staging.pay_debts() == 1
    assert snapshot(community)["community"][20454][4] == {"nine": 1, "ten": 1}


def test_a_rolled_back_batch_never_was() -> None:
    community = community_of()
    where = place(community, "a")
    acceptor = Acceptor(community.workspace_id, "other")

    def lost() -> None:
        with transaction.atomic():
            accept(acceptor, where, [say(1, "nine", "x", "1")])
            message = "the caller's own part failed"
            raise ValueError(message)

    with pytest.raises(ValueError, match="own part"):
        lost()
    assert (Message.objects.count(), Member.objects.count()) == (0, 0)
    assert accept(acceptor, where, [say(1, "nine", "x", "1")]) == (1, 0)
    acceptor.finish()
    found = snapshot(community)
    assert found["community"][20454][4] == {"nine": 1}
    assert [row[1] for row in found["messages"]] == ["nine"]


def test_a_new_name_is_an_alias_of_the_same_person() -> None:
    community = community_of()
    acceptor = Acceptor(community.workspace_id, "other")
    where = place(community, "a")
    accept(acceptor, where, [say(1, "nine", "x")])
    renamed = Inbound(Kind.MESSAGE, START_MS + 5000, "id-nine", "九", "y")
    accept(acceptor, where, [renamed])
    acceptor.finish()
    person = Identity.objects.get()
    assert (person.name, Member.objects.get().name) == ("九", "九")
    assert list(Alias.objects.order_by("first_ms").values_list("name", "first_ms")) == [
        ("nine", START_MS + 1000),
        ("九", START_MS + 5000),
    ]


def test_recalled_messages_are_marked_and_edited_ones_changed() -> None:
    community = community_of()
    acceptor = Acceptor(community.workspace_id, "other")
    where = place(community, "a")
    accept(acceptor, where, [say(1, "nine", "x", "1"), say(2, "nine", "y", "2")])
    changes = [say(9, "nine", "", "1", Kind.RECALL), say(9, "nine", "why", "2", Kind.EDIT)]
    accept(acceptor, where, changes)
    first, second = Message.objects.filter(kind=Kind.MESSAGE).order_by("id")
    assert (first.flags & Message.Flag.RECALLED, first.text) == (Message.Flag.RECALLED, "x")
    assert (second.flags & Message.Flag.RECALLED, second.text) == (0, "why")


def test_nobody_edits_what_somebody_else_said() -> None:
    community = community_of()
    acceptor = Acceptor(community.workspace_id, "other")
    where = place(community, "a")
    accept(acceptor, where, [say(1, "nine", "Tea is at four", "1")])
    accept(acceptor, where, [say(2, "thief", "Buy my watches", "1", Kind.EDIT)])
    assert Message.objects.get(kind=Kind.MESSAGE).text == "Tea is at four"
    # One batch may bring both, and whoever has no account cannot be told from anybody.
    accept(
        acceptor,
        where,
        [say(3, "ten", "At five?", "2"), say(4, "thief", "Watches", "2", Kind.EDIT)],
    )
    assert Message.objects.get(kind=Kind.MESSAGE, external_id="2").text == "At five?"
    nobody = Inbound(Kind.EDIT, START_MS + 5000, "", "", "At six", external_id="2")
    accept(acceptor, where, [nobody])
    assert Message.objects.get(kind=Kind.MESSAGE, external_id="2").text == "At six"


def test_a_change_told_twice_is_one() -> None:
    community = community_of()
    acceptor = Acceptor(community.workspace_id, "other")
    where = place(community, "a")
    accept(acceptor, where, [say(1, "nine", "x", "1"), say(2, "nine", "y", "2")])
    edit = say(9, "nine", "first", "1", Kind.EDIT)
    later = say(10, "nine", "second", "1", Kind.EDIT)
    recall = say(11, "nine", "", "2", Kind.RECALL)
    sent_ms = START_MS + 12_000
    liked = Inbound(Kind.REACTION, sent_ms, "id-ten", "ten", "👍", reply_to="1")
    other = Inbound(Kind.REACTION, sent_ms, "id-ten", "ten", "🎉", reply_to="1")
    assert accept(acceptor, where, [edit, later, recall, liked, other, liked]) == (5, 1)
    # The first edit once more does not undo the second.
    assert accept(acceptor, where, [edit, recall, liked, other]) == (0, 4)
    acceptor.finish()
    assert Message.objects.get(external_id="1").text == "second"
    assert Message.objects.filter(kind__gte=Kind.EDIT).count() == 5

    before = snapshot(community)
    rebuild(community, lambda _done: None)
    assert snapshot(community) == before
    # The same word about another message, by somebody else, or a third edit are new.
    fresh = [
        Inbound(Kind.REACTION, sent_ms, "id-ten", "ten", "👍", reply_to="2"),
        Inbound(Kind.REACTION, sent_ms, "id-nine", "nine", "👍", reply_to="1"),
        say(13, "nine", "first", "1", Kind.EDIT),
        say(14, "nine", "", "", Kind.RECALL),
        say(14, "nine", "", "", Kind.RECALL),
    ]
    assert accept(acceptor, where, fresh) == (5, 0)
    assert Message.objects.get(external_id="1").text == "first"


def test_a_taken_number_is_heard_of() -> None:
    community = community_of()
    acceptor = Acceptor(community.workspace_id, "other")
    where = place(community, "a")
    accept(acceptor, where, [say(1, "nine", "x", "1")])
    taken = Message.objects.get()
    row = (taken.pk, taken.workspace_id, taken.group_id, taken.identity_id, 0, 0, 0)
    rows = [(*row, taken.sent_ms, 0, "y", "2", "")]
    with pytest.raises(IntegrityError), transaction.atomic():
        insert_rows(connection, list(zip(*rows, strict=True)), taken.pk)
    assert [m.text for m in Message.objects.all()] == ["x"]
    # Known by its id and with a number of its own: passed over.
    again = (taken.pk + 1, *row[1:], taken.sent_ms, 0, "y", "1", "")
    assert insert_rows(connection, [[one] for one in again], taken.pk + 1) == []


@pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite tells its statements")
def test_a_batch_costs_few_statements_however_many_its_messages() -> None:
    community = community_of()
    where = place(community, "a")
    acceptor = Acceptor(community.workspace_id, "other")
    accept(acceptor, where, [say(k, f"p{k}", "hello", f"0-{k}") for k in range(50)])
    said: list[str] = []
    connection.connection.set_trace_callback(said.append)
    try:
        items = [say(k, f"p{k % 50}", "hello", f"1-{k}") for k in range(800)]
        assert accept(acceptor, where, items) == (800, 0)
    finally:
        connection.connection.set_trace_callback(None)
    # Eighty messages a statement; the batch, its event, and a savepoint around them.
    assert sum("INTO chat_message" in one for one in said) == 10
    assert len(said) <= 15


@pytest.mark.django_db(transaction=True)
def test_what_is_stored_stays_when_counting_breaks(monkeypatch: pytest.MonkeyPatch) -> None:
    community = community_of()
    where = place(community, "a")
    acceptor = Acceptor(community.workspace_id, "other", source_id=7, rows_at_once=2)

    def broken(_waiting: object) -> None:
        message = "the counting broke"
        raise ValueError(message)

    assert accept(acceptor, where, [say(1, "nine", "x", "1")]) == (1, 0)
    with monkeypatch.context() as patched:
        patched.setattr(accepting, "settle", broken)
        with pytest.raises(ValueError, match="counting broke"):
            accept(acceptor, where, [say(2, "nine", "y", "2")])
    assert Message.objects.count() == 2
    assert Batch.objects.filter(staged=False).count() == 2
    acceptor.finish()
    assert Batch.objects.filter(staged=False).count() == 0
    assert snapshot(community)["community"][20454][4] == {"nine": 2}


@pytest.mark.django_db(transaction=True)
def test_inside_a_transaction_nothing_is_counted_before_it_is_asked_for() -> None:
    community = community_of()
    where = place(community, "a")
    acceptor = Acceptor(community.workspace_id, "other", source_id=7, rows_at_once=1)
    with transaction.atomic():
        accept(acceptor, where, [say(1, "nine", "x", "1")])
        assert Batch.objects.filter(staged=False).count() == 1
    acceptor.count()
    assert Batch.objects.filter(staged=False).count() == 0
    acceptor.count()
    assert snapshot(community)["community"][20454][0] == 1
