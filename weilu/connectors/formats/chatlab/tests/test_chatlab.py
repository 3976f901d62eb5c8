"""ChatLab: what we write we read, what others write we understand."""

from __future__ import annotations

import io
import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weilu.chat.ports import ChatRef, Entry, Form, Inbound, Kind, Platform
from weilu.connectors.formats.chatlab import (
    ChatLabFormat,
    ChatLabLinesFormat,
    ChatLabLinesWriter,
    ChatLabWriter,
)
from weilu.connectors.formats.tests.jsonmaking import (
    codes_of,
    entry,
    items_of,
    portions_of,
    problems_of,
)

PAIRS = [
    (ChatLabWriter(1_700_000_000), ChatLabFormat()),
    (ChatLabLinesWriter(1_700_000_000), ChatLabLinesFormat()),
]
CHAT = ChatRef(Platform.QQ, "12345", "围炉 <b>夜话</b>")
# A NUL is read as the mark for what cannot be read: no database stores one.
LETTERS = st.characters(exclude_characters="\0", exclude_categories=["Cs"])
SHORT = st.text(LETTERS, max_size=9)
INBOUND = st.builds(
    Inbound,
    kind=st.sampled_from(Kind),
    sent_ms=st.integers(0, 4_102_444_799_999),
    account=SHORT,
    name=SHORT,
    text=st.text(LETTERS),
    external_id=SHORT,
    reply_to=SHORT,
    target=SHORT,
    form=st.sampled_from(Form),
    is_bot=st.booleans(),
)


def written(writer: ChatLabWriter | ChatLabLinesWriter, items: list[Inbound]) -> Entry:
    out = io.BytesIO()
    assert writer.write(CHAT, items, out) == len(items)
    return entry(out.getvalue())


@pytest.mark.parametrize(("writer", "reader"), PAIRS)
@settings(max_examples=150, deadline=None)
@given(items=st.lists(INBOUND, max_size=12))
def test_round_trip_loses_nothing(
    writer: ChatLabWriter | ChatLabLinesWriter,
    reader: ChatLabFormat | ChatLabLinesFormat,
    items: list[Inbound],
) -> None:
    portions = portions_of(reader, written(writer, items))
    assert items_of(portions) == items
    assert problems_of(portions) == []
    assert {p.chat for p in portions} <= {CHAT}


@pytest.mark.parametrize(("writer", "reader"), PAIRS)
def test_cut_anywhere_loses_nothing_before_the_cut(
    writer: ChatLabWriter | ChatLabLinesWriter, reader: ChatLabFormat | ChatLabLinesFormat
) -> None:
    items = [Inbound(Kind.MESSAGE, n * 1000, f"u{n}", "甲", f"第{n}句", str(n)) for n in range(6)]
    with written(writer, items).open() as stream:
        data = stream.read()
    begin = data.index(b'"messages":[') + 12 if b'"messages":[' in data else data.index(b"\n")
    for cut in range(begin, len(data)):
        whole = data[:cut].count("句".encode() + b'","platformMessageId":')
        found = items_of(portions_of(reader, entry(data[:cut])))
        assert found == items[: len(found)]
        assert len(found) >= whole - 1


def test_written_file_has_the_standard_keys() -> None:
    out = io.BytesIO()
    items = [
        Inbound(Kind.MESSAGE, 1_700_000_001_234, "u1", "店主", "开团", "m1", is_bot=True),
        Inbound(Kind.MESSAGE, 1_700_000_002_000, "u1", "店主2", "", "m2", "m1", form=Form.PICTURE),
        Inbound(Kind.JOIN, 1_700_000_003_000, "", "铁粉", target="店主"),
    ]
    ChatLabWriter(1_700_000_009).write(CHAT, items, out)
    assert json.loads(out.getvalue()) == {
        "chatlab": {"version": "0.0.2", "exportedAt": 1_700_000_009, "generator": "Weilu"},
        "meta": {
            "name": "围炉 <b>夜话</b>",
            "platform": "qq",
            "type": "group",
            "groupId": "12345",
        },
        "messages": [
            {
                "sender": "u1",
                "accountName": "店主",
                "timestamp": 1_700_000_001,
                "type": 0,
                "content": "开团",
                "platformMessageId": "m1",
                "weilu": {"isBot": True, "restMs": 234},
            },
            {
                "sender": "u1",
                "accountName": "店主2",
                "timestamp": 1_700_000_002,
                "type": 1,
                "content": None,
                "platformMessageId": "m2",
                "replyToMessageId": "m1",
            },
            {
                "sender": "铁粉",
                "accountName": "铁粉",
                "timestamp": 1_700_000_003,
                "type": 80,
                "content": None,
                "weilu": {"kind": 1, "account": "", "target": "店主"},
            },
        ],
        "members": [
            {"platformId": "u1", "accountName": "店主2", "aliases": ["店主"]},
            {"platformId": "铁粉", "accountName": "铁粉"},
        ],
    }


def message(**changes: object) -> dict[str, object]:
    return {
        "sender": "7",
        "accountName": "路人",
        "timestamp": 1_703_001_600,
        "type": 0,
        "content": "早",
        **changes,
    }


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, Inbound(0, 1_703_001_600_000, "7", "路人", "早")),
        ({"groupNickname": "路"}, Inbound(0, 1_703_001_600_000, "7", "路", "早")),
        ({"type": 25}, Inbound(0, 1_703_001_600_000, "7", "路人", "早")),
        ({"type": 24}, Inbound(0, 1_703_001_600_000, "7", "路人", "早", form=Form.LINK)),
        (
            {"type": 1, "content": None},
            Inbound(0, 1_703_001_600_000, "7", "路人", form=Form.PICTURE),
        ),
        (
            {"type": 81, "content": None, "platformMessageId": "x"},
            Inbound(Kind.RECALL, 1_703_001_600_000, "7", "路人", "", "x"),
        ),
        (
            {"type": 81, "content": "路人撤回了一条消息"},
            Inbound(Kind.RECALL, 1_703_001_600_000, "7", "路人", "路人撤回了一条消息"),
        ),
        (
            {"type": 80, "content": "路人加入了群聊"},
            Inbound(Kind.JOIN, 1_703_001_600_000, "7", "路人"),
        ),
        (
            {"type": 80, "content": "群公告"},
            Inbound(Kind.NOTICE, 1_703_001_600_000, "7", "路人", "群公告"),
        ),
    ],
)
def test_files_of_other_programs(changes: dict[str, object], expected: Inbound) -> None:
    document = {
        "chatlab": {"version": "0.0.2", "exportedAt": 1},
        "messages": [message(**changes)],
        "meta": {"name": "群", "platform": "wechat", "type": "group"},
    }
    portions = portions_of(ChatLabFormat(), entry(document))
    assert items_of(portions) == [expected]
    assert portions[0].chat == ChatRef(Platform.WECHAT, "", "群")
    lines = [
        {"_type": "header", "chatlab": document["chatlab"], "meta": document["meta"]},
        {"_type": "member", "platformId": "7", "accountName": "路人"},
        {"_type": "message", **message(**changes)},
    ]
    data = "# note\n" + "\n".join(json.dumps(line) for line in lines)
    assert items_of(portions_of(ChatLabLinesFormat(), entry(data.encode()))) == [expected]


def test_times_out_of_range_and_missing_times_are_problems() -> None:
    rows = [message(timestamp=-1), message(), message(timestamp=None), message(timestamp=10**10)]
    portions = portions_of(ChatLabFormat(), entry({"chatlab": {}, "meta": {}, "messages": rows}))
    assert len(items_of(portions)) == 1
    assert codes_of(portions) == [("time_range", 1), ("bad_record", 3), ("time_range", 4)]


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"timestamp": 1e999}, "bad_time"),
        ({"timestamp": 1e999, "weilu": {"kind": 0}}, "bad_time"),
        ({"weilu": {"kind": -1}}, "bad_record"),
        ({"weilu": {"form": 99}}, "bad_record"),
    ],
)
@pytest.mark.parametrize("line", [{"_type": "message"}, {}])
def test_numbers_that_say_nothing_spoil_their_record_only(
    change: dict[str, object], code: str, line: dict[str, object]
) -> None:
    good = {**line, "sender": "a", "accountName": "Ann", "timestamp": 1_700_000_000, "type": 0,
            "content": "hi"}  # fmt: skip
    one: ChatLabFormat | ChatLabLinesFormat = ChatLabLinesFormat() if line else ChatLabFormat()
    records = [good, {**good, **change}, good]
    if line:
        text = "\n".join(json.dumps(r).replace("Infinity", "1e999") for r in records)
    else:
        whole = {"chatlab": {"version": "0.0.2"}, "meta": {"name": "n"}, "messages": records}
        text = json.dumps(whole).replace("Infinity", "1e999")
    portions = portions_of(one, entry(text.encode()))
    assert [i.text for i in items_of(portions)] == ["hi", "hi"]
    assert codes_of(portions) == [(code, 2)]


@pytest.mark.parametrize("value", [[], {}, [1], None])
def test_a_type_that_is_no_word_is_not_ours(value: object) -> None:
    assert ChatLabLinesFormat().recognise(entry(json.dumps({"_type": value}).encode())) == 0
