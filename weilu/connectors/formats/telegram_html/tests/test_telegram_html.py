"""Telegram's pages: who speaks on, media, service lines, several pages, and both exports as one."""

from __future__ import annotations

import pytest

from weilu.chat.ports import Answers, Form, Kind, Question
from weilu.connectors.formats.telegram_html.reader import FORMAT
from weilu.connectors.formats.telegram_html.service import told
from weilu.connectors.formats.tests.entries import UTC_ZONE, Reading, entry, read, read_bundle

HEAD = """<!DOCTYPE html>
<html>
 <head><meta charset="utf-8"/>
<title>Exported Data</title></head>
 <body onload="CheckLocation();">
  <div class="page_wrap">
   <div class="page_header">
    <div class="content">
     <div class="text bold">
茶友 &amp; Co
     </div>
    </div>
   </div>
   <div class="page_body chat_page">
    <div class="history">
"""
TAIL = "    </div>\n   </div>\n  </div>\n </body>\n</html>\n"


def service(number: int, text: str) -> str:
    return (
        f'     <div class="message service" id="message{number}">\n'
        f'      <div class="body details">\n{text}\n      </div>\n     </div>\n'
    )


def message(
    number: int, inside: str, *, name: str = "", at: str = "24.04.2025 13:49:04 UTC+06:00"
) -> str:
    joined = "" if name else " joined"
    who = f'<div class="from_name">\n{name} \n</div>\n' if name else ""
    return (
        f'     <div class="message default clearfix{joined}" id="message{number}">\n'
        f'<div class="body">\n<div class="pull_right date details" title="{at}">\n13:49\n</div>\n'
        f"{who}{inside}\n</div>\n</div>\n"
    )


def text(words: str) -> str:
    return f'<div class="text">\n{words}\n</div>\n'


def page(*blocks: str) -> str:
    return HEAD + "".join(blocks) + TAIL


def media(inside: str) -> str:
    return f'<div class="media_wrap clearfix">{inside}</div>'


def test_who_speaks_on_is_who_spoke_before() -> None:
    reading = read(
        FORMAT,
        page(
            message(1, text("a"), name="Ann Lee via @gif"),
            message(2, text("b")),
            message(3, text("c"), name="Bob"),
        ),
    )
    assert reading.told() == [
        ("MESSAGE", "2025-04-24 07:49:04", "Ann Lee", "a"),
        ("MESSAGE", "2025-04-24 07:49:04", "Ann Lee", "b"),
        ("MESSAGE", "2025-04-24 07:49:04", "Bob", "c"),
    ]
    assert reading.portions[0].chat.name == "茶友 & Co"
    assert [item.external_id for item in reading.items] == ["1", "2", "3"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ("a<br>b  c", "a\nb  c"),
        ('<strong>a</strong> <a href="https://x.test/y">here</a>!', "a here (https://x.test/y)!"),
        ('<a href="https://x.test/">https://x.test/</a>', "https://x.test/"),
        ('<a href="https://t.me/bob">@bob</a>', "@bob"),
        ('<a href="" onclick="return ShowHashtag(&quot;tea&quot;)">#tea</a>', "#tea"),
        ('<span class="spoiler hidden"><span aria-hidden="true">x</span></span>', "x"),
        ("&lt;script&gt;&amp;amp;", "<script>&amp;"),
        ("<pre>a</pre>b", "ab"),
    ],
)
def test_words(words: str, said: str) -> None:
    assert read(FORMAT, page(message(1, text(words), name="Ann"))).items[0].text == said


@pytest.mark.parametrize(
    ("inside", "form", "said"),
    [
        ('<a class="photo_wrap clearfix" href="p.jpg"><img class="photo"/></a>', "PICTURE", ""),
        ('<a class="sticker_wrap clearfix" href="s.webp"></a>', "STICKER", ""),
        ('<a class="animated_wrap" href="a.mp4"></a>', "STICKER", ""),
        ('<a class="video_file_wrap" href="v.mp4"></a>', "VIDEO", ""),
        (
            '<div class="media media_voice_message"><div class="title">Voice</div></div>',
            "VOICE",
            "",
        ),
        (
            '<div class="media media_photo"><div class="title bold">Sticker</div></div>',
            "STICKER",
            "",
        ),
        ('<div class="media media_file"><div class="title bold">a.pdf</div></div>', "FILE", ""),
        ('<div class="media media_contact"></div>', "CARD", ""),
        ('<div class="media media_live_location"></div>', "LOCATION", ""),
        (
            '<div class="media_poll"><div class="question bold">\nWhen?\n</div></div>',
            "POLL",
            "When?",
        ),
        ('<div class="media media_call"><div class="status">Missed</div></div>', "CALL", "Missed"),
        ('<div class="media media_game"></div>', "OTHER", ""),
    ],
)
def test_media(inside: str, form: str, said: str) -> None:
    reading = read(FORMAT, page(message(1, media(inside), name="Ann")))
    assert (reading.forms(), reading.items[0].text) == ([form], said)


def test_answers_forwards_and_reactions() -> None:
    reply = '<div class="reply_to details">In reply to <a href="#go_to_message41">this</a></div>'
    far = '<div class="reply_to details"><a href="messages2.html#go_to_message7">this</a></div>'
    forward = (
        '<div class="forwarded body"><div class="from_name">News<span class="date details" '
        'title="24.04.2025 10:00:00 UTC+06:00"> x</span></div>' + text("old") + "</div>"
    )
    reactions = (
        '<span class="reactions"><span class="reaction"><span class="emoji">👍</span><span '
        'class="userpics"><div class="userpic"><div class="initials" '
        'title="Bob, 24.04.2025 13:50:04 UTC+06:00">B</div></div></span></span></span>'
    )
    reading = read(
        FORMAT,
        page(
            message(1, reply + text("a") + reactions, name="Ann"),
            message(2, forward),
            message(3, far + text("c")),
        ),
    )
    assert [(i.name, i.text, i.reply_to, i.form) for i in reading.items] == [
        ("Ann", "a", "41", Form.TEXT),
        ("Bob", "👍", "1", Form.TEXT),
        ("Ann", "old", "", Form.FORWARD),
        ("Ann", "c", "7", Form.TEXT),
    ]
    assert reading.items[1].kind == Kind.REACTION
    assert reading.items[1].sent_ms - reading.items[0].sent_ms == 60_000


@pytest.mark.parametrize(
    ("line", "people"),
    [
        ("Ann invited Bob", [(Kind.JOIN, "Bob", "Ann")]),
        ("Ann invited Ann", [(Kind.JOIN, "Ann", "")]),
        (
            "Ann invited Bob, Cleo and Dora",
            [(Kind.JOIN, n, "Ann") for n in ("Bob", "Cleo", "Dora")],
        ),
        ("Ann invited Bob to the voice chat", [(Kind.NOTICE, "", "")]),
        ("Ann removed Bob", [(Kind.LEAVE, "Bob", "Ann")]),
        ("Ann removed Ann", [(Kind.LEAVE, "Ann", "")]),
        ("Ann removed group photo", [(Kind.NOTICE, "", "")]),
        ("Ann joined group by link from Bob", [(Kind.JOIN, "Ann", "Bob")]),
        ("Ann joined group by request", [(Kind.JOIN, "Ann", "")]),
        (
            "Ann created group «Tea» with members Bob and Ann",
            [(Kind.JOIN, "Ann", ""), (Kind.JOIN, "Bob", "Ann")],
        ),
        ("Ann pinned this message", [(Kind.NOTICE, "", "")]),
        ("History cleared", [(Kind.NOTICE, "", "")]),
    ],
)
def test_service_lines(line: str, people: list[tuple[Kind, str, str]]) -> None:
    assert [(i.kind, i.name, i.target) for i in told(line, 0, "5")] == people
    assert [i.external_id for i in told(line, 0, "5")] == ["5", "5.1", "5.2"][: len(people)]


def test_service_lines_stand_at_the_message_or_the_day_before_them() -> None:
    reading = read(
        FORMAT,
        page(
            service(-1, "24 April 2025"),
            service(3, "Ann invited Bob"),
            message(4, text("hi"), name="Ann"),
            service(5, "Bob pinned <a>this message</a>"),
        ),
    )
    assert reading.told() == [
        ("JOIN", "2025-04-23 18:00:00", "Bob", ""),
        ("MESSAGE", "2025-04-24 07:49:04", "Ann", "hi"),
        ("NOTICE", "2025-04-24 07:49:04", "", "Bob pinned this message"),
    ]


def test_pages_of_a_chat_are_one_export_in_order() -> None:
    def at(number: int) -> str:
        return page(message(number, text(str(number)), name="Ann"))

    pages = [
        entry(at(2001), "e/messages3.html"),
        entry(at(1), "e/messages.html"),
        entry(at(1001), "e/messages2.html"),
        entry(at(5).replace("茶友", "咖啡"), "f/messages.html"),
        entry(
            '<!DOCTYPE html><title>Exported Data</title><div class="page_wrap">', "e/lists/c.html"
        ),
    ]
    bundles = FORMAT.bundle(pages)
    assert [[e.path for e in b.entries] for b in bundles] == [
        ["e/messages.html", "e/messages2.html", "e/messages3.html", "e/lists/c.html"],
        ["f/messages.html"],
    ]
    told_all = [i.text for i in read_bundle(FORMAT, bundles[0]).items]
    assert told_all == ["1", "1001", "2001"]


def test_old_pages_have_local_times_and_ask_for_the_zone() -> None:
    old = page(message(1, text("hi"), name="Ann", at="24.04.2019 13:49:04"))
    assert FORMAT.survey(FORMAT.bundle([entry(old)])[0]).asks == {Question.ZONE}
    assert read(FORMAT, old, zone="Asia/Shanghai").told()[0][1] == "2019-04-24 05:49:04"
    new = page(message(1, text("hi"), name="Ann"))
    assert FORMAT.survey(FORMAT.bundle([entry(new)])[0]).asks == frozenset()


def test_a_page_cut_short_tells_where_and_keeps_what_is_whole() -> None:
    whole = page(message(1, text("hi"), name="Ann"), message(2, text("half of it"), name="Bob"))
    reading = read(FORMAT, whole[: whole.index("half") + 4])
    assert [i.text for i in reading.items] == ["hi"]
    assert [(p.code, p.unit) for p in reading.problems] == [("truncated", "line")]


def test_times_that_are_none_are_told() -> None:
    reading = read(
        FORMAT, page(message(1, text("x"), name="A", at="31.02.2025 13:49:04 UTC+06:00"))
    )
    assert (reading.items, reading.codes) == ([], ["bad_time"])


def test_a_hostile_page_takes_no_time_and_no_depth() -> None:
    deep = page(message(1, "<b>" * 20_000 + "x" + "</b>" * 20_000, name="Ann"))
    assert len(read(FORMAT, deep).items) == 1
    for junk in ("<" * 200_000, "<!" * 100_000, '<a "' * 50_000, "&#x" * 80_000, "<a b='" * 40_000):
        found = Reading(
            tuple(FORMAT.read(FORMAT.bundle([entry(page(junk))])[0], Answers(UTC_ZONE)))
        )
        assert found.items == []
