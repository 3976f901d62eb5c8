"""`weilu retention`: who came back, from any file of members and times (H-2, J-1)."""

from __future__ import annotations

import json
from collections import defaultdict
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from weilu.chat.ports import Unreadable
from weilu.config.commands import refuse
from weilu.config.commands.member_times import MemberTimes
from weilu.config.speech import gettext as _
from weilu.config.speech import gettext_noop, ngettext
from weilu.insight.rules.retention import EPOCH_ORDINAL, CohortTable, Period, table_from_rows

_UNREADABLE = defaultdict(
    lambda: gettext_noop("The archive is damaged. Copy or download it again."),
    {
        "empty": gettext_noop("There is nothing in it."),
        "not_text": gettext_noop("It is a picture, a document or a program, not text."),
        "encrypted": gettext_noop(
            "It has a password. Unpack it first, then bring in what is inside."
        ),
        "archive_bomb": gettext_noop("It unpacks to far more than it should; it was not opened."),
    },
)


def retention(
    file: Annotated[Path, typer.Argument(help=_("Table of members and times, may be gzipped."))],
    member: Annotated[str, typer.Option(help=_("Heading of the member column."))] = "",
    time: Annotated[str, typer.Option(help=_("Heading of the time column."))] = "",
    by: Annotated[Period, typer.Option(help=_("How wide a cohort is."))] = Period.DAY,
    as_json: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--json", help=_("Print one JSON object and nothing else."))
    ] = False,
) -> None:
    """Print the cohort table of a file: of those first seen in a period, how many came back."""
    rows = MemberTimes(file, member, time)
    try:
        table = table_from_rows(rows.pairs(), period=by)
    except (OSError, EOFError) as error:
        told = {"path": file, "reason": getattr(error, "strerror", None) or error}
        refuse(_("Cannot read %(path)s: %(reason)s.") % told, as_json=as_json)
    except Unreadable as error:
        refuse(f"{file.name}: {_(_UNREADABLE[error.problem.code])}", as_json=as_json)
    except ValueError as error:
        refuse(f"{file.name}: {error}.", as_json=as_json)
    if as_json:
        typer.echo(json.dumps({**as_plain(table), "unreadable": rows.unreadable}))
        return
    if rows.unreadable:
        told = {"count": rows.unreadable, "number": rows.first_unreadable}
        typer.echo(
            ngettext(
                "%(count)s row without member and time is left out: line %(number)s.",
                "%(count)s rows without member and time are left out, first line %(number)s.",
                rows.unreadable,
            )
            % told,
            err=True,
        )
    for one in table.cohorts:
        typer.echo("  ".join(map(str, (_date(one.start), *one.counts))))


def as_plain(table: CohortTable) -> dict[str, object]:
    """The table with dates; `counts[k]` of `size` members were there k periods later."""
    cohorts = [
        {
            "start": _date(c.start),
            "size": c.size,
            "counts": list(c.counts),
        }
        for c in table.cohorts
    ]
    return {
        "period": str(table.period),
        "cohorts": cohorts,
        "last_is_partial": table.last_is_partial,
    }


def _date(day: int) -> str:
    return date.fromordinal(EPOCH_ORDINAL + day).isoformat()
