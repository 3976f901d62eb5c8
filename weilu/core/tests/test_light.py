"""Transactions that do not wait for the disk: whole or not at all, and only they do not wait."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager

import pytest
from django.db import IntegrityError, connection, transaction

from weilu.core.light import light_hand, lightly
from weilu.core.models import Workspace

pytestmark = pytest.mark.django_db(transaction=True)
Way = Callable[[], AbstractContextManager[object]]


@pytest.fixture(autouse=True)
def _as_in_use() -> Iterator[None]:
    """Commits wait for the disk, as in use; those of other tests do not."""
    if connection.vendor != "sqlite":
        yield
        return
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = FULL")
    yield
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA synchronous = OFF")


def add(name: str) -> None:
    """Add a workspace with the cursor: a transaction by hand is none of Django's."""
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_workspace (name, time_zone, created_at)"
            " VALUES (%s, 'UTC', CURRENT_TIMESTAMP)",
            [name],
        )


def names() -> list[str]:
    return list(Workspace.objects.order_by("name").values_list("name", flat=True))


def waits() -> bool:
    """Whether a commit would wait for the disk just now."""
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("PRAGMA synchronous")
            return bool(cursor.fetchone()[0] == 2)
        cursor.execute("SHOW synchronous_commit")
        return bool(cursor.fetchone()[0] != "off")


@pytest.mark.parametrize("way", [lightly, light_hand])
def test_only_what_is_light_does_not_wait(way: Way) -> None:
    before = waits()
    with way():
        add("a")
        assert not waits()
    assert (waits(), names()) == (before, ["a"])
    with transaction.atomic(), way():
        assert waits() == before


@pytest.mark.parametrize("way", [lightly, light_hand])
def test_what_fails_leaves_nothing(way: Way) -> None:
    before = waits()
    with pytest.raises(OSError), way():  # noqa: PT011, PT012 - any; what is done before it
        add("a")
        raise OSError
    assert (waits(), names()) == (before, [])
    with transaction.atomic():  # and the connection is as good as before
        add("b")
    assert names() == ["b"]


def test_the_hand_gives_rows_and_raises_what_django_does() -> None:
    with light_hand() as hand:
        hand.execute("SELECT 1 WHERE 2 = %s", [2])
        assert hand.fetchall() == [(1,)]
    with pytest.raises(IntegrityError), light_hand() as hand:
        hand.execute("INSERT INTO core_workspace (name) VALUES (NULL)")
    # Whether there is what it refers to is asked at the end.
    with pytest.raises(IntegrityError), light_hand() as hand:
        hand.execute(
            "INSERT INTO core_seat (workspace_id, user_id, role, created_at)"
            " VALUES (%s, %s, 'owner', CURRENT_TIMESTAMP)",
            [404, 404],
        )
    add("a")
    assert names() == ["a"]
