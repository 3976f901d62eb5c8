"""WhatsApp exports of both phones, in several languages and date styles."""

from __future__ import annotations

import pytest

from weilu.chat.ports import DayOrder, Question
from weilu.connectors.formats.tests.entries import data_folder, entry, read
from weilu.connectors.formats.whatsapp.reader import FORMAT


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("13/01/23, 08:07 - ", "2023-01-13 08:07:00"),
        ("13/1/2023 08:07 - ", "2023-01-13 08:07:00"),
        ("1/13/23, 8:07\u202fPM - ", "2023-01-13 20:07:00"),
        ("01/13/2023, 12:07 a. m. - ", "2023-01-13 00:07:00"),
        ("13.01.23, 08:07 - ", "2023-01-13 08:07:00"),
        ("2023/1/13 下午8:07 - ", "2023-01-13 20:07:00"),
        ("2023/1/13 中午12:07 - ", "2023-01-13 12:07:00"),
        ("\u200e[2023/1/13 上午8:07:09] ", "2023-01-13 08:07:09"),
        ("[13.01.23, 20:07:09] ", "2023-01-13 20:07:09"),
        ("[2023-01-13 08:07] ", "2023-01-13 08:07:00"),
    ],
)
def test_date_styles(stamp: str, expected: str) -> None:
    assert read(FORMAT, f"{stamp}Ann: tea\n").told() == [("MESSAGE", expected, "Ann", "tea")]


def test_day_order_is_decided_by_the_course_of_time() -> None:
    text = "".join(
        f"{d} - Ann: x\n" for d in ("09/01/23, 08:00", "10/01/23, 08:00", "05/02/23, 08:00")
    )
    survey = FORMAT.survey(FORMAT.bundle([entry(text)])[0])
    assert survey.day_order is DayOrder.DMY
    assert Question.DAY_ORDER not in survey.asks
    open_text = "01/02/23, 08:00 - Ann: x\n02/02/23, 08:00 - Ann: y\n"
    survey = FORMAT.survey(FORMAT.bundle([entry(open_text)])[0])
    assert survey.day_order is DayOrder.DMY
    assert Question.DAY_ORDER in survey.asks
    assert read(FORMAT, open_text, order=DayOrder.MDY).told()[1][1] == "2023-02-02 08:00:00"


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Ann joined using this group's invite link", [("JOIN", "Ann", "")]),
        ("Ann added Bob and Cleo", [("JOIN", "Bob", "Ann"), ("JOIN", "Cleo", "Ann")]),
        ("Ann left", [("LEAVE", "Ann", "")]),
        ("Ann removed Bob", [("LEAVE", "Bob", "Ann")]),
        ("安安退出了群组", [("LEAVE", "安安", "")]),
        ("安安 添加了 宝宝", [("JOIN", "宝宝", "安安")]),
        ("Ana salió del grupo", [("LEAVE", "Ana", "")]),
        ("Ann hat Bob hinzugefügt", [("JOIN", "Bob", "Ann")]),
        ("You were added", [("NOTICE", "", "")]),
        ('Ann created group "Tea: green"', [("NOTICE", "", "")]),
    ],
)
def test_system_lines(line: str, people: list[tuple[str, str, str]]) -> None:
    assert read(FORMAT, f"13/01/23, 08:07 - {line}\n").people() == people


def test_forms_deleted_and_marks() -> None:
    texts = ["<Media omitted>", "\u200eimage omitted", "图像已忽略", "<省略影音内容>"]
    texts += ["\u200e<附件: 0001-PHOTO.jpg>", "PTT-1.opus (file attached)", "tea"]
    reading = read(FORMAT, "".join(f"[13/01/23, 08:07:01] ~\u202fAnn: {t}\n" for t in texts))
    assert reading.forms() == ["OTHER", "PICTURE", "PICTURE", "OTHER", "PICTURE", "VOICE", "TEXT"]
    assert {item.name for item in reading.items} == {"Ann"}
    deleted = read(FORMAT, "13/01/23, 08:07 - Ann: This message was deleted\n")
    assert deleted.people() == [("RECALL", "Ann", "")]


@pytest.mark.data
def test_real_samples_agree() -> None:
    folder = data_folder("export_samples") / "whatsapp_chat-miner"
    told = [read(FORMAT, path.read_bytes()).told() for path in sorted(folder.glob("*.txt"))]
    assert len(told) == 5
    # The twelve-hour file cannot write midnight's hour otherwise, so all five are alike.
    assert all(one == told[0] for one in told)
