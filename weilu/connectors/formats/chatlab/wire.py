"""ChatLab 0.0.2 on the wire, with our own additions under `weilu`.

Source: docs/cn/standard/chatlab-format.md of ChatLab. Unknown keys are passed over.
"""

from __future__ import annotations

import msgspec

from weilu.chat.ports import Form

VERSION = "0.0.2"
SYSTEM, RECALLED, OTHER = 80, 81, 99
TYPE_OF = {
    Form.TEXT: 0,
    Form.ACTION: 0,
    Form.PICTURE: 1,
    Form.VOICE: 2,
    Form.VIDEO: 3,
    Form.FILE: 4,
    Form.STICKER: 5,
    Form.LINK: 7,
    Form.LOCATION: 8,
    Form.CARD: 27,
    Form.RED_PACKET: 20,
    Form.TRANSFER: 21,
    Form.CALL: 23,
    Form.FORWARD: 26,
    Form.POLL: OTHER,
    Form.OTHER: OTHER,
}
# 22 is a poke, 24 a shared card, 25 an answer.
FORM_OF = {
    **{number: form for form, number in reversed(TYPE_OF.items())},
    22: Form.OTHER,
    24: Form.LINK,
    25: Form.TEXT,
    OTHER: Form.OTHER,
}


class Extra(
    msgspec.Struct, gc=False, omit_defaults=True, rename={"is_bot": "isBot", "rest_ms": "restMs"}
):
    """What ChatLab has no word for.

    `kind` and `form` are our numbers where the type does not say them; `account` stands where
    `sender` had to be filled with a name; `rest_ms` are milliseconds after the second.
    """

    kind: int | None = None
    form: int | None = None
    account: str | None = None
    name: str | None = None
    target: str = ""
    is_bot: bool = False
    rest_ms: int = 0


class Meta(msgspec.Struct, gc=False, omit_defaults=True, rename={"group_id": "groupId"}):
    """What names the group."""

    name: str = ""
    platform: str = ""
    type: str = ""
    group_id: str = ""


class Message(
    msgspec.Struct,
    gc=False,
    omit_defaults=True,
    rename={
        "line": "_type",
        "name": "accountName",
        "card": "groupNickname",
        "id": "platformMessageId",
        "replied": "replyToMessageId",
    },
):
    """A message; in JSON Lines also a header (`meta`) or a member, told by `line`."""

    line: str = "message"
    sender: str | int | None = None
    name: str | None = None
    card: str | None = None
    timestamp: int | float | None = None
    type: int = 0
    content: str | None = None
    id: str | int | None = None
    replied: str | int | None = None
    weilu: Extra | None = None
    meta: Meta | None = None


class WrittenMessage(
    msgspec.Struct,
    gc=False,
    rename={
        "name": "accountName",
        "id": "platformMessageId",
        "replied": "replyToMessageId",
    },
):
    """A message as we write it: required keys always, the others where there is something."""

    sender: str
    name: str
    timestamp: int
    type: int
    content: str | None
    id: str | msgspec.UnsetType = msgspec.UNSET
    replied: str | msgspec.UnsetType = msgspec.UNSET
    weilu: Extra | msgspec.UnsetType = msgspec.UNSET


class WrittenLine(WrittenMessage, gc=False, tag="message", tag_field="_type"):
    """The same as a line of JSON Lines."""
