"""What a looked-at import shows before it is read in, and what the form sends back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import zip_longest
from pathlib import PurePosixPath
from typing import Any
from zoneinfo import ZoneInfo

from django.http import QueryDict
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy, ngettext

from weilu.chat.imports.look import zone_of
from weilu.chat.models import Import, ImportBundle
from weilu.chat.ports import DayOrder, Question
from weilu.console import formats
from weilu.console.http import row_number
from weilu.console.imports.words import format_label, plain_label, problem_sentence

PROBLEMS_SHOWN = 8
# Our names of a table's columns, in the order they are asked for; the first two are needed.
FIELDS: dict[str, str | Promise] = {
    "time": gettext_lazy("Time"),
    "name": gettext_lazy("Who wrote it"),
    "text": gettext_lazy("What was written"),
    "clock": gettext_lazy("Time of day, if it stands apart"),
    "account": gettext_lazy("Account of the writer"),
    "group": gettext_lazy("Group"),
    "id": gettext_lazy("Number of the message"),
    "reply_to": gettext_lazy("Number of the message it answers"),
    "type": gettext_lazy("Kind of message"),
}
NEEDED = 2


@dataclass(frozen=True, slots=True)
class ChatRow:
    """One group of a file, with the names its fields have in the form."""

    position: int
    name: str
    group_id: int
    period: str
    messages: int
    people: int
    joins: int
    leaves: int
    is_named: bool
    name_field: str
    group_field: str


@dataclass(frozen=True, slots=True)
class Column:
    """One of our columns and the heading chosen for it."""

    label: str | Promise
    field: str
    chosen: str
    is_needed: bool


@dataclass(frozen=True, slots=True)
class BundleCard:
    """One export found, ready to draw; `asks` are only questions the file leaves open."""

    row: ImportBundle
    title: str
    file: str
    format: str
    chats: Sequence[ChatRow]
    summary: str
    problems: Sequence[str]
    more_problems: int
    asks_order: bool
    asks_day: bool
    first_day: str
    order: str
    order_example: str
    columns: Sequence[Column]
    # Headings of the table, and what each is taken for.
    headings: Sequence[tuple[str, str]]
    # Rows of the table, each cell with the heading it stands under.
    samples: Sequence[Sequence[tuple[str, str]]]
    is_skipped: bool

    @property
    def is_open(self) -> bool:
        """Whether there is something to look at more closely: a question or a problem."""
        unnamed = any(not chat.is_named for chat in self.chats)
        return bool(self.asks_order or self.asks_day or self.columns or self.problems or unnamed)

    @property
    def is_readable(self) -> bool:
        """Whether it can be read in at all."""
        return self.row.state != ImportBundle.State.FAILED


def cards(run: Import, bundles: Sequence[ImportBundle]) -> list[BundleCard]:
    """The exports of an import."""
    zone = ZoneInfo(zone_of(run))
    return [_card(one, zone) for one in bundles]


def _card(one: ImportBundle, zone: ZoneInfo) -> BundleCard:
    found = one.found.get("chats", [])
    chats = [_chat(one, k, chat, zone) for k, chat in enumerate(found)]
    first = min((c["first_ms"] for c in found), default=None)
    said = {**one.guesses, **one.answers}
    headings, rows = one.guesses.get("headings", ()), one.guesses.get("rows", ())
    return BundleCard(
        row=one,
        title=title_of(one),
        file=file_of(one),
        format=format_label(one.format),
        chats=chats,
        summary=_summary(chats),
        problems=[problem_sentence(p) for p in one.problems[:PROBLEMS_SHOWN]],
        more_problems=max(0, one.problem_count - PROBLEMS_SHOWN),
        asks_order=Question.DAY_ORDER in one.asks,
        asks_day=Question.FIRST_DAY in one.asks,
        first_day=said.get("first_day") or "",
        order=said.get("day_order") or DayOrder.DMY.value,
        order_example=_day(first, zone),
        columns=_columns(one, said) if Question.COLUMNS in one.asks else (),
        headings=_taken_for(headings, said),
        samples=[list(zip_longest(headings, row, fillvalue="")) for row in rows[:5]],
        is_skipped=one.state == ImportBundle.State.SKIPPED,
    )


def _summary(chats: Sequence[ChatRow]) -> str:
    """How much an export holds, in a few words."""
    count = sum(c.messages for c in chats)
    words = ngettext("%(count)s message", "%(count)s messages", count) % {
        "count": formats.number(count)
    }
    if len(chats) == 1:
        return f"{words} · {chats[0].period}"
    groups = ngettext("%(count)s group", "%(count)s groups", len(chats))
    return f"{words} · {groups % {'count': len(chats)}}" if chats else ""


def _taken_for(headings: Sequence[str], said: dict[str, Any]) -> list[tuple[str, str]]:
    """Each heading, and what its column is read as; "" for a column that is not read."""
    chosen = {heading: name for name, heading in (said.get("columns") or {}).items()}
    return [(one, str(FIELDS.get(chosen.get(one, ""), ""))) for one in headings]


def _columns(one: ImportBundle, said: dict[str, Any]) -> list[Column]:
    chosen = said.get("columns") or {}
    return [
        Column(label, f"column-{one.pk}-{name}", chosen.get(name, ""), is_needed=k < NEEDED)
        for k, (name, label) in enumerate(FIELDS.items())
    ]


def _chat(one: ImportBundle, position: int, chat: dict[str, Any], zone: ZoneInfo) -> ChatRow:
    said = one.chats[position] if position < len(one.chats) else {}
    first, last = _day(chat["first_ms"], zone), _day(chat["last_ms"], zone)
    return ChatRow(
        position=position,
        name=said.get("group") or chat["name"],
        group_id=said.get("group_id") or 0,
        period=first if first == last else f"{first} – {last}",
        messages=chat["messages"],
        people=chat["people"],
        joins=chat["joins"],
        leaves=chat["leaves"],
        is_named=bool(chat["name"]),
        name_field=f"name-{one.pk}-{position}",
        group_field=f"group-{one.pk}-{position}",
    )


def title_of(one: ImportBundle) -> str:
    """What an export is called: by its group, else as it names itself, else by its file."""
    chats = one.found.get("chats", [])
    if len(chats) == 1 and chats[0]["name"]:
        return str(chats[0]["name"])
    if one.label and one.label != plain_label(one.format):
        return one.label
    parts = PurePosixPath(one.found.get("first_file") or "").parts
    return " › ".join(parts[-2:]) or format_label(one.format)


def file_of(one: ImportBundle) -> str:
    """The file or archive an export came in as; "" where its title names it already."""
    parts = PurePosixPath(one.found.get("first_file") or "").parts
    return parts[0] if parts and parts[0] not in title_of(one) else ""


def _local(moment_ms: int | None, zone: ZoneInfo) -> datetime | None:
    moment = formats.of_ms(moment_ms)
    return moment.astimezone(zone) if moment else None


def _day(moment_ms: int | None, zone: ZoneInfo) -> str:
    local = _local(moment_ms, zone)
    return formats.day(local.date(), year=True, name=False) if local else ""


def asks_zone(bundles: Sequence[ImportBundle]) -> bool:
    """Whether some file's times are of an unknown zone."""
    return any(Question.ZONE in b.asks and b.found.get("chats") for b in bundles)


def first_written(run: Import, bundles: Sequence[ImportBundle]) -> str:
    """The first message's time as the files that leave the zone open write it."""
    asked = [b for b in bundles if Question.ZONE in b.asks]
    times = [c["first_ms"] for b in asked for c in b.found.get("chats", [])]
    local = _local(min(times, default=None), ZoneInfo(zone_of(run)))
    return local.strftime("%Y-%m-%d %H:%M") if local else ""


def suggested_name(bundles: Sequence[ImportBundle]) -> str:
    """A name for a new community: that of the first group that has one."""
    names = [c["group"] or c["name"] for b in bundles for c in b.chats]
    return next((n for n in names if n), "")


def read_answers(
    bundles: Sequence[ImportBundle], post: QueryDict, allowed: set[int]
) -> dict[int, dict[str, Any]]:
    """What the form says of each bundle; groups not in `allowed` are not taken."""
    return {one.pk: _answer(one, post, allowed) for one in bundles}


def _answer(one: ImportBundle, post: QueryDict, allowed: set[int]) -> dict[str, Any]:
    chats = range(len(one.chats))
    picked = {k: row_number(post.get(f"group-{one.pk}-{k}", "")) or 0 for k in chats}
    names = {k: post.get(f"name-{one.pk}-{k}", one.chats[k]["group"]) for k in chats}
    chosen = {n: post.get(f"column-{one.pk}-{n}", "") for n in FIELDS}
    return {
        "skip": bool(post.get(f"skip-{one.pk}")),
        "day_order": post.get(f"order-{one.pk}", ""),
        "first_day": post.get(f"day-{one.pk}", ""),
        "columns": {n: heading for n, heading in chosen.items() if heading},
        "groups": names,
        "group_ids": {k: pk if pk in allowed else 0 for k, pk in picked.items()},
    }


def must_look_again(bundles: Sequence[ImportBundle], said: dict[int, dict[str, Any]]) -> bool:
    """Whether the answers change how a file is read, so that what it holds must be shown anew."""
    return any(_reads_otherwise(one, said[one.pk]) for one in bundles)


def _reads_otherwise(one: ImportBundle, said: dict[str, Any]) -> bool:
    known = {**one.guesses, **one.answers}
    return not said["skip"] and any(
        said.get(name) and said[name] != known.get(name)
        for name in ("day_order", "first_day", "columns")
    )
