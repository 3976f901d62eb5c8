"""On PostgreSQL an index that finds names by their beginning: others sort as a language does."""

from __future__ import annotations

from django.apps.registry import Apps
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor

from weilu.core.shapes import Shape


def by_beginning(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Make it; SQLite finds beginnings by the index it sorts by."""
    if editor.connection.vendor == "postgresql":
        editor.execute(
            "CREATE INDEX member_by_beginning"
            " ON members_member (workspace_id, name_folded varchar_pattern_ops)"
        )


def by_nothing(_apps: Apps, editor: BaseDatabaseSchemaEditor) -> None:
    """Take it away."""
    if editor.connection.vendor == "postgresql":
        editor.execute("DROP INDEX member_by_beginning")


class Migration(migrations.Migration):
    """One index."""

    dependencies = [("members", "0020_moved_on_goodwill")]

    operations = [Shape(by_beginning, by_nothing)]
