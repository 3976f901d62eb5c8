"""`weilu migrate`: bring the database's tables up to date."""

from __future__ import annotations

from weilu.config.commands import ready


def migrate() -> None:
    """Bring the tables of the database up to date; safe to run again."""
    options = ready()
    from weilu.config.migrating import bring_up_to_date  # noqa: PLC0415 - after ready()

    bring_up_to_date(options, verbosity=1)
