"""Look-ups translated once answer what the queryset would."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.db import connection
from django.db.models import Count, Max, QuerySet
from django.test.utils import CaptureQueriesContext

from weilu.core.lookup import Lookup
from weilu.core.models import Counter, Job, Workspace

pytestmark = pytest.mark.django_db
MOMENT = datetime(2026, 1, 5, 9, 30, tzinfo=UTC)


@pytest.fixture
def space() -> Workspace:
    made = Workspace.objects.create(name="tea")
    for n in range(7):
        Job.objects.create(
            workspace=made, name="brew", key=str(n), due_at=MOMENT, attempts=n, payload={"n": n}
        )
    return made


def by_attempts(workspace_id: int, attempts: list[int]) -> QuerySet[Job, tuple[str, int]]:
    rows = Job.objects.filter(workspace_id=workspace_id, attempts__in=attempts)
    return rows.exclude(name="boil").order_by("key").values_list("key", "attempts")


@pytest.mark.parametrize("size", [1, 2, 3, 4, 5, 7])
def test_numbers_and_lists_of_any_length(space: Workspace, size: int) -> None:
    lookup, wanted = Lookup(by_attempts), list(range(size))
    assert lookup(space.pk, wanted) == list(by_attempts(space.pk, wanted))
    assert lookup(space.pk + 1, wanted) == []
    assert lookup(space.pk, [99]) == []


def test_nothing_asked_is_not_asked(space: Workspace) -> None:
    lookup = Lookup(by_attempts)
    with CaptureQueriesContext(connection) as asked:
        assert lookup(space.pk, []) == []
    assert not len(asked)


def test_values_come_as_the_queryset_gives_them(space: Workspace) -> None:
    columns = ("due_at", "payload", "leased_until", "state")
    lookup = Lookup(lambda pk: Job.objects.filter(workspace_id=pk, key="3").values_list(*columns))
    for _ in range(2):
        assert lookup(space.pk) == [(MOMENT, {"n": 3}, None, "due")]
    Job.objects.filter(key="3").update(payload={"n": 4})
    assert lookup(space.pk)[0][1] == {"n": 4}


def test_sums_and_unions(space: Workspace) -> None:
    sums = Lookup(
        lambda pk: (
            Job.objects.filter(workspace_id=pk)
            .values("workspace_id")
            .annotate(n=Count("pk"), newest=Max("due_at"))
            .values_list("n", "newest")
        )
    )
    assert sums(space.pk) == [(7, MOMENT)]
    rows = Job.objects.order_by().values_list("key")
    both = Lookup(lambda one, other: rows.filter(pk=one).union(rows.filter(pk=other), all=True))
    first, second = Job.objects.order_by("pk").values_list("pk", flat=True)[2:4]
    assert sorted(both(first, second)) == [("2",), ("3",)]
    assert sorted(both(second, second)) == [("3",), ("3",)]


def test_a_query_that_loses_what_it_was_asked_is_refused() -> None:
    lookup = Lookup(lambda _asked: Counter.objects.values_list("name"))
    with pytest.raises(ValueError, match="translated once"):
        lookup(1)
