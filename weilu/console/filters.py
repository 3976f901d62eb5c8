"""The filters every page of numbers shares: period, group, staff, bots; kept in the address."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpRequest
from django.utils.translation import gettext as _

from weilu.console.formats import day
from weilu.console.http import row_number

PERIODS = ("7", "28", "90", "365", "all", "own")
DEFAULT_PERIOD = "28"


@dataclass(frozen=True, slots=True)
class Filters:
    """What the address asks for. `first` and `last` are days, both included, None without limit.

    `group` is a group's id or None for all; staff and bots are left out unless asked for.
    """

    period: str = DEFAULT_PERIOD
    first: date | None = None
    last: date | None = None
    group: int | None = None
    staff: bool = True
    bots: bool = False

    def before(self) -> tuple[date, date] | None:
        """The period just before, of the same length; None when there is no first day."""
        if self.first is None or self.last is None:
            return None
        length = self.last - self.first + timedelta(days=1)
        return self.first - length, self.first - timedelta(days=1)

    def query(self, **changes: object) -> str:
        """The filters as a query without "?", for links to the rows behind a number."""
        pairs: dict[str, object] = {"period": self.period}
        if self.period == "own":
            pairs |= {"from": self.first or "", "to": self.last or ""}
        if self.group is not None:
            pairs["group"] = self.group
        pairs |= {"staff": "1" if self.staff else "0", "bots": "1" if self.bots else "0"}
        return urlencode({**pairs, **changes})


@dataclass(frozen=True, slots=True)
class Choice:
    """An option of a filter."""

    value: str
    label: str
    chosen: bool


@dataclass(frozen=True, slots=True)
class FilterBar:
    """The filters as drawn by `{% filter_bar bar %}`; `kept` are other words of the address."""

    filters: Filters
    periods: Sequence[Choice]
    groups: Sequence[Choice]
    kept: Sequence[tuple[str, str]]
    span: str


def read(request: HttpRequest, *, last: date, groups: Sequence[int] = ()) -> Filters:
    """The filters asked for; `last` is the newest day there is; unknown values fall back."""
    asked = request.GET
    period = asked.get("period", DEFAULT_PERIOD)
    period = period if period in PERIODS else DEFAULT_PERIOD
    first: date | None = None
    end: date | None = last
    if period == "own":
        first, end = _day(asked.get("from", "")), _day(asked.get("to", "")) or last
        if first and first > end:
            first, end = end, first
    elif period != "all":
        first = last - timedelta(days=int(period) - 1)
    group = row_number(asked.get("group", ""))
    return Filters(
        period=period,
        first=first,
        last=end,
        group=group if group in groups else None,
        staff=asked.get("staff", "1") == "1",
        bots=asked.get("bots", "0") == "1",
    )


def bar(
    filters: Filters, request: HttpRequest, groups: Sequence[tuple[int, str]] = ()
) -> FilterBar:
    """The bar of these filters; `groups` as (id, name), none to leave the choice out."""
    words = {
        "7": _("7 days"),
        "28": _("4 weeks"),
        "90": _("3 months"),
        "365": _("1 year"),
        "all": _("All the time"),
        "own": _("Own dates"),
    }
    own = {"period", "from", "to", "group", "staff", "bots", "after", "before", "format"}
    chosen = "" if filters.group is None else str(filters.group)
    options = [("", _("All groups")), *((str(key), name) for key, name in groups)]
    return FilterBar(
        filters=filters,
        periods=[Choice(key, words[key], key == filters.period) for key in PERIODS],
        groups=[Choice(key, name, key == chosen) for key, name in options] if groups else [],
        kept=[(k, str(v)) for k, v in request.GET.dict().items() if k not in own],
        span=_span(filters),
    )


def _span(filters: Filters) -> str:
    if filters.first is None or filters.last is None:
        return ""
    years = filters.first.year != filters.last.year
    first = day(filters.first, year=years, name=False)
    return f"{first} – {day(filters.last, year=years, name=False)}"


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
