"""`weilu numbers`: what a group's page says, for scripts (H-2)."""

from __future__ import annotations

from typing import Annotated

import typer

from weilu.config.commands import ready


def numbers(  # noqa: PLR0913, PLR0917 - the options of the command
    group: Annotated[str, typer.Option(help="Name of the group.")],
    tz: Annotated[str, typer.Option(help="Time zone that days and hours are of.")] = "",
    first: Annotated[str, typer.Option("--from", help="First day, like 2026-01-31.")] = "",
    last: Annotated[str, typer.Option("--to", help="Last day, itself included.")] = "",
    raw_identities: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--raw-identities", help="Every name is its own person.")
    ] = False,
    bots: Annotated[str, typer.Option(help="include or exclude.")] = "",
    as_json: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Say what a group's messages add up to."""
    ready()
    from weilu.config.commands.counting import Range, count  # noqa: PLC0415 - after ready()

    count(group, Range(tz, first, last, raw_identities, bots), as_json=as_json)
