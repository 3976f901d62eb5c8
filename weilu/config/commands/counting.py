"""What `weilu numbers` does (H-2)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import typer

from weilu.chat.imports.actions import checked_zone
from weilu.config.commands.naming import find_group
from weilu.config.commands.running import end, prepare
from weilu.config.speech import gettext as _
from weilu.core.errors import WeiluError
from weilu.insight.group_numbers import Asked, GroupNumbers, day_number, day_text, group_numbers


@dataclass(frozen=True, slots=True)
class Range:
    """What the command line said, as text."""

    zone: str
    first: str
    last: str
    raw: bool
    bots: str


def count(group: str, said: Range, *, as_json: bool) -> None:
    """Print a group's numbers; ends the command when it cannot be found or asked so."""
    prepare()
    try:
        found = find_group(group)
        asked = Asked(
            zone=checked_zone(said.zone) if said.zone else found.community.time_zone,
            first_day=_day(said.first),
            last_day=_day(said.last),
            raw=said.raw,
            bots=_counts_bots(said.bots, raw=said.raw),
        )
    except WeiluError as error:
        unknown = _("Nobody knows this time zone; write it like Asia/Shanghai or UTC.")
        end(unknown if str(error) == "unknown_zone" else str(error), as_json=as_json)
    except ValueError as error:
        end(str(error), as_json=as_json)
    first, last = asked.first_day, asked.last_day
    if first is not None and last is not None and first > last:
        end(_("--from lies after --to."), as_json=as_json)
    answer = as_plain(group_numbers(found, asked), asked)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _show(answer)


def _day(text: str) -> int | None:
    """The number of a day typed as 2026-01-31, None for nothing; raises ValueError otherwise."""
    if not text:
        return None
    try:
        return day_number(text)
    except ValueError as error:
        raise ValueError(
            _("Write a day like 2026-01-31, not %(text)s.") % {"text": text}
        ) from error


def _counts_bots(said: str, *, raw: bool) -> bool:
    if said not in {"", "include", "exclude"}:
        raise ValueError(_("--bots is include or exclude."))
    return said == "include" if said else raw


def as_plain(found: GroupNumbers, asked: Asked) -> dict[str, Any]:
    """The numbers with dates as keys, as scripts read them."""
    return {
        "messages": found.messages,
        "speakers": found.speakers,
        "first_day": None if found.first_day is None else day_text(found.first_day),
        "last_day": None if found.last_day is None else day_text(found.last_day),
        "messages_per_day": _by_date(found.messages_per_day),
        "speakers_per_day": _by_date(found.speakers_per_day),
        "first_time_speakers_per_day": _by_date(found.first_time_speakers_per_day),
        "messages_per_hour": {str(h): n for h, n in enumerate(found.messages_per_hour)},
        "top_speakers": [list(pair) for pair in found.top_speakers],
        "joins": found.joins,
        "leaves": found.leaves,
        "people_joined": found.people_joined,
        "joins_seen": found.joins_seen,
        "leaves_seen": found.leaves_seen,
        "gini": round(found.gini, 6),
        "zone": asked.zone,
    }


def _by_date(days: dict[int, int]) -> dict[str, int]:
    return {day_text(day): days[day] for day in sorted(days)}


def _show(answer: dict[str, Any]) -> None:
    for name, value in answer.items():
        if not isinstance(value, (dict, list)):
            typer.echo(f"{name}: {value}")
    for name, count in answer["top_speakers"]:
        typer.echo(f"  {count:>8,}  {name}")
