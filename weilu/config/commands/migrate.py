"""`weilu migrate`: bring the database's tables up to date."""

from __future__ import annotations

from weilu.config.commands import ready


def migrate() -> None:
    """Bring the tables of the database up to date; safe to run again."""
    ready()
    from django.core.management import call_command  # noqa: PLC0415 - after ready()

    call_command("migrate", interactive=False, verbosity=1)
