"""Orders in QQ, over the WebSocket and over HTTP, and what becomes of those that fail."""

from __future__ import annotations

import base64
from functools import partial
from pathlib import Path

import pytest
from aiohttp import web

from weilu.chat.ports.abilities import Deed
from weilu.connectors.onebot import api
from weilu.connectors.onebot.tests.house import ordered
from weilu.connectors.onebot.tests.qq import ACCOUNT, QQ, TOKEN, Refused
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError


@pytest.mark.parametrize("over_http", [False, True])
def test_sending_and_recalling(tmp_path: Path, *, over_http: bool) -> None:
    qq = QQ()
    do = partial(ordered, qq, over_http=over_http)
    spam = qq.say("buy")["message_id"]
    assert do(Deed.SEND, text="Please do not [CQ:at,qq=all]", reply_to=str(spam)) == "-1002"
    assert qq.messages[-1]["message"] == [
        {"type": "reply", "data": {"id": str(spam)}},
        {"type": "text", "data": {"text": "Please do not [CQ:at,qq=all]"}},
    ]
    picture = tmp_path / "tea.png"
    picture.write_bytes(b"PNG")
    do(Deed.SEND, text="Look", picture=picture)
    sent = qq.messages[-1]["message"][0]["data"]["file"]
    assert base64.b64decode(sent.removeprefix("base64://")) == b"PNG"
    do(Deed.RECALL, message=str(spam))
    do(Deed.RECALL, message=str(spam))
    assert spam not in [m["message_id"] for m in qq.messages]
    do(Deed.ANNOUNCE, text="Spring tea")
    assert qq.notices == ["Spring tea"]


@pytest.mark.parametrize("over_http", [False, True])
def test_orders_about_people(*, over_http: bool) -> None:
    qq = QQ()
    do = partial(ordered, qq, over_http=over_http)
    do(Deed.MUTE, account="7", seconds=600)
    assert qq.muted == {7: 600}
    do(Deed.MUTE, account="7", seconds=0)
    assert qq.muted == {7: 30 * 86_400 - 60}
    do(Deed.UNMUTE, account="7")
    assert qq.muted == {7: 0}
    do(Deed.REMOVE, account="7")
    do(Deed.REMOVE, account="7")
    do(Deed.BAN, account="8")
    assert (set(qq.members), qq.refused) == ({ACCOUNT}, {8})
    for deed, account in ((Deed.UNBAN, "8"), (Deed.MUTE, "anonymous5")):
        with pytest.raises(GivenUp, match="not_possible"):
            do(deed, account=account)
    qq.asks = [{"request_id": 5}, {"request_id": 6}]
    do(Deed.APPROVE, account="9", request="5")
    do(Deed.DECLINE, account="9", request="6", reason="Full")
    assert (qq.asks, qq.calls("set_group_add_request")[1]["reason"]) == ([], "Full")
    with pytest.raises(GivenUp, match="gone"):
        do(Deed.APPROVE, account="9", request="5")


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Refused(1200, "权限不足"), GivenUp, "no_rights"),
        (Refused(1200, '{"result":120,"errMsg":""}'), GivenUp, "no_rights"),
        (Refused(1200, '{"result":110,"errMsg":""}'), GivenUp, "not_in_group"),
        (Refused(1200, "发送消息过于频繁"), TryLater, "rate_limited"),
        (Refused(1200, "Timeout: NTEvent serviceAndMethod:NodeIKernelMsgService/sendMsg"),
         Unsure, "timeout"),
        (Refused(1404, "不支持的Api"), GivenUp, "not_possible"),
        (Refused(1403, "token"), TryLater, "unauthorised"),
        (Refused(100, "something new"), GivenUp, "not_possible"),
        ({"hello": 1}, Unsure, "bad_answer"),
        (None, Unsure, "timeout"),
        ("{garbage", Unsure, "timeout"),
        (ConnectionError(), Unsure, "timeout"),
    ],
)  # fmt: skip
def test_failures_of_sending(
    answer: object, kind: type[WeiluError], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "CALL_S", 0.2)
    qq = QQ(answers={"send_group_msg": [answer]})
    with pytest.raises(WeiluError) as caught:
        ordered(qq, Deed.SEND, text="Hi")
    assert (type(caught.value), str(caught.value)) == (kind, code)


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (web.Response(status=429, headers={"Retry-After": "7"}), TryLater, "rate_limited"),
        (web.Response(status=500), Unsure, "timeout"),
        (web.Response(status=403), TryLater, "unauthorised"),
        (web.Response(status=302, headers={"Location": "/x"}), Unsure, "timeout"),
        (web.Response(text="garbage"), Unsure, "bad_answer"),
        (web.Response(text="[]"), Unsure, "bad_answer"),
        (None, Unsure, "timeout"),
        (ConnectionError(), Unsure, "timeout"),
    ],
)
def test_failures_over_http(
    answer: object, kind: type[WeiluError], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    qq = QQ(answers={"send_group_msg": [answer]})
    monkeypatch.setattr(api, "CALL_S", 0.5)
    with pytest.raises(WeiluError) as caught:
        ordered(qq, Deed.SEND, text="Hi", over_http=True)
    assert (type(caught.value), str(caught.value)) == (kind, code)
    assert TOKEN not in repr(caught.value.__cause__)
