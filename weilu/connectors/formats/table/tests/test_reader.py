"""Any table: guesses by headings and cells, mapping by the operator, workbooks."""

from __future__ import annotations

import io
from datetime import datetime

import pytest
import xlsxwriter

from weilu.chat.ports import Answers, DayOrder, Question, Unreadable
from weilu.connectors.formats.table.headings import guess_columns
from weilu.connectors.formats.table.layout import letter
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


def test_the_column_of_kinds_tells_coming_and_going() -> None:
    rows = (
        "time,name,type,text\n"
        "2026-01-31 14:00,ann,join,\n"
        "2026-01-31 14:01,ann,message,hi\n"
        "2026-01-31 14:02,,系统消息,bob加入了群聊\n"
        "2026-01-31 14:03,system,system,quiet hours begin\n"
        "2026-01-31 14:04,ann,退群,\n"
        "2026-01-31 14:05,bob,图片,\n"
        "2026-01-31 14:06,,message,who?\n"
    )
    reading = read(FORMAT, rows, path="a.csv")

    assert [(kind, name, text) for kind, _, name, text in reading.told()] == [
        ("JOIN", "ann", ""),
        ("MESSAGE", "ann", "hi"),
        ("JOIN", "bob", ""),
        ("NOTICE", "", "quiet hours begin"),
        ("LEAVE", "ann", ""),
        ("MESSAGE", "bob", ""),
    ]
    assert reading.forms()[-1] == "PICTURE"
    assert [(p.code, p.number) for p in reading.problems] == [("no_writer", 8)]


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


def test_damage_inside_a_workbook_is_said() -> None:
    """Every byte of what is packed spoiled in turn: a sentence, or the rows that are there."""
    packed = BOOK.index(b"xl/worksheets/sheet1.xml") + len("xl/worksheets/sheet1.xml")
    codes = set()
    for at in range(packed, packed + 60):
        spoiled = bytearray(BOOK)
        spoiled[at] ^= 0xFF
        try:
            read(FORMAT, bytes(spoiled), path="a.xlsx")
        except Unreadable as error:
            codes.add(error.problem.code)
    assert codes == {"archive_broken"}


def test_a_title_above_the_headings_is_passed_over() -> None:
    book = workbook(
        ("一盏茶 聊天记录",),
        ("发送时间", "昵称", "消息内容", "类型"),
        ("2026-01-13 08:07:00", "安安", "早", "文本"),
        ("2026-01-13 08:08:00", "宝宝", "", "图片"),
    )
    reading = read(FORMAT, book, path="a.xlsx")
    assert [(i.name, i.text) for i in reading.items] == [("安安", "早"), ("宝宝", "")]
    assert reading.forms() == ["TEXT", "PICTURE"]


@pytest.mark.parametrize("order", [(0, 1, 2, 3), (1, 0, 2, 3), (2, 3, 1, 0)])
def test_a_time_of_day_in_a_column_of_its_own(order: tuple[int, ...]) -> None:
    table = [
        ("日期", "时间", "昵称", "内容"),
        ("2026-01-13", "20:05:09", "安安", "早"),
        ("2026-01-14", "8:06", "宝宝", "好"),
        ("2026-01-14", "下午8:07", "宝宝", "好"),
    ]
    text = "".join(",".join(row[k] for k in order) + "\n" for row in table)
    assert [t[1] for t in read(FORMAT, text).told()] == [
        "2026-01-13 20:05:09",
        "2026-01-14 08:06:00",
        "2026-01-14 20:07:00",
    ]


def test_a_table_without_headings_loses_no_row() -> None:
    text = "".join(f"2026-01-13 20:0{k}:00,u{k % 2},a longer text {k}\n" for k in range(6))
    bundle = FORMAT.bundle([entry(text, "t.csv")])[0]
    assert FORMAT.survey(bundle).guesses == (("time", "A"), ("name", "B"), ("text", "C"))
    assert len(read(FORMAT, text).items) == 6


def test_phone_numbers_are_nobodys_words() -> None:
    """As Viber and others write: day, time, name, number, text, and no headings."""
    text = "".join(
        f"1{n}/01/2024,14:05:0{n},{name},+49 151 1234{n},hi\n" for n, name in enumerate("ABABAB", 1)
    )
    assert read(FORMAT, text).told()[0] == ("MESSAGE", "2024-01-11 14:05:01", "A", "hi")
    assert read(FORMAT, text).items[0].account == "+49 151 12341"


def test_columns_have_letters() -> None:
    assert [letter(k) for k in (0, 25, 26, 27, 701, 702)] == ["A", "Z", "AA", "AB", "ZZ", "AAA"]


@pytest.mark.parametrize(
    "text",
    [
        "sep=;\nts;who;text\n2026-01-13 08:07;Ann;hi\n2026-01-13 08:08;Bob;a, b\n",
        "茶友群聊天记录\n\n时间;昵称;内容\n2026-01-13 08:07;Ann;hi\n2026-01-13 08:08;Bob;a, b\n",
    ],
)
def test_lines_above_the_headings(text: str) -> None:
    assert FORMAT.recognise(entry(text, "a.csv")) == 10
    assert read(FORMAT, text, path="a.csv").told() == [
        ("MESSAGE", "2026-01-13 08:07:00", "Ann", "hi"),
        ("MESSAGE", "2026-01-13 08:08:00", "Bob", "a, b"),
    ]


def test_prose_is_no_table() -> None:
    assert FORMAT.recognise(entry("A title\nsome words\nmore words\n", "a.txt")) == 0
    letter_to_nobody = "Dear diary,\ntoday, nothing happened.\n"
    assert FORMAT.recognise(entry(letter_to_nobody, "a.txt")) == 0
    assert FORMAT.recognise(entry("when,who\n1700000000,Ann\n", "a.txt")) == 10


def test_a_line_of_thousands_of_commas_asks_about_the_first_columns() -> None:
    wide = "time,name,text" + ",x" * 40_000 + "\n" + "2024-03-01 10:00,Ada,hello\n" * 5
    survey = FORMAT.survey(FORMAT.bundle([entry(wide)])[0])
    assert len(survey.columns) == 500
    assert read(FORMAT, wide).told()[0][2:] == ("Ada", "hello")


def test_a_sheet_of_headings_alone_says_so() -> None:
    for data, path in (("时间,昵称,内容\n", "a.csv"), (workbook(("时间", "昵称")), "a.xlsx")):
        assert FORMAT.recognise(entry(data, path)) > 0
        with pytest.raises(Unreadable) as raised:
            read(FORMAT, data, path=path)
        assert raised.value.problem.code == "no_rows"


def test_moments_as_numbers_under_headings_that_say_nothing() -> None:
    rows = "".join(f"{1768377600000 + k * 60_000},u{k % 2},a longer text {k}\n" for k in range(6))
    for text in ("t,u,m\n" + rows, rows):
        bundle = FORMAT.bundle([entry(text, "t.csv")])[0]
        assert [name for name, _ in FORMAT.survey(bundle).guesses] == ["time", "name", "text"]
        assert Question.ZONE not in FORMAT.survey(bundle).asks
        assert len(read(FORMAT, text).items) == 6


def test_accounts_are_told_from_names_and_from_what_never_changes() -> None:
    rows = [
        ("茶友", f"2026-01-1{k} 8:07", f"wxid_{k % 3}", "安宝李"[k % 3] * 2, f"longer text {k}")
        for k in range(9)
    ]
    assert guess_columns(("A", "B", "C", "D", "E"), rows) == (
        ("time", "B"),
        ("name", "D"),
        ("account", "C"),
        ("text", "E"),
    )


def test_short_talk_in_which_nobody_speaks_twice() -> None:
    rows = [(f"2026-01-1{k} 8:07", f"what number {k} has to say", f"n{k}") for k in range(4)]
    assert dict(guess_columns(("时间", "发言", "谁"), rows))["name"] == "谁"


def test_headings_with_a_remark_twice_or_none() -> None:
    text = (
        "时间 (北京时间),昵称（群内）,备注,备注,,内容\n"
        "2026-01-13 08:07,安安,x,y,z,早\n2026-01-13 08:08,宝宝,x,y,z,好\n"
    )
    survey = FORMAT.survey(FORMAT.bundle([entry(text, "t.csv")])[0])
    assert survey.columns[2:5] == ("备注", "备注 (D)", "E")
    assert [name for name, _ in survey.guesses] == ["time", "name", "text"]


def test_a_place_is_told_with_its_column() -> None:
    text = "时间,昵称,内容\n2026-01-13 08:07,安安,早\n昨天,安安,好\n2026-01-13 08:08,,嗯\n"
    assert [(p.code, p.number, p.excerpt) for p in read(FORMAT, text).problems] == [
        ("bad_time", 3, "时间: 昨天"),
        ("no_writer", 4, "昵称: 嗯"),
    ]


def test_the_date_stands_where_a_day_begins() -> None:
    text = (
        "日期,时间,昵称,内容\n2026-01-13,20:05,安安,早\n,20:06,宝宝,好\n2026-01-14,8:06,安安,嗯\n"
    )
    assert [t[1] for t in read(FORMAT, text).told()] == [
        "2026-01-13 20:05:00",
        "2026-01-13 20:06:00",
        "2026-01-14 08:06:00",
    ]


def _sheets(**sheets: tuple[tuple[object, ...], ...]) -> bytes:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        for name, rows in sheets.items():
            sheet = book.add_worksheet(name)
            for number, row in enumerate(rows):
                sheet.write_row(number, 0, row)
    return out.getvalue()


HEAD = ("时间", "昵称", "内容")


def test_cells_over_several_rows() -> None:
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True}) as book:
        sheet = book.add_worksheet()
        sheet.merge_range("B2:D2", "茶友群聊天记录")
        sheet.merge_range("B3:B4", "时间")
        sheet.merge_range("C3:D3", "昵称")
        sheet.write_row("E3", ["内容"])
        sheet.write_row("C4", ["昵称", "wxid", "内容"])
        for row, clock in enumerate(("08:07", "08:08", "08:09"), 5):
            sheet.write_row(f"B{row}", [f"2026-01-13 {clock}", "", "", f"text {row}"])
        sheet.merge_range("C5:C7", "安安")
        sheet.merge_range("D5:D7", "wxid_1")
        sheet.write_row("B8", ["昨天", "安安"])
    reading = read(FORMAT, out.getvalue(), path="a.xlsx")
    assert [(i.name, i.account, i.text) for i in reading.items] == [
        ("安安", "wxid_1", f"text {row}") for row in (5, 6, 7)
    ]
    assert [(p.code, p.number) for p in reading.problems] == [("bad_time", 8)]


def test_sheets_of_one_layout_are_one_chat_when_they_are_counted_through() -> None:
    book = _sheets(
        说明=(("由工具导出",), ("请看下一页",)),
        聊天1=(HEAD, ("2026-01-13 08:07", "安安", "早")),
        聊天2=(HEAD, ("2026-01-14 08:07", "宝宝", "好"), ("昨天", "宝宝", "?")),
        成员=(("昵称", "微信号"), ("安安", "wxid_1")),
    )
    reading = read(FORMAT, book, path="a.xlsx")
    assert [(i.name, i.text) for i in reading.items] == [("安安", "早"), ("宝宝", "好")]
    assert {p.chat.name for p in reading.portions} == {""}
    assert [(p.code, p.path, p.number) for p in reading.problems] == [
        ("other_columns", "a.xlsx › 成员", 1),
        ("bad_time", "a.xlsx › 聊天2", 3),
    ]


def test_sheets_with_names_of_their_own_are_groups() -> None:
    book = _sheets(
        空=(),
        茶友群=(HEAD, ("2026-01-13 08:07", "安安", "早")),
        咖啡群=(HEAD, ("2026-01-14 08:07", "宝宝", "好")),
    )
    reading = read(FORMAT, book, path="a.xlsx")
    assert {p.chat.name: [i.text for i in p.items] for p in reading.portions} == {
        "茶友群": ["早"],
        "咖啡群": ["好"],
    }
