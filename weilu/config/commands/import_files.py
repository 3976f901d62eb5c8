"""`weilu import`: chat history from files, in this process, without a worker (K-4)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from weilu.config.commands import ready
from weilu.config.speech import gettext as _


def import_files(  # noqa: PLR0913, PLR0917 - the options of the command
    paths: Annotated[list[Path], typer.Argument(help=_("Files, folders or zip archives."))],
    group: Annotated[str, typer.Option(help=_("Put everything into the group of this name."))] = "",
    tz: Annotated[
        str, typer.Option(help=_("Time zone of the local times in the files, like Asia/Shanghai."))
    ] = "",
    first_day: Annotated[
        str, typer.Option(help=_("Day on which files without any date begin, like 2024-01-31."))
    ] = "",
    format: Annotated[
        str, typer.Option(help=_("Read the files as this format, whatever they look like."))
    ] = "",
    community: Annotated[str, typer.Option(help=_("Community that new groups belong to."))] = "",
    yes: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--yes", "-y", help=_("Ask nothing; take what is guessed."))
    ] = False,
    as_json: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--json", help=_("Print one JSON object and nothing else."))
    ] = False,
) -> None:
    """Read chat history in. Ends with what was read, what was new and what could not be read."""
    ready()
    from weilu.config.commands.importing import Wish, bring  # noqa: PLC0415 - after ready()
    from weilu.config.commands.running import is_asking  # noqa: PLC0415 - after ready()

    asks = is_asking(as_json, yes)
    wish = Wish(group.strip(), tz, first_day.strip(), community.strip(), asks=asks, quiet=as_json)
    bring(paths, format, wish, as_json=as_json)
