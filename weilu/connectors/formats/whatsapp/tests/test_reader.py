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
        ("2023年1月13日 下午8:07 - ", "2023-01-13 20:07:00"),
        ("2023년 1월 13일 오후 8:07 - ", "2023-01-13 20:07:00"),
        ("13.01.23 г., 08:07 ч. - ", "2023-01-13 08:07:00"),
        ("13/1/2566 08:07 - ", "2023-01-13 08:07:00"),
        ("১৩/০১/২৩, ৮:০৭ PM - ", "2023-01-13 20:07:00"),
        ("၁၃/၁/၂၀၂၃ ၂၀:၀၇ - ", "2023-01-13 20:07:00"),
        ("१३/०१/२३, ८:०७ अपराह्न - ", "2023-01-13 20:07:00"),
        ("[\u200f١٣/١/٢٠٢٣، ٨:٠٧:٠٩ م] ", "2023-01-13 20:07:09"),
        ("13.1.2023 klo 20.07 - ", "2023-01-13 20:07:00"),
        ("20:07, 13/01/2023 - ", "2023-01-13 20:07:00"),
        ("[8:07 PM, 1/13/2023] ", "2023-01-13 20:07:00"),
    ],
)
def test_date_styles(stamp: str, expected: str) -> None:
    assert read(FORMAT, f"{stamp}Ann: tea\n").told() == [("MESSAGE", expected, "Ann", "tea")]


def test_what_the_group_itself_says_is_a_notice() -> None:
    stamp, mark = "[2023/1/13 下午2:05:09]", "\u200e"
    reading = read(
        FORMAT,
        f"{stamp} 茶友: {mark}消息和通话已进行端到端加密。\n"
        f"{stamp} 茶友: {mark}小明创建了此群组\n"
        f"{stamp} 茶友: {mark}小明将你加入了群组\n"
        f"{stamp} 茶友: {mark}小明将小红加入了群组\n"
        f"{stamp} 茶友: {mark}图片已忽略\n"
        f"{stamp} 茶友: 小明创建了此群组\n",
    )
    assert [kind for kind, *_ in reading.told()] == [
        *("NOTICE", "NOTICE", "NOTICE", "JOIN", "MESSAGE", "MESSAGE"),
    ]
    assert ("JOIN", "小红", "小明") in reading.people()


def test_words_below_an_attachment_and_polls() -> None:
    stamp = "13/01/2023, 08:07 - "
    text = f"{stamp}Ann: IMG-1.jpg (file attached)\nlook\n{stamp}Ann: POLL:\nTea?\nOPTION: A\n"
    assert read(FORMAT, text).forms() == ["PICTURE", "POLL"]


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


@pytest.mark.parametrize(
    ("text", "form"),
    [("圖片已略去", "PICTURE"), ("語音已略去", "VOICE"), ("貼圖已略去", "STICKER")],
)
def test_what_was_left_out_in_hong_kong(text: str, form: str) -> None:
    assert read(FORMAT, f"[13/01/23, 08:07:01] Ann: \u200e{text}\n").forms() == [form]


def test_forms_deleted_and_marks() -> None:
    texts = ["<Media omitted>", "\u200eimage omitted", "图像已忽略", "<省略影音内容>"]
    texts += ["\u200e<附件: 0001-PHOTO.jpg>", "PTT-1.opus (file attached)", "tea"]
    reading = read(FORMAT, "".join(f"[13/01/23, 08:07:01] ~\u202fAnn: {t}\n" for t in texts))
    assert reading.forms() == ["OTHER", "PICTURE", "PICTURE", "OTHER", "PICTURE", "VOICE", "TEXT"]
    assert {item.name for item in reading.items} == {"Ann"}
    deleted = read(FORMAT, "13/01/23, 08:07 - Ann: This message was deleted\n")
    assert deleted.people() == [("RECALL", "Ann", "")]


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Ana se unió usando el enlace de invitación de este grupo", [("JOIN", "Ana", "")]),
        ("Leo agregó a Ana", [("JOIN", "Ana", "Leo")]),
        ("Leo eliminó a Ana", [("LEAVE", "Ana", "Leo")]),
        ("Ana entrou usando o link de convite deste grupo", [("JOIN", "Ana", "")]),
        ("Leo adicionou Ana", [("JOIN", "Ana", "Leo")]),
        ("Ana saiu", [("LEAVE", "Ana", "")]),
        ("Leo removeu Ana", [("LEAVE", "Ana", "Leo")]),
        ("Ana ist der Gruppe über den Einladungslink beigetreten", [("JOIN", "Ana", "")]),
        ("Ana hat die Gruppe verlassen", [("LEAVE", "Ana", "")]),
        ("Leo hat Ana entfernt", [("LEAVE", "Ana", "Leo")]),
        ("Ana a rejoint le groupe via le lien d’invitation", [("JOIN", "Ana", "")]),
        ("Leo a ajouté Ana", [("JOIN", "Ana", "Leo")]),
        ("Ana a quitté le groupe", [("LEAVE", "Ana", "")]),
        ("Ana si è unita usando il link d'invito del gruppo", [("JOIN", "Ana", "")]),
        ("Leo ha aggiunto Ana e Pia", [("JOIN", "Ana", "Leo"), ("JOIN", "Pia", "Leo")]),
        ("Ana ha abbandonato", [("LEAVE", "Ana", "")]),
        ("Ana neemt nu deel via een uitnodigingslink", [("JOIN", "Ana", "")]),
        ("Leo heeft Ana toegevoegd", [("JOIN", "Ana", "Leo")]),
        ("Ana heeft de groep verlaten", [("LEAVE", "Ana", "")]),
        ("Leo heeft Ana verwijderd", [("LEAVE", "Ana", "Leo")]),
        ("Leo, Ana kişisini ekledi", [("JOIN", "Ana", "Leo")]),
        ("Ana bu grubun davet bağlantısını kullanarak katıldı", [("JOIN", "Ana", "")]),
        ("Ana ayrıldı", [("LEAVE", "Ana", "")]),
        ("Leo, Ana kişisini çıkardı", [("LEAVE", "Ana", "Leo")]),
        ("قام ليو بإضافة آنا", [("JOIN", "آنا", "ليو")]),
        ("انضمت آنا باستخدام رابط دعوة المجموعة", [("JOIN", "آنا", "")]),
        ("\u200fغادرت آنا", [("LEAVE", "آنا", "")]),
        ("أزال ليو آنا", [("LEAVE", "آنا", "ليو")]),
        ("लियो ने आना को जोड़ा", [("JOIN", "आना", "लियो")]),
        ("आना ने ग्रुप छोड़ दिया", [("LEAVE", "आना", "")]),
        ("लियो ने आना को हटाया", [("LEAVE", "आना", "लियो")]),
        ("Аня присоединилась по ссылке-приглашению", [("JOIN", "Аня", "")]),
        ("Лео добавил Аня", [("JOIN", "Аня", "Лео")]),
        ("Аня вышел(-ла)", [("LEAVE", "Аня", "")]),
        ("安奈さんが招待リンクから参加しました", [("JOIN", "安奈", "")]),
        ("礼央さんが安奈さんを追加しました", [("JOIN", "安奈", "礼央")]),
        ("安奈さんが退出しました", [("LEAVE", "安奈", "")]),
        ("레오님이 안나님을 추가했습니다", [("JOIN", "안나", "레오")]),
        ("안나님이 그룹 초대 링크를 통해 참여했습니다", [("JOIN", "안나", "")]),
        ("안나님이 나갔습니다", [("LEAVE", "안나", "")]),
        ("레오님이 안나님을 내보냈습니다", [("LEAVE", "안나", "레오")]),
        ("安安使用此群組的邀請連結加入", [("JOIN", "安安", "")]),
        ("安安已離開", [("LEAVE", "安安", "")]),
        ("安安 将 宝宝 添加到群组", [("JOIN", "宝宝", "安安")]),
        ("安安已移除寶寶", [("LEAVE", "寶寶", "安安")]),
        ("Leo dodał(a) użytkownika Ana", [("JOIN", "Ana", "Leo")]),
        ("Użytkownik Ana opuścił(a) grupę", [("LEAVE", "Ana", "")]),
        ("Leo usunął Ana", [("LEAVE", "Ana", "Leo")]),
        ("Leo přidal(a) Ana", [("JOIN", "Ana", "Leo")]),
        ("Ana opustil(a) skupinu", [("LEAVE", "Ana", "")]),
        ("Лео додав(-ла) Аня", [("JOIN", "Аня", "Лео")]),
        ("Аня вийшов(-ла)", [("LEAVE", "Аня", "")]),
        ("Leo lade till Ana", [("JOIN", "Ana", "Leo")]),
        ("Ana lämnade", [("LEAVE", "Ana", "")]),
        ("Leo tilføjede Ana", [("JOIN", "Ana", "Leo")]),
        ("Ana forlod gruppen", [("LEAVE", "Ana", "")]),
        ("Leo la til Ana", [("JOIN", "Ana", "Leo")]),
        ("Leo lisäsi käyttäjän Ana", [("JOIN", "Ana", "Leo")]),
        ("Ana poistui", [("LEAVE", "Ana", "")]),
        ("Leo a adăugat pe Ana", [("JOIN", "Ana", "Leo")]),
        ("Ana a ieșit", [("LEAVE", "Ana", "")]),
        ("לאו הוסיף/ה את אנה", [("JOIN", "אנה", "לאו")]),
        ("אנה עזב/ה", [("LEAVE", "אנה", "")]),
        ("Leo đã thêm Ana", [("JOIN", "Ana", "Leo")]),
        ("Ana đã rời nhóm", [("LEAVE", "Ana", "")]),
        ("علی سارا را اضافه کرد", [("JOIN", "سارا", "علی")]),
        ("سارا گروه را ترک کرد", [("LEAVE", "سارا", "")]),
    ],
)
def test_system_lines_of_many_languages(line: str, people: list[tuple[str, str, str]]) -> None:
    assert read(FORMAT, f"13/01/2026, 08:07 - {line}\n").people() == people


@pytest.mark.parametrize(
    ("line", "title"),
    [
        ("Leo hat die Gruppe „Tee“ erstellt", "Tee"),
        ("Leo heeft de groep “Thee” gemaakt", "Thee"),
        ("Leo “Çay” grubunu oluşturdu", "Çay"),
        ("레오님이 “차” 그룹을 만들었습니다", "차"),
        ("लियो ने “चाय” ग्रुप बनाया", "चाय"),
        ("礼央さんがグループ「お茶」を作成しました", "お茶"),
        ("Лео создал(-а) группу «Чай»", "Чай"),
        ("安安创建了群组“茶”", "茶"),
    ],
)
def test_groups_are_named_by_their_first_line(line: str, title: str) -> None:
    text = f"13/01/2026, 08:07 - {line}\n13/01/2026, 08:08 - Ann: tea\n"
    assert FORMAT.chat_name(entry(text)) == title


@pytest.mark.parametrize(
    ("stamp", "expected"),
    [
        ("13.01.26, 08:07 - ", "2026-01-13 08:07:00"),
        ("13/01/2026 às 08:07 - ", "2026-01-13 08:07:00"),
        ("13/01/2026, 8:07\u202fp.\xa0m. - ", "2026-01-13 20:07:00"),
        ("[13/01/26, 8:07:05\u202fPM] ", "2026-01-13 20:07:05"),
        ("13-01-2026 08:07 - ", "2026-01-13 08:07:00"),
        ("[13-01-2026 08:07:05] ", "2026-01-13 08:07:05"),
        ("13.01.2026 20:07 - ", "2026-01-13 20:07:00"),
        ("\u200f13\u200f/1\u200f/2026، 8:07 م - ", "2026-01-13 20:07:00"),
        ("١٣/٠١/٢٠٢٦، ٨:٠٧ م - ", "2026-01-13 20:07:00"),
        ("13/01/26, 8:07 pm - ", "2026-01-13 20:07:00"),
        ("2026. 1. 13. 오후 8:07 - ", "2026-01-13 20:07:00"),
        ("2026/01/13 20:07 - ", "2026-01-13 20:07:00"),
        ("[2026/1/13 下午8:07:05] ", "2026-01-13 20:07:05"),
        ("[2026/1/13 凌晨12:07:05] ", "2026-01-13 00:07:05"),
        ("۱۴۰۱/۱۲/۲۳،\u200f ۲۰:۰۶ - ", "2023-03-14 20:06:00"),
        ("۱۴۰۳/۱۲/۳۰،\u200f ۲۰:۰۶ - ", "2025-03-20 20:06:00"),
        ("۱۴۰۴/۱/۱،\u200f ۲۰:۰۶ - ", "2025-03-21 20:06:00"),
        ("۱۳۹۹/۷/۱،\u200f ۲۰:۰۶ - ", "2020-09-22 20:06:00"),
    ],
)
def test_stamps_of_many_languages(stamp: str, expected: str) -> None:
    told = read(FORMAT, f"{stamp}Ann: tea\n").told()
    assert told == [("MESSAGE", expected, "Ann", "tea")]


def test_placeholders_of_many_languages() -> None:
    texts = ["<Medien ausgeschlossen>", "<Media weggelaten>", "<Medya dahil edilmedi>"]
    texts += ["<Multimedia omitido>", "<Médias omis>", "<Media omessi>", "<미디어 생략됨>"]
    texts += ["<Без медиафайлов>", "afbeelding weggelaten", "사진 생략됨", "we omitted tea?"]
    reading = read(FORMAT, "".join(f"13/01/2026, 08:07 - Ann: {t}\n" for t in texts))
    assert reading.forms() == [*["OTHER"] * 8, "PICTURE", "PICTURE", "TEXT"]


@pytest.mark.data
def test_real_samples_agree() -> None:
    folder = data_folder("export_samples") / "whatsapp_chat-miner"
    told = [read(FORMAT, path.read_bytes()).told() for path in sorted(folder.glob("*.txt"))]
    assert len(told) == 5
    # The twelve-hour file cannot write midnight's hour otherwise, so all five are alike.
    assert all(one == told[0] for one in told)


def test_marks_before_a_line_are_passed_over_once() -> None:
    marks = "\u200e" * 10_000
    line = "[01/03/2024, 20:00:00] Ada: hello\n"
    found = read(FORMAT, line + marks + line + marks + "no date\n" + line)
    assert [name for _kind, _when, name, _text in found.told()] == ["Ada"] * 3
