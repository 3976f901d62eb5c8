"""Every row of a workspace, and whether one of them has changed."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from django.apps import apps
from django.db import connection, models

from weilu.core.models import Workspace

# Beginnings of statements that change no row.
HARMLESS = ("SELECT ", "SAVEPOINT ", "RELEASE SAVEPOINT ", "ROLLBACK TO SAVEPOINT ")


def everything(workspace: Workspace) -> dict[str, list[dict[str, object]]]:
    """Every row of a workspace."""
    found = {}
    for model in apps.get_models():
        names = {field.name for field in model._meta.get_fields()}
        if model.__module__.startswith("weilu.") and "workspace" in names:
            rows: models.QuerySet[models.Model] = model._default_manager.filter(workspace=workspace)
            found[model.__name__] = sorted(rows.values(), key=str)
    assert len(found) > 15
    return found


class Watch:
    """Tells whether a workspace is still as it was when the watch began.

    Reads every row again only when some statement since then may have written one.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._before = everything(workspace)
        self._wrote = False

    def note(self, execute: Callable[..., object], sql: str, *more: object) -> object:
        """Pass a statement on, and remember one that may write."""
        self._wrote = self._wrote or not sql.startswith(HARMLESS)
        return execute(sql, *more)

    @property
    def wrote(self) -> bool:
        """Whether some statement since the last look may have written a row."""
        return self._wrote

    def look(self) -> None:
        """Look at every row; raises AssertionError when one differs."""
        assert everything(self._workspace) == self._before, "rows have changed"

    def is_unchanged(self) -> bool:
        """Whether every row is as it was."""
        if not self._wrote:
            return True
        self._wrote = False
        return everything(self._workspace) == self._before


@contextmanager
def watch(workspace: Workspace) -> Iterator[Watch]:
    """Watch a workspace; in the end every row is looked at in any case."""
    watching = Watch(workspace)
    with connection.execute_wrapper(watching.note):
        yield watching
    watching.look()
