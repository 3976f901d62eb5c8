"""What happens in a group, as plain values: every door hands these in (handbook K-4)."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum

import msgspec


class Kind(IntEnum):
    """What an inbound record tells of."""

    MESSAGE = 0
    JOIN = 1
    LEAVE = 2
    RENAME = 3
    NOTICE = 4
    EDIT = 5
    RECALL = 6
    REACTION = 7
    PRESENT = 8


class Form(IntEnum):
    """What a message is made of; numbers are ours and stored."""

    TEXT = 0
    ACTION = 1
    PICTURE = 2
    VOICE = 3
    VIDEO = 4
    FILE = 5
    STICKER = 6
    LINK = 7
    LOCATION = 8
    CARD = 9
    RED_PACKET = 10
    TRANSFER = 11
    CALL = 12
    FORWARD = 13
    POLL = 14
    OTHER = 15


class Platform(StrEnum):
    """Where a group lives."""

    WECHAT = "wechat"
    WECOM = "wecom"
    QQ = "qq"
    TELEGRAM = "telegram"
    WHATSAPP = "whatsapp"
    DISCORD = "discord"
    SLACK = "slack"
    LINE = "line"
    MATRIX = "matrix"
    ZULIP = "zulip"
    IRC = "irc"
    SIGNAL = "signal"
    KAKAOTALK = "kakaotalk"
    MESSENGER = "messenger"
    INSTAGRAM = "instagram"
    SKYPE = "skype"
    TEAMS = "teams"
    GOOGLE_CHAT = "google_chat"
    VIBER = "viber"
    ROCKETCHAT = "rocketchat"
    MATTERMOST = "mattermost"
    GITTER = "gitter"
    DINGTALK = "dingtalk"
    FEISHU = "feishu"
    WEIBO = "weibo"
    DOUBAN = "douban"
    TIEBA = "tieba"
    TAOBAO = "taobao"
    OTHER = "other"


# Before the base64 of a picture that came with its message.
INLINE = "data:;base64,"


class Inbound(msgspec.Struct, frozen=True, gc=False):
    """One thing that happened in a group, as the platform told it.

    `account` is the sender's stable id on the platform, "" where the source gives names only.
    `name` is the name shown at that moment; both are "" for a notice nobody sent.
    `sent_ms` is UTC milliseconds since 1970, may be negative.
    `external_id` is the platform's id of the message, "" where the source has none;
    for EDIT and RECALL it is the id of the message changed, for REACTION `reply_to` is.
    PRESENT says that somebody is there who came before anybody listened: no join, no growth.
    `target`: for RENAME the new name; for LEAVE the name of who removed them; for JOIN of who
    invited them; else "". IRC nicks are accounts: there a RENAME goes from `account` to `target`.
    `media` is what a live session fetches its picture by, "" where it cannot (`FetchesPictures`);
    a picture that came along is `INLINE` and the file in base64.
    """

    kind: int
    sent_ms: int
    account: str
    name: str
    text: str = ""
    external_id: str = ""
    reply_to: str = ""
    target: str = ""
    form: int = 0
    is_bot: bool = False
    media: str = ""


@dataclass(frozen=True, slots=True)
class ChatRef:
    """The group a portion belongs to, as the file names it.

    `key` is stable over two exports of the same group: the platform's id, or "" where there is
    none; `name` may be "" where the file does not say. `former` is the key that the platform has
    just replaced by `key`.
    """

    platform: Platform
    key: str
    name: str
    former: str = ""
