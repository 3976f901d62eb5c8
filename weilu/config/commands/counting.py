"""What `weilu numbers` does (H-2)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import Any

import typer

from weilu.chat.imports.actions import checked_zone
from weilu.config.commands.running import end, prepare
from weilu.core.errors import WeiluError
from weilu.core.people import home_workspace
from weilu.groups.models import Group
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
            first_day=day_number(said.first) if said.first else None,
            last_day=day_number(said.last) if said.last else None,
            raw=said.raw,
            bots=_counts_bots(said.bots, raw=said.raw),
        )
    except WeiluError as error:
        end(_SENTENCES.get(str(error), str(error)), as_json=as_json)
    except ValueError as error:
        end(f"{error}.", as_json=as_json)
    answer = as_plain(group_numbers(found, asked), asked)
    if as_json:
        typer.echo(json.dumps(answer, ensure_ascii=False))
    else:
        _show(answer)


_SENTENCES = {"unknown_zone": "Nobody knows this time zone; write it like Asia/Shanghai or UTC."}


def find_group(name: str) -> Group:
    """The group of this name; the newest when several are called so.

    Raises ValueError with a sentence when there is none.
    """
    mine = Group.objects.filter(workspace_id=home_workspace().pk).select_related("community")
    found = mine.filter(name=name).order_by("-pk").first()
    if found is None:
        known = ", ".join(mine.order_by("name").values_list("name", flat=True)[:10])
        message = f"There is no group {name}; there are {known}" if known else "There is no group"
        raise ValueError(message)
    return found


def _counts_bots(said: str, *, raw: bool) -> bool:
    if said not in {"", "include", "exclude"}:
        message = "--bots is include or exclude"
        raise ValueError(message)
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
