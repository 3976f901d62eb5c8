"""The same messages as each program writes them: what the tests of many formats share.

A message is its UTC moment in milliseconds, whole seconds, its name and its text; local times are
written in UTC.
"""

from __future__ import annotations

import csv
import html
import io
import json
from collections.abc import Callable, Sequence
from datetime import UTC, datetime

from weilu.connectors.formats.discord_html.reader import EPOCH_MS

Messages = Sequence[tuple[int, str, str]]


def _at(moment_ms: int, pattern: str) -> str:
    return datetime.fromtimestamp(moment_ms / 1000, UTC).strftime(pattern)


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _lines(values: Sequence[object]) -> str:
    return "".join(f"{_json(value)}\n" for value in values)


def _marked(text: str) -> str:
    """Text as a page has it."""
    return html.escape(text).replace("\n", "<br>")


def telegram_html(messages: Messages) -> str:
    blocks = [
        f"""
     <div class="message default clearfix" id="message{number}">
      <div class="pull_left userpic_wrap">
       <div class="userpic userpic2" style="width: 42px"><div class="initials">
A
       </div></div>
      </div>
      <div class="body">
       <div class="pull_right date details" title="{_at(sent, "%d.%m.%Y %H:%M:%S")} UTC+00:00">
{_at(sent, "%H:%M")}
       </div>
       <div class="from_name">
{_marked(name)}
       </div>
       <div class="text">
{_marked(text)}
       </div>
      </div>
     </div>
"""
        for number, (sent, name, text) in enumerate(messages, 1)
    ]
    return (
        '<!DOCTYPE html>\n<html>\n <head>\n  <meta charset="utf-8"/>\n<title>Exported Data</title>'
        '\n </head>\n <body onload="CheckLocation();">\n  <div class="page_wrap">\n'
        '   <div class="page_header">\n    <div class="content">\n     <div class="text bold">\n'
        "茶友 \n     </div>\n    </div>\n   </div>\n"
        '   <div class="page_body chat_page">\n    <div class="history">\n'
        f"{''.join(blocks)}    </div>\n   </div>\n  </div>\n </body>\n</html>\n"
    )


def discord_html(messages: Messages) -> str:
    groups = [
        f"<div class=chatlog__message-group><div id=chatlog__message-container-{number} "
        f"class=chatlog__message-container data-message-id={number}><div class=chatlog__message>"
        "<div class=chatlog__message-primary><div class=chatlog__header><span "
        f"class=chatlog__author title=x data-user-id=42>{html.escape(name)}</span></div>"
        '<div class="chatlog__content chatlog__markdown"><span class=chatlog__markdown-preserve>'
        f"{html.escape(text)}</span></div></div></div></div></div>\n"
        for sent, name, text in messages
        for number in [(sent - EPOCH_MS) << 22]
    ]
    return (
        "<!DOCTYPE html><html lang=en><head><title>Tea - talk</title><style>.preamble{}"
        ".chatlog__message{}</style></head><body>\n<div class=preamble><div "
        "class=preamble__entry>Tea</div><div class=preamble__entry>Text / talk</div></div>"
        f"<div class=chatlog>\n{''.join(groups)}</div></body></html>\n"
    )


def discord_text(messages: Messages) -> str:
    rule = "=" * 62
    records = [
        f"[{_at(sent, '%d-%b-%y %I:%M:%S %p')}] {name}\n{text}\n\n\n"
        for sent, name, text in messages
    ]
    head = f"{rule}\nGuild: Tea\nChannel: Text / talk\n{rule}\n\n"
    return f"{head}{''.join(records)}{rule}\nExported 2 message(s)\n{rule}\n"


def wechat_text(messages: Messages) -> str:
    return "".join(f"{_at(s, '%Y-%m-%d %H:%M:%S')} '{n}'\n{t}\n\n" for s, n, t in messages)


def chatlog_text(messages: Messages) -> str:
    return "".join(f"{n}(wxid_a1) {_at(s, '%Y-%m-%d %H:%M:%S')}\n{t}\n\n" for s, n, t in messages)


def wechat_mail(messages: Messages) -> str:
    told, day = ["Dear：\n\n    微信上“Tea”的聊天记录如下，请查收。\n\n"], ""
    for sent, name, text in messages:
        if (today := _at(sent, "%Y-%m-%d")) != day:
            told.append(f"\n—————  {today}  —————\n\n\n")
            day = today
        told.append(f"{name}  {_at(sent, '%H:%M:%S')}\n\n{text}\n\n\n")
    return "".join(told)


def qq_exporter_text(messages: Messages) -> str:
    records = [
        f"{name}:\n时间: {_at(sent, '%Y-%m-%d %H:%M:%S')}\n内容: {text}\n\n\n"
        for sent, name, text in messages
    ]
    rule = "=" * 47
    return (
        f"[QQChatExporter V4 / x]\n[本软件是免费的]\n\n{rule}\n"
        f"           QQ聊天记录导出文件\n{rule}\n\n"
        f"聊天名称: 茶友\n聊天类型: 群聊\n消息总数: 2\n\n\n{''.join(records)}{rule}\n"
        f"              导出完成\n{rule}\n总计导出 2 条消息\n"
    )


def kakaotalk(messages: Messages) -> str:
    """A computer's text; it has no seconds."""
    lines = ["茶友 님과 카카오톡 대화", "저장한 날짜 : 2023-10-04 13:03:59", ""]
    for sent, name, text in messages:
        lines.append(f"--------------- {_at(sent, '%Y년 %m월 %d일')} 화요일 ---------------")
        half = "오후" if int(_at(sent, "%H")) > 11 else "오전"
        lines.append(f"[{name}] [{half} {_at(sent, '%I:%M')}] {text}")
    return "\n".join(lines) + "\n"


def kakaotalk_csv(messages: Messages) -> str:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(["Date", "User", "Message"])
    writer.writerows([_at(s, "%Y-%m-%d %H:%M:%S"), n, t] for s, n, t in messages)
    return out.getvalue()


def signal_md(messages: Messages) -> str:
    return "".join(f"[{_at(s, '%Y-%m-%d %H:%M:%S')}] {n}: {t}  \n\n" for s, n, t in messages)


def messenger(messages: Messages) -> str:
    """As Facebook writes: each byte of UTF-8 a character, newest first."""
    told = [
        {"sender_name": _bytes(n), "timestamp_ms": s, "content": _bytes(t)} for s, n, t in messages
    ]
    people = [{"name": _bytes(name)} for name in sorted({name for _, name, _ in messages})]
    return json.dumps(
        {
            "participants": people,
            "messages": told[::-1],
            "title": _bytes("茶友"),
            "thread_path": "inbox/tea_1",
        }
    )


def _bytes(text: str) -> str:
    return text.encode().decode("latin-1")


def skype(messages: Messages) -> str:
    told = [
        {
            "id": str(number),
            "displayName": name,
            "originalarrivaltime": _at(sent, "%Y-%m-%dT%H:%M:%SZ"),
            "messagetype": "RichText",
            "content": html.escape(text, quote=False),
            "from": "8:live:x",
        }
        for number, (sent, name, text) in enumerate(messages, 1)
    ]
    chat = {"id": "19:a@thread.skype", "displayName": "茶友", "MessageList": told}
    return _json({"userId": "8:me", "exportDate": "2024-01-01T00:00", "conversations": [chat]})


def signal_export(messages: Messages) -> str:
    return _lines(
        [
            {
                "date": _at(sent, "%Y-%m-%dT%H:%M:%S"),
                "sender": name,
                "body": f"{text}  ",
                "quote": "",
                "sticker": "",
                "reactions": [],
                "attachments": [],
            }
            for sent, name, text in messages
        ]
    )


def signal_cli(messages: Messages) -> str:
    return _lines(
        [
            {
                "envelope": {
                    "source": "+49151",
                    "sourceUuid": "u-1",
                    "sourceName": name,
                    "timestamp": sent,
                    "dataMessage": {
                        "timestamp": sent,
                        "message": text,
                        "groupInfo": {"groupId": "g=", "groupName": "茶友", "type": "DELIVER"},
                    },
                },
                "account": "+49152",
            }
            for sent, name, text in messages
        ]
    )


def google_chat(messages: Messages) -> str:
    return _json(
        {
            "messages": [
                {
                    "creator": {"name": name, "email": "a@example.com", "user_type": "Human"},
                    "created_date": _at(sent, "%A, %B %d, %Y at %I:%M:%S\u202f%p UTC"),
                    "text": text,
                    "topic_id": "t",
                    "message_id": f"s/t/{number}",
                }
                for number, (sent, name, text) in enumerate(messages, 1)
            ]
        }
    )


def teams(messages: Messages) -> str:
    return _json(
        {
            "@odata.context": "https://graph.microsoft.com/v1.0/$metadata",
            "value": [
                {
                    "id": str(sent),
                    "messageType": "message",
                    "createdDateTime": _at(sent, "%Y-%m-%dT%H:%M:%SZ"),
                    "chatId": "19:a@thread.v2",
                    "from": {"user": {"id": "u", "displayName": name}},
                    "body": {"contentType": "text", "content": text},
                }
                for sent, name, text in messages
            ],
        }
    )


def rocketchat(messages: Messages) -> str:
    told = [
        {
            "_id": str(number),
            "rid": "r",
            "msg": text,
            "ts": _at(sent, "%Y-%m-%dT%H:%M:%SZ"),
            "u": {"_id": "u", "username": "x", "name": name},
        }
        for number, (sent, name, text) in enumerate(messages, 1)
    ]
    return _json({"messages": told, "count": 2, "success": True})


def mattermost_bulk(messages: Messages) -> str:
    channel = {"team": "t", "name": "tea", "display_name": "茶友"}
    posts = [
        {
            "type": "post",
            "post": {"team": "t", "channel": "tea", "user": n, "message": t, "create_at": s},
        }
        for s, n, t in messages
    ]
    return _lines(
        [{"type": "version", "version": 1}, {"type": "channel", "channel": channel}, *posts]
    )


def mattermost(messages: Messages) -> str:
    posts = {
        f"p{number}": {
            "id": f"p{number}",
            "create_at": sent,
            "delete_at": 0,
            "user_id": "u",
            "channel_id": "c",
            "root_id": "",
            "message": text,
            "type": "",
            "props": {"override_username": name},
        }
        for number, (sent, name, text) in enumerate(messages, 1)
    }
    return _json({"order": list(posts)[::-1], "posts": posts})


def gitter(messages: Messages) -> str:
    return _json(
        [
            {
                "id": str(number),
                "text": text,
                "sent": _at(sent, "%Y-%m-%dT%H:%M:%S.000Z"),
                "fromUser": {"id": "u", "username": "x", "displayName": name},
            }
            for number, (sent, name, text) in enumerate(messages, 1)
        ]
    )


# By the name of the format that must read it.
TEXTS: dict[str, Callable[[Messages], str]] = {
    "telegram_html": telegram_html,
    "discord_html": discord_html,
    "discord_text": discord_text,
    "wechat_text": wechat_text,
    "chatlog_text": chatlog_text,
    "wechat_mail": wechat_mail,
    "qq_exporter_text": qq_exporter_text,
    "kakaotalk": kakaotalk,
    "kakaotalk_csv": kakaotalk_csv,
    "signal": signal_md,
}
OBJECTS: dict[str, Callable[[Messages], str]] = {
    "messenger": messenger,
    "skype": skype,
    "signal_export": signal_export,
    "signal_cli": signal_cli,
    "google_chat": google_chat,
    "teams": teams,
    "rocketchat": rocketchat,
    "mattermost_bulk": mattermost_bulk,
    "mattermost": mattermost,
    "gitter": gitter,
}
RENDERED = {**TEXTS, **OBJECTS}
