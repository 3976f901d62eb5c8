"""Mattermost on the wire: lines of the bulk export, and posts as the interface answers them.

Sources: Mattermost's bulk loading documentation, and its API reference. Unknown keys are passed
over.
"""

from __future__ import annotations

import msgspec


class BulkReaction(msgspec.Struct, gc=False, rename={"emoji": "emoji_name"}):
    """Who reacted how and when."""

    user: str | None = None
    emoji: str | None = None
    create_at: int | None = None


class BulkReply(msgspec.Struct, gc=False):
    """An answer within a post."""

    user: str | None = None
    message: str | None = None
    create_at: int | None = None
    reactions: list[BulkReaction] | None = None
    attachments: list[msgspec.Raw] | None = None


class BulkPost(msgspec.Struct, gc=False):
    """A post of a channel or between people."""

    team: str | None = None
    channel: str | None = None
    channel_members: list[str] | None = None
    user: str | None = None
    message: str | None = None
    type: str | None = None
    create_at: int | None = None
    reactions: list[BulkReaction] | None = None
    replies: list[BulkReply] | None = None
    attachments: list[msgspec.Raw] | None = None


class BulkChannel(msgspec.Struct, gc=False):
    """A channel and what it is called."""

    team: str | None = None
    name: str | None = None
    display_name: str | None = None


class Line(msgspec.Struct, gc=False):
    """One line of the bulk export."""

    type: str = ""
    post: BulkPost | None = None
    direct_post: BulkPost | None = None
    channel: BulkChannel | None = None


class Properties(
    msgspec.Struct, gc=False, rename={"added": "addedUsername", "removed": "removedUsername"}
):
    """What is beside a post."""

    username: str | None = None
    added: str | None = None
    removed: str | None = None
    override_username: str | None = None
    from_bot: str | bool | None = None
    from_webhook: str | bool | None = None


class File(msgspec.Struct, gc=False):
    """An attached file."""

    name: str | None = None
    mime_type: str | None = None


class Metadata(msgspec.Struct, gc=False):
    """What the interface adds to a post."""

    files: list[File] | None = None


class Post(msgspec.Struct, gc=False):
    """A post as the interface answers it."""

    id: str | None = None
    create_at: int | None = None
    delete_at: int | None = None
    user_id: str | None = None
    channel_id: str | None = None
    root_id: str | None = None
    message: str | None = None
    type: str | None = None
    props: Properties | None = None
    file_ids: list[str] | None = None
    metadata: Metadata | None = None


class Page(msgspec.Struct, gc=False):
    """An answer of the interface: posts by id, and their order, newest first."""

    order: list[str] = []
    posts: dict[str, Post] = {}
