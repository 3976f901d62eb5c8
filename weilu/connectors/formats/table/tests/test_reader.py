"""Any table: guesses by headings and cells, mapping by the operator, workbooks."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
import xlsxwriter

from weilu.chat.ports import Answers, DayOrder, Question, Unreadable
from weilu.connectors.formats.table.headings import guess_columns
from weilu.connectors.formats.table.reader import FORMAT
from weilu.connectors.formats.tests.entries import UTC_ZONE, Reading, entry, read


def workbook(*rows: tuple[object, ...]) -> bytes:
    """An xlsx of one sheet; datetimes become real date cells."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        form = book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for number, row in enumerate(rows):
            for column, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(number, column, value, form)
                else:
                    sheet.write(number, column, value)
    return out.getvalue()


BOOK = workbook(
    ("发送时间", "成员", "QQ号", "内容", "群名"),
    (datetime(2026, 1, 13, 8, 7), "安安", 1001, "早", "茶友"),  # noqa: DTZ001 - cells have no zone
    ("2026-01-13 08:08:09", "宝宝", 1002, "[图片]", "茶友"),
    ("", "", "", "", ""),
    ("没有", "宝宝", 1002, "x", "茶友"),
)


def test_a_workbook() -> None:
    one = entry(BOOK, "a.xlsx")
    assert FORMAT.recognise(one) == 20
    survey = FORMAT.survey(FORMAT.bundle([one])[0])
    assert survey.columns == ("发送时间", "成员", "QQ号", "内容", "群名")
    assert survey.guesses == (
        ("time", "发送时间"),
        ("name", "成员"),
        ("account", "QQ号"),
        ("text", "内容"),
        ("group", "群名"),
    )
    assert survey.asks == {Question.COLUMNS, Question.ZONE}
    reading = read(FORMAT, BOOK, path="a.xlsx", zone="Asia/Shanghai")
    assert reading.portions[0].chat.name == "茶友"
    assert [(i.account, i.name, i.text) for i in reading.items] == [
        ("1001", "安安", "早"),
        ("1002", "宝宝", "[图片]"),
    ]
    assert [t[1] for t in reading.told()] == ["2026-01-13 00:07:00", "2026-01-13 00:08:09"]
    assert reading.forms() == ["TEXT", "PICTURE"]
    assert [(p.code, p.number) for p in reading.problems] == [("bad_time", 5)]


def test_what_the_operator_maps_decides() -> None:
    text = "a;b;c;d\n1/2/2026 8:07;x1;tea;Tea\n3/2/2026 8:08;x2;more;Tea\n"
    bundle = FORMAT.bundle([entry(text, "t.csv")])[0]
    mapping = (("account", "b"), ("group", "d"), ("text", "c"), ("time", "a"))
    answers = Answers(UTC_ZONE, DayOrder.DMY, mapping)
    reading = Reading(tuple(FORMAT.read(bundle, answers)))
    assert reading.portions[0].chat.name == "Tea"
    assert [(i.account, i.name, i.text) for i in reading.items] == [
        ("x1", "x1", "tea"),
        ("x2", "x2", "more"),
    ]
    assert [t[1] for t in reading.told()] == ["2026-02-01 08:07:00", "2026-02-03 08:08:00"]


def test_without_time_or_writer_it_waits_for_an_answer() -> None:
    text = "a,b\n" + "".join(f"{k},v{k}\n" for k in range(4))
    with pytest.raises(Unreadable) as raised:
        read(FORMAT, text)
    assert raised.value.problem.code == "bad_record"


def test_guesses_without_known_headings() -> None:
    rows = [(f"2026-01-1{k} 8:07", f"u{k % 2}", f"a longer text {k}") for k in range(6)]
    assert guess_columns(("c1", "c2", "c3"), rows) == (
        ("time", "c1"),
        ("name", "c2"),
        ("text", "c3"),
    )


def test_a_damaged_workbook_is_said() -> None:
    with pytest.raises(Unreadable) as raised:
        read(FORMAT, BOOK[: len(BOOK) // 2], path="a.xlsx")
    assert raised.value.problem.code == "archive_broken"
