"""`weilu findings`: what the diagnosis says of a group, for scripts (J-2)."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from weilu.config.commands import ready
from weilu.config.speech import gettext as _


def findings(
    group: Annotated[str, typer.Option(help=_("Name of the group."))],
    as_json: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--json", help=_("Print one JSON object and nothing else."))
    ] = False,
) -> None:
    """Say what the diagnosis found in a group, what is well, and what it cannot know."""
    ready()
    from weilu.config.commands.naming import find_group  # noqa: PLC0415 - after ready()
    from weilu.config.commands.running import end, prepare  # noqa: PLC0415 - as above
    from weilu.console.findings.words import tell  # noqa: PLC0415 - as above
    from weilu.insight.diagnosis import as_json as plain  # noqa: PLC0415 - as above
    from weilu.insight.models import FindingRow  # noqa: PLC0415 - as above

    prepare()
    try:
        found = find_group(group)
    except ValueError as error:
        end(str(error), as_json=as_json)
    rows = FindingRow.objects.filter(group=found).select_related("group")
    ordered = list(rows.order_by("-severity", "check_code"))
    if as_json:
        answer = {"group": found.name, "findings": [plain(r) for r in ordered]}
        typer.echo(json.dumps(answer, ensure_ascii=False))
        return
    if not ordered:
        typer.echo(_("Nothing has been looked at in this group yet."))
    for row in ordered:
        told = tell(row.check_code, row.severity, row.body)
        typer.echo(f"[{told.level.word}] {told.title}: {told.evidence}")
