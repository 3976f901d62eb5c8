"""The tables of an empty database, made at once as the models are now.

Going through every migration made them forty times as slowly: Django draws all models anew for each
step. Both ways lead to the same tables, which `tests/test_founding.py` compares.
"""

from __future__ import annotations

from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import Migration
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.state import ProjectState

from weilu.core.clock import now
from weilu.core.shapes import Shape


def is_empty(connection: BaseDatabaseWrapper) -> bool:
    """Whether a database has no table at all."""
    return not connection.introspection.table_names()


def make_tables(connection: BaseDatabaseWrapper) -> None:
    """Make every table of an empty database and note all migrations as done, or do nothing at all.

    Migrations that change rows have none to change; those of a table's shape are done.
    """
    executor = MigrationExecutor(connection)
    ends = executor.loader.graph.leaf_nodes()
    done = [migration for migration, _ in executor.migration_plan(ends)]
    state = executor.loader.project_state(ends)
    with connection.schema_editor() as editor:
        editor.create_model(executor.recorder.Migration)
        for model in state.apps.get_models():
            if model._meta.can_migrate(connection):
                editor.create_model(model)
        for migration in done:
            _shape(migration, editor, state)
        _note(connection, done)


def _shape(migration: Migration, editor: BaseDatabaseSchemaEditor, state: ProjectState) -> None:
    for one in migration.operations:
        if isinstance(one, Shape):
            one.database_forwards(migration.app_label, editor, state, state)


def _note(connection: BaseDatabaseWrapper, done: list[Migration]) -> None:
    moment = connection.ops.adapt_datetimefield_value(now())
    with connection.cursor() as cursor:
        cursor.executemany(
            "INSERT INTO django_migrations (app, name, applied) VALUES (%s, %s, %s)",
            [(one.app_label, one.name, moment) for one in done],
        )
