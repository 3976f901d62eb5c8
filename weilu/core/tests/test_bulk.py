"""Many rows in one go: what is written, what is passed over, what comes back."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction

from weilu.core.bulk import insert_one, put, upsert
from weilu.core.models import Counter

pytestmark = pytest.mark.django_db
sqlite_alone = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's way")
ADD = "(name) DO UPDATE SET value = core_counter.value + excluded.value"


@pytest.mark.parametrize("count", [1, 479, 480, 481, 1001])
def test_every_row_is_written_once_and_added_to_what_is_there(count: int) -> None:
    rows = [(f"n{k}", k) for k in range(count)]
    for _ in range(2):
        upsert(connection, "core_counter", ("name", "value"), rows, conflict=ADD)
    found = dict(Counter.objects.filter(name__startswith="n").values_list("name", "value"))
    assert found == {f"n{k}": 2 * k for k in range(count)}


@sqlite_alone
def test_it_says_how_many_it_wrote() -> None:
    rows = [(f"n{k}", k) for k in range(1000)]
    assert put(connection, "core_counter", ("name", "value"), rows[:3], conflict="DO NOTHING") == 3
    assert put(connection, "core_counter", ("name", "value"), rows, conflict="DO NOTHING") == 997


@sqlite_alone
def test_a_clash_is_heard_of_as_any_other() -> None:
    rows = [(f"n{k}", None if k == 700 else k) for k in range(1000)]
    with pytest.raises(IntegrityError), transaction.atomic():
        put(connection, "core_counter", ("name", "value"), rows, conflict="DO NOTHING")
    assert not Counter.objects.filter(name="n1").exists()


def test_one_row_comes_back_with_its_number() -> None:
    values = {"name": "w", "time_zone": "UTC", "created_at": "2026-01-01 00:00:00"}
    first = insert_one(connection, "core_workspace", values)
    assert insert_one(connection, "core_workspace", values) > first > 0
