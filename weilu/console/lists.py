"""Answers of list pages: the page, the table alone for HTMX, or a spreadsheet."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from typing import TypeVar

import xlsxwriter
from django.http import FileResponse, HttpResponseBase
from django.shortcuts import render
from django.utils.cache import patch_vary_headers

from weilu.console import spreadsheets
from weilu.console.http import Request
from weilu.console.tables import Ask, Cursor, Source, Spec, build, edge_of, sorting
from weilu.core.access import Right

R = TypeVar("R")

XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
CHUNK = 2000
# A spreadsheet holds 1,048,576 rows; the head takes one.
MOST_ROWS = 1_000_000


def list_page(
    request: Request,
    template: str,
    spec: Spec[R],
    source: Source[R],
    context: Mapping[str, object] | None = None,
    *,
    total: int | None = None,
) -> HttpResponseBase:
    """Answer a list page: `template` gets `table`; HTMX gets the table only; or the xlsx file.

    Raises NotAllowed when a spreadsheet is asked for without the right to export.
    """
    if request.GET.get("format") == "xlsx" and spec.xlsx:
        request.actor.require(Right.EXPORT)
        return spreadsheet(request, spec, source)
    table = build(spec, source, request, total=total)
    if request.htmx and request.htmx.target == f"table-{spec.name}":
        response = render(request, "console/parts/table.html", {"table": table})
    else:
        response = render(request, template, {**(context or {}), "table": table})
    patch_vary_headers(response, ("HX-Request", "HX-Target"))
    return response


def spreadsheet(request: Request, spec: Spec[R], source: Source[R]) -> HttpResponseBase:
    """Every row the address asks for, in its order, as an xlsx file."""
    file = tempfile.TemporaryFile()  # noqa: SIM115 - closed by the response
    with xlsxwriter.Workbook(file, {**spreadsheets.OPTIONS, "constant_memory": True}) as book:
        sheet, looks = book.add_worksheet(), spreadsheets.Looks(book)
        spreadsheets.head(sheet, [(str(one.label), one.kind) for one in spec.columns], looks)
        for number, row in enumerate(_all(request, spec, source), start=1):
            for at, column in enumerate(spec.columns):
                spreadsheets.write(sheet, (number, at), column.of(row), column.kind, looks)
    file.seek(0)
    return FileResponse(file, as_attachment=True, filename=f"{spec.name}.xlsx", content_type=XLSX)


def _all(request: Request, spec: Spec[R], source: Source[R]) -> Iterator[R]:
    sort, descending = sorting(spec, request.GET.get("sort", ""))
    after: Cursor | None = None
    for _ in range(MOST_ROWS // CHUNK):
        rows = source(Ask(sort, descending, after, CHUNK))
        yield from rows
        if len(rows) < CHUNK:
            return
        after = edge_of(spec, rows[-1], sort)
