"""Groups that a connection hears are adopted together as they would be one by one."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.tests.live import connected
from weilu.chat.tests.platform import RecordingPlatform
from weilu.core.tests.cast import Person
from weilu.groups.actions import adopt_group, adopt_groups
from weilu.groups.models import Connection, Group

pytestmark = pytest.mark.django_db


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, owner: Person) -> Connection:
    """A connection."""
    one = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, one.name, one)
    return connected(owner.actor, one)


def adopt(line: Connection, names: dict[str, str]) -> dict[str, Group]:
    assert line.community_id is not None
    return adopt_groups(
        workspace_id=line.workspace_id,
        community_id=line.community_id,
        connection_id=line.pk,
        platform="matrix",
        names=names,
    )


def test_names_that_others_bear_get_a_number_and_history_its_key(line: Connection) -> None:
    assert line.community_id is not None
    from_history = Group.objects.create(
        workspace_id=line.workspace_id,
        community_id=line.community_id,
        platform="matrix",
        name="Tea",
    )
    other = adopt_group(
        workspace_id=line.workspace_id,
        community_id=line.community_id,
        connection_id=line.pk,
        platform="matrix",
        external_key="!taken",
        name="Coffee",
    )
    Group.objects.filter(pk=other.pk).update(connection=None)
    names = {"!a": "Tea", "!b": "Coffee", "!c": "Milk", "!d": "Milk", "!taken": "Coffee"}
    found = adopt(line, names)
    assert found["!a"].pk == from_history.pk
    assert found["!taken"].pk == other.pk
    rows = dict(Group.objects.values_list("external_key", "name"))
    assert rows["!a"] == "Tea"
    assert rows["!taken"] == "Coffee"
    assert rows["!b"] == "Coffee (2)"
    assert {rows["!c"], rows["!d"]} == {"Milk", "Milk (2)"}
    assert set(Group.objects.values_list("connection_id", flat=True)) == {line.pk}
    again = adopt(line, names)
    assert {key: one.pk for key, one in again.items()} == {
        key: one.pk for key, one in found.items()
    }
    assert Group.objects.count() == len(names)


def test_many_cost_as_many_statements_as_few(line: Connection) -> None:
    counted = []
    for tag, many in (("few", 3), ("many", 250)):
        with CaptureQueriesContext(connection) as asked:
            adopt(line, {f"!{tag}{n}": f"{tag} {n}" for n in range(many)})
        counted.append(len(asked))
    assert counted[1] <= counted[0] + 2
