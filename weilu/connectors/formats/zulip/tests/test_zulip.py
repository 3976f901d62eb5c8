"""Zulip archives and realm exports."""

from __future__ import annotations

import pytest

from weilu.chat.ports import ChatRef, Form, Inbound, Platform
from weilu.connectors.formats.tests.jsonmaking import entry, items_of, portions_of
from weilu.connectors.formats.zulip import ZulipFormat, ZulipRealmFormat
from weilu.connectors.formats.zulip.archive import stream_of
from weilu.connectors.formats.zulip.markup import form_of, plain


def message(number: int, content: str = "<p>早</p>") -> dict[str, object]:
    return {
        "content": content,
        "id": number,
        "sender_full_name": "店主",
        "timestamp": 1_700_000_000 + number,
    }


def test_topics_of_a_stream_are_one_export() -> None:
    one = ZulipFormat()
    entries = [
        entry([message(3)], "z/12-tea/b.json"),
        entry([message(1), message(2)], "z/12-tea/a.json"),
        entry([message(4)], "z/13-rice/a.json"),
    ]
    assert [[e.path for e in b.entries] for b in one.bundle(entries)] == [
        ["z/12-tea/a.json", "z/12-tea/b.json"],
        ["z/13-rice/a.json"],
    ]
    portions = portions_of(one, *entries[:2])
    assert items_of(portions) == [
        Inbound(0, 1_700_000_000_000 + n * 1000, "店主", "店主", "早", str(n)) for n in (1, 2, 3)
    ]
    assert {portion.chat for portion in portions} == {ChatRef(Platform.ZULIP, "12", "tea")}


def test_stream_names_are_decoded() -> None:
    assert stream_of("z/12-a.20b.E8.8C.B6/t.json") == ChatRef(Platform.ZULIP, "12", "a b茶")
    assert stream_of("t.json") == ChatRef(Platform.ZULIP, "", "")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        ("<p>a &lt;b&gt;</p>\n<p>c</p>", "a <b>\nc"),
        ('<p><span class="user-mention" data-user-id="1">@店主</span> 早</p>', "@店主 早"),
        ('<p><span class="user-mention silent" data-user-id="1">店主</span></p>', "@店主"),
        ('<p><a href="https://a.test">这里</a></p>', "这里 (https://a.test)"),
        ('<p><a href="https://a.test">https://a.test</a></p>', "https://a.test"),
        ("<ul>\n<li>a</li>\n<li>b</li>\n</ul>", "a\nb"),
        (
            '<span class="katex"><math><mi>x</mi><annotation encoding="application/x-tex">x^2'
            '</annotation></math><span class="katex-html">x2</span></span> ok',
            "x^2 ok",
        ),
        ("no markup &amp; more", "no markup & more"),
        ("<p>open <b>never closed", "open never closed"),
        ("</p></a>stray", "stray"),
        ("<![if foo]>words", "words"),
    ],
)
def test_plain(content: str, text: str) -> None:
    assert plain(content) == text


def test_uploads_decide_the_form() -> None:
    assert form_of('<a href="/user_uploads/1/a.png">a</a>') == Form.PICTURE
    assert form_of('<a href="/user_uploads/1/a.pdf">a</a>') == Form.FILE
    assert form_of("<p>/user_uploads/</p>") == Form.TEXT


def test_realm_export_names_streams_and_people_and_leaves_private_messages_out() -> None:
    realm = {
        "zerver_realm": [{"id": 1}],
        "zerver_userprofile": [{"id": 5, "full_name": "店主", "is_bot": False}],
        "zerver_userprofile_crossrealm": [{"id": 6, "full_name": "管家", "is_bot": True}],
        "zerver_stream": [{"id": 12, "name": "tea"}],
        "zerver_recipient": [
            {"id": 90, "type": 2, "type_id": 12},
            {"id": 91, "type": 1, "type_id": 5},
        ],
    }
    rows = [
        {"id": n, "sender": s, "recipient": r, "date_sent": 1_700_000_000.5, "content": "**早**"}
        for n, s, r in ((1, 5, 90), (2, 5, 91), (3, 6, 90))
    ]
    portions = portions_of(
        ZulipRealmFormat(),
        entry({"zerver_message": rows}, "x/messages-000001.json"),
        entry(realm, "x/realm.json"),
    )
    assert [(p.chat.key, p.chat.name, list(p.items)) for p in portions] == [
        (
            "12",
            "tea",
            [
                Inbound(0, 1_700_000_000_500, "5", "店主", "**早**", "1"),
                Inbound(0, 1_700_000_000_500, "6", "管家", "**早**", "3", is_bot=True),
            ],
        )
    ]
