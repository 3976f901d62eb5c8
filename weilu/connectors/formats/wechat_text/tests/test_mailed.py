"""Messages that WeChat sent by mail."""

from __future__ import annotations

import pytest

from weilu.chat.ports import Question
from weilu.connectors.formats.claiming import claim
from weilu.connectors.formats.opening import Opened
from weilu.connectors.formats.registry import ALL_FORMATS
from weilu.connectors.formats.tests.entries import entry, read
from weilu.connectors.formats.wechat_text.mailed import FORMAT

MAIL = """Dear：

    微信上“老客茶友群”的聊天记录如下，请查收。


—————  2021-03-15  —————


小满  09:12

今天喝什么

还是昨天那泡？


白露  23:58

[图片: 3f2a.jpg(请在附件中查看)]


—————  2021-03-16  —————

小满  0:01

会议改到 10:30
都来
"""
SAID = [
    ("MESSAGE", "2021-03-15 09:12:00", "小满", "今天喝什么\n\n还是昨天那泡？"),
    ("MESSAGE", "2021-03-15 23:58:00", "白露", "[图片: 3f2a.jpg(请在附件中查看)]"),
    ("MESSAGE", "2021-03-16 00:01:00", "小满", "会议改到 10:30\n都来"),
]


def test_days_names_and_texts() -> None:
    reading = read(FORMAT, MAIL)
    assert reading.told() == SAID
    assert reading.forms() == ["TEXT", "PICTURE", "TEXT"]
    assert reading.codes == []
    assert FORMAT.chat_name(entry(MAIL)) == "老客茶友群"
    assert FORMAT.survey(FORMAT.bundle([entry(MAIL)])[0]).asks == {Question.ZONE}


@pytest.mark.parametrize(
    "mail",
    [
        pytest.param(MAIL.replace("—————", "------"), id="other dashes"),
        pytest.param(MAIL.replace("\n", "\r\n"), id="line ends of Windows"),
        pytest.param(MAIL[MAIL.index("—") :], id="without what stands above"),
    ],
)
def test_what_mail_programs_make_of_it(mail: str) -> None:
    assert read(FORMAT, mail).told() == SAID
    (bundle,) = claim(Opened((entry(mail),)), ALL_FORMATS).bundles
    assert bundle.format == "wechat_mail"


def test_one_space_is_left_of_two() -> None:
    mail = MAIL.replace("  ", " ").replace("改到 10:30", "改到半点")
    assert [(when, name) for _, when, name, _ in read(FORMAT, mail).told()] == [
        (when, name) for _, when, name, _ in SAID
    ]


def test_a_day_that_is_none_is_told() -> None:
    reading = read(FORMAT, MAIL.replace("2021-03-15", "2021-02-30"))
    assert reading.codes == ["bad_time", "bad_time"]
    assert reading.told() == SAID[2:]


def test_other_texts_are_left_to_others() -> None:
    assert FORMAT.recognise(entry("—————  2021-03-15  —————\n\njust notes\n")) == 0
    assert FORMAT.recognise(entry("小满  09:12\n\nhi\n")) == 0
