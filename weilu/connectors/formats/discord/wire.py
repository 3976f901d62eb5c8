"""DiscordChatExporter's JSON on the wire.

Source: Tyrrrz/DiscordChatExporter, JsonMessageWriter.cs. Unknown keys are passed over.
"""

from __future__ import annotations

import msgspec


class User(msgspec.Struct, gc=False, rename={"is_bot": "isBot"}):
    """An author, a mentioned or a reacting user."""

    id: str = ""
    name: str = ""
    nickname: str | None = None
    is_bot: bool = False


class Attachment(msgspec.Struct, gc=False, rename={"file_name": "fileName"}):
    """An attached file."""

    file_name: str = ""


class Emoji(msgspec.Struct, gc=False):
    """What a reaction shows."""

    name: str = ""


class Reaction(msgspec.Struct, gc=False):
    """One kind of reaction and who gave it; older exports have counts only."""

    emoji: Emoji | None = None
    users: list[User] | None = None


class Reference(msgspec.Struct, gc=False, rename={"message_id": "messageId"}):
    """The message that is answered, pinned or passed on."""

    message_id: str | None = None


class Forwarded(msgspec.Struct, gc=False):
    """A message passed on."""

    content: str = ""


class Message(msgspec.Struct, gc=False, rename={"forwarded": "forwardedMessage"}):
    """A message or an event in the channel."""

    id: str
    timestamp: str
    type: str | int = "Default"
    content: str | None = ""
    author: User | None = None
    attachments: list[Attachment] = []
    embeds: list[msgspec.Raw] = []
    stickers: list[msgspec.Raw] = []
    reactions: list[Reaction] = []
    mentions: list[User] = []
    reference: Reference | None = None
    forwarded: Forwarded | None = None
