"""Segments and events, beside what NoneBot's own OneBot adapter makes of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import nonebot.adapters.onebot.v11 as judge
import pytest

from weilu.chat.ports.orders import Arrival, JoinRequest
from weilu.chat.ports.records import Form, Kind
from weilu.connectors.onebot.decode import Context, decode
from weilu.connectors.onebot.segments import said, segments
from weilu.connectors.onebot.tests.qq import ACCOUNT, BORN, GROUP, QQ

NAMES = {(str(GROUP), "7"): "Ada", (str(GROUP), "8"): "Bo"}
CONTEXT = Context(str(ACCOUNT), {str(GROUP): "Tea lovers"}, NAMES)
CARD = json.dumps(
    {
        "prompt": "[小程序] 砍价",
        "meta": {"detail_1": {"title": "帮我砍", "qqdocurl": "https://x.cn"}},
    }
)

BUNDLE = json.dumps({"app": "com.tencent.multimsg", "prompt": "[聊天记录]"})
INNER = [{"type": "forward", "data": {"content": [{"message": "deeper"}]}}]
# As events with a message, in either form of it, and as nodes.
PASSED_ON = [
    {"user_id": 9, "message": [{"type": "text", "data": {"text": "cheap tea"}}]},
    {"user_id": 9, "message": "x.cn[CQ:face,id=14]"},
    {"type": "node", "data": {"user_id": "9", "nickname": "Bo", "content": INNER}},
]
SHARED = json.dumps({"app": "com.tencent.troopsharecard", "prompt": "推荐群聊：茶友"})


def seg(kind: str, **data: object) -> dict[str, object]:
    return {"type": kind, "data": data}


@pytest.mark.parametrize(
    ("message", "text", "form"),
    [
        ([seg("text", text="hi")], "hi", Form.TEXT),
        ([seg("at", qq="7"), seg("text", text="look")], "@Ada look", Form.TEXT),
        ([seg("at", qq=99), seg("text", text="look")], "@99 look", Form.TEXT),
        ([seg("at", qq="all"), seg("text", text="sale")], "@全体成员 sale", Form.TEXT),
        ([seg("face", id="14")], "", Form.TEXT),
        ([seg("text", text="a"), seg("image", file="x.png"), seg("text", text="b")], "ab",
         Form.PICTURE),
        ([seg("image", file="x.png", sub_type=1, summary="[动画表情]")], "", Form.STICKER),
        ([seg("mface", summary="[笑]")], "[笑]", Form.STICKER),
        ([seg("record", file="x.amr")], "", Form.VOICE),
        ([seg("video", file="x.mp4")], "", Form.VIDEO),
        ([seg("file", file="price.xlsx", file_id="/1")], "price.xlsx", Form.FILE),
        ([seg("json", data=CARD)], "[小程序] 砍价\nhttps://x.cn", Form.LINK),
        ([seg("json", data="{")], "", Form.LINK),
        ([seg("json", data="[]")], "", Form.LINK),
        ([seg("json", data='{"meta": 5}')], "", Form.LINK),
        ([seg("json", data=SHARED)], "推荐群聊：茶友", Form.CARD),
        ([seg("share", title="Tea", url="https://t.cn")], "Tea\nhttps://t.cn", Form.LINK),
        ([seg("location", title="Here", lat="1")], "Here", Form.LOCATION),
        ([seg("forward", id="x")], "", Form.FORWARD),
        ([seg("forward", id="x", content=PASSED_ON)], "cheap tea\nx.cn\ndeeper", Form.FORWARD),
        ([seg("forward", id="x", content=[5, {"message": 5}, {"data": []}])], "", Form.FORWARD),
        ([seg("json", data=BUNDLE)], "[聊天记录]", Form.FORWARD),
        ([seg("markdown", content="# Tea")], "# Tea", Form.TEXT),
        ([seg("contact", type="group", id="123")], "123", Form.CARD),
        ([seg("never heard of")], "", Form.OTHER),
        (seg("text", text="alone"), "alone", Form.TEXT),
        ([5, None, {"type": 5}, {"type": "text", "data": []}], "", Form.OTHER),
        (None, "", Form.TEXT),
    ],
)  # fmt: skip
def test_messages(message: object, text: str, form: Form) -> None:
    found = said(message, lambda who: NAMES.get((str(GROUP), who), ""))
    assert (found.text, found.form) == (text, form)


@pytest.mark.parametrize(
    "written",
    [
        "plain",
        "[CQ:at,qq=7] hello [CQ:face,id=14]",
        "[CQ:reply,id=-5]yes &#91;no&#93; &amp;amp;",
        "a[CQ:image,file=x&#44;y.png,url=http://q.cn/?a=1&amp;b=2]b",
        "[CQ:share,url=https://t.cn,title=Tea][CQ:poke]",
        "[not a code] [CQ:",
        "",
    ],
)
def test_cq_codes_are_what_nonebot_reads(written: str) -> None:
    theirs = [(one.type, dict(one.data)) for one in judge.Message(written)]
    assert [(kind, dict(data)) for kind, data in segments(written)] == theirs


def events() -> Mapping[str, dict[str, Any]]:
    """Of every kind that says something of a group, one."""
    qq = QQ()
    at = {"group_id": GROUP, "user_id": 7}

    def notice(kind: str, **more: object) -> dict[str, Any]:
        return {**qq.event("notice", notice_type=kind, **at), **more}

    return {
        "message": qq.say("hi"),
        "sent": qq.say("own", who=ACCOUNT),
        "hidden": qq.say("psst", who=80_000_000, sub_type="anonymous",
                         anonymous={"id": 3, "name": "Sparrow", "flag": "f"}),
        "let in": notice("group_increase", sub_type="approve", operator_id=8),
        "invited": notice("group_increase", sub_type="invite", operator_id=8),
        "left": notice("group_decrease", sub_type="leave", operator_id=7),
        "removed": notice("group_decrease", sub_type="kick", operator_id=8),
        "put out": notice("group_decrease", sub_type="kick_me", user_id=ACCOUNT, operator_id=8),
        "recalled": notice("group_recall", operator_id=8, message_id=-1001),
        "card": notice("group_card", card_old="Ada", card_new="Ada ✿"),
        "title": notice("notify", sub_type="group_name", name_new="Tea house"),
        "reaction": notice("group_msg_emoji_like", message_id=-1001, is_add=True,
                           likes=[{"emoji_id": "128077", "count": 1}, {"emoji_id": "76"}]),
        "asks": qq.event("request", request_type="group", sub_type="add", comment="Tea!",
                         flag="77", **at),
    }  # fmt: skip


def told(name: str) -> list[Arrival | JoinRequest]:
    return list(decode(events()[name], CONTEXT))


def item(name: str) -> tuple[object, ...]:
    (found,) = told(name)
    assert isinstance(found, Arrival)
    one = found.item
    return (one.kind, one.account, one.name, one.text or one.target, one.external_id)


def test_events() -> None:
    assert item("message") == (Kind.MESSAGE, "7", "Nick7", "hi", "-1001")
    assert item("sent") == (Kind.MESSAGE, str(ACCOUNT), f"Nick{ACCOUNT}", "own", "-1002")
    assert item("hidden") == (Kind.MESSAGE, "anonymous3", "Sparrow", "psst", "-1003")
    assert item("let in") == (Kind.JOIN, "7", "Ada", "", f"j7-{BORN}")
    assert item("invited") == (Kind.JOIN, "7", "Ada", "Bo", f"j7-{BORN}")
    assert item("left") == (Kind.LEAVE, "7", "Ada", "", f"l7-{BORN}")
    assert item("removed") == (Kind.LEAVE, "7", "Ada", "Bo", f"l7-{BORN}")
    assert item("put out") == (Kind.LEAVE, str(ACCOUNT), "", "Bo", f"l{ACCOUNT}-{BORN}")
    assert item("recalled") == (Kind.RECALL, "8", "Bo", "", "-1001")
    assert item("card") == (Kind.RENAME, "7", "Ada", "Ada ✿", f"n7-{BORN}")
    assert item("title") == (Kind.NOTICE, "7", "Ada", "Tea house", f"g{BORN}")
    assert item("reaction") == (Kind.REACTION, "7", "Ada", "👍/76", f"r-1001-7-{BORN}")
    (asks,) = told("asks")
    assert isinstance(asks, JoinRequest)
    assert (asks.request, asks.account, asks.words) == ("77", "7", "Tea!")


def test_nonebot_takes_our_events_for_what_they_are() -> None:
    # NapCat's own additions have no class of their own there.
    known = {
        "message": "GroupMessageEvent", "hidden": "GroupMessageEvent",
        "let in": "GroupIncreaseNoticeEvent", "invited": "GroupIncreaseNoticeEvent",
        "left": "GroupDecreaseNoticeEvent", "removed": "GroupDecreaseNoticeEvent",
        "recalled": "GroupRecallNoticeEvent", "asks": "GroupRequestEvent",
    }  # fmt: skip
    taken = {}
    for name in known:
        event = judge.Adapter.json_to_event(events()[name])
        taken[name] = type(event).__name__
        if isinstance(event, judge.GroupMessageEvent):
            assert event.get_plaintext() == item(name)[3]
    assert taken == known


def test_what_is_not_of_a_group_or_of_no_interest_tells_nothing() -> None:
    qq = QQ()
    at = {"group_id": GROUP, "user_id": 7}
    for event in (
        qq.event("message", message_type="private", sub_type="friend", user_id=7, message="x"),
        qq.event("request", request_type="friend", user_id=7, flag="1"),
        qq.event("request", request_type="group", sub_type="invite", flag="1", **at),
        qq.event("notice", notice_type="group_admin", sub_type="set", **at),
        qq.event("notice", notice_type="notify", sub_type="poke", **at),
        qq.event("notice", notice_type="group_card", card_old="A", card_new="A", **at),
        qq.event("notice", notice_type="group_msg_emoji_like", message_id=1, is_add=False,
                 likes=[{"emoji_id": "76"}], **at),
        {**qq.say("x"), "time": -5},
        {**qq.say("x"), "message_id": None},
        {"post_type": ["message"]},
        {},
    ):  # fmt: skip
        assert list(decode(event, CONTEXT)) == []


def test_where_a_picture_is_fetched() -> None:
    url = "https://multimedia.nt.qq.com.cn/download?fileid=1"
    assert said([seg("image", file="x.png", url=url)], lambda _who: "").picture == url
    assert said([seg("mface", url=url)], lambda _who: "").picture == ""
    assert said(f"[CQ:image,file=x.png,url={url}]", lambda _who: "").picture == url
