"""KakaoTalk of computers, phones and Macs, in Korean and English."""

from __future__ import annotations

import pytest

from weilu.chat.ports import Form, Kind, Question
from weilu.connectors.formats.kakaotalk import notices
from weilu.connectors.formats.kakaotalk.reader import FORMAT
from weilu.connectors.formats.kakaotalk.table import FORMAT as TABLE
from weilu.connectors.formats.tests.entries import entry, read

COMPUTER = """茶友 님과 카카오톡 대화
저장한 날짜 : 2023-10-04 13:03:59

--------------- 2021년 12월 14일 화요일 ---------------
지나가던님이 들어왔습니다.운영정책을 위반한 메시지로 신고 접수 시 제한이 있을 수 있습니다.
불법촬영물등 식별 및 게재제한 조치 안내
[지나가던] [오후 4:17] 안녕하세요
2021년 12월 14일
[행인A] [오후 4:18] 사진
행인B님이 나갔습니다.
--------------- 2021년 12월 15일 수요일 ---------------
[행인A] [오전 12:05] 삭제된 메시지입니다.
"""


def test_a_computer_in_korean() -> None:
    reading = read(FORMAT, COMPUTER, zone="Asia/Seoul")
    assert reading.told() == [
        ("JOIN", "2021-12-13 15:00:00", "지나가던", ""),
        ("MESSAGE", "2021-12-14 07:17:00", "지나가던", "안녕하세요\n2021년 12월 14일"),
        ("MESSAGE", "2021-12-14 07:18:00", "행인A", "사진"),
        ("LEAVE", "2021-12-14 07:18:00", "행인B", ""),
        ("RECALL", "2021-12-14 15:05:00", "행인A", ""),
    ]
    assert (reading.portions[0].chat.name, reading.forms()) == ("茶友", ["TEXT", "PICTURE"])
    assert reading.codes == []


@pytest.mark.parametrize("clock", ["[2:30 PM]", "[PM 2:30]", "[14:30]"])
def test_a_computer_in_english(clock: str) -> None:
    text = (
        "Tea with KakaoTalk Chats\nDate Saved : 2023-10-04 13:03:59\n\n"
        f"--------------- Monday, December 9, 2024 ---------------\n[Bob [tea]] {clock} hi: you\n"
    )
    assert read(FORMAT, text).told() == [("MESSAGE", "2024-12-09 14:30:00", "Bob [tea]", "hi: you")]


@pytest.mark.parametrize(
    ("stamp", "told"),
    [
        ("2020년 1월 31일 오후 3:04", "2020-01-31 15:04:00"),
        ("2020년 1월 31일 15:04", "2020-01-31 15:04:00"),
        ("2020. 1. 31. 오후 3:04", "2020-01-31 15:04:00"),
        ("2020. 1. 31. 오전 12:04", "2020-01-31 00:04:00"),
        ("January 31, 2020, 3:04 PM", "2020-01-31 15:04:00"),
        ("Jan 31, 2020 at 3:04 PM", "2020-01-31 15:04:00"),
        ("31 January 2020, 15:04", "2020-01-31 15:04:00"),
    ],
)
def test_phones(stamp: str, told: str) -> None:
    day = stamp if "월" in stamp else "2020년 1월 31일 금요일"
    text = f"Tea 3 카카오톡 대화\n저장한 날짜 : x\n\n{day}\n{stamp}, Bob : why : so\nmore\n"
    one = entry(text)
    assert FORMAT.recognise(one) == 96
    assert FORMAT.survey(FORMAT.bundle([one])[0]).asks == {Question.ZONE}
    reading = read(FORMAT, text)
    assert reading.told() == [("MESSAGE", told, "Bob", "why : so\nmore")]
    assert reading.codes == []


def test_without_its_head_it_is_known_by_its_lines_and_asks_for_the_group() -> None:
    text = "2020년 1월 31일 오후 3:04, Bob : a\n2020년 1월 31일 오후 3:05, Ann : b\n"
    one = entry(text)
    assert FORMAT.recognise(one) == 82
    assert FORMAT.survey(FORMAT.bundle([one])[0]).asks == {Question.ZONE, Question.GROUP}


@pytest.mark.parametrize(
    ("line", "people"),
    [
        (
            "김님이 박님, 이님과 최님을 초대했습니다.",
            [("JOIN", n, "김") for n in ("박", "이", "최")],
        ),
        ("박님이 들어왔습니다.", [("JOIN", "박", "")]),
        ("박님이 나갔습니다.", [("LEAVE", "박", "")]),
        ("김님이 박님을 내보냈습니다.", [("LEAVE", "박", "김")]),
        ("Ann invited Bob to this chatroom.", [("JOIN", "Bob", "Ann")]),
        ("Bob joined this chatroom.", [("JOIN", "Bob", "")]),
        ("Bob left this chatroom.", [("LEAVE", "Bob", "")]),
        ("채팅방 관리자가 메시지를 가렸습니다.", [("NOTICE", "", "")]),
    ],
)
def test_system_lines(line: str, people: list[tuple[str, str, str]]) -> None:
    found = notices.told(line, 0)
    assert [(Kind(i.kind).name, i.name, i.target) for i in found] == people
    text = f"2020년 1월 31일 오후 3:04, Bob : a\n2020년 1월 31일 오후 3:05, {line}\n"
    assert read(FORMAT, text).people() == people


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("사진 3장", Form.PICTURE),
        ("동영상", Form.VIDEO),
        ("이모티콘", Form.STICKER),
        ("파일: a.pdf", Form.FILE),
        ("보이스톡 해요", Form.CALL),
        ("Photo", Form.PICTURE),
        ("a1b2c3d4e5f6.jpg", Form.PICTURE),
        ("사진 좋아요", Form.TEXT),
    ],
)
def test_forms(text: str, form: Form) -> None:
    assert notices.form_of(text) == form


def test_a_mac() -> None:
    text = (
        "Date,User,Message\n"
        '2022-01-01 12:00:00,"Ann","hi, ""you""\nmore"\n'
        '2022-01-01 12:01:00,"Bob","Bob님이 나갔습니다."\n'
        '2022-01-01 12:02:00,"Ann","사진"\n'
        'never,"Ann","x"\n'
    )
    reading = read(TABLE, text)
    assert reading.told() == [
        ("MESSAGE", "2022-01-01 12:00:00", "Ann", 'hi, "you"\nmore'),
        ("LEAVE", "2022-01-01 12:01:00", "Bob", ""),
        ("MESSAGE", "2022-01-01 12:02:00", "Ann", "사진"),
    ]
    assert (reading.forms(), reading.codes) == (["TEXT", "PICTURE"], ["bad_time"])


def test_days_that_are_none_are_told() -> None:
    text = "2020년 2월 31일 오후 3:04, Bob : a\n2020년 2월 3일 오후 3:04, Bob : b\n"
    reading = read(FORMAT, text)
    assert [(p.code, p.number) for p in reading.problems] == [("bad_time", 1)]
    assert [i.text for i in reading.items] == ["b"]
