"""Workbooks that would take the process with them are not opened; all others are."""

from __future__ import annotations

import io
import zipfile

import pytest
from xlsxwriter import Workbook

from weilu.core import workbooks
from weilu.core.workbooks import TooLarge, check_workbook


def packed(sheet: bytes, *others: str) -> io.BytesIO:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ("xl/workbook.xml", *others):
            archive.writestr(name, "<workbook/>")
        archive.writestr("xl/worksheets/sheet1.xml", b"<sheetData>" + sheet + b"</sheetData>")
    return out


FAR = b'<c r="XFD1048576"/>'


@pytest.mark.parametrize(
    "sheet",
    [
        b'<row r="1"><c r="A1"/></row><row r="1048576">' + FAR + b"</row>",
        b"<row><c/></row>" + FAR,
        b'<x:row xmlns:x="x"><x:c s="1"   r = \'xfd9999\'/></x:row>',
        b'<row r="1048576">' + b"<c/>" * 16_384 + b"</row>",
        b'<row r="7"><c x="&gt;>" r="XFD2000"/></row>',
        b"<row>" + b"<c/>" * 3_000 + b"</row>" + b"<row/>" * 3_000 + b"<row><c/></row>",
        b" " * (workbooks._BLOCK - 20) + FAR,
    ],
)
def test_corners_far_apart_are_refused(sheet: bytes) -> None:
    with pytest.raises(TooLarge, match="unfolded"):
        check_workbook(packed(sheet))


def test_what_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workbooks, "UNPACKED_BYTES", 100_000)
    with pytest.raises(TooLarge, match="unpacked"):
        check_workbook(packed(b" " * 200_000))


@pytest.mark.parametrize("other", ["content.xml", "xl/workbook.bin"])
def test_other_kinds_are_not_let_in_under_this_name(other: str) -> None:
    with pytest.raises(ValueError, match="not_xlsx"):
        check_workbook(packed(b"", other))


@pytest.mark.parametrize(("rows", "columns"), [(1, 1), (20_000, 12), (3, 300)])
def test_what_people_make_passes(rows: int, columns: int) -> None:
    out = io.BytesIO()
    book = Workbook(out, {"in_memory": True})
    sheet = book.add_worksheet()
    for row in range(rows):
        for column in range(columns):
            sheet.write_string(row, column, "<c r='XFD1048576'>")
    book.close()
    check_workbook(out)


def test_cells_without_a_place_pass_where_they_are_few() -> None:
    check_workbook(packed(b"<row><c/><c/><c/></row>" * 50_000))


@pytest.mark.parametrize(
    "data",
    [
        b"junk <sheetData><row><c/></row></sheetData>",
        b"<sheetData><row><c x='<' r='A1'/></row></sheetData>",
        b"<!DOCTYPE a [<!ENTITY b 'c'>]><sheetData>&b;</sheetData>",
        b"<sheetData><row>",
    ],
)
def test_markup_that_readers_may_see_differently_is_refused(data: bytes) -> None:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        archive.writestr("xl/workbook.xml", "<workbook/>")
        archive.writestr("picture.png", data)
    with pytest.raises(ValueError, match="bad_markup"):
        check_workbook(out)


def test_corners_are_seen_in_two_bytes_a_letter_too() -> None:
    out = packed(b"")
    with zipfile.ZipFile(out, "a") as archive:
        sheet = f"<sheetData>{FAR.decode()}</sheetData>"
        archive.writestr("xl/worksheets/sheet2.xml", sheet.encode("utf-16"))
    with pytest.raises(TooLarge, match="unfolded"):
        check_workbook(out)


def test_pictures_in_a_workbook_are_no_sheets() -> None:
    out = packed(b"")
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/media/image1.png", b"\x89PNG\r\n<c r='XFD1048576'>")
    check_workbook(out)


def test_drawings_with_marks_that_are_never_closed_are_no_sheets() -> None:
    out = packed(b"<row><c/></row>")
    with zipfile.ZipFile(out, "a") as archive:
        archive.writestr("xl/drawings/vmlDrawing1.vml", "<xml><div>one<br>two</div></xml>")
        archive.writestr("xl/drawings/vmlDrawing2.vml", "<xml><div>unfinished")
    check_workbook(out)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_sheet_behind_what_is_no_markup_is_refused(encoding: str) -> None:
    out = packed(b"")
    with zipfile.ZipFile(out, "a") as archive:
        sheet = "<a><br></a>" + " " * workbooks._BLOCK + "<sheetData/>"
        archive.writestr("xl/drawings/vmlDrawing1.vml", sheet.encode(encoding))
    with pytest.raises(ValueError, match="bad_markup"):
        check_workbook(out)
