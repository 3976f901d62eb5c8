"""The list-page machine: order, paging by key, fragments, spreadsheets."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from typing import cast

import pytest
from django.test import RequestFactory
from python_calamine import CalamineWorkbook

from weilu.console.conftest import signed_in
from weilu.console.tables import Ask, Column, Table, build, in_memory
from weilu.console.templatetags.weilu import row_cells
from weilu.console.tests.urls import SPEC, TEAS, Tea
from weilu.core.models import User


def table(query: str) -> Table[Tea]:
    return build(SPEC, in_memory(SPEC, TEAS), RequestFactory().get(f"/teas{query}"))


def keys(one: Table[Tea]) -> list[object]:
    return [line.key for line in one.lines]


def walk(query: str) -> list[list[object]]:
    pages = []
    one = table(query)
    pages.append(keys(one))
    while one.next_url:
        one = table(one.next_url)
        pages.append(keys(one))
    return pages


@pytest.mark.parametrize(
    ("query", "pages"),
    [
        ("", [[8, 5, 2, 7], [4, 1, 9, 6], [3, 10]]),
        ("?sort=cups", [[10, 3, 6, 9], [1, 4, 7, 2], [5, 8]]),
        ("?sort=name", [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]]),
        ("?sort=-name", [[10, 9, 8, 7], [6, 5, 4, 3], [2, 1]]),
        ("?sort=nonsense", [[8, 5, 2, 7], [4, 1, 9, 6], [3, 10]]),
        ("?after=broken!", [[8, 5, 2, 7], [4, 1, 9, 6], [3, 10]]),
    ],
)
def test_pages_hold_every_row_once(query: str, pages: list[list[int]]) -> None:
    assert walk(query) == pages


def test_previous_leads_back() -> None:
    first = table("")
    second = table(first.next_url)
    third = table(second.next_url)
    assert keys(table(third.previous_url)) == [4, 1, 9, 6]
    assert keys(table(table(third.previous_url).previous_url)) == [8, 5, 2, 7]
    assert first.previous_url == ""
    assert table(second.previous_url).previous_url == ""
    assert third.next_url == ""


def test_a_row_that_arrives_meanwhile_repeats_nothing() -> None:
    first = table("?sort=name")
    more = [Tea(99, "Tea 00", 1), *TEAS]
    request = RequestFactory().get(f"/teas{first.next_url}")
    assert keys(build(SPEC, in_memory(SPEC, more), request)) == [5, 6, 7, 8]


def test_the_source_is_asked_for_one_more_than_the_page() -> None:
    asked: list[Ask] = []

    def source(ask: Ask) -> list[Tea]:
        asked.append(ask)
        return []

    build(SPEC, source, RequestFactory().get("/teas?sort=name"))
    assert asked == [Ask("name", descending=False, after=None, limit=5)]


def test_a_page_leaves_out_what_no_row_has_and_what_is_for_files() -> None:
    columns = [
        *SPEC.columns,
        Column("odd", "Odd", spare=True, value=lambda tea: "yes" if tea.pk > 9 else ""),
        Column("pk", "Number", on_page=False),
    ]
    spec = replace(SPEC, columns=columns)

    def heads(query: str) -> list[str]:
        request = RequestFactory().get(f"/teas{query}")
        return [one.label for one in build(spec, in_memory(spec, TEAS), request).headings]

    assert heads("") == ["Tea", "Cups"]
    assert heads("?sort=cups") == ["Tea", "Cups", "Odd"], "the tenth is on this page"
    assert heads("?sort=odd") == ["Tea", "Cups", "Odd"], "sorted by it"
    assert heads("?sort=pk") == ["Tea", "Cups"]


def test_a_few_words_stand_below_a_value() -> None:
    columns = [replace(SPEC.columns[0], under=lambda tea: "<old>" if tea.pk == 8 else "")]
    spec = replace(SPEC, columns=[*columns, *SPEC.columns[1:]])
    made = build(spec, in_memory(spec, TEAS), RequestFactory().get("/teas"))
    one = cast("Table[object]", made)
    first, second = (row_cells(one, line) for line in one.lines[:2])
    assert '</a><small class="under-value">&lt;old&gt;</small></th>' in first
    assert "under-value" not in second


def test_headings_turn_the_order() -> None:
    name, cups = table("?sort=cups&group=3").headings
    assert (name.url, name.order) == ("?sort=name&group=3", "")
    assert (cups.url, cups.order) == ("?sort=-cups&group=3", "ascending")


@pytest.mark.django_db
@pytest.mark.urls("weilu.console.tests.urls")
class TestOverHttp:
    def test_the_page_holds_frame_and_rows(self, owner: User) -> None:
        text = signed_in(owner).get("/teas").content.decode()
        assert "<title>Teas · Weilu</title>" in text
        assert re.findall(r'<a href="/tea/(\d+)">', text) == ["8", "5", "2", "7"]
        assert "10 rows" in text

    def test_htmx_gets_the_table_only(self, owner: User) -> None:
        headers = {"hx-request": "true", "hx-target": "table-teas"}
        response = signed_in(owner).get("/teas?sort=name", headers=headers)
        text = response.content.decode()
        assert text.lstrip().startswith('<div class="list" id="table-teas"')
        assert re.findall(r'<a href="/tea/(\d+)">', text) == ["1", "2", "3", "4"]
        assert "HX-Request" in response.headers["Vary"]

    def test_the_spreadsheet_holds_every_row(self, owner: User) -> None:
        response = signed_in(owner).get("/teas?sort=name&format=xlsx")
        content = b"".join(response.streaming_content)  # type: ignore[attr-defined]  # a file
        rows = CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
        assert rows[:2] == [["Tea", "Cups"], ["Tea 01", 1.0]]
        assert rows[-1] == ["Tea 10", ""]
        assert len(rows) == 11
        response.close()
