"""The rows behind every number of the community page."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime

from django.http import HttpResponseBase
from django.utils.translation import gettext as _

from weilu.console import counts
from weilu.console.cells import Kind
from weilu.console.communities import rows_of_people
from weilu.console.communities.asked import View, view_of
from weilu.console.communities.links import member_url, message_url
from weilu.console.communities.listing import answer, named, paged
from weilu.console.formats import day as day_words
from weilu.console.formats import number, of_ms, weekday
from weilu.console.guard import page
from weilu.console.http import Request, row_number
from weilu.console.parts import Empty, Head
from weilu.console.tables import Column, Spec, in_memory
from weilu.core.access import Right
from weilu.core.errors import NotFound
from weilu.insight.pages import moves, people, replies, talk
from weilu.insight.pages.look import date_of, number_of

TEXT_CHARS = 240


@dataclass(frozen=True, slots=True)
class Line:
    """A message, a question, a join: who, what, when, where."""

    pk: int
    message: int
    member: int
    name: str
    text: str
    group: str
    at: datetime | None
    other: int = 0
    other_name: str = ""
    wait_s: float | None = None
    mark: str = ""


def _member_column(label: str = "") -> Column[Line]:
    return Column(
        "name", label or _("Who"), link=lambda r: member_url(r.member), sort=False, fact=True
    )


def _group_column() -> Column[Line]:
    return Column("group", _("Group"), sort=False)


def _text_column(label: str) -> Column[Line]:
    return Column("text", label, link=lambda r: message_url(r.message), sort=False)


def _when(label: str) -> Column[Line]:
    return Column("at", label, Kind.MOMENT, value=lambda r: r.at, fact=True)


def _spec(name: str, columns: Sequence[Column[Line]], sort: str, text: str) -> Spec[Line]:
    return Spec(
        name=name,
        columns=columns,
        key=lambda r: r.pk,
        sort=sort,
        empty=Empty(_("Nothing in this period"), text),
    )


def _groups(view: View) -> dict[int, str]:
    return {g.pk: g.name for g in view.place.groups}


def messages(view: View) -> HttpResponseBase:
    """Messages of the period, of a day, or of an hour of a weekday."""
    asked = view.request.GET
    scope = view.look.scope
    hour, week = (row_number(asked.get(name, "")) for name in ("hour", "weekday"))
    if hour is not None and hour < 24 and week is not None and week < 7:
        found = talk.messages_of_cell(view.look, week, hour)
        title = _("Messages on %(day)s at %(hour)s") % {
            "day": weekday(week),
            "hour": f"{hour:02d}:00",
        }
    elif chosen := _day(asked.get("day", "")):
        found = talk.messages_of_days(view.look, [number_of(chosen)])
        title = _("Messages of %(day)s") % {"day": day_words(chosen, year=True)}
    else:
        days = list(range(scope.first_day, scope.last_day + 1))
        found = talk.messages_of_days(view.look, days)
        title = _("Messages")
    groups = _groups(view)
    lines = [
        Line(
            m.id,
            m.id,
            m.member_id,
            m.name,
            m.text[:TEXT_CHARS] or "…",
            groups[m.group_id],
            of_ms(m.sent_ms),
        )
        for m in found.said
    ]
    columns = [_text_column(_("Message")), _member_column(), _when(_("When")), _group_column()]
    spec = _spec("messages", columns, "at", _("Nobody said anything then."))
    sentence = view.span_words()
    if found.is_cut:
        sentence = _("The first %(n)s; choose a shorter period for the others.") % {
            "n": number(len(found.said))
        }
    return answer(view, Head(title, sentence), spec, in_memory(spec, lines), len(lines))


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def questions(view: View) -> HttpResponseBase:
    """Questions, all or answered or open."""
    state = view.request.GET.get("state", "")
    answered = {"answered": True, "open": False}.get(state)
    groups = _groups(view)
    found = replies.questions(view.look, answered=answered)
    by_id = {q.id: q for q in found}
    lines = [_question(q, groups) for q in found]
    columns = [
        _text_column(_("Question")),
        _member_column(_("Asked by")),
        _when(_("When")),
        Column(
            "other_name",
            _("First answer by"),
            link=lambda r: member_url(r.other) if r.other else "",
            sort=False,
        ),
        Column("wait_s", _("After"), Kind.SPAN, fact=True),
        _group_column(),
    ]
    spec = _spec("questions", columns, "-at", _("Nobody asked anything."))

    def finish(rows: Sequence[Line]) -> list[Line]:
        return [_question(q, groups) for q in replies.told([by_id[r.pk] for r in rows])]

    title = {
        "answered": _("Answered questions"),
        "open": _("Questions without an answer"),
    }.get(state, _("Questions"))
    source = paged(in_memory(spec, lines), finish)
    return answer(view, Head(title, view.span_words()), spec, source, len(lines))


def _question(one: replies.AskedOne, groups: dict[int, str]) -> Line:
    return Line(
        one.id,
        one.id,
        one.member_id,
        one.name,
        one.text[:TEXT_CHARS] or "…",
        groups[one.group_id],
        of_ms(one.asked_ms),
        one.answerer_id,
        one.answerer,
        one.wait_s,
    )


def joins(view: View) -> HttpResponseBase:
    """Who came, new or back again."""
    return _move_rows(view, _("Who came"), moves.joins(view.look))


def leaves(view: View) -> HttpResponseBase:
    """Who left."""
    return _move_rows(view, _("Who left"), moves.leaves(view.look))


def _move_rows(view: View, title: str, found: list[moves.Move]) -> HttpResponseBase:
    groups = _groups(view)
    again, new = _("came back"), _("for the first time")
    lines = [
        Line(
            m.key,
            0,
            m.member_id,
            "",
            "",
            groups[m.group_id],
            of_ms(m.at_ms),
            mark=again if m.is_return else new,
        )
        for m in found
    ]
    columns = [
        Column("name", _("Name"), link=lambda r: member_url(r.member), sort=False),
        _when(_("When")),
        Column("group", _("Group"), fact=True),
        Column("mark", _("Was it the first time?"), fact=True),
    ]
    spec = _spec("moves", columns, "-at", _("Nobody came or left."))

    def finish(rows: Sequence[Line]) -> list[Line]:
        return named(rows, lambda r: r.member, lambda r, name: replace(r, name=name))

    return answer(
        view,
        Head(title, view.span_words()),
        spec,
        paged(in_memory(spec, lines), finish),
        len(lines),
    )


def pair(view: View) -> HttpResponseBase:
    """What one member answered another."""
    asked = view.request.GET
    one, other = (row_number(asked.get(name, "")) for name in ("answering", "answered"))
    if one is None or other is None:
        raise NotFound
    called = people.names_of([one, other])
    found = replies.exchanges(view.look, one, other)
    lines = [
        Line(
            x.id,
            x.id,
            x.asked_id,
            x.asked_text[:TEXT_CHARS] or "…",
            x.text[:TEXT_CHARS] or "…",
            "",
            of_ms(x.sent_ms),
        )
        for x in found
    ]
    columns = [
        _text_column(_("Answer")),
        Column("name", _("To this"), link=lambda r: message_url(r.member), sort=False, fact=True),
        _when(_("When")),
    ]
    spec = _spec("pair", columns, "-at", _("They did not answer each other in these days."))
    title = _("%(one)s answers %(other)s") % {
        "one": called.get(int(one), "?"),
        "other": called.get(int(other), "?"),
    }
    sentence = _("The last %(days)s of the period; the picture counts whole months.") % {
        "days": counts.days(min(replies.EXCHANGE_DAYS, view.look.scope.days))
    }
    return answer(view, Head(title, sentence), spec, in_memory(spec, lines), len(lines))


def links(view: View) -> HttpResponseBase:
    """Every address shared in the period."""
    found = talk.links(view.look, None)
    spec: Spec[talk.Link] = Spec(
        name="links",
        columns=[
            Column("url", _("Address"), Kind.ADDRESS, link=lambda r: message_url(r.message_id)),
            Column("host", _("Site"), fact=True),
            Column("times", _("Times"), Kind.NUMBER, fact=True),
            Column("first_day", _("First"), Kind.DAY, value=lambda r: date_of(r.first_day)),
            Column("last_day", _("Last"), Kind.DAY, value=lambda r: date_of(r.last_day), fact=True),
        ],
        key=lambda r: r.url,
        sort="-times",
        empty=Empty(_("No links"), _("Nobody shared an address in this period.")),
    )
    title = _("Links people shared")
    return answer(view, Head(title, view.span_words()), spec, in_memory(spec, found), len(found))


ROWS: dict[str, Callable[[View], HttpResponseBase]] = {
    "speakers": rows_of_people.speakers,
    "messages": messages,
    "newcomers": rows_of_people.newcomers,
    "returned": rows_of_people.returned,
    "joins": joins,
    "leaves": leaves,
    "questions": questions,
    "pair": pair,
    "links": links,
    "present": rows_of_people.present,
    "silent": rows_of_people.silent,
}


@page(Right.SEE_MEMBERS)
def rows(request: Request, pk: int, name: str) -> HttpResponseBase:
    """A list of what a number counts; the address names the number and the filters."""
    view = view_of(request, pk)
    if name not in ROWS or view.place.newest is None:
        raise NotFound
    return ROWS[name](view)
