"""What the member list is narrowed to, read from the address."""

from __future__ import annotations

from datetime import UTC, date, datetime

from django.utils.translation import gettext as _

from weilu.chat.columns import DAY_MS
from weilu.console.http import Request, row_number
from weilu.console.members.behind import among_of
from weilu.groups.queries import groups_of
from weilu.insight.people.listing import Wanted

STATES = ("active", "silent", "never", "left")
KINDS = ("people", "staff", "bots")


def wanted_of(request: Request) -> Wanted:
    """The filters of the address; unknown values fall away. Raises NotFound as `among_of`."""
    asked = request.GET
    state, who = asked.get("state", ""), asked.get("who", "")
    group, tag = (row_number(asked.get(n, "")) for n in ("group", "tag"))
    until = _day_ms(asked.get("first_until", ""))
    known = {one.pk for one in groups_of(request.actor)}
    return Wanted(
        name=asked.get("q", "")[:100],
        group_id=group if group in known else None,
        tag_id=tag,
        among=among_of(request),
        state=state if state in STATES else "",
        who=who if who in KINDS else "",
        first_from_ms=_day_ms(asked.get("first_from", "")),
        first_until_ms=None if until is None else until + DAY_MS,
        spoke_before_ms=_day_ms(asked.get("spoke_before", "")),
    )


def _day_ms(text: str) -> int | None:
    try:
        start = date.fromisoformat(text)
    except ValueError:
        return None
    return int(datetime(start.year, start.month, start.day, tzinfo=UTC).timestamp() * 1000)


def states_of(chosen: str) -> list[tuple[str, str, bool]]:
    """The states to choose from: value, word, whether chosen."""
    words = {
        "": _("Any stage"),
        "active": _("Spoke in 14 days"),
        "silent": _("Silent for 60 days"),
        "never": _("Never spoke"),
        "left": _("Left"),
    }
    return [(key, word, key == chosen) for key, word in words.items()]


def kinds_of(chosen: str) -> list[tuple[str, str, bool]]:
    """The kinds to choose from: value, word, whether chosen."""
    words = {
        "": _("Everybody"),
        "people": _("Members only"),
        "staff": _("Staff"),
        "bots": _("Bots"),
    }
    return [(key, word, key == chosen) for key, word in words.items()]
