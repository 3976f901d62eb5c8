"""The people behind numbers: who spoke, who is new, who is there."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, datetime

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from weilu.console.cells import Kind
from weilu.console.communities.asked import View
from weilu.console.communities.links import member_url
from weilu.console.communities.listing import answer, named, paged
from weilu.console.formats import of_ms
from weilu.console.parts import Empty, Head
from weilu.console.tables import Ask, Column, Spec, in_memory
from weilu.insight.pages import people
from weilu.insight.pages.front import counted_there
from weilu.insight.pages.look import date_of


def speakers(view: View) -> HttpResponseBase:
    """Who spoke, most first."""
    return _speaker_rows(view, _("People who spoke"), people.speakers(view.look))


def newcomers(view: View) -> HttpResponseBase:
    """Who spoke for the first time ever."""
    one = people.newcomers(view.look).fresh
    return _speaker_rows(view, _("Newcomers"), people.speakers(view.look, one.newcomers))


def returned(view: View) -> HttpResponseBase:
    """Newcomers who spoke on a second day of the period."""
    one = people.newcomers(view.look).fresh
    title = _("Newcomers who came back")
    return _speaker_rows(view, title, people.speakers(view.look, one.returned))


def _speaker_rows(view: View, title: str, found: list[people.Speaker]) -> HttpResponseBase:
    spec: Spec[people.Speaker] = Spec(
        name="speakers",
        columns=[
            Column("name", _("Name"), link=lambda r: member_url(r.member_id), sort=False),
            Column("messages", _("Messages"), Kind.NUMBER, fact=True),
            Column("days", _("Days with a message"), Kind.NUMBER, fact=True),
            Column("first_day", _("First day"), Kind.DAY, value=_first_day),
            Column("last_day", _("Last day"), Kind.DAY, value=_last_day, fact=True),
        ],
        key=lambda r: r.member_id,
        sort="-messages",
        empty=Empty(_("Nobody"), _("Nobody in this period.")),
    )

    def finish(rows: Sequence[people.Speaker]) -> list[people.Speaker]:
        return named(rows, lambda r: r.member_id, lambda r, name: replace(r, name=name))

    source = paged(in_memory(spec, found), finish)
    return answer(view, Head(title, view.span_words()), spec, source, len(found))


def _first_day(row: people.Speaker) -> date:
    return date_of(row.first_day)


def _last_day(row: people.Speaker) -> date:
    return date_of(row.last_day)


def present(view: View) -> HttpResponseBase:
    """Everybody who is in the groups."""
    return _present_rows(view, _("People who are there"), silent=False)


def silent(view: View) -> HttpResponseBase:
    """Who is there and never spoke, or not for 60 days."""
    return _present_rows(view, _("Silent members"), silent=True)


def _present_rows(view: View, title: str, *, silent: bool) -> HttpResponseBase:
    spec: Spec[people.Present] = Spec(
        name="present",
        columns=[
            Column("name", _("Name"), link=lambda r: member_url(r.member_id), sort=False),
            Column("seen_ms", _("First seen"), Kind.MOMENT, value=lambda r: of_ms(r.seen_ms)),
            Column(
                "joined_ms",
                _("Joined"),
                Kind.MOMENT,
                fact=True,
                value=lambda r: of_ms(r.joined_ms or None),
            ),
            Column(
                "spoke_ms",
                _("Last spoke"),
                Kind.MOMENT,
                fact=True,
                value=lambda r: of_ms(r.spoke_ms or None),
            ),
            Column("messages", _("Messages"), Kind.NUMBER, fact=True),
        ],
        key=lambda r: r.member_id,
        sort="-spoke_ms",
        empty=Empty(_("Nobody"), _("Nobody is there, as far as we know.")),
    )

    def fetch(ask: Ask) -> Sequence[people.Present]:
        return people.present(
            view.look, people.Wanted(ask.sort, ask.descending, _place(ask), ask.limit, silent)
        )

    words = (
        _("In the groups, and never spoke or not for 60 days before the last message we know of.")
        if silent
        else _("In the groups as far as we know: seen, and not seen to leave.")
    )
    total = counted_there(view.look)[silent]
    return answer(view, Head(title, words), spec, fetch, total)


def _place(ask: Ask) -> tuple[int, int] | None:
    """The cursor as (value, member); moments travel as text."""
    if ask.after is None:
        return None
    value, key = ask.after
    if isinstance(value, str):
        value = round(datetime.fromisoformat(value).timestamp() * 1000)
    return int(value or 0), int(key)
