"""WeCom answers by halves, too much, nonsense; callbacks come in disorder and from the future."""

from __future__ import annotations

import pytest

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.models import Message
from weilu.chat.ports.orders import Fate, Parcel, Receipt
from weilu.chat.ports.records import Kind
from weilu.connectors.wecom.decode import joins_of, receipt_of
from weilu.connectors.wecom.session import WeComSession
from weilu.connectors.wecom.tests.server import WeCom, member
from weilu.connectors.wecom.tests.test_callbacks import LEFT, posted, sealed
from weilu.connectors.wecom.tests.test_callbacks import line as line  # noqa: PLC0414 a fixture
from weilu.connectors.wecom.tests.test_session import ORDER, do, shop
from weilu.core.clock import now_ms
from weilu.core.errors import TryLater, Unsure, WeiluError
from weilu.groups.models import Connection


@pytest.mark.parametrize(("what", "kind"), [("send", Unsure), ("groups", TryLater)])
@pytest.mark.parametrize(
    ("cuts", "raw", "code"),
    [
        (True, None, "timeout"),
        (False, b"x" * 1_000_000, "bad_answer"),
        (False, b"[" * 100_000, "bad_answer"),
        (False, b'{"errcode": "none"}', "bad_answer"),
    ],
)
def test_half_an_answer_too_much_and_nonsense(
    monkeypatch: pytest.MonkeyPatch,
    what: str,
    kind: type[WeiluError],
    cuts: bool,
    raw: bytes | None,
    code: str,
) -> None:
    wecom: WeCom = shop()

    async def story(one: WeComSession) -> None:
        one.owners["g1"] = "boss"
        wecom.cuts, wecom.raw = cuts, raw
        await (one.send(ORDER) if what == "send" else one.groups())

    with pytest.raises(WeiluError) as raised:
        do(wecom, monkeypatch, story)
    assert (type(raised.value), str(raised.value)) == (kind, code)


def test_a_list_with_odd_times_is_a_list_all_the_same() -> None:
    times: list[object] = ["soon", None, True, [], -5, 10**20, "1793490000", 1793490001]
    people = [member(f"m{n}", 0, join_time=at, join_scene=at) for n, at in enumerate(times)]
    group = {"chat_id": "g1", "member_list": [*people, None, 5, {"userid": ""}]}
    items = [one.item for one in joins_of(group)]
    assert [(i.account, i.sent_ms) for i in items] == [
        ("m0", 0), ("m1", 0), ("m2", 0), ("m3", 0), ("m4", -5000), ("m5", 0),
        ("m6", 1793490000_000), ("m7", 1793490001_000),
    ]  # fmt: skip
    assert receipt_of("t", [{"status": 1, "send_time": "x"}], 7) == Receipt("t", Fate.SENT, 7)


@pytest.mark.django_db
def test_whoever_joined_in_the_future_has_joined_now(line: Connection) -> None:
    group = {"chat_id": "g1", "member_list": [member("lin", 4_000_000_000), member("bo", 0)]}
    for _twice in range(2):
        Arrivals().store([(line.pk, Parcel(arrivals=joins_of(group)))])
    times = list(Message.objects.values_list("sent_ms", flat=True))
    assert len(times) == 2
    assert all(abs(at - now_ms()) < 60_000 for at in times)


@pytest.mark.django_db
def test_callbacks_in_disorder_and_of_a_megabyte(line: Connection) -> None:
    earlier = LEFT.replace("1793498400", "1793490000").replace("v2", "v1")
    for text in (LEFT, earlier, LEFT, earlier):
        assert posted(line, *sealed(line, text)) == 200
    leaves = Message.objects.filter(kind=int(Kind.LEAVE)).order_by("sent_ms")
    assert list(leaves.values_list("sent_ms", flat=True)) == [
        1793490000_000, 1793490000_000, 1793498400_000, 1793498400_000,
    ]  # fmt: skip
    query, body = sealed(line, LEFT.replace("<![CDATA[lin]]>", "x" * 1_000_000))
    assert posted(line, query, body) == 413
    assert leaves.count() == 4
