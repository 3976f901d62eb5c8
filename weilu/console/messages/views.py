"""Searching messages, and the conversation around one of them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.chat.columns import day_start_ms
from weilu.chat.ports import Kind as Told
from weilu.chat.search.find import ROWS_CHECKED
from weilu.communities.models import Community
from weilu.console.cells import Kind
from weilu.console.communities.links import all_of, community_in
from weilu.console.empties import nothing_yet
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request, row_number
from weilu.console.lists import spreadsheet
from weilu.console.messages.passing import Drawn, gathered
from weilu.console.messages.text import ShownLine, clean, page_query, place_of, shown
from weilu.console.parts import Empty, Head
from weilu.console.tables import Ask, Column, Spec
from weilu.core.access import Right
from weilu.groups.models import Group
from weilu.groups.queries import groups_of
from weilu.insight.people import around as conversation
from weilu.insight.people.search import Look, Result, look
from weilu.moderation.by_hand import rules_to_break

XLSX_HITS = 1000


@dataclass(frozen=True, slots=True)
class HitRow:
    """A hit as a row of the spreadsheet."""

    at: datetime
    group: str
    name: str
    text: str


@dataclass(frozen=True, slots=True)
class Place:
    """A community among the choices of where to look: `key` stands for all its groups."""

    name: str
    key: str
    groups: Sequence[Group]


@page(Right.SEE_MEMBERS)
def messages(request: Request) -> HttpResponseBase:
    """Hits of the words asked for, newest first; without words the newest messages."""
    groups = groups_of(request.actor)
    wanted = _asked(request, groups)
    if request.GET.get("format") == "xlsx":
        request.actor.require(Right.EXPORT)
        return _spreadsheet(request, wanted, groups)
    found = look(request.actor, wanted)
    zones = {group.pk: group.community.time_zone for group in groups}
    last = found.rows[-1] if found.rows and found.more else None
    context = {
        "head": Head(_("Messages"), _sentence(wanted, found)),
        "wanted": wanted,
        "asked": request.GET,
        "places": _places(groups),
        "where": request.GET.get("group", ""),
        "lines": _with_names(shown(found.rows, zones, wanted.query), found, groups),
        "member": found.member,
        "gave_up": number(ROWS_CHECKED) if found.gave_up else "",
        "older": page_query(request.GET, last) if last else "",
        "newer": _without_place(request) if wanted.before else "",
        "xlsx": f"{request.path}?{_query(request, format='xlsx')}" if found.rows else "",
        "empty": _empty(wanted) if groups else nothing_yet(request.actor),
    }
    return render(request, "messages/search.html", context)


def _asked(request: Request, groups: Sequence[Group]) -> Look:
    asked = request.GET
    chosen = _chosen(asked.get("group", ""), groups)
    zone = (chosen or groups)[0].community.time_zone if groups else "UTC"
    first, last = _day(asked.get("from", "")), _day(asked.get("to", ""))
    return Look(
        query=asked.get("q", "").strip(),
        group_ids=tuple(one.pk for one in chosen),
        member_id=row_number(asked.get("member", "")),
        first_ms=None if first is None else day_start_ms(first, zone),
        end_ms=None if last is None else day_start_ms(last + 1, zone),
        before=place_of(asked.get("before", "")),
    )


def _chosen(where: str, groups: Sequence[Group]) -> list[Group]:
    """The group an address names, or all of a community; none for all there are."""
    community = community_in(where)
    if community is not None:
        return [one for one in groups if one.community_id == community]
    return [one for one in groups if str(one.pk) == where]


def _places(groups: Sequence[Group]) -> list[Place]:
    """The groups by community, communities by name."""
    of: dict[Community, list[Group]] = {}
    for one in groups:
        of.setdefault(one.community, []).append(one)
    by_name = sorted(of, key=lambda one: (one.name, one.pk))
    return [Place(one.name, all_of(one.pk), of[one]) for one in by_name]


def _day(text: str) -> int | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    # Years no chat is from would only overflow.
    return (found - date(1970, 1, 1)).days if 1970 <= found.year < 2200 else None


def _sentence(wanted: Look, found: Result) -> str:
    if not wanted.query:
        return _("The newest messages. Type words to search in all of them.")
    if not found.rows and found.gave_up:
        return _("Nothing found so far.")
    if not found.rows:
        return _("No message holds these words.")
    if found.more and not wanted.before and found.about:
        about = _("About %(n)s messages, newest first. Each holds all the words.")
        return about % {"n": number(_rounded(found.about))}
    if found.more or wanted.before or found.gave_up:
        return _("Newest first. Every message holds all the words.")
    count = len(found.rows)
    return ngettext("%(n)s message.", "%(n)s messages, newest first.", count) % {"n": number(count)}


def _rounded(count: int) -> int:
    """An estimate to two figures: more would be a claim."""
    return round(count, 2 - len(str(count)))


def _empty(wanted: Look) -> Empty:
    if wanted.query:
        return Empty(
            _("Nothing found"),
            _("Try fewer or shorter words, or leave out the filters."),
            icon="search-off",
        )
    return Empty(_("No messages"), _("Leave out the filters, or choose another group."))


def _with_names(
    lines: Iterable[ShownLine], found: Result, groups: Sequence[Group]
) -> list[dict[str, object]]:
    """Lines with who said them and where."""
    called = {group.pk: group.name for group in groups}
    drawn = []
    for one in lines:
        member_id, name = found.people.get(one.identity_id, (0, ""))
        place = called.get(one.group_id, "")
        drawn.append({"line": one, "member_id": member_id, "name": name, "group": place})
    return drawn


def _query(request: Request, **changes: str) -> str:
    query = request.GET.copy()
    query.pop("before", None)
    query.update(changes)
    return query.urlencode()


def _without_place(request: Request) -> str:
    return f"{request.path}?{_query(request)}"


def _spreadsheet(request: Request, wanted: Look, groups: Sequence[Group]) -> HttpResponseBase:
    """The newest thousand hits as a spreadsheet."""
    found = look(request.actor, wanted, limit=XLSX_HITS)
    called = {group.pk: group.name for group in groups}
    rows = [
        HitRow(
            datetime.fromtimestamp(one.sent_ms / 1000, tz=UTC),
            called.get(one.group_id, ""),
            found.people.get(one.identity_id, (0, ""))[1],
            clean(one.text),
        )
        for one in found.rows
    ]
    spec = Spec[HitRow](
        name="messages",
        columns=[
            Column("at", _("Time"), Kind.MOMENT),
            Column("group", _("Group")),
            Column("name", _("Name")),
            Column("text", _("Message")),
        ],
        key=lambda row: 0,
        sort="-at",
        empty=Empty(_("No messages")),
    )

    def source(ask: Ask) -> Sequence[HitRow]:
        return rows if ask.after is None else ()

    return spreadsheet(request, spec, source)


@page(Right.SEE_MEMBERS)
def around(request: Request, pk: int) -> HttpResponse:
    """What was said around a message."""
    found = conversation.around(request.actor, pk)
    query = request.GET.get("q", "")
    zone = found.group.community.time_zone
    called = {one.said.id: one.name for one in found.lines}
    lines = shown([one.said for one in found.lines], {found.group.pk: zone}, query, only=pk)
    drawn: list[Drawn] = [
        {
            "line": drawn_line,
            "member_id": one.member_id,
            "name": one.name,
            "is_hit": one.said.id == pk,
            "is_talk": one.said.kind == Told.MESSAGE,
            "event": _event(one),
            "answers": one.answers,
            "answers_name": one.answers_name or called.get(one.answers, ""),
        }
        for one, drawn_line in zip(found.lines, lines, strict=True)
    ]
    back = f"{reverse('messages')}?{request.GET.urlencode()}" if query else reverse("messages")
    context = {
        "head": Head(
            found.group.name,
            _("What was said around a message; times of %(zone)s.") % {"zone": zone},
            back=back,
            back_label=_("Messages"),
        ),
        "found": found,
        "lines": gathered(drawn),
        "query": query,
        "rules": list(enumerate(rules_to_break(request.actor, pk))),
        "pk": pk,
    }
    return render(request, "messages/around.html", context)


def _event(one: conversation.Line) -> str:
    """What a line that is no message tells."""
    name = one.name or _("Somebody")
    other = clean(one.said.text)
    if one.said.kind == Told.JOIN:
        return _("%(name)s came in") % {"name": name}
    if one.said.kind == Told.LEAVE:
        return (
            _("%(name)s was removed by %(other)s") % {"name": name, "other": other}
            if other
            else _("%(name)s left") % {"name": name}
        )
    if one.said.kind == Told.RENAME:
        return _("%(name)s is now called %(other)s") % {"name": name, "other": other}
    return ""
