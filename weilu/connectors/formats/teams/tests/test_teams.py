"""Teams by Microsoft Graph."""

from __future__ import annotations

from weilu.chat.ports import ChatRef, Form, Kind, Platform
from weilu.connectors.formats.teams.reader import TeamsFormat
from weilu.connectors.formats.tests.jsonmaking import entry, items_of, portions_of

ONE = TeamsFormat()


def message(**changes: object) -> dict[str, object]:
    return {
        "id": "1",
        "messageType": "message",
        "createdDateTime": "2023-11-14T22:13:20.123Z",
        "chatId": None,
        "channelIdentity": {"teamId": "t", "channelId": "19:c@thread.tacv2"},
        "from": {"user": {"id": "u", "displayName": "Ann"}},
        "body": {
            "contentType": "html",
            "content": "<div>hi <at id='0'>Bob</at>&nbsp;&amp;<br>x</div>",
        },
        **changes,
    }


def test_messages_and_what_is_on_them() -> None:
    given = {"user": {"user": {"id": "b", "displayName": "Bob"}}, "reactionType": "like"}
    records = [
        message(replyToId="0", reactions=[{**given, "createdDateTime": "2023-11-14T22:14:20Z"}]),
        message(**{"from": {"application": {"id": "a", "displayName": "Bot"}}}),
        message(attachments=[{"contentType": "reference", "name": "a.pdf"}]),
        message(deletedDateTime="2023-11-15T00:00:00Z"),
    ]
    portions = portions_of(ONE, entry({"value": records}))
    found = items_of(portions)
    assert [(Kind(i.kind).name, i.name, i.reply_to, i.is_bot) for i in found] == [
        ("MESSAGE", "Ann", "0", False),
        ("REACTION", "Bob", "1", False),
        ("MESSAGE", "Bot", "", True),
        ("MESSAGE", "Ann", "", False),
        ("RECALL", "Ann", "", False),
    ]
    assert found[0].text == "hi Bob\u00a0&\nx"
    assert found[3].form == Form.FILE
    assert portions[0].chat == ChatRef(Platform.TEAMS, "19:c@thread.tacv2", "")


def test_people() -> None:
    event = {
        "@odata.type": "#microsoft.graph.membersAddedEventMessageDetail",
        "members": [{"id": "b", "displayName": "Bob"}, {"id": "c", "displayName": None}],
        "initiator": {"user": {"id": "u", "displayName": "Ann"}},
    }
    told = message(messageType="systemEventMessage", eventDetail=event, **{"from": None})
    found = items_of(portions_of(ONE, entry({"value": [told]})))
    assert [(Kind(i.kind).name, i.name, i.target, i.external_id) for i in found] == [
        ("JOIN", "Bob", "Ann", "1"),
        ("JOIN", "c", "Ann", "1.1"),
    ]
