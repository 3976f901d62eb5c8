"""Slack's export on the wire. Source: slack.com/help 220556107. Unknown keys are passed over."""

from __future__ import annotations

import msgspec


class Profile(msgspec.Struct, gc=False, rename={"shown": "display_name", "bot": "bot_id"}):
    """How a user is shown."""

    shown: str | None = None
    real_name: str | None = None
    bot: str | None = None


class User(msgspec.Struct, gc=False):
    """A user of the workspace."""

    id: str
    name: str | None = None
    real_name: str | None = None
    is_bot: bool | None = None
    profile: Profile | None = None


class Channel(msgspec.Struct, gc=False):
    """A channel, group or conversation."""

    id: str
    name: str | None = None


class File(msgspec.Struct, gc=False):
    """An attached file."""

    name: str | None = None
    mimetype: str | None = None


class Attachment(msgspec.Struct, gc=False):
    """A preview or what an app sent."""

    fallback: str | None = None
    text: str | None = None


class Reaction(msgspec.Struct, gc=False):
    """One kind of reaction and who gave it."""

    name: str = ""
    users: list[str] = []


class Message(msgspec.Struct, gc=False):
    """A message or an event of a channel."""

    ts: str
    type: str = "message"
    subtype: str | None = None
    user: str | None = None
    username: str | None = None
    bot_id: str | None = None
    inviter: str | None = None
    text: str | None = None
    thread_ts: str | None = None
    file: File | None = None
    files: list[File | None] | None = None
    attachments: list[Attachment] | None = None
    reactions: list[Reaction] | None = None
    user_profile: Profile | None = None
    old_name: str | None = None
