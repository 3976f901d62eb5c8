"""What every test has: a workspace with the usual people in it, closed sockets, one database.

`WEILU_TEST_DATABASE` names a PostgreSQL; then only the tests that use the database run, on it.
"""

from __future__ import annotations

import pytest
from django.conf import settings
from django.core.cache import cache
from pytest_socket import socket_allow_hosts

from weilu.chat.stages import forget_batches
from weilu.core import ids
from weilu.core.access import Role
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person

LOOPBACK = ["127.0.0.1", "::1"]
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """On PostgreSQL leave out what has no database in it: it ran already."""
    if "postgresql" not in settings.DATABASES["default"]["ENGINE"]:
        return
    chosen = [i for i in items if _uses_database(i)]
    config.hook.pytest_deselected(items=[i for i in items if i not in chosen])
    items[:] = chosen


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES)


def pytest_runtest_setup() -> None:
    """Nothing leaves this machine, and nothing of one test reaches into the next.

    No lock-out shuts the door of the next test; no number range goes on where a database that
    was emptied begins anew: the same ids would be handed out twice; and no group is remembered.
    """
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)
    cache.clear()
    ids.forget()
    forget_batches()


@pytest.fixture
def workspace(db: None) -> Workspace:
    """The workspace of the usual people."""
    return Workspace.objects.create(name="Tea house", time_zone="Asia/Shanghai")


@pytest.fixture
def owner(workspace: Workspace) -> Person:
    """店主: may do everything."""
    return person(workspace, "owner", Role.OWNER)


@pytest.fixture
def manager(workspace: Workspace) -> Person:
    """店长: may also invite."""
    return person(workspace, "manager", Role.MANAGER)


@pytest.fixture
def operator(workspace: Workspace) -> Person:
    """运营: does the daily work."""
    return person(workspace, "operator", Role.OPERATOR)


@pytest.fixture
def analyst(workspace: Workspace) -> Person:
    """分析: looks and exports."""
    return person(workspace, "analyst", Role.ANALYST)


@pytest.fixture
def stranger(db: None) -> Person:
    """路人: the owner of another workspace, who must learn nothing of this one."""
    return person(Workspace.objects.create(name="Elsewhere"), "stranger", Role.OWNER)
