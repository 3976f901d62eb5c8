"""discord.py's messages and members as records."""

from __future__ import annotations

from datetime import UTC, datetime

import discord

from weilu.chat.ports.orders import Arrival
from weilu.chat.ports.records import ChatRef, Form, Inbound, Kind, Platform

# Where people write: channels of their own, and threads within them.
Place = discord.TextChannel | discord.ForumChannel | discord.VoiceChannel | discord.StageChannel
_SPOKEN = {
    discord.MessageType.default,
    discord.MessageType.reply,
    discord.MessageType.chat_input_command,
    discord.MessageType.context_menu_command,
    discord.MessageType.poll_result,
}


def ms_of(moment: datetime) -> int:
    """UTC milliseconds."""
    return int(moment.timestamp() * 1000)


def home_of(channel: object) -> Place | None:
    """The channel that is the group: of a thread its parent; None for private talk."""
    if isinstance(channel, discord.Thread):
        channel = channel.parent
    return channel if isinstance(channel, Place) else None


def chat_of(home: Place) -> ChatRef:
    """The group, called as exports call it."""
    return ChatRef(Platform.DISCORD, str(home.id), f"{home.guild.name} / {home.name}")


def number_of(channel_id: int, home: Place, message_id: int) -> str:
    """A message's id; in a thread with the thread's before it, by which it is found again."""
    return str(message_id) if channel_id == home.id else f"{channel_id}-{message_id}"


def message(one: discord.Message, kind: Kind = Kind.MESSAGE) -> Arrival | None:
    """A message; None for private talk and for what Discord itself says."""
    home = home_of(one.channel)
    if home is None or one.type not in _SPOKEN:
        return None
    form, text = _content(one)
    answered = (
        one.reference.message_id
        if one.type == discord.MessageType.reply and one.reference
        else None
    )
    item = Inbound(
        kind,
        ms_of(one.created_at),
        str(one.author.id),
        one.author.display_name,
        text=text,
        external_id=number_of(one.channel.id, home, one.id),
        reply_to=number_of(one.channel.id, home, answered) if answered else "",
        form=form,
        is_bot=one.author.bot or one.webhook_id is not None,
        media=one.attachments[0].url if form == Form.PICTURE and one.attachments else "",
    )
    return Arrival(chat_of(home), item)


def edited(payload: discord.RawMessageUpdateEvent) -> Arrival | None:
    """The new text of a message; None when Discord only added a preview to it."""
    if payload.message.edited_at is None:
        return None
    return message(payload.message, Kind.EDIT)


def deleted(channel: object, channel_id: int, message_id: int, at: datetime) -> Arrival | None:
    """A message is gone; Discord does not say by whom."""
    home = home_of(channel)
    if home is None:
        return None
    gone = number_of(channel_id, home, message_id)
    return Arrival(chat_of(home), Inbound(Kind.RECALL, ms_of(at), "", "", external_id=gone))


def joined(member: discord.Member) -> Arrival | None:
    """Somebody is in the server; None where the bot sees no channel in it."""
    hall = hall_of(member.guild)
    at = member.joined_at or datetime.now(UTC)
    return _membership(hall, Kind.JOIN, member, at, ms_of(at)) if hall else None


def left(guild: discord.Guild, user: discord.User | discord.Member, at: datetime) -> Arrival | None:
    """Somebody has left the server, or was put out: Discord does not say which."""
    hall = hall_of(guild)
    since = user.joined_at if isinstance(user, discord.Member) else None
    return _membership(hall, Kind.LEAVE, user, at, ms_of(since or at)) if hall else None


def _membership(
    hall: Place, kind: Kind, user: discord.User | discord.Member, at: datetime, number: int
) -> Arrival:
    """With an id made of when they came: it is the same however often it is told."""
    item = Inbound(
        kind,
        ms_of(at),
        str(user.id),
        user.display_name,
        external_id=f"{'j' if kind == Kind.JOIN else 'l'}{user.id}-{number}",
        is_bot=user.bot,
    )
    return Arrival(chat_of(hall), item)


def renamed(before: discord.Member, after: discord.Member, at: datetime) -> Arrival | None:
    """Somebody has another name in the server."""
    hall = hall_of(after.guild)
    old, new = before.display_name, after.display_name
    if hall is None or old == new:
        return None
    number = f"n{after.id}-{ms_of(at)}"
    item = Inbound(
        Kind.RENAME, ms_of(at), str(after.id), old, external_id=number, target=new,
        is_bot=after.bot,
    )  # fmt: skip
    return Arrival(chat_of(hall), item)


def reacted(
    channel: object, payload: discord.RawReactionActionEvent, at: datetime
) -> Arrival | None:
    """Somebody has put a sign under a message."""
    home = home_of(channel)
    if home is None:
        return None
    to = number_of(payload.channel_id, home, payload.message_id)
    member = payload.member
    item = Inbound(
        Kind.REACTION,
        ms_of(at),
        str(payload.user_id),
        member.display_name if member else "",
        text=payload.emoji.name or "",
        external_id=f"r{to}-{payload.user_id}-{payload.emoji.id or payload.emoji.name}"[:200],
        reply_to=to,
        is_bot=bool(member and member.bot),
    )
    return Arrival(chat_of(home), item)


def hall_of(guild: discord.Guild) -> Place | None:
    """The channel in which comings and goings are seen: the one Discord greets in, or the first."""
    if guild.system_channel is not None:
        return guild.system_channel
    return min(guild.text_channels, key=lambda one: (one.position, one.id), default=None)


def _content(one: discord.Message) -> tuple[Form, str]:
    """What a message is made of, and its text."""
    # The library puts a mark in that keeps bots from calling everybody; nobody wrote it.
    said = one.clean_content.replace("@\u200b", "@")
    if one.message_snapshots:
        parts = (said, *(snapshot.content for snapshot in one.message_snapshots))
        return Form.FORWARD, "\n".join(part for part in parts if part)
    if one.poll is not None:
        lines = (said, one.poll.question, *(answer.text for answer in one.poll.answers))
        return Form.POLL, "\n".join(line for line in lines if line)
    if one.attachments:
        first = one.attachments[0]
        form = _form(first)
        return form, said or (first.filename if form == Form.FILE else "")
    if one.stickers:
        return Form.STICKER, said or one.stickers[0].name
    if one.embeds and not said:
        return Form.LINK, "\n".join(_shown(one.embeds[0]))
    return Form.TEXT, said


def _form(one: discord.Attachment) -> Form:
    kind = (one.content_type or "").partition("/")[0]
    return {"image": Form.PICTURE, "video": Form.VIDEO, "audio": Form.VOICE}.get(kind, Form.FILE)


def _shown(embed: discord.Embed) -> list[str]:
    return [part for part in (embed.title, embed.description, embed.url) if part]
