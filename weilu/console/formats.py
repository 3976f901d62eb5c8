"""Numbers, shares, spans and moments as people read them, in the language in force.

Between a number and its unit stands a no-break space, so that they never part at a line's end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, tzinfo

from django.utils import timezone
from django.utils.translation import get_language, ngettext, pgettext
from django.utils.translation import gettext as _

SPACE = "\u00a0"
MINUS = "\u2212"
NOTHING = "\u2013"


def speaks_chinese() -> bool:
    """Whether the language in force is Chinese."""
    return (get_language() or "").startswith("zh")


def listed(words: Iterable[object]) -> str:
    """Several words one after the other: "a, b, c"."""
    return ("、" if speaks_chinese() else ", ").join(map(str, words))


def told(*sentences: object) -> str:
    """Whole sentences one after the other, those that say nothing left out; Chinese has no gap."""
    return ("" if speaks_chinese() else " ").join(filter(None, map(str, sentences)))


def number(value: float | None, *, digits: int = 0) -> str:
    """1,234 with a real minus sign; a dash for None."""
    if value is None:
        return NOTHING
    return f"{value:,.{digits}f}".replace("-", MINUS)


def short(value: float | None) -> str:
    """Up to five characters: 9,876, then 1.2 万 and 1.2 亿, or 12.3 k and 1.2 M."""
    if value is None:
        return NOTHING
    steps = ((1e8, "亿"), (1e4, "万")) if speaks_chinese() else ((1e6, "M"), (1e4, "k"))
    for size, unit in steps:
        if abs(value) >= size:
            base = 1e3 if unit == "k" else size
            scaled = value / base
            digits = 1 if abs(scaled) < 100 else 0
            return f"{number(scaled, digits=digits).removesuffix('.0')}{SPACE}{unit}"
    whole = value == int(value)
    return number(value, digits=0 if whole or abs(value) >= 100 else 1)


def percent(share: float | None, *, digits: int = 0) -> str:
    """A share of 0–1 as "18 %"; below half a percent but not nothing: "< 1 %"."""
    if share is None:
        return NOTHING
    if 0 < share < 0.005 and digits == 0:
        return f"<{SPACE}1{SPACE}%"
    return f"{number(share * 100, digits=digits)}{SPACE}%"


def change_words(now: float | None, before: float | None) -> str:
    """The change between two periods in words: "18 % fewer", "twice as many", "no change"."""
    if now is None or before is None:
        return _("nothing to compare with")
    if now == before:
        return _("unchanged")
    if before == 0:
        return _("none before")
    share = (now - before) / before
    if share >= 1:
        return _("%(times)s times as many") % {"times": short(round(now / before, 1))}
    words = _("%(share)s more") if share > 0 else _("%(share)s fewer")
    return words % {"share": percent(abs(share))}


def duration(seconds: float | None) -> str:
    """A span in its two largest useful units: "<1 min" for nothing, "40 s", "1 h 20 min"."""
    if seconds is None:
        return NOTHING
    total = max(0, round(seconds))
    if total == 0:
        # Many platforms tell the minute alone.
        return _("<1 min").replace(" ", SPACE)
    if total < 60:
        return _unit(_("%(n)s s"), total)
    minutes = round(total / 60)
    if minutes < 60:
        return _unit(_("%(n)s min"), minutes)
    hours, rest = divmod(minutes, 60)
    if hours < 24:
        head = _unit(_("%(n)s h"), hours)
        return f"{head} {_unit(_('%(n)s min'), rest)}" if rest and hours < 10 else head
    days, hours = divmod(hours, 24)
    head = _unit(ngettext("%(n)s day", "%(n)s days", days), days)
    return f"{head} {_unit(_('%(n)s h'), hours)}" if hours and days < 7 else head


def _unit(pattern: str, value: int) -> str:
    return pattern.replace(" ", SPACE) % {"n": number(value)}


_WEEKDAYS = (
    lambda: pgettext("weekday", "Mon"),
    lambda: pgettext("weekday", "Tue"),
    lambda: pgettext("weekday", "Wed"),
    lambda: pgettext("weekday", "Thu"),
    lambda: pgettext("weekday", "Fri"),
    lambda: pgettext("weekday", "Sat"),
    lambda: pgettext("weekday", "Sun"),
)
_MONTHS = (
    lambda: pgettext("month", "Jan"),
    lambda: pgettext("month", "Feb"),
    lambda: pgettext("month", "Mar"),
    lambda: pgettext("month", "Apr"),
    lambda: pgettext("month", "May"),
    lambda: pgettext("month", "Jun"),
    lambda: pgettext("month", "Jul"),
    lambda: pgettext("month", "Aug"),
    lambda: pgettext("month", "Sep"),
    lambda: pgettext("month", "Oct"),
    lambda: pgettext("month", "Nov"),
    lambda: pgettext("month", "Dec"),
)


def weekday(index: int) -> str:
    """Name of a weekday, 0 is Monday."""
    return _WEEKDAYS[index]()


def day(
    value: date | None, *, year: bool = False, name: bool = True, zone: tzinfo | None = None
) -> str:
    """A day as 11 月 23 日 周一 or Mon 23 Nov; the year in front or behind when asked for.

    A moment is told by its day in the zone given, else the workspace's.
    """
    if value is None:
        return NOTHING
    if isinstance(value, datetime):
        value = value.astimezone(zone or timezone.get_current_timezone())
    parts = {
        "weekday": weekday(value.weekday()),
        "day": value.day,
        "month": _MONTHS[value.month - 1](),
        "year": value.year,
    }
    if year:
        pattern = _("%(day)s %(month)s %(year)s")
    else:
        pattern = _("%(weekday)s %(day)s %(month)s") if name else _("%(day)s %(month)s")
    return pattern % parts


def day_of_late(value: date | None, *, today: date) -> str:
    """A day in a narrow column: the year only where it is another than today's."""
    year = value is not None and value.year != today.year
    return day(value, year=year, name=False)


def moment(value: datetime | None, *, zone: tzinfo | None = None, year: bool = False) -> str:
    """Day and time in the zone given, else the workspace's."""
    if value is None:
        return NOTHING
    local = value.astimezone(zone or timezone.get_current_timezone())
    return f"{day(local.date(), year=year)} {local:%H:%M}"


def moment_of_late(value: datetime | None, *, now: datetime, zone: tzinfo | None = None) -> str:
    """A moment in a narrow column: no weekday, the year only where it is another than now's."""
    if value is None:
        return NOTHING
    local = value.astimezone(zone or timezone.get_current_timezone())
    return f"{day_of_late(local.date(), today=now.date())} {local:%H:%M}"


def relative(value: datetime | None, *, now: datetime, zone: tzinfo | None = None) -> str:
    """An age as "3 minutes ago" up to a day, then the moment; the year when it is another one."""
    if value is None:
        return NOTHING
    age = now - value
    if timedelta(0) <= age < timedelta(minutes=1):
        return _("just now")
    if timedelta(0) <= age < timedelta(hours=1):
        minutes = int(age.total_seconds() // 60)
        return ngettext("%(n)s minute ago", "%(n)s minutes ago", minutes) % {"n": minutes}
    if timedelta(0) <= age < timedelta(days=1):
        hours = int(age.total_seconds() // 3600)
        return ngettext("%(n)s hour ago", "%(n)s hours ago", hours) % {"n": hours}
    return moment(value, zone=zone, year=value.year != now.year)


def of_ms(value: int | None) -> datetime | None:
    """A moment from UTC milliseconds."""
    return None if value is None else datetime.fromtimestamp(value / 1000, tz=UTC)
