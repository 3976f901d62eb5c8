"""What every line and table reader must survive, and the same real chat in three envelopes."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weilu.chat.ports import Format, Kind, Unreadable
from weilu.connectors.formats.claiming import claim
from weilu.connectors.formats.discord_csv.reader import FORMAT as DISCORD_CSV
from weilu.connectors.formats.irc.reader import FORMAT as IRC
from weilu.connectors.formats.line_text.reader import FORMAT as LINE_TEXT
from weilu.connectors.formats.opening import entries
from weilu.connectors.formats.qq_text.reader import FORMAT as QQ_TEXT
from weilu.connectors.formats.registry import ALL_FORMATS
from weilu.connectors.formats.signal.reader import FORMAT as SIGNAL
from weilu.connectors.formats.table.reader import FORMAT as TABLE
from weilu.connectors.formats.tests.entries import counted, data_folder, entry, read, read_bundle
from weilu.connectors.formats.wechat_csv.reader import FORMATS as WECHAT_CSV
from weilu.connectors.formats.whatsapp.reader import FORMAT as WHATSAPP

MEMOTRACE, MEMOTRACE_CHAT, PYWXDUMP, CHATLOG = WECHAT_CSV
BREAKS = "a\u2028b\x85c\x0bd\x0ce <b>&amp;</b>"

# Two messages at the same two times in every layout, by people whose names hold markup.
SAMPLES: dict[str, tuple[Format, str, str]] = {
    "whatsapp": (
        WHATSAPP,
        "c.txt",
        f"13/01/23, 08:07 - <b>Ann</b>: {BREAKS}\n14/01/23, 09:00 - Bob: 茶\nmore\n",
    ),
    "signal": (
        SIGNAL,
        "c.txt",
        f"[2023-01-13, 08:07] <b>Ann</b>: {BREAKS}\n[2023-01-14, 09:00] Bob: 茶\nmore\n",
    ),
    "qq": (
        QQ_TEXT,
        "c.txt",
        f"2023-01-13 8:07:00 <b>Ann</b>(1001)\n{BREAKS}\n\n"
        "2023-01-14 9:00:00 AM 【管理员】Bob(1002)\n茶\nmore\n\n",
    ),
    "line": (
        LINE_TEXT,
        "c.txt",
        f"[LINE] 茶友的聊天記錄\n儲存日期：2023/02/01 12:00\n\n2023/01/13（五）\n"
        f"08:07\t<b>Ann</b>\t{BREAKS}\n2023/01/14（六）\n上午09:00\tBob\t茶\nmore\n",
    ),
    "memotrace": (
        MEMOTRACE,
        "c.csv",
        "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,"
        "NickName\n"
        f"1,1,1,0,0,1673597220,,{BREAKS},,,<b>Ann</b>,wxid_a\n"
        '2,1,1,0,0,1673686800,,"茶\nmore",,,Bob,wxid_b\n',
    ),
    "memotrace_chat": (
        MEMOTRACE_CHAT,
        "c.csv",
        "消息ID,类型,发送人,时间,内容,备注,昵称,更多信息\n"
        f"1,文本,x,2023-01-13 08:07:00,{BREAKS},,<b>Ann</b>,\n"
        '2,1,y,2023-01-14 09:00:00,"茶\nmore",,Bob,\n',
    ),
    "pywxdump": (
        PYWXDUMP,
        "c.csv",
        "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime\n"
        f"1,71,文本,0,<b>Ann</b>,1@chatroom,{BREAKS},,2023-01-13 08:07:00\n"
        '2,72,文本,0,Bob,1@chatroom,"茶\nmore",,2023-01-14 09:00:00\n',
    ),
    "chatlog": (
        CHATLOG,
        "c.csv",
        "Time,SenderName,Sender,TalkerName,Talker,Content\n"
        f"2023-01-13 08:07:00,<b>Ann</b>,wxid_a,茶友,1@chatroom,{BREAKS}\n"
        '2023-01-14 09:00:00,Bob,wxid_b,茶友,1@chatroom,"茶\nmore"\n',
    ),
    "discord": (
        DISCORD_CSV,
        "Tea - talk [123456789012345678].csv",
        '"AuthorID","Author","Date","Content","Attachments","Reactions"\n'
        f'"1","<b>Ann</b>","2023-01-13T08:07:00.0000000+00:00","{BREAKS}","",""\n'
        '"2","Bob#0000","2023-01-14T10:00:00.0000000+01:00","茶\nmore","",""\n',
    ),
    "table": (
        TABLE,
        "c.csv",
        f"时间\t昵称\t内容\n2023/1/13 8:07\t<b>Ann</b>\t{BREAKS}\n"
        '2023年1月14日 上午9:00\tBob\t"茶\nmore"\n',
    ),
}
EXPECTED = [
    ("MESSAGE", "2023-01-13 08:07:00", "<b>Ann</b>", BREAKS),
    ("MESSAGE", "2023-01-14 09:00:00", "Bob", "茶\nmore"),
]
IRC_SAMPLE = "[08:07] <ann> hi\n=== ann is now known as bob\n[09:00] <bob> 茶\n"


@pytest.mark.parametrize("name", SAMPLES)
@pytest.mark.parametrize("codec", ["utf-8", "utf-8-sig", "utf-16"])
@pytest.mark.parametrize("ends", ["\n", "\r\n"])
def test_same_records_in_every_layout(name: str, codec: str, ends: str) -> None:
    one, path, text = SAMPLES[name]
    data = text.replace("\n", ends).encode(codec)
    reading = read(one, data, path=path)
    assert reading.told() == EXPECTED
    assert reading.codes == []
    assert reading.portions[-1].done == 1.0


@pytest.mark.parametrize("name", SAMPLES)
def test_every_layout_is_recognised_by_content(name: str) -> None:
    one, _, text = SAMPLES[name]
    scores = {known.name: known.recognise(entry(text, "x.bin")) for known in ALL_FORMATS}
    assert max(scores, key=lambda key: scores[key]) == one.name


@pytest.mark.parametrize("name", SAMPLES)
def test_cut_at_any_byte_reads_the_same_twice(name: str) -> None:
    one, path, text = SAMPLES[name]
    data = text.encode()
    for end in range(0, len(data), 3):
        try:
            first = read(one, data[:end], path=path)
        except Unreadable:
            continue
        assert first.portions == read(one, data[:end], path=path).portions
        assert all(item.kind in {Kind.MESSAGE, Kind.NOTICE} for item in first.items)
        assert len(first.items) <= 2


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(SAMPLES)), st.binary(max_size=40), st.integers(0, 200))
def test_foreign_bytes_never_crash(name: str, dirt: bytes, at: int) -> None:
    one, path, text = SAMPLES[name]
    data = text.encode()
    spoilt = data[:at] + dirt + data[at:]
    for known in ALL_FORMATS:
        assert 0 <= known.recognise(entry(spoilt)) <= 100
    try:
        first = read(one, spoilt, path=path)
    except Unreadable:
        return
    assert first.portions == read(one, spoilt, path=path).portions


@given(st.integers(0, len(IRC_SAMPLE.encode())))
def test_cut_log_keeps_what_is_whole(end: int) -> None:
    told = read(IRC, IRC_SAMPLE.encode()[:end], path="2023-01-05/#t.txt").told() if end > 20 else []
    whole = ["MESSAGE", "RENAME", "MESSAGE"]
    assert all(
        kind in {expected, "NOTICE"} for (kind, *_), expected in zip(told, whole, strict=False)
    )


def test_times_out_of_range_are_kept_out() -> None:
    days = ("2150-01-01", "1969-01-01", "2023-13-01")
    text = "\n".join(f"{day} 8:00:00 Ann(1)\nx\n" for day in days)
    reading = read(QQ_TEXT, text)
    assert reading.items == []
    assert [(p.code, p.number) for p in reading.problems] == [
        ("time_range", 1),
        ("time_range", 4),
        ("bad_time", 7),
    ]


@pytest.mark.data
@pytest.mark.parametrize("name", ["qq_pc.txt", "whatsapp_android.txt", "wechatmsg.csv"])
def test_same_real_chat_in_every_envelope(name: str) -> None:
    folder = data_folder("rendered_exports_ubuntu_cn")
    expected = json.loads((folder / "counts.json").read_text())
    (bundle,) = claim(entries([folder / f"{name}.zip"]), ALL_FORMATS).bundles
    one = next(known for known in ALL_FORMATS if known.name == bundle.format)
    items = read_bundle(one, bundle, zone="Asia/Shanghai").items
    days, hours, names = counted(items, "Asia/Shanghai")
    assert len(items) == 3197
    assert days == expected["messages_per_day"]
    assert hours == expected["messages_per_hour_of_day"]
    assert len(names) == 113
