"""Number ranges: never the same number twice."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.db import transaction

from weilu.core import ids
from weilu.core.models import Counter


@pytest.fixture(autouse=True)
def fresh() -> Iterator[None]:
    ids.forget()
    yield
    ids.forget()


@pytest.mark.django_db(transaction=True)
def test_ids_are_dense_and_start_at_one() -> None:
    assert [ids.take("row", 3), ids.take("row", 1), ids.take("other", 2)] == [1, 4, 1]
    assert ids.take("row", 10_000) == 4097
    assert Counter.objects.get(name="row").value == 14_096


@pytest.mark.django_db(transaction=True)
def test_a_block_of_a_rolled_back_transaction_is_dropped() -> None:
    with transaction.atomic():
        assert ids.take("row", 5) == 1
        assert ids.take("row", 5) == 6
        transaction.set_rollback(True)
    assert not Counter.objects.filter(name="row").exists()
    assert ids.take("row", 1) == 1
    assert Counter.objects.get(name="row").value == 4096


@pytest.mark.django_db(transaction=True)
def test_a_block_of_a_committed_transaction_goes_on() -> None:
    with transaction.atomic():
        ids.take("row", 5)
    assert ids.take("row", 1) == 6
    assert Counter.objects.get(name="row").value == 4096


@pytest.mark.django_db(transaction=True)
def test_another_process_takes_the_next_block() -> None:
    ids.take("row", 1)
    ids.forget()
    assert ids.take("row", 1) == 4097
