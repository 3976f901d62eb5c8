"""What the address of a community page asks for, and links that keep it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date
from functools import cached_property
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from weilu.console import filters
from weilu.console.filters import FilterBar, Filters
from weilu.console.formats import day as day_words
from weilu.console.formats import speaks_chinese
from weilu.console.http import Request
from weilu.insight.pages.front import Front, front
from weilu.insight.pages.look import Asked, Look, Place, date_of, look_at, number_of, place_of


@dataclass(frozen=True)
class View:
    """A place, the filters in force, and the request they came with."""

    request: Request
    place: Place
    filters: Filters

    @cached_property
    def look(self) -> Look:
        """The place as asked for; reads who is who."""
        newest = self.place.newest or 0
        first = self.filters.first
        asked = Asked(
            first_day=number_of(first) if first else (self.place.oldest or newest),
            last_day=number_of(self.filters.last) if self.filters.last else newest,
            group_id=self.filters.group,
            staff=self.filters.staff,
            bots=self.filters.bots,
        )
        return look_at(self.place, asked)

    @cached_property
    def front(self) -> Front:
        """The first numbers of the place; several parts of a page show some of them."""
        return front(self.look)

    @property
    def begin(self) -> int:
        """First day of the period, or of the history where that begins within the period."""
        scope, oldest = self.look.scope, self.place.oldest
        is_within = oldest is not None and scope.first_day < oldest <= scope.last_day
        return oldest if is_within and oldest is not None else scope.first_day

    def measured(self, per_day: Sequence[int]) -> Sequence[int]:
        """Counts of the days of the period without those before the history begins."""
        return per_day[self.begin - self.look.scope.first_day :]

    @property
    def pk(self) -> int:
        """The community's id."""
        return self.place.community.pk

    def url(self, name: str, *args: object, **changes: object) -> str:
        """A page of this community that keeps the filters."""
        return f"{reverse(name, args=[self.pk, *args])}?{self.filters.query(**changes)}"

    def rows(self, name: str, **changes: object) -> str:
        """The rows behind a number."""
        return self.url("community_rows", name, **changes)

    def on_day(self, day: int) -> str:
        """The messages of a day."""
        return self.rows("messages", day=date_of(day).isoformat())

    def bar(self) -> FilterBar:
        """The filter bar; groups only where there are several."""
        groups = [(g.pk, g.name) for g in self.place.groups]
        return filters.bar(self.filters, self.request, groups if len(groups) > 1 else ())

    def span_words(self) -> str:
        """The period as "2 Dec 2023 – 29 Dec 2023"."""
        scope = self.look.scope
        first, last = date_of(scope.first_day), date_of(scope.last_day)
        return span_words(first, last)


def span_words(first: date, last: date) -> str:
    """Two days as "4 Dec – 31 Dec 2023"; the year once, where the language puts it."""
    if first == last:
        return day_words(last, year=True)
    both = first.year != last.year
    return _("%(first)s – %(last)s") % {
        "first": day_words(first, year=both or speaks_chinese(), name=False),
        "last": day_words(last, year=both or not speaks_chinese(), name=False),
    }


def view_of(request: Request, pk: int) -> View:
    """The view the address asks for; raises NotFound also for another workspace's community."""
    place = place_of(request.actor, pk)
    # The clock of the community is the clock of its pages; the middleware takes it back.
    timezone.activate(ZoneInfo(place.community.time_zone))
    last = date_of(place.newest or 0)
    read = filters.read(request, last=last, groups=[g.pk for g in place.groups])
    return View(request, place, _within(read, place))


def _within(read: Filters, place: Place) -> Filters:
    """Own dates moved into what is known, so that nobody waits for ten thousand empty years."""
    if read.period != "own" or place.newest is None or place.oldest is None:
        return read
    oldest, newest = date_of(place.oldest), date_of(place.newest)
    last = max(min(read.last or newest, newest), oldest)
    first = min(max(read.first or oldest, oldest), last)
    return replace(read, first=first, last=last)


def label_of(day: int) -> str:
    """A day as an axis names it."""
    return day_words(date_of(day), name=False)


def labels_between(first: int, last: int) -> list[str]:
    """Days of an axis; the year in the first one when it is not everybody's."""
    years = date_of(first).year != date_of(last).year
    return [
        day_words(date_of(d), year=years, name=False) if years else label_of(d)
        for d in range(first, last + 1)
    ]


def dates_between(first: int, last: int) -> list[date]:
    """Days as dates, both ends included."""
    return [date_of(d) for d in range(first, last + 1)]
