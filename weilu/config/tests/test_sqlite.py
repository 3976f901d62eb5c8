"""Writers on SQLite take turns: who waits looks often, and not for ever."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator

import pytest
from django.db import OperationalError, connection, transaction

from weilu.config.sqlite import base
from weilu.core.models import Counter

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(connection.vendor != "sqlite", reason="about SQLite"),
]


@pytest.fixture
def other() -> Iterator[sqlite3.Connection]:
    """A connection of somebody else, who is writing."""
    made = sqlite3.connect(connection.settings_dict["NAME"], isolation_level=None)
    made.execute("BEGIN IMMEDIATE")
    yield made
    made.close()


class Waits:
    """Stands for the clock: time passes by sleeping; somebody ends at the n-th look."""

    def __init__(self, other: sqlite3.Connection, looks: int) -> None:
        self.other = other
        self.looks = looks
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) == self.looks:
            self.other.execute("COMMIT")

    def monotonic(self) -> float:
        return sum(self.slept)


def write() -> None:
    Counter.objects.create(name="tea", value=1)


def write_together() -> None:
    with transaction.atomic():
        write()


@pytest.mark.parametrize("do", [write, write_together])
def test_a_writer_gets_in_as_soon_as_the_other_has_ended(
    monkeypatch: pytest.MonkeyPatch, other: sqlite3.Connection, do: object
) -> None:
    waits = Waits(other, looks=40)
    monkeypatch.setattr(base, "time", waits)
    assert callable(do)
    do()
    assert Counter.objects.get().value == 1
    # It looked at once after the end, and never slept long enough to miss a gap.
    assert len(waits.slept) == 40
    assert max(waits.slept) <= base.LATEST_S
    assert waits.slept[0] == base.SOONEST_S


def test_reading_waits_for_nobody(
    monkeypatch: pytest.MonkeyPatch, other: sqlite3.Connection
) -> None:
    waits = Waits(other, looks=1)
    monkeypatch.setattr(base, "time", waits)
    assert not Counter.objects.exists()
    assert waits.slept == []


def test_after_half_a_minute_a_writer_gives_up_and_changes_nothing(
    monkeypatch: pytest.MonkeyPatch, other: sqlite3.Connection
) -> None:
    waits = Waits(other, looks=0)
    monkeypatch.setattr(base, "time", waits)
    with pytest.raises(OperationalError, match="locked"):
        write_together()
    assert 30 <= sum(waits.slept) < 31
    other.execute("ROLLBACK")
    assert not Counter.objects.exists()
    write_together()
    assert Counter.objects.get().value == 1


def test_statements_are_converted_as_django_does() -> None:
    with connection.cursor() as cursor:
        for number in (1, 2):
            cursor.execute("SELECT %s, 'a%%b' LIKE 'a%%%%'", [number])
            assert cursor.fetchone() == (number, 1)
        cursor.execute("SELECT %(one)s, %(one)s", {"one": 3})
        assert cursor.fetchone() == (3, 3)
