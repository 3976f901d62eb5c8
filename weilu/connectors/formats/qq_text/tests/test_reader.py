"""QQ text exports: several chats, badges, ids, system lines."""

from __future__ import annotations

from weilu.connectors.formats.qq_text.reader import FORMAT
from weilu.connectors.formats.tests.entries import read

RULE = "=" * 64
HEAD = f"消息记录（此消息记录为文本格式，不支持重新导入）\n\n{RULE}\n消息分组:我的群聊\n{RULE}\n"


def test_several_chats_badges_and_ids() -> None:
    text = (
        f"{HEAD}消息对象:茶\n{RULE}\n\n2023-01-13 8:07:00 【管理员】Ann(1001)\n[图片]\n\n"
        f"2023-01-13 8:08:00 PM Bob<bob@example.com>\n[图片]2\n\n\n"
        f"{RULE}\n消息分组:我的群聊\n{RULE}\n消息对象:咖啡\n{RULE}\n\n2023-01-14 9:00:00 Cleo\nx\n"
    )
    reading = read(FORMAT, text)
    assert [(p.chat.name, len(p.items)) for p in reading.portions] == [("茶", 2), ("咖啡", 1)]
    assert [(i.account, i.name, i.text) for i in reading.items] == [
        ("1001", "Ann", "[图片]"),
        ("bob@example.com", "Bob", "[图片]2"),
        ("", "Cleo", "x"),
    ]
    assert reading.forms() == ["PICTURE", "TEXT", "TEXT"]
    assert reading.told()[1][1] == "2023-01-13 20:08:00"
    assert reading.codes == []


def test_an_export_in_another_language_and_numbers_in_system_lines() -> None:
    text = (
        f"Message records\n\n{RULE}\nGroup: mine\n{RULE}\nWith: tea\n{RULE}\n\n"
        "2023-01-13 8:43:38 PM Ann(23333233)\nhi\n\n"
        "2023-01-13 8:44:00 PM 系统消息(10000)\n小红(7654321)退出了本群。\n\n"
    )
    reading = read(FORMAT, text)
    assert reading.told()[0] == ("MESSAGE", "2023-01-13 20:43:38", "Ann", "hi")
    assert [(i.account, i.name) for i in reading.items[1:]] == [("7654321", "小红")]
    assert reading.codes == []


def test_system_lines_find_the_account_seen_before() -> None:
    lines = ["Bob邀请Cleo加入了本群。", "Ann撤回了一条消息", "Ann退出本群。", "欢迎"]
    text = "2023-01-13 8:07:00 Ann(1001)\nhi\n\n" + "".join(
        f"2023-01-13 8:08:0{n} 系统消息(10000)\n{line}\n\n" for n, line in enumerate(lines)
    )
    reading = read(FORMAT, text)
    assert reading.people() == [
        ("JOIN", "Cleo", "Bob"),
        ("RECALL", "Ann", ""),
        ("LEAVE", "Ann", ""),
        ("NOTICE", "", ""),
    ]
    assert [i.account for i in reading.items] == ["1001", "", "1001", "1001", ""]


def test_quoted_history_inside_a_message_stays_in_it() -> None:
    text = "2023-01-13 8:07:00 Ann(1)\nsee:\n2023-01-12 8:00:00 Bob(2)\nold words\n"
    assert [i.text for i in read(FORMAT, text).items] == [
        "see:\n2023-01-12 8:00:00 Bob(2)\nold words"
    ]


def test_dates_with_strokes() -> None:
    text = f"{HEAD}消息对象:茶友\n{RULE}\n\n2019/7/16 18:15:05 Ann(23333233)\n早\n"
    assert read(FORMAT, text).told() == [("MESSAGE", "2019-07-16 18:15:05", "Ann", "早")]


def test_an_export_in_english() -> None:
    text = (
        f"Message Log\n\n{RULE}\nMessage Group:mine\n{RULE}\nMessage Object:Tea\n{RULE}\n\n"
        "2014-03-14 8:43:38 PM Bob(12345678)\nhi\n\n"
        "2014-03-14 8:43:39 PM System Message(10000)\nCarl has joined this group.\n\n"
    )
    reading = read(FORMAT, text)
    assert [portion.chat.name for portion in reading.portions] == ["Tea"]
    assert [kind for kind, *_ in reading.told()] == ["MESSAGE", "JOIN"]
    assert reading.people() == [("JOIN", "Carl", "")]


def test_a_line_that_never_ends_is_no_header() -> None:
    text = "2023-01-13 8:07:00 Ann(1001)\nhi\n\n2023-01-13 8:08:00 " + "( <" * 200_000 + "\n"
    assert len(read(FORMAT, text).items) == 1
