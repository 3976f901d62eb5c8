"""Participations lie in the order of their key on SQLite, and can be laid the other way again."""

from __future__ import annotations

from importlib import import_module

import numpy as np
import pytest
from django.apps import apps
from django.db import connection

from weilu.chat.tests.story import community_of
from weilu.groups.actions import NEVER, Activity, add_activity
from weilu.groups.models import Group, Participation

sqlite_alone = pytest.mark.skipif(connection.vendor != "sqlite", reason="SQLite's way")


def declared() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE tbl_name = 'groups_participation'"
            " AND sql IS NOT NULL ORDER BY name"
        )
        return [row[0] for row in cursor.fetchall()]


@sqlite_alone
@pytest.mark.django_db
def test_it_has_no_number_of_its_own() -> None:
    """A later migration that makes the table anew has to say so again."""
    assert declared()[0].endswith("WITHOUT ROWID")


@sqlite_alone
@pytest.mark.django_db(transaction=True)
def test_the_change_goes_both_ways_and_keeps_every_row() -> None:
    community = community_of()
    group = Group.objects.create(
        workspace=community.workspace, community=community, platform="other", name="a"
    )
    k, none = np.arange(1, 400), np.full(399, NEVER)
    add_activity(Activity(k * 0 + group.pk, k, k, k * 0, k * 0 + 1, none, none, k, k, k, k))
    before, rows = declared(), list(Participation.objects.order_by("identity_id").values())
    change = import_module("weilu.groups.migrations.0007_participation_by_key")
    with connection.schema_editor() as editor:
        change.by_number(apps, editor)
    assert not any("WITHOUT ROWID" in one for one in declared())
    assert len(declared()) == len(before) == 2
    assert list(Participation.objects.order_by("identity_id").values()) == rows
    with connection.schema_editor() as editor:
        change.by_key(apps, editor)
    assert declared() == before
    assert list(Participation.objects.order_by("identity_id").values()) == rows
    assert len(rows) == 399
