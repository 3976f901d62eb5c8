"""Cells of the list-page machine: a value of each kind as text for files and HTML for pages."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import date, datetime
from enum import StrEnum
from typing import Protocol, cast

from django.utils.functional import Promise
from django.utils.html import conditional_escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe

from weilu.console import formats
from weilu.console.drawing import icon, sparkline
from weilu.console.parts import Badge
from weilu.core.clock import now, today


class Kind(StrEnum):
    """What a column holds; decides how it is written and aligned."""

    TEXT = "text"
    ADDRESS = "address"
    NUMBER = "number"
    SHARE = "share"
    CHANGE = "change"
    SPAN = "span"
    DAY = "day"
    MOMENT = "moment"
    AGO = "ago"
    BADGE = "badge"
    SPARK = "spark"
    TAGS = "tags"


RIGHT_ALIGNED = frozenset({Kind.NUMBER, Kind.SHARE, Kind.CHANGE, Kind.SPAN})


def _text(value: object) -> SafeString:
    return conditional_escape("" if value is None else str(value))


def _address(value: object) -> SafeString:
    """An address as short as a reader needs it; the whole of it on demand."""
    whole = "" if value is None else str(value)
    bare = whole.split("://", 1)[-1].removeprefix("www.").rstrip("/")
    head, tail = _ADDRESS_CHARS * 2 // 3, _ADDRESS_CHARS // 3
    words = bare if len(bare) <= _ADDRESS_CHARS else f"{bare[:head]}…{bare[-tail:]}"
    return format_html('<span title="{}">{}</span>', whole, words)


def _number(value: object) -> SafeString:
    one = cast("float | None", value)
    # All of a column alike, so that the points stand below each other.
    return conditional_escape(formats.number(one, digits=int(isinstance(one, float))))


def _share(value: object) -> SafeString:
    return conditional_escape(formats.percent(cast("float | None", value)))


def _change(value: object) -> SafeString:
    """A change as a share of before, more with its plus: "+50 %"."""
    one = cast("float | None", value)
    plus = "+" if one and one > 0 else ""
    return conditional_escape(f"{plus}{formats.percent(one)}")


def _span(value: object) -> SafeString:
    return conditional_escape(formats.duration(cast("float | None", value)))


def _day(value: object) -> SafeString:
    at = cast("date | None", value)
    words = formats.day_of_late(at, today=today())
    if at is None:
        return conditional_escape(words)
    whole = words.replace(" ", formats.SPACE)
    return format_html('<time datetime="{}"{}>{}</time>', at.isoformat(), _age(at), whole)


def _moment(value: object) -> SafeString:
    words = formats.moment_of_late(cast("datetime | None", value), now=now())
    # In a narrow column the hour may go to the next line; the day keeps together.
    on, gap, hour = words.rpartition(" ")
    return _time(value, f"{on.replace(' ', formats.SPACE)}{gap}{hour}")


def _ago(value: object) -> SafeString:
    return _time(value, formats.relative(cast("datetime | None", value), now=now()))


def _time(value: object, words: str) -> SafeString:
    if value is None:
        return conditional_escape(words)
    at = cast("datetime", value)
    title = formats.moment(at, year=True)
    when = at.isoformat()
    return format_html('<time datetime="{}"{} title="{}">{}</time>', when, _age(at), title, words)


def _age(at: date) -> SafeString:
    """Marks days of another year, which take more room: a card on a phone makes it."""
    return SafeString(' class="of-old"' if at.year != now().year else "")


def badge(value: object) -> SafeString:
    """A badge with its icon and word; nothing for None."""
    if value is None:
        return mark_safe("")
    one = cast("Badge", value)
    return format_html(
        '<span class="badge tone-{}">{}{}</span>', one.tone.value, icon(one.icon), one.word
    )


def _spark(value: object) -> SafeString:
    return sparkline(cast("Sequence[float]", value or ()))


class Dyed(Protocol):
    """A word with a colour of `Colour`."""

    name: str
    colour: str


def tags(value: object) -> SafeString:
    """Tags one after the other, each in its colour."""
    worn = cast("Sequence[Dyed]", value or ())
    return format_html_join(
        " ", '<span class="tag dye-{}">{}</span>', ((one.colour, one.name) for one in worn)
    )


DRAW: dict[Kind, Callable[[object], SafeString]] = {
    Kind.TEXT: _text,
    Kind.ADDRESS: _address,
    Kind.NUMBER: _number,
    Kind.SHARE: _share,
    Kind.CHANGE: _change,
    Kind.SPAN: _span,
    Kind.DAY: _day,
    Kind.MOMENT: _moment,
    Kind.AGO: _ago,
    Kind.BADGE: badge,
    Kind.SPARK: _spark,
    Kind.TAGS: tags,
}


def plain(value: object) -> str | float | date | None:
    """The value for a spreadsheet: numbers, days and moments stay what they are."""
    if isinstance(value, Badge):
        return str(value.word)
    if value is None or isinstance(value, str | int | float | date):
        return value
    if isinstance(value, Sequence):
        return ", ".join(str(one) for one in value)
    return str(value)


# Letters that fit half of a phone's width.
_ADDRESS_CHARS = 45
_LONG = 24


def classes(value: object, *, first: bool, right: bool, fact: bool) -> str:
    """The classes of a cell; a phone shows `fact`s under the name, `long` ones at full width."""
    words = ["name" if first else "value"]
    words += ["num"] if right else []
    words += ["fact"] if fact else []
    words += ["long"] if fact and isinstance(value, str | Promise) and _is_long(str(value)) else []
    return " ".join(words)


def _is_long(text: str) -> bool:
    """Whether a text needs a phone's whole width; Chinese letters take two places."""
    return len(text) + sum(one > "\u2e80" for one in text) > _LONG
