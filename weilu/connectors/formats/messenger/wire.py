"""Messages of Facebook and Instagram on the wire: the download, and Messenger's own since 2024.

Source: public downloads and importers; Meta documents no layout. Unknown keys are passed over.
"""

from __future__ import annotations

import msgspec


class Reaction(msgspec.Struct, gc=False):
    """Who reacted how."""

    reaction: str | None = None
    actor: str | None = None


class Person(msgspec.Struct, gc=False):
    """Somebody who came or was taken out."""

    name: str | None = None


class Share(msgspec.Struct, gc=False):
    """A link passed on."""

    link: str | None = None
    share_text: str | None = None


class Message(
    msgspec.Struct,
    gc=False,
    rename={
        "new_name": "senderName",
        "new_text": "text",
        "new_ms": "timestamp",
        "new_unsent": "isUnsent",
    },
):
    """A message under the keys of both."""

    sender_name: str | None = None
    new_name: str | None = None
    timestamp_ms: int | None = None
    new_ms: int | None = None
    content: str | None = None
    new_text: str | None = None
    type: str | None = None
    photos: list[msgspec.Raw] | None = None
    videos: list[msgspec.Raw] | None = None
    audio_files: list[msgspec.Raw] | None = None
    files: list[msgspec.Raw] | None = None
    gifs: list[msgspec.Raw] | None = None
    media: list[msgspec.Raw] | None = None
    sticker: object = None
    share: Share | None = None
    call_duration: int | None = None
    users: list[Person] | None = None
    reactions: list[Reaction] | None = None
    is_unsent: bool | None = None
    new_unsent: bool | None = None
