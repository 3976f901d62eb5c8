"""`weilu export`: a group's messages as ChatLab, which any tool may read (K-4)."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from weilu.config.commands import ready, refuse
from weilu.config.speech import gettext as _
from weilu.config.speech import ngettext


def export(
    file: Annotated[Path, typer.Argument(help=_("File to write; .json for JSON, else JSONL."))],
    group: Annotated[str, typer.Option(help=_("Name of the group."))],
) -> None:
    """Write everything known of a group into one file."""
    ready()
    from weilu.chat.exporting import export_group  # noqa: PLC0415 - after ready()
    from weilu.config.commands.naming import find_group  # noqa: PLC0415 - after ready()
    from weilu.config.commands.running import prepare  # noqa: PLC0415 - after ready()
    from weilu.connectors.formats.chatlab.writer import (  # noqa: PLC0415 - after ready()
        ChatLabLinesWriter,
        ChatLabWriter,
    )
    from weilu.core.access import system  # noqa: PLC0415 - after ready()
    from weilu.core.clock import now  # noqa: PLC0415 - after ready()

    prepare()
    try:
        found = find_group(group)
    except ValueError as error:
        refuse(str(error))
    is_whole = file.suffix.lower() == ".json"
    exported_at_s = int(now().timestamp())
    writer = (ChatLabWriter if is_whole else ChatLabLinesWriter)(exported_at_s)
    part = file.with_name(file.name + ".part")
    try:
        with part.open("wb") as out:
            count = export_group(system(found.workspace_id), group=found, writer=writer, out=out)
        part.replace(file)
    except OSError as error:
        refuse(_("Cannot write %(path)s: %(reason)s.") % {"path": file, "reason": error.strerror})
    typer.echo(
        ngettext(
            "%(count)s record of %(group)s is in %(path)s.",
            "%(count)s records of %(group)s are in %(path)s.",
            count,
        )
        % {"count": f"{count:,}", "group": found.name, "path": file}
    )
