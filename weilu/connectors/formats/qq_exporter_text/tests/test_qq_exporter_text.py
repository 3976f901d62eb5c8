"""qq-chat-exporter's text."""

from __future__ import annotations

from weilu.connectors.formats.qq_exporter_text.reader import FORMAT
from weilu.connectors.formats.tests.entries import entry, read

HEAD = (
    "[QQChatExporter V4 / x]\n\n=====\n           QQ聊天记录导出文件\n=====\n\n聊天名称: 茶友\n\n\n"
)


def test_contents_files_and_numbers() -> None:
    text = (
        f"{HEAD}[1]\nAnn:\n时间: 2025-08-04 21:30:30\n内容: see:\n\nmore:\n\n\n"
        "[2]\nBob:\n时间: 2025-08-04 21:31:30\n类型: 2\n内容: [图片: a.jpg]\n"
        "资源: 1 个文件\n  - image: a.jpg\n提及: Ann\n回复: Ann - see\n\n\n"
        "系统消息:\n时间: 2025-08-04 21:32:30\n内容: Cleo加入了群聊\n"
    )
    reading = read(FORMAT, text)
    assert reading.told() == [
        ("MESSAGE", "2025-08-04 21:30:30", "Ann", "see:\n\nmore:"),
        ("MESSAGE", "2025-08-04 21:31:30", "Bob", "[图片: a.jpg]"),
        ("JOIN", "2025-08-04 21:32:30", "Cleo", ""),
    ]
    assert (reading.forms(), reading.codes) == (["TEXT", "PICTURE"], [])
    assert reading.portions[0].chat.name == "茶友"


def test_without_its_head() -> None:
    text = "Ann:\n时间: 2025-08-04 21:30:30\n内容: hi\n\n\nBob:\n时间: never\n内容: yo\n"
    assert FORMAT.recognise(entry(text)) == 80
    reading = read(FORMAT, text)
    assert [i.text for i in reading.items] == ["hi"]
    assert [(p.code, p.number) for p in reading.problems] == [("bad_time", 7)]
