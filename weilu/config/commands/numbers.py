"""`weilu numbers`: what a group's page says, for scripts (H-2)."""

from __future__ import annotations

from typing import Annotated

import typer

from weilu.config.commands import ready
from weilu.config.speech import gettext as _


def numbers(  # noqa: PLR0913, PLR0917 - the options of the command
    group: Annotated[str, typer.Option(help=_("Name of the group."))],
    tz: Annotated[str, typer.Option(help=_("Time zone that days and hours are of."))] = "",
    first: Annotated[str, typer.Option("--from", help=_("First day, like 2026-01-31."))] = "",
    last: Annotated[str, typer.Option("--to", help=_("Last day, itself included."))] = "",
    raw_identities: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--raw-identities", help=_("Every name is its own person."))
    ] = False,
    bots: Annotated[str, typer.Option(help=_("include or exclude."))] = "",
    as_json: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--json", help=_("Print one JSON object and nothing else."))
    ] = False,
) -> None:
    """Say what a group's messages add up to."""
    ready()
    from weilu.config.commands.counting import Range, count  # noqa: PLC0415 - after ready()

    count(group, Range(tz, first, last, raw_identities, bots), as_json=as_json)
