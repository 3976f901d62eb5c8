"""What phones of many languages write around messages: calls, remarks, marks, long lists."""

from __future__ import annotations

import pytest

from weilu.connectors.formats.tests.entries import entry, read
from weilu.connectors.formats.whatsapp.reader import FORMAT

L = "\u200e"
R = "\u200f"


def iphone(*lines: str) -> str:
    """Lines of an iPhone a second apart, each given as "name: text"."""
    stamped = (f"[31/01/2024, 14:05:{n:02d}] {line}" for n, line in enumerate(lines))
    return "\n".join(stamped) + "\n"


def android(*lines: str) -> str:
    """Lines of an Android phone."""
    return "\n".join(f"31/01/2024, 14:05 - {line}" for line in lines) + "\n"


def test_marks_around_every_number_of_a_date() -> None:
    text = (
        f"[{R}31{R}/{R}1{R}/{R}2024, 2:05:09 م] سارة: مرحبا\n"
        f"[{R}31{R}/{R}1{R}/{R}2024, 2:05:12 ص] سارة: {L}تم حذف هذه الرسالة.\n"
    )
    assert FORMAT.recognise(entry(text)) > 0
    assert read(FORMAT, text).told() == [
        ("MESSAGE", "2024-01-31 14:05:09", "سارة", "مرحبا"),
        ("RECALL", "2024-01-31 02:05:12", "سارة", ""),
    ]


def test_marked_lines_about_their_speaker_are_notices() -> None:
    found = read(
        FORMAT,
        iphone(
            "Ann: hello",
            f"Ann: {L}Ann created this group",
            f"小安: {L}小安创建了此群组",
            f"Anne: {L}Anne a créé ce groupe",
            f"Ann: {L}You pinned a message",
            f"Ann: {L}You deleted this message.",
            f"Ann: {L}image omitted",
            "Ann: Ann created this group",
        ),
    )
    kinds = [kind for kind, *_ in found.told()]
    assert kinds == ["MESSAGE", *["NOTICE"] * 4, "RECALL", "MESSAGE", "MESSAGE"]


@pytest.mark.parametrize(
    "remark",
    ["This message was edited", "Ce message a été modifié", "Сообщение изменено", "تم التعديل هنا"],
)
def test_remark_that_a_message_was_edited_is_cut_off(remark: str) -> None:
    said = read(FORMAT, iphone("Ann: hi", f"Ann: corrected {L}<{remark}>")).items[1].text
    assert said == "corrected"


def test_attachment_is_no_remark() -> None:
    text = iphone("Ann: hi", f"Ann: look {L}<attached: 0012-PHOTO.jpg>")
    assert read(FORMAT, text).forms() == ["TEXT", "PICTURE"]


@pytest.mark.parametrize(
    ("said", "form"),
    [
        ("Missed voice call", "CALL"),
        ("Missed group video call, Tap to call back", "CALL"),
        ("未接语音通话", "CALL"),
        ("Llamada perdida", "CALL"),
        ("Verpasster Sprachanruf", "CALL"),
        ("call me later", "TEXT"),
        ("voice calls are better", "TEXT"),
        ("null", "OTHER"),
        ("<Mídia oculta>", "OTHER"),
        ("<המדיה לא נכללה>", "OTHER"),
        ("<3 you all>", "TEXT"),
        ("<b>bold</b>", "TEXT"),
        ("image absente", "PICTURE"),
        ("忽略视频", "VIDEO"),
        ("IMG-20240131-WA0000.jpg (plik dołączony)", "PICTURE"),
    ],
)
def test_forms(said: str, form: str) -> None:
    assert read(FORMAT, android(f"Ann: {said}")).forms() == [form]


@pytest.mark.parametrize(
    "said",
    [
        "Este mensaje fue eliminado",
        "Pesan ini telah dihapus",
        "Вы удалили данное сообщение",
        "您已删除这条消息",
        "Bu mesajı sildiniz",
    ],
)
def test_deleted_in_many_languages(said: str) -> None:
    assert [kind for kind, *_ in read(FORMAT, android(f"Ann: {said}")).told()] == ["RECALL"]


def test_long_lists_and_the_exporter_are_no_people() -> None:
    text = android(
        "Ann: hi",
        "Ann added Fay, Gus and 12 others",
        "Anna hat dich hinzugefügt",
        "Аня добавил(-а) Вову",
        "Аня удалил(-а) Вову",
        "小安已添加小白和小黑",
        "小绿已将群组名称由“茶友”更改为“茶友会”",
    )
    assert [one for one in read(FORMAT, text).people() if one[0] != "NOTICE"] == [
        ("JOIN", "Fay", "Ann"),
        ("JOIN", "Gus", "Ann"),
        ("JOIN", "Вову", "Аня"),
        ("LEAVE", "Вову", "Аня"),
        ("JOIN", "小白", "小安"),
        ("JOIN", "小黑", "小安"),
    ]
