"""Migrations of what Django's models cannot say of a table: how its rows are stored."""

from __future__ import annotations

from django.db.migrations import RunPython


class Shape(RunPython):
    """A change of a table's shape and not of its rows; done, too, where tables are made at once.

    Its functions may look at the table alone, never at `apps`.
    """
