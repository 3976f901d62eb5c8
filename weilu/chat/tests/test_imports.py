"""Imports: once is once, crashes leave no trace, taking back leaves what was before."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from weilu.chat import staging
from weilu.chat.imports import run as running
from weilu.chat.imports.actions import cancel_import, undo_import
from weilu.chat.imports.run import run_import
from weilu.chat.models import Batch, Import, ImportBundle, Message
from weilu.chat.ports import FORMATS
from weilu.chat.rebuild import rebuild
from weilu.chat.tests.story import (
    TALK,
    Crash,
    MinuteFormat,
    PlainFormat,
    community_of,
    counts,
    crash_at,
    prepare,
    snapshot,
)
from weilu.core.access import system
from weilu.core.clock import now
from weilu.core.worker import drain
from weilu.groups.models import Connection

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def formats(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**FORMATS.formats, "plain": PlainFormat(), "minutes": MinuteFormat()}
    monkeypatch.setattr(FORMATS, "formats", known)
    monkeypatch.setattr(staging, "ORPHANED_AFTER", timedelta(0))
    # Each portion in a transaction of its own: the more there is to be torn apart.
    monkeypatch.setattr(running, "ROWS_AT_ONCE", PlainFormat.portion)


def go(_done: float) -> bool:
    return True


def share_database(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on SQLite while connections are on, in transactions of two records."""
    monkeypatch.setattr(running, "_shares_its_database", lambda: True)
    for name, value in (("LIVE_ROWS", 2), ("LIVE_ROWS_COUNTED", 3), ("LIVE_PAUSE_S", 0)):
        monkeypatch.setattr(running, name, value)


def test_beside_live_messages_an_import_writes_little_at_a_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    alone = community_of("alone")
    assert run_import(prepare(alone, tmp_path, TALK), go)
    share_database(monkeypatch)
    monkeypatch.setattr(running, "LIVE_ROWS", 1)
    community = community_of()
    run = prepare(community, tmp_path, TALK)
    before = Batch.objects.count()
    assert run_import(run, go)
    assert snapshot(community) == snapshot(alone)
    assert counts(run) == (10, 0)
    assert Batch.objects.count() - before == 10
    assert ImportBundle.objects.get(run=run).progress == 1.0


@pytest.mark.skipif(connection.vendor != "sqlite", reason="others have many writers")
def test_a_database_is_shared_while_a_connection_is_on() -> None:
    community = community_of()
    assert not running._shares_its_database()
    Connection.objects.create(
        workspace=community.workspace, connector="x", name="x", hook="x", since=now(),
        created_at=now(),
    )  # fmt: skip
    assert running._shares_its_database()
    Connection.objects.update(is_on=False)
    assert not running._shares_its_database()


def test_an_import_stores_and_counts(tmp_path: Path) -> None:
    community = community_of()
    run = prepare(community, tmp_path, TALK)
    assert run_import(run, go)

    assert counts(run) == (10, 0)
    found = snapshot(community)
    assert len(found["messages"]) == 10
    assert found["groups"]["tea", 20454][:5] == (5, 1, 0, 0, {"nine": 1, "ten": 3, "elf": 1})
    assert found["groups"]["snow", 20454][:5] == (1, 0, 0, 1, {"nine": 1})
    assert found["community"][20454][:5] == (6, 1, 0, 1, {"nine": 2, "ten": 3, "elf": 1})
    assert found["community"][20455][:5] == (2, 0, 1, 0, {"elf": 1, "ten": 1})
    assert found["participation"]["tea", "ten"][:3] == (3, 0, 0)
    run.refresh_from_db()
    assert run.state == Import.State.DONE


@pytest.mark.parametrize("with_history", [False, True])
def test_small_portions_are_stored_together(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    with_history: bool,
) -> None:
    """Several groups in one transaction come to the same as each portion in its own."""
    found = []
    for name, at_once in (("apart", 3), ("together", 5000)):
        monkeypatch.setattr(running, "ROWS_AT_ONCE", at_once)
        community = community_of(name)
        if with_history:
            assert run_import(prepare(community, tmp_path, TALK[2:8:2]), go)
        before = Batch.objects.count()
        run = prepare(community, tmp_path, TALK)
        assert run_import(run, go)
        found.append((snapshot(community), counts(run)))
        assert ImportBundle.objects.get(run=run).read == 10
        batches = Batch.objects.count() - before
        assert batches == 1 if at_once == 5000 else batches > 3
    assert found[0] == found[1]


def test_imported_twice_counts_once(tmp_path: Path) -> None:
    community = community_of()
    assert run_import(prepare(community, tmp_path, TALK), go)
    before = snapshot(community)

    again = prepare(community, tmp_path, TALK)
    assert run_import(again, go)

    assert counts(again) == (0, 10)
    assert snapshot(community) == before


def test_overlapping_exports_merge(tmp_path: Path) -> None:
    whole, parts = community_of("whole"), community_of("parts")
    assert run_import(prepare(whole, tmp_path, TALK), go)
    assert run_import(prepare(parts, tmp_path, TALK[:7]), go)
    second = prepare(parts, tmp_path, TALK[3:])
    assert run_import(second, go)

    assert counts(second) == (3, 4)
    assert snapshot(parts) == snapshot(whole)


def test_another_format_without_ids_adds_nothing(tmp_path: Path) -> None:
    community = community_of()
    assert run_import(prepare(community, tmp_path, TALK), go)
    before = snapshot(community)

    bare = [" ".join([*line.split(" ", 5)[:4], "-", line.split(" ", 5)[5]]) for line in TALK]
    again = prepare(community, tmp_path, bare, MinuteFormat.head)
    assert run_import(again, go)

    assert counts(again) == (0, 10)
    assert snapshot(community) == before


def test_a_third_equal_message_of_one_minute_is_news(tmp_path: Path) -> None:
    community = community_of()
    assert run_import(prepare(community, tmp_path, TALK), go)
    three = [f"{second} tea ten says - ok" for second in (7, 8, 9)]
    again = prepare(community, tmp_path, three, MinuteFormat.head)
    assert run_import(again, go)
    assert counts(again) == (1, 2)


def run_with_crash(run: Import, number: int) -> bool:
    """Read in, dying at a statement; whether it died."""
    try:
        with connection.execute_wrapper(crash_at(number)):
            run_import(run, go)
    except Crash:
        return True
    return False


# Every statement would take half a minute; the steps meet each kind of statement.
@pytest.mark.parametrize(
    ("with_history", "beside_live", "at_once", "step"),
    [(False, False, 3, 5), (True, False, 3, 7), (True, True, 3, 13), (True, False, 6, 5)],
    ids=["alone", "over", "beside live", "gathered"],
)
def test_a_crash_changes_nothing(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    *,
    with_history: bool,
    beside_live: bool,
    at_once: int,
    step: int,
) -> None:
    monkeypatch.setattr(running, "ROWS_AT_ONCE", at_once)
    if beside_live:
        share_database(monkeypatch)

    def bring(name: str) -> tuple[Any, Import]:
        community = community_of(name)
        if with_history:
            assert run_import(prepare(community, tmp_path, TALK[2:5]), go)
        return community, prepare(community, tmp_path, TALK)

    undisturbed, run = bring("undisturbed")
    assert run_import(run, go)
    expected, expected_counts = snapshot(undisturbed), counts(run)

    number = 1 - step
    crashed = True
    while crashed:
        number += step
        community, run = bring(f"crash {number}")
        crashed = run_with_crash(run, number)
        if crashed:
            run = Import.objects.get(pk=run.pk)
            run_import(run, go)
        while staging.count_waiting():
            pass
        assert snapshot(community) == expected, f"statement {number}"
        assert counts(run) == expected_counts, f"statement {number}"
        run.refresh_from_db()
        assert run.state == Import.State.DONE
    assert number > 20


def test_what_a_killed_import_left_uncounted_is_known_to_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever imports the same file again after a power cut has everything once."""
    undisturbed = community_of("undisturbed")
    assert run_import(prepare(undisturbed, tmp_path, TALK), go)
    expected = snapshot(undisturbed)
    # What no process has counted for a while would be counted on the way.
    monkeypatch.setattr(staging, "ORPHANED_AFTER", timedelta(hours=1))
    number = crashed = 1
    while crashed:
        community = community_of(f"killed {number}")
        crashed = run_with_crash(prepare(community, tmp_path, TALK), number)
        again = prepare(community, tmp_path, TALK)
        with monkeypatch.context() as later:
            assert run_import(again, go)
            later.setattr(staging, "ORPHANED_AFTER", timedelta(0))
            while staging.count_waiting():
                pass
        assert snapshot(community) == expected, f"statement {number}"
        number += 9


def test_undo_leaves_what_was_before(tmp_path: Path) -> None:
    community = community_of()
    assert run_import(prepare(community, tmp_path, TALK[:5]), go)
    drain()
    before = snapshot(community)
    run = prepare(community, tmp_path, TALK)
    drain()
    assert counts(run) == (5, 5)

    run.refresh_from_db()
    undo_import(system(community.workspace_id), run=run)
    drain()

    assert snapshot(community) == before


def test_cancelled_half_way_leaves_what_was_before(tmp_path: Path) -> None:
    community = community_of()
    run = prepare(community, tmp_path, TALK)
    seen: list[float] = []

    def stop_late(done: float) -> bool:
        seen.append(done)
        return len(seen) < 4

    assert not run_import(run, stop_late)
    assert Message.objects.filter(workspace=community.workspace).count() > 0
    cancel_import(system(community.workspace_id), run=run)
    drain()

    assert snapshot(community) == {
        "messages": [],
        "groups": {},
        "community": {},
        "participation": {},
    }


def test_counted_anew_is_the_same(tmp_path: Path) -> None:
    community, other = community_of(), community_of("other")
    assert run_import(prepare(community, tmp_path, TALK), go)
    assert run_import(prepare(other, tmp_path, TALK[:4]), go)
    before, before_other = snapshot(community), snapshot(other)

    assert rebuild(community, lambda _done: None) == 10

    assert snapshot(community) == before
    assert snapshot(other) == before_other


def test_times_that_cannot_be_are_left_out_and_said(tmp_path: Path) -> None:
    community = community_of()
    odd = [
        "-1767312000 tea nine says a long ago",
        "5 tea nine says b now",
        "9999999999 tea n says c far",
    ]
    run = prepare(community, tmp_path, odd)
    assert run_import(run, go)
    assert [row[5] for row in snapshot(community)["messages"]] == ["now"]
    bundle = ImportBundle.objects.get(run=run)
    assert [(p["code"], p["number"], p["excerpt"]) for p in bundle.problems] == [
        ("time_range", 1, "long ago"),
        ("time_range", 3, "far"),
    ]
