"""What every test has: a workspace with the usual people in it, closed sockets, one database.

`WEILU_TEST_DATABASE` names a PostgreSQL; then only the tests that use the database run, on it.
"""

from __future__ import annotations

import math
import os
from collections import Counter
from pathlib import Path

import hypothesis
import pytest
from django.core.cache import cache
from pytest_django import DjangoDbBlocker
from pytest_socket import socket_allow_hosts

from weilu.chat.imports.kept import tidy_kept
from weilu.chat.live import rolling
from weilu.chat.stages import forget_batches
from weilu.config.tests import prepared
from weilu.core import beating, ids
from weilu.core.access import Role
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person, person
from weilu.members.mirror import keeping
from weilu.moderation.judges import dismiss

# How long an example takes says how busy the machine is; a limit would only fail at random.
hypothesis.settings.register_profile(
    "weilu", deadline=None, suppress_health_check=[hypothesis.HealthCheck.too_slow]
)
hypothesis.settings.load_profile("weilu")

LOOPBACK = ["127.0.0.1", "::1"]
WEIGHTS = {"browser": 1200, "synapse": 800, "long": 400}
DATABASE_FIXTURES = {"db", "transactional_db", "live_server"}


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Begin with the files that take longest, so that no worker is left alone with one at the end.

    On PostgreSQL leave out what has no database in it, or says nothing about it: it ran already.
    """
    if prepared.is_postgres():
        chosen = [i for i in items if _uses_database(i) and not i.get_closest_marker("once")]
        kept = set(chosen)
        config.hook.pytest_deselected(items=[i for i in items if i not in kept])
        items[:] = chosen
    if "PYTEST_XDIST_WORKER" in os.environ:  # noqa: TID251 - one after the other, order says nothing
        weights: Counter[Path] = Counter()
        for item in items:
            weights[item.path] += _weight(item)
        items.sort(key=lambda item: -weights[item.path])


def _weight(item: pytest.Item) -> int:
    """About how long a test takes, in hundredths of a second."""
    heavy = [weight for mark, weight in WEIGHTS.items() if item.get_closest_marker(mark)]
    return max(heavy, default=30 if _uses_database(item) else 2)


def _uses_database(item: pytest.Item) -> bool:
    fixtures = set(getattr(item, "fixturenames", ()))
    return bool(item.get_closest_marker("django_db") or fixtures & DATABASE_FIXTURES)


def pytest_runtest_setup() -> None:
    """Nothing leaves this machine, and nothing of one test reaches into the next.

    No lock-out shuts the door of the next test; no number range goes on where a database that
    was emptied begins anew: the same ids would be handed out twice; and nothing of groups,
    members and what they are judged by is remembered.
    """
    socket_allow_hosts(LOOPBACK, allow_unix_socket=True)
    cache.clear()
    ids.forget()
    forget_batches()
    keeping.forget()
    dismiss()


def pytest_runtest_teardown() -> None:
    """Nothing decoded for an import outlives its test."""
    tidy_kept(most=0)


@pytest.fixture(autouse=True)
def _no_lists(monkeypatch: pytest.MonkeyPatch) -> None:
    """A gateway in a test asks who is in its groups only where the test is about that."""
    monkeypatch.setattr(rolling, "FIRST_S", 86_400.0)


@pytest.fixture(autouse=True)
def _no_worker_is_missed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests do the work themselves, and some let it lie; no process of theirs has just begun."""
    monkeypatch.setattr(beating, "NEVER_S", 1e9)
    monkeypatch.setattr(beating, "_begun", -math.inf)


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """The file is a copy with every table, in a folder that goes away by itself."""
    return not prepared.is_postgres()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None, django_db_blocker: DjangoDbBlocker
) -> None:
    """Each worker begins with a copy of one database that has every table."""
    with django_db_blocker.unblock():
        prepared.prepare()


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
