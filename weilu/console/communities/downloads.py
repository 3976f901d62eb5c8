"""The whole page as a workbook and as a report on paper."""

from __future__ import annotations

import io
from dataclasses import replace

import xlsxwriter
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _
from xlsxwriter.worksheet import Worksheet

from weilu.console import spreadsheets
from weilu.console.cells import Kind
from weilu.console.communities import crowd, svg
from weilu.console.communities.asked import View, view_of
from weilu.console.communities.parts import Field, Part, Sheet
from weilu.console.communities.registry import PARTS
from weilu.console.communities.words import headline
from weilu.console.formats import change_words, moment
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.lists import XLSX
from weilu.console.printing import PDF, as_pdf, attached
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.insight.pages.front import Front
from weilu.insight.pages.look import date_of
from weilu.insight.rules.retention import Period

TAB_CHARS = 31


def parts_of(view: View) -> list[Part]:
    """Every part of the page, retention by week and by month."""
    made = [one.build(view) for one in PARTS.values()]
    at = next(k for k, part in enumerate(made) if part.name == "retention")
    by_month = crowd.retention_by(view, Period.MONTH)
    if not (made[at].empty and by_month.empty):
        made.insert(at + 1, by_month)
    return made


@page(Right.EXPORT)
def workbook(request: Request, pk: int) -> HttpResponse:
    """Everything the page shows as numbers: a sheet for each table, an overview first."""
    view = view_of(request, pk)
    if view.place.newest is None:
        return redirect("community", pk)
    sheets = [_overview(view.front)]
    sheets += [sheet for part in parts_of(view) for sheet in part.sheets]
    # Every sheet is a short table: the whole fits into memory many times over.
    file = io.BytesIO()
    with xlsxwriter.Workbook(file, {**spreadsheets.OPTIONS, "in_memory": True}) as book:
        looks = spreadsheets.Looks(book)
        taken: set[str] = set()
        for sheet in sheets:
            _fill(book.add_worksheet(_tab(sheet, taken)), sheet, looks)
    name = f"{view.place.community.name}-{date_of(view.look.scope.last_day).isoformat()}.xlsx"
    return attached(file.getvalue(), XLSX, name)


def _tab(sheet: Sheet, taken: set[str]) -> str:
    """A name no other sheet has and the program accepts."""
    clean = "".join(c for c in str(sheet.title) if c not in "[]:*?/\\'")[:TAB_CHARS] or sheet.name
    name, at = clean, 2
    while name.casefold() in taken:
        name = f"{clean[: TAB_CHARS - 4]} ({at})"
        at += 1
    taken.add(name.casefold())
    return name


def _fill(page_of: Worksheet, sheet: Sheet, looks: spreadsheets.Looks) -> None:
    spreadsheets.head(page_of, [(str(one.label), one.kind) for one in sheet.fields], looks)
    for y, row in enumerate(sheet.rows, start=1):
        for x, value in enumerate(row):
            spreadsheets.write(page_of, (y, x), value, sheet.fields[x].kind, looks)


def _pairs(one: Front) -> list[tuple[str, int | None, int | None]]:
    """The numbers of the page: name, this period, the period before."""
    before = one.before if one.has_before else None
    flow, flow_before = one.flow, one.flow_before if one.has_before else None
    return [
        (_("People there"), one.present, None),
        (_("of them silent"), one.silent, None),
        (_("People who spoke"), len(one.now.speakers), len(before.speakers) if before else None),
        (_("Messages"), one.now.messages, before.messages if before else None),
        (_("Came"), flow.came if flow else None, flow_before.came if flow_before else None),
        (_("Left"), flow.left if flow else None, flow_before.left if flow_before else None),
        (_("Questions"), one.asking.asked, one.asking_before.asked if before else None),
        (_("Answered"), one.asking.answered, one.asking_before.answered if before else None),
    ]


def _overview(one: Front) -> Sheet:
    fields = [
        Field(_("Number")),
        Field(_("This period"), Kind.NUMBER),
        Field(_("Period before"), Kind.NUMBER),
    ]
    return Sheet("overview", _("Overview"), fields, [list(row) for row in _pairs(one)])


def _overview_in_words(one: Front) -> Sheet:
    """The overview with the change between its two periods in words."""
    sheet = _overview(one)
    fields = [*sheet.fields, Field(pgettext("difference", "Change"))]
    rows = [
        [name, at, before, None if before is None else change_words(at, before)]
        for name, at, before in _pairs(one)
    ]
    return replace(sheet, fields=fields, rows=rows)


def _report(view: View, *, screen: bool) -> dict[str, object]:
    one = view.front
    return {
        "name": view.place.community.name,
        "sentence": headline(one, view.span_words()),
        "group": next((g.name for g in view.place.groups if g.pk == view.filters.group), ""),
        "overview": _overview_in_words(one),
        "parts": [(part, [(c, svg.draw(c)) for c in part.charts]) for part in parts_of(view)],
        "made": moment(now(), year=True),
        "zone": view.look.scope.zone,
        "language": get_language(),
        "screen": screen,
        "back": view.url("community"),
        "pdf_url": view.url("community_pdf"),
    }


@page(Right.SEE_MEMBERS)
def report(request: Request, pk: int) -> HttpResponse:
    """The report as a page for the printer."""
    view = view_of(request, pk)
    if view.place.newest is None:
        return redirect("community", pk)
    return render(request, "communities/report.html", _report(view, screen=True))


@page(Right.EXPORT)
def pdf(request: Request, pk: int) -> HttpResponse:
    """The report as a PDF; where the machine cannot make one, the page for the printer."""
    view = view_of(request, pk)
    if view.place.newest is None:
        return redirect("community", pk)
    text = render_to_string("communities/report.html", _report(view, screen=False))
    made = as_pdf(text, ("console/report.css",))
    if made is None:
        messages.warning(
            request,
            _(
                "This machine lacks the Pango libraries a PDF needs. Print this"
                " page instead and choose “Save as PDF”."
            ),
        )
        return redirect(view.url("community_report"))
    last = date_of(view.look.scope.last_day).isoformat()
    return attached(made, PDF, f"{view.place.community.name}-{last}.pdf")
