"""`weilu findings`: what the diagnosis says of a group, for scripts (J-2)."""

from __future__ import annotations

import json
from typing import Annotated

import typer

from weilu.config.commands import ready


def findings(
    group: Annotated[str, typer.Option(help="Name of the group.")],
    as_json: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--json", help="Print one JSON object and nothing else.")
    ] = False,
) -> None:
    """Say what the diagnosis found in a group, what is well, and what it cannot know."""
    ready()
    from weilu.console.findings.words import tell  # noqa: PLC0415 - after ready()
    from weilu.groups.models import Group  # noqa: PLC0415 - as above
    from weilu.insight.diagnosis import as_json as plain  # noqa: PLC0415 - as above
    from weilu.insight.models import FindingRow  # noqa: PLC0415 - as above

    if not Group.objects.filter(name=group).exists():
        _nothing(f'There is no group called "{group}".', as_json=as_json)
    rows = FindingRow.objects.filter(group__name=group).select_related("group")
    ordered = list(rows.order_by("-severity", "check_code"))
    if as_json:
        typer.echo(json.dumps({"group": group, "findings": [plain(r) for r in ordered]}))
        return
    for row in ordered:
        told = tell(row.check_code, row.severity, row.body)
        typer.echo(f"[{told.level.word}] {told.title}: {told.evidence}")


def _nothing(sentence: str, *, as_json: bool) -> None:
    """Say that there is no such group and stop."""
    typer.echo(json.dumps({"error": sentence}) if as_json else sentence, err=not as_json)
    raise typer.Exit(2)
