"""Notes of changes: nobody who asks misses one, and old ones go."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection, transaction
from pyroaring import BitMap

from weilu.core import changes
from weilu.core.changes import (
    EVERYTHING,
    KEPT,
    Noted,
    forget_noted,
    forget_old_changes,
    from_here,
    note_change,
    noted_since,
)
from weilu.core.clock import now
from weilu.core.models import Change, Workspace
from weilu.core.tests.cast import Person

pytestmark = pytest.mark.django_db(transaction=True)


def note(workspace: Workspace, source: str, *, ids: list[int] | None = None) -> None:
    with transaction.atomic():
        note_change(workspace.pk, source, key=3, ids=ids)


def test_each_note_is_read_once_and_by_its_workspace(
    workspace: Workspace, stranger: Person
) -> None:
    note(workspace, "early")
    since, theirs = from_here(), from_here()
    assert noted_since(workspace.pk, since) == []
    note(workspace, "tags", ids=[5, 9])
    note(stranger.seat.workspace, "tags", ids=[7])
    note(workspace, "facts")
    assert noted_since(workspace.pk, since) == [
        Noted("tags", "3", BitMap([5, 9])),
        Noted("facts", "3", None),
    ]
    assert noted_since(workspace.pk, since) == []
    assert noted_since(stranger.seat.workspace_id, theirs) == [Noted("tags", "3", BitMap([7]))]


@pytest.mark.skipif("connection.vendor != 'postgresql'")
def test_what_was_read_stays_read_while_another_transaction_is_open(workspace: Workspace) -> None:
    begun, end = threading.Event(), threading.Event()

    def other() -> None:
        with transaction.atomic():
            note_change(workspace.pk, "late")
            begun.set()
            end.wait(30)
        connection.close()

    thread = threading.Thread(target=other)
    thread.start()
    begun.wait(30)
    note(workspace, "early")
    since = from_here()
    assert noted_since(workspace.pk, since) == []
    end.set()
    thread.join()
    assert [one.source for one in noted_since(workspace.pk, since)] == ["late"]


def test_of_very_many_it_is_noted_that_it_may_be_anybody(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "MOST_IDS", 2)
    since = from_here()
    note(workspace, "tags", ids=[1, 2, 3])
    note(workspace, "tags", ids=[])
    assert noted_since(workspace.pk, since) == [Noted("tags", "3", None)]


def test_a_change_without_a_transaction_is_a_mistake(workspace: Workspace) -> None:
    with pytest.raises(RuntimeError, match="outside a transaction"):
        note_change(workspace.pk, "tags")
    assert not Change.objects.exists()


def test_what_is_rolled_back_was_never_noted(workspace: Workspace) -> None:
    since = from_here()
    with transaction.atomic():
        note_change(workspace.pk, "tags")
        transaction.set_rollback(True)
    note(workspace, "facts")
    assert [one.source for one in noted_since(workspace.pk, since)] == ["facts"]


def test_notes_of_somebody_erased_go_and_everybody_begins_anew(workspace: Workspace) -> None:
    since = from_here()
    note(workspace, "tags", ids=[5])
    with transaction.atomic():
        forget_noted(workspace.pk)
    assert [one.source for one in noted_since(workspace.pk, since)] == [EVERYTHING]


def test_old_notes_go(workspace: Workspace) -> None:
    moment = now()
    with time_machine.travel(moment, tick=False) as clock:
        note(workspace, "tags")
        clock.shift(KEPT)
        note(workspace, "facts")
        assert forget_old_changes() == 0
        clock.shift(timedelta(seconds=1))
        assert forget_old_changes() == 1
        assert forget_old_changes() == 0
    assert list(Change.objects.values_list("source", flat=True)) == ["facts"]
