"""Lists of customers as shops have them: titles, old programs, odd encodings (A-8)."""

from __future__ import annotations

import io
from datetime import date

import pytest
import xlsxwriter

from weilu.console.members.customer_files import table_of
from weilu.core.errors import Invalid

PHONE = "13800138000"


def workbook() -> bytes:
    """An empty sheet, and one with a merged title and headings over headings."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out) as book:
        book.add_worksheet("说明")
        sheet = book.add_worksheet("名单")
        sheet.merge_range(1, 0, 1, 3, "2026 年客户名单")
        sheet.merge_range(2, 0, 2, 1, "客户信息")
        sheet.write_row(3, 0, ["姓名", "手机号", "生日", "消费"])
        sheet.write_row(5, 0, ["小满", float(PHONE)])
        sheet.write_datetime(5, 2, date(1988, 1, 2), book.add_format({"num_format": "yyyy/m/d"}))
        sheet.write_number(5, 3, 12.5)
    return out.getvalue()


def test_a_sheet_under_a_title() -> None:
    found = table_of(workbook())
    assert found.headings == ["姓名", "手机号", "生日", "消费"]
    # Lines are told as the spreadsheet counts them.
    assert found.lines == [(6, ["小满", PHONE, "1988-01-02", "12.5"])]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030", "utf-16"])
@pytest.mark.parametrize("sign", [",", "\t", ";"])
@pytest.mark.parametrize("end", ["\n", "\r\n", "\r"])
def test_text_of_many_kinds(encoding: str, sign: str, end: str) -> None:
    rows = [["老客户 名单"], [], ["昵称", "手机"], ["小满·𠮷", PHONE], [], ["李", ""]]
    text = end.join(sign.join(one) for one in rows)
    found = table_of(text.encode(encoding))
    assert found.headings == ["昵称", "手机"]
    assert found.lines == [(4, ["小满·𠮷", PHONE]), (6, ["李", ""])]


def test_a_list_without_headings() -> None:
    found = table_of(f"小满,{PHONE}\n李,13900139000,老客\n".encode())
    assert found.headings == ["", "", ""]
    assert [n for n, _cells in found.lines] == [1, 2]


@pytest.mark.parametrize(
    "data",
    [b"", b"\x00\x01", b"PK\x03\x04nothing", b"\xd0\xcf\x11\xe0\xa1\xb1", b"only a heading\n"],
)
def test_no_table(data: bytes) -> None:
    with pytest.raises(Invalid, match="no_table"):
        table_of(data)
