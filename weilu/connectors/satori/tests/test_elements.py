"""Message elements, beside what satori-python and NoneBot's Satori adapter make of them."""

from __future__ import annotations

import pytest
from nonebot.adapters.satori.element import parse as nonebot_parse
from satori.element import Element, Text, transform
from satori.parser import parse

from weilu.chat.ports.records import Form
from weilu.connectors.satori.elements import content_of, said

_WORDS = ("hi", "a < b & c > d", '"quoted"', "&amp;", "两行\n话", "<at type='all'/>")


@pytest.mark.parametrize(
    ("content", "text", "form", "reply_to"),
    [
        ("hi", "hi", Form.TEXT, ""),
        ("a &lt; b &amp;&amp; c", "a < b && c", Form.TEXT, ""),
        ("&amp;copy=1", "&copy=1", Form.TEXT, ""),
        ('<at id="7" name="Ada"/>look', "@Ada look", Form.TEXT, ""),
        ('<at type="all"/>sale', "@全体成员 sale", Form.TEXT, ""),
        ('<at role="9"/>', "@9", Form.TEXT, ""),
        ('<quote id="m1"><author id="7"/>old words</quote>new', "new", Form.TEXT, "m1"),
        ('<quote id="m1"/>new', "new", Form.TEXT, "m1"),
        ('a<img src="x.png" title="tea"/>b', "ateab", Form.PICTURE, ""),
        ('<audio src="x"/>', "", Form.VOICE, ""),
        ('<video src="x"></video>', "", Form.VIDEO, ""),
        ('<file src="x" title="price.xlsx"/>', "price.xlsx", Form.FILE, ""),
        ("<b>bold</b> and <code>code</code>", "bold and code", Form.TEXT, ""),
        ("one<br/>two<p>three</p>four", "one\ntwo\nthree\nfour", Form.TEXT, ""),
        ('<a href="https://x.cn">cheap</a>', "cheap https://x.cn", Form.TEXT, ""),
        ('<a href="https://x.cn"/>', "https://x.cn", Form.TEXT, ""),
        ('<a href="https://x.cn">https://x.cn</a>', "https://x.cn", Form.TEXT, ""),
        ('<message forward><message id="1">x</message></message>', "x", Form.FORWARD, ""),
        ('<llonebot:ark data="{}"/>', "", Form.OTHER, ""),
        ("<unclosed", "<unclosed", Form.TEXT, ""),
        ("</b></quote></a>x", "x", Form.TEXT, ""),
        ("1 < 2", "1 < 2", Form.TEXT, ""),
        ("", "", Form.TEXT, ""),
    ],
)
def test_messages(content: str, text: str, form: Form, reply_to: str) -> None:
    found = said(content)
    assert (found.text, found.form, found.reply_to) == (text, form, reply_to)


@pytest.mark.parametrize("words", _WORDS)
def test_what_we_write_is_read_as_it_was_meant_by_all_three(words: str) -> None:
    content = content_of(words, "data:image/png;base64,UE5H", 'm"1')
    found = said(content)
    assert (found.text, found.form, found.reply_to) == (words, Form.PICTURE, 'm"1')
    theirs: list[Element] = transform(parse(content))
    assert [one.tag for one in theirs] == ["quote", "img", "text"]
    assert isinstance(theirs[2], Text)
    assert theirs[2].text == words
    last = nonebot_parse(content)[-1]
    assert (last.type, last.attrs["text"]) == ("text", words)


def test_where_a_picture_is_fetched() -> None:
    assert said('<img src="https://x.cn/a.png"/>').picture == "https://x.cn/a.png"
    assert said('<img src="internal:x/1"/><img src="https://x.cn/a.png"/>').picture == ""
    assert said('<quote id="1"><img src="https://x.cn/a.png"/></quote>hi').picture == ""
