"""WeChat tables of four programs: people, groups, system lines, kinds and ids."""

from __future__ import annotations

from weilu.chat.ports import Answers, Question
from weilu.connectors.formats.tests.entries import UTC_ZONE, Reading, entry, read
from weilu.connectors.formats.wechat_csv.reader import FORMATS

MEMOTRACE, MEMOTRACE_CHAT, PYWXDUMP, CHATLOG = FORMATS
FULL = (
    "localId,TalkerId,Type,SubType,IsSender,CreateTime,Status,StrContent,StrTime,Remark,"
    "NickName,Sender\n"
)


def test_memotrace_in_full() -> None:
    text = FULL + (
        "1,5,1,0,0,1768262820,,早,2026-01-13 08:07:00,,安安,wxid_a\n"
        "2,5,3,0,0,1768262821,,<msg/>,2026-01-13 08:07:01,宝,宝宝,wxid_b\n"
        '3,5,10000,0,0,1768262822,,"""安安""邀请""小可""加入了群聊",2026-01-13 08:07:02,,,\n'
        "4,5,49,6,1,1768262823,,表格.xlsx,2026-01-13 08:07:03,,,\n"
        "5,5,10000,0,0,1768262824,,安安撤回了一条消息,2026-01-13 08:07:04,,,\n"
    )
    reading = read(MEMOTRACE, text, path="茶友.csv")
    assert [(i.account, i.name) for i in reading.items] == [
        ("wxid_a", "安安"),
        ("wxid_b", "宝宝"),
        ("", "小可"),
        ("", "我"),
        ("wxid_a", "安安"),
    ]
    assert reading.people() == [("JOIN", "小可", "安安"), ("RECALL", "安安", "")]
    assert reading.forms() == ["TEXT", "PICTURE", "FILE"]
    assert reading.told()[0] == ("MESSAGE", "2026-01-13 00:07:00", "安安", "早")
    bundle = MEMOTRACE.bundle([entry(text)])[0]
    assert MEMOTRACE.survey(bundle).asks == {Question.GROUP}


def test_memotrace_with_several_chats_keeps_them_apart() -> None:
    rows = "1,5,1,0,0,1768262820,,a,,,安安,wxid_a\n2,6,1,0,0,1768262821,,b,,,宝宝,wxid_b\n"
    reading = read(MEMOTRACE, FULL + rows)
    assert [(p.chat.name, len(p.items)) for p in reading.portions] == [
        ("安安", 1),
        ("宝宝", 1),
    ]
    bundle = MEMOTRACE.bundle([entry(FULL + rows)])[0]
    assert MEMOTRACE.survey(bundle).asks == set()


def test_memotrace_calls_chats_as_well_as_it_can() -> None:
    rows = (
        "1,5,1,0,0,1768262820,,a,,,安安,wxid_a\n"
        '2,5,10000,0,0,1768262821,,"""安安""修改群名为“茶友”",,,,\n'
        "3,6,1,0,0,1768262822,,b,,,宝宝,wxid_b\n"
        "4,6,1,0,1,1768262823,,c,,,我自己,wxid_me\n"
        "5,7,1,0,0,1768262824,,d,,,宝宝,wxid_c\n"
        + "".join(f"6,8,1,0,0,1768262825,,e,,,友{k % 5},wxid_{k % 5}\n" for k in range(10))
        + "7,9,1,0,1,1768262826,,f,,,我自己,wxid_me\n"
    )
    reading = read(MEMOTRACE, FULL + rows)

    assert [(p.chat.name, len(p.items)) for p in reading.portions] == [
        ("茶友", 2),
        ("宝宝", 2),
        ("宝宝 (7)", 1),
        ("友0、友1、友2", 10),
        ("TalkerId 9", 1),
    ]


def test_memotrace_of_one_chat() -> None:
    text = (
        "消息ID,类型,发送人,时间,内容,备注,昵称,更多信息\n"
        "1,文本,wxid_a,2026-01-13 08:07:00,早,,安安,\n"
        "2,图片,wxid_b,2026-01-13 08:08:00,a.jpg,,宝宝,\n"
        "3,系统消息,,2026-01-13 08:09:00,宝宝退出了群聊,,,\n"
        "4,文本,wxid_a,没有,x,,安安,\n"
    )
    reading = read(MEMOTRACE_CHAT, text, zone="Asia/Shanghai")
    assert reading.told() == [
        ("MESSAGE", "2026-01-13 00:07:00", "安安", "早"),
        ("MESSAGE", "2026-01-13 00:08:00", "宝宝", "a.jpg"),
        ("LEAVE", "2026-01-13 00:09:00", "宝宝", ""),
    ]
    assert reading.forms() == ["TEXT", "PICTURE"]
    assert [(p.code, p.number) for p in reading.problems] == [("bad_time", 5)]


def test_pywxdump_with_its_users() -> None:
    table = (
        "id,MsgSvrID,type_name,is_sender,talker,room_name,msg,src,CreateTime\n"
        "1,71,文本,0,wxid_a,1@chatroom,早,,2026-01-13 08:07:00\n"
        "2,72,语音,1,我,1@chatroom,,,2026-01-13 08:08:00\n"
        "3,0,系统通知,0,,1@chatroom,安安邀请小可加入了群聊,,2026-01-13 08:09:00\n"
    )
    users = '{"wxid_a": {"wxid": "wxid_a", "nickname": "安安"}, "1@chatroom":' + (
        ' {"wxid": "1@chatroom", "nickname": "茶友"}}'
    )
    (bundle,) = PYWXDUMP.bundle([entry(table, "c/a.csv"), entry(users, "c/users.json")])
    reading = Reading(tuple(PYWXDUMP.read(bundle, Answers(UTC_ZONE))))
    chat = reading.portions[-1].chat
    assert (chat.key, chat.name) == ("1@chatroom", "茶友")
    assert [(i.account, i.name, i.external_id) for i in reading.items] == [
        ("wxid_a", "安安", "71"),
        ("", "我", "72"),
        ("", "小可", ""),
    ]
    assert reading.forms() == ["TEXT", "VOICE"]


def test_chatlog() -> None:
    text = (
        "Time,SenderName,Sender,TalkerName,Talker,Content\n"
        "2026-01-13 08:07:00,安安,wxid_a,茶友,1@chatroom,![图片](http://e.org/a)\n"
        "2026-01-13 08:08:00,宝宝,wxid_b,咖啡,2@chatroom,早\n"
        "2026-01-13 08:09:00,系统消息,系统消息,茶友,1@chatroom,安安将宝宝移出了群聊\n"
    )
    reading = read(CHATLOG, text)
    assert [(p.chat.key, p.chat.name, len(p.items)) for p in reading.portions] == [
        ("2@chatroom", "咖啡", 1),
        ("1@chatroom", "茶友", 2),
    ]
    assert reading.people() == [("LEAVE", "宝宝", "安安")]
    assert sorted(reading.forms()) == ["PICTURE", "TEXT"]
    bundle = CHATLOG.bundle([entry(text)])[0]
    assert CHATLOG.survey(bundle).asks == {Question.ZONE}


def test_a_pat_names_people_by_their_accounts() -> None:
    pat = '<sysmsg><pat><![CDATA[""${wxid_a}"" 拍了拍 ""${wxid_b}""]]></pat></sysmsg>'
    text = FULL + (
        "1,5,1,0,0,1768262820.0,,早,2026-01-13 08:07:00,,安安,wxid_a\n"
        f'2,5,10000,4,0,1768262821,,"{pat}",2026-01-13 08:07:01,,,\n'
    )
    said, notice = read(MEMOTRACE, text).items
    assert (said.account, said.sent_ms) == ("wxid_a", 1768262820000)
    assert (notice.account, notice.name) == ("wxid_a", "安安")
    assert notice.text == '"${wxid_a}" 拍了拍 "${wxid_b}"'
