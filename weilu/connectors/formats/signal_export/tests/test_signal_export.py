"""Signal by signal-export, its text, and signal-cli."""

from __future__ import annotations

import json

from weilu.chat.ports import ChatRef, Form, Kind, Platform, Question
from weilu.connectors.formats.signal.reader import FORMAT as TEXT
from weilu.connectors.formats.signal_export.cli import SignalCliFormat
from weilu.connectors.formats.signal_export.reader import SignalExportFormat
from weilu.connectors.formats.tests.entries import UTC_ZONE
from weilu.connectors.formats.tests.entries import read as read_text
from weilu.connectors.formats.tests.jsonmaking import entry, items_of, portions_of
from weilu.connectors.formats.whatsapp.reader import FORMAT as WHATSAPP

AT = 1_700_000_000_000


def lines(*rows: dict[str, object]) -> bytes:
    return "".join(f"{json.dumps(row)}\n" for row in rows).encode()


def test_signal_export() -> None:
    told: dict[str, object] = {
        "date": "2024-01-15T14:05:09.123000",
        "sender": "Ann",
        "body": "hi  ",
        "quote": "\n\n> old\n\n",
        "sticker": None,
        "reactions": [["Bob", "👍"]],
        "attachments": [],
    }
    rows = (
        told,
        {**told, "body": "  ", "attachments": [{"name": "a.png", "path": "media/a.png"}]},
        {**told, "body": "", "sticker": {"emoji": "x"}},
        {**told, "deleted": True},
    )
    one = SignalExportFormat()
    file = entry(lines(*rows))
    found = items_of(portions_of(one, file, zone=UTC_ZONE))
    assert [(Kind(i.kind).name, i.name, i.text, Form(i.form)) for i in found] == [
        ("MESSAGE", "Ann", "hi", Form.TEXT),
        ("MESSAGE", "Ann", "", Form.PICTURE),
        ("MESSAGE", "Ann", "", Form.STICKER),
        ("RECALL", "Ann", "", Form.TEXT),
    ]
    assert found[0].sent_ms == 1_705_327_509_123
    assert one.survey(one.bundle([file])[0]).asks == {Question.ZONE, Question.GROUP}


def test_its_text() -> None:
    text = (
        "[2024-01-15 14:05:09] Ann: hi: there  \n\n"
        "[2024-01-15 14:05:19] Bob: \n\n> hi\n\nyes  \n(- Ann: 👍, Cy: x -)\n\n"
        "[2024-01-15 14:06:19] Me: ![a.png](./media/a.png)  \n\n"
        "[2024-01-15 14:07:19] Me: (This message was deleted)\n\n"
    )
    assert (
        TEXT.recognise(entry(text.encode())),
        WHATSAPP.recognise(entry(text.encode())) < 88,
    ) == (
        88,
        True,
    )
    reading = read_text(TEXT, text)
    assert [(k, n, t) for k, _, n, t in reading.told()] == [
        ("MESSAGE", "Ann", "hi: there"),
        ("MESSAGE", "Bob", "yes"),
        ("MESSAGE", "Me", "![a.png](./media/a.png)"),
        ("RECALL", "Me", ""),
    ]
    assert reading.forms() == ["TEXT", "TEXT", "PICTURE"]


def test_whatsapp_of_the_same_stamp_stays_whatsapps() -> None:
    text = "[2024-01-15 14:05:09] Ann: hi\n[2024-01-15 14:06:09] Bob: yo\n"
    assert TEXT.recognise(entry(text.encode())) == 0
    assert WHATSAPP.recognise(entry(text.encode())) > 0


def envelope(data: dict[str, object] | None, **changes: object) -> dict[str, object]:
    told: dict[str, object] = {
        "sourceUuid": "u-ann",
        "sourceNumber": "+491",
        "sourceName": "Ann",
        "timestamp": AT,
        **changes,
    }
    return {"envelope": told if data is None else {**told, "dataMessage": data}}


def test_signal_cli() -> None:
    group = {"groupId": "g=", "groupName": "茶", "type": "DELIVER"}
    said: dict[str, object] = {"timestamp": AT, "message": "hi", "groupInfo": group}
    sent = {"sentMessage": {**said, "message": "mine"}}
    rows = (
        envelope(said),
        envelope({**said, "message": None, "attachments": [{"contentType": "image/png"}]}),
        envelope({**said, "quote": {"id": AT - 5, "author": "u-bob"}}),
        envelope(
            {
                **said,
                "reaction": {"emoji": "👍", "targetAuthor": "u-bob", "targetSentTimestamp": AT},
            }
        ),
        envelope({**said, "remoteDelete": {"timestamp": AT - 9}}),
        envelope({**said, "groupInfo": {**group, "type": "QUIT"}}),
        envelope(None, typingMessage={"action": "STARTED"}),
        envelope(None, syncMessage=sent),
        envelope({"timestamp": AT, "message": "alone"}),
    )
    portions = portions_of(SignalCliFormat(), entry(lines(*rows)))
    assert [p.chat for p in portions] == [
        ChatRef(Platform.SIGNAL, "g=", "茶"),
        ChatRef(Platform.SIGNAL, "u-ann", "Ann"),
    ]
    assert [(Kind(i.kind).name, i.text, i.external_id, i.reply_to) for i in items_of(portions)] == [
        ("MESSAGE", "hi", f"{AT}.u-ann", ""),
        ("MESSAGE", "", f"{AT}.u-ann", ""),
        ("MESSAGE", "hi", f"{AT}.u-ann", f"{AT - 5}.u-bob"),
        ("REACTION", "👍", "", f"{AT}.u-bob"),
        ("RECALL", "", f"{AT - 9}.u-ann", ""),
        ("LEAVE", "", "", ""),
        ("MESSAGE", "mine", f"{AT}.u-ann", ""),
        ("MESSAGE", "alone", f"{AT}.u-ann", ""),
    ]
