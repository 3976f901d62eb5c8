
from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps

from weilu.core.shapes import Shape

TABLE = "groups_participation"


def _make_anew(schema_editor: BaseDatabaseSchemaEditor, ending: str) -> None:
    """The same table, rows and indexes, declared with another ending; SQLite alone knows it."""
    connection = schema_editor.connection
    if connection.vendor != "sqlite":
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT sql FROM sqlite_master WHERE type = 'table' AND name = %s", [TABLE])
        (declared,) = cursor.fetchone()
        cursor.execute(
            "SELECT sql FROM sqlite_master WHERE type = 'index' AND tbl_name = %s"
            " AND sql IS NOT NULL",
            [TABLE],
        )
        indexes = [row[0] for row in cursor.fetchall()]
        cursor.execute(f"PRAGMA table_info({TABLE})")
        names = ", ".join(f'"{row[1]}"' for row in cursor.fetchall())
    body = declared[: declared.rindex(")") + 1].replace(f'"{TABLE}"', f'"new_{TABLE}"', 1)
    for statement in (
        f"{body}{ending}",
        f"INSERT INTO new_{TABLE} ({names}) SELECT {names} FROM {TABLE}"
        " ORDER BY group_id, identity_id",
        f"DROP TABLE {TABLE}",
        f'ALTER TABLE "new_{TABLE}" RENAME TO "{TABLE}"',
        *indexes,
    ):
        schema_editor.execute(statement)


def by_key(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Keep the rows in the order of their key: one tree less to write, a third faster."""
    _make_anew(schema_editor, " WITHOUT ROWID")


def by_number(_apps: StateApps, schema_editor: BaseDatabaseSchemaEditor) -> None:
    """Keep the rows by a number of their own again."""
    _make_anew(schema_editor, "")


class Migration(migrations.Migration):

    dependencies = [
        ('groups', '0006_turns'),
    ]

    operations = [Shape(by_key, by_number)]
