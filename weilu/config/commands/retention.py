"""`weilu retention`: who came back, from any file of members and times (H-2, J-1)."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from weilu.config.commands import fail
from weilu.config.speech import gettext as _
from weilu.insight.rules.retention import EPOCH_ORDINAL, CohortTable, Period, table_from_rows

_GZIP = b"\x1f\x8b"
_MEMBER = ("member", "user", "customer", "client", "player", "account", "sender", "name", "id")
_TIME = ("time", "date", "day", "timestamp", "moment", "sent", "at")


def retention(
    file: Annotated[Path, typer.Argument(help=_("CSV of members and times, may be gzipped."))],
    member: Annotated[str, typer.Option(help=_("Heading of the member column."))] = "",
    time: Annotated[str, typer.Option(help=_("Heading of the time column."))] = "",
    by: Annotated[Period, typer.Option(help=_("How wide a cohort is."))] = Period.DAY,
    as_json: Annotated[  # noqa: FBT002 - an option
        bool, typer.Option("--json", help=_("Print one JSON object and nothing else."))
    ] = False,
) -> None:
    """Print the cohort table of a file: of those first seen in a period, how many came back."""
    try:
        table = table_from_rows(read_rows(file, member, time), period=by)
    except (OSError, EOFError) as error:
        told = {"path": file, "reason": getattr(error, "strerror", None) or error}
        fail(_("Cannot read %(path)s: %(reason)s.") % told, as_json=as_json)
    except UnicodeDecodeError:
        fail(_("%(path)s is not text in UTF-8.") % {"path": file.name}, as_json=as_json)
    except (ValueError, csv.Error) as error:
        fail(f"{file.name}: {error}.", as_json=as_json)
    if as_json:
        typer.echo(json.dumps(as_plain(table)))
        return
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


def read_rows(file: Path, member: str = "", time: str = "") -> Iterator[tuple[str, int]]:
    """Member and day (since 1970-01-01) of every row; quotes, gzip and a BOM are fine.

    Columns are found by heading, else the first two are taken. Raises ValueError with the line
    where a time cannot be read.
    """
    with file.open("rb") as raw:
        packed = raw.read(2) == _GZIP
    with (
        file.open("rb") as plain,
        gzip.open(plain) if packed else plain as opened,
        io.TextIOWrapper(opened, "utf-8-sig", newline="") as text,
    ):
        rows = csv.reader(text)
        first = next(rows, None)
        if first is None:
            raise ValueError(_("the file is empty"))
        who, when = _columns(first, member, time)
        if _is_day(first, when):
            yield first[who], _day(first[when])
        for row in rows:
            if not row:
                continue
            try:
                yield row[who], _day(row[when])
            except (ValueError, IndexError) as error:
                message = _("line %(number)s has no member and time") % {"number": rows.line_num}
                raise ValueError(message) from error


def _columns(heading: list[str], member: str, time: str) -> tuple[int, int]:
    """Positions of the member and the time column."""
    plain = [h.strip().casefold() for h in heading]
    who = _find(plain, member, _MEMBER)
    when = _find(plain, time, _TIME)
    if when is None:
        when = 1
    if who is None or who == when:
        who = 0 if when else 1
    if max(who, when) >= len(plain):
        raise ValueError(_("the file has fewer than two columns"))
    return who, when


def _find(plain: list[str], wanted: str, words: tuple[str, ...]) -> int | None:
    """Position of the wanted heading, else of the first that has one of the words in it."""
    if wanted:
        if wanted.casefold() not in plain:
            message = _("there is no column %(name)s") % {"name": wanted}
            raise ValueError(message)
        return plain.index(wanted.casefold())
    for word in words:
        for k, heading in enumerate(plain):
            if word in heading:
                return k
    return None


def _is_day(row: list[str], when: int) -> bool:
    try:
        _day(row[when])
    except (ValueError, IndexError):
        return False
    return True


def _day(text: str) -> int:
    """Day number of a date, a date and time, or seconds or milliseconds since 1970."""
    text = text.strip()
    if text.isdigit() and len(text) in {9, 10, 12, 13}:
        return int(text[:-3] if len(text) > 10 else text) // 86_400
    return datetime.fromisoformat(text).toordinal() - EPOCH_ORDINAL
