"""DiscordChatExporter's pages."""

from __future__ import annotations

import pytest

from weilu.connectors.formats.discord_html.reader import FORMAT, snowflake_ms
from weilu.connectors.formats.tests.entries import entry, read, read_bundle

HEAD = (
    "<!DOCTYPE html><html lang=en><head><title>Tea - off - topic</title><style>.preamble{}"
    ".chatlog__message{}</style></head><body>\n<div class=preamble><div class=preamble__entry>"
    "Tea</div></div><div class=chatlog>\n"
)


def block(number: int, inside: str) -> str:
    return (
        f'<div id="chatlog__message-container-{number}" class="chatlog__message-container " '
        f'data-message-id="{number}"><div class="chatlog__message"><div '
        f'class="chatlog__message-primary">{inside}</div></div></div>'
    )


AUTHOR = '<span class="chatlog__author" title="ann" data-user-id="42">Ann</span>'
FIRST = 866_022_846_000_000_001


def page(*groups: str) -> str:
    inside = "".join(f"<div class=chatlog__message-group>{group}</div>\n" for group in groups)
    return f"{HEAD}{inside}</div></body></html>"


def test_a_group_of_one_author() -> None:
    bot = f"{AUTHOR}<span class=chatlog__author-tag>BOT</span>"
    reply = (
        "<div class=chatlog__reply><div class=chatlog__reply-author>X</div><span "
        f"class=chatlog__reply-link onclick=\"scrollTo(event,'{FIRST - 9}')\">old</span></div>"
    )
    said = '<div class="chatlog__content chatlog__markdown"><span>hi <img class=chatlog__emoji '
    content = f"{said}alt=👍> <img alt=tea>\nb</span><span class=chatlog__edited-timestamp>(edited)"
    picture = "<div class=chatlog__attachment><a href=https://x.test/a.png?e=1></a></div>"
    reading = read(
        FORMAT,
        page(block(FIRST, f"{reply}{bot}{content}</span></div>") + block(FIRST + 1, picture)),
    )
    assert [(i.account, i.name, i.text, i.reply_to, i.is_bot) for i in reading.items] == [
        ("42", "Ann", "hi 👍 :tea:\nb", str(FIRST - 9), True),
        ("42", "Ann", "", "", True),
    ]
    assert (reading.forms(), reading.codes) == (["TEXT", "PICTURE"], [])
    assert reading.portions[0].chat.name == "Tea / off - topic"
    assert reading.items[0].sent_ms == snowflake_ms(str(FIRST)) == 1_626_546_336_412


@pytest.mark.parametrize(
    ("words", "people"),
    [
        ("<span>joined the server.</span>", ("JOIN", "Ann", "")),
        ("<span>left the group.</span>", ("LEAVE", "Ann", "")),
        ("<span>added </span><a>Bob</a><span> to the group.</span>", ("JOIN", "Bob", "Ann")),
        ("<span>removed </span><a>Bob</a><span> from the group.</span>", ("LEAVE", "Bob", "Ann")),
        ("<span>pinned </span><a>a message</a>", ("NOTICE", "Ann", "")),
    ],
)
def test_events(words: str, people: tuple[str, str, str]) -> None:
    who = "<span class=chatlog__system-notification-author data-user-id=42>Ann</span>"
    told = f"{who}<span class=chatlog__system-notification-content>{words}</span>"
    assert read(FORMAT, page(block(FIRST, told))).people() == [people]


def test_parts_of_a_channel_are_one_export() -> None:
    words = f"{AUTHOR}<div class=chatlog__content>x</div>"
    pages = [
        entry(page(block(FIRST + n, words)), f"e/Tea - talk [866022846000000777] [part {n}].html")
        for n in (10, 9)
    ]
    (bundle,) = FORMAT.bundle(pages)
    reading = read_bundle(FORMAT, bundle)
    assert [i.external_id for i in reading.items] == [str(FIRST + 9), str(FIRST + 10)]
    assert reading.portions[0].chat.key == "866022846000000777"


def test_an_id_that_is_none_is_told() -> None:
    reading = read(FORMAT, page(block(7, AUTHOR)))
    assert (reading.items, reading.codes) == ([], ["bad_time"])
