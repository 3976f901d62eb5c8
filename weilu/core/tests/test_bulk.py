"""Many rows in one go: what is written, what is passed over, what comes back."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import IntegrityError, connection, transaction

from weilu.core.bulk import add_all, add_rows, insert_one, put, upsert
from weilu.core.models import Counter, Job, LogRow, Workspace

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


@pytest.mark.parametrize("count", [1, 120])
def test_objects_are_written_as_the_orm_writes_them(count: int) -> None:
    space = Workspace.objects.create(name="w")
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)

    def some(key: str) -> list[Job]:
        return [
            Job(
                workspace=space, name="look", key=f"{key}{n}", due_at=moment,
                payload={"词": [1, None, "x"]}, state=Job.State.DUE,
            )
            for n in range(count)
        ]  # fmt: skip

    add_all(some("a"))
    add_all(some("a"))
    Job.objects.bulk_create(some("b"))
    columns = [f.attname for f in Job._meta.concrete_fields if f.attname not in {"id", "key"}]
    ours, theirs = (
        list(Job.objects.filter(key__startswith=key).order_by("id").values(*columns))
        for key in "ab"
    )
    assert ours == theirs
    assert len(ours) == count
    rows = [LogRow(workspace=space, name="X", payload={"n": n}, at=moment) for n in range(count)]
    add_all(rows)
    written = LogRow.objects.order_by("id").values_list("payload", "at", "done_at")
    assert list(written) == [({"n": n}, moment, None) for n in range(count)]


@pytest.mark.parametrize("count", [1, 120])
def test_rows_by_attribute_are_written_as_objects_are(count: int) -> None:
    space = Workspace.objects.create(name="w")
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    payload = {"词": [1, None, "x"]}
    names = ("workspace_id", "name", "key", "due_at", "payload")
    rows = [(space.pk, "look", f"a{n}", moment, payload) for n in range(count)]
    assert add_rows(Job, names, rows) == count
    assert add_rows(Job, names, [*rows, (space.pk, "look", "a", moment, {})]) == 1
    assert add_rows(Job, names, []) == 0
    Job.objects.create(workspace=space, name="look", key="b", due_at=moment, payload=payload)
    columns = [f.attname for f in Job._meta.concrete_fields if f.attname not in {"id", "key"}]
    (theirs,) = Job.objects.filter(key="b").values(*columns)
    ours = Job.objects.filter(key__regex=r"^a\d").values(*columns)
    assert list(ours) == [theirs] * count
