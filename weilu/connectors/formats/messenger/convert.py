"""What a message of Messenger or Instagram tells of (handbook K-4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from weilu.chat.ports import Form, Inbound, Kind
from weilu.connectors.formats.jsonportions import RecordError
from weilu.connectors.formats.messenger.wire import Message
from weilu.connectors.formats.mojibake import mended

_EVENTS = (
    (Kind.JOIN, re.compile(r"(?P<by>.+?) added (?P<who>.+?) to the group\.?")),
    (Kind.LEAVE, re.compile(r"(?P<by>.+?) removed (?P<who>.+?) from the group\.?")),
    (Kind.LEAVE, re.compile(r"(?P<who>.+?) left the group\.?")),
    (Kind.JOIN, re.compile(r"(?P<who>.+?) joined the group\b.{0,80}")),
)
_LISTED = re.compile(r", | and ")
# Written beside the reaction itself.
_REACTED = re.compile(r"(?:Liked a message|Reacted .{1,16} to your message)\s*")


def told(message: Message) -> Sequence[Inbound]:
    """The message and its reactions, or who came and went."""
    sent = message.timestamp_ms if message.timestamp_ms is not None else message.new_ms
    name = mended(message.sender_name or message.new_name or "")
    if sent is None or not name:
        raise RecordError("bad_record", name or message.content or "")
    text = mended(message.content or message.new_text or "")
    if message.is_unsent or message.new_unsent:
        return (Inbound(Kind.RECALL, sent, "", name),)
    if people := _people(message, name, text, sent):
        return people
    if _REACTED.fullmatch(text):
        return (Inbound(Kind.NOTICE, sent, "", name, text),)
    if not text and message.share is not None:
        text = mended(message.share.link or message.share.share_text or "")
    item = Inbound(Kind.MESSAGE, sent, "", name, text, form=_form(message))
    return (item, *_reactions(message, sent)) if message.reactions else (item,)


def _form(message: Message) -> Form:
    for found, form in (
        (message.photos, Form.PICTURE),
        (message.videos, Form.VIDEO),
        (message.audio_files, Form.VOICE),
        (message.gifs, Form.STICKER),
        (message.sticker, Form.STICKER),
        (message.files, Form.FILE),
        (message.media, Form.PICTURE),
    ):
        if found:
            return form
    if message.call_duration is not None or message.type == "Call":
        return Form.CALL
    return Form.LINK if message.share is not None else Form.TEXT


def _people(message: Message, name: str, text: str, sent: int) -> Sequence[Inbound]:
    """Who came or went; older downloads say so, newer ones only in words after the actor's name."""
    if message.type in {"Subscribe", "Unsubscribe"} and message.users:
        kind = Kind.JOIN if message.type == "Subscribe" else Kind.LEAVE
        return _each(kind, [mended(one.name or "") for one in message.users], name, sent)
    if not text.startswith(f"{name} ") or len(text) > 1000:
        return ()
    for kind, pattern in _EVENTS:
        if found := pattern.fullmatch(text):
            who = _LISTED.split(found["who"]) if "by" in found.groupdict() else [name]
            return _each(kind, who, name, sent)
    return ()


def _each(kind: Kind, names: Sequence[str], by: str, sent: int) -> Sequence[Inbound]:
    return [
        Inbound(kind, sent, "", name, target="" if by == name else by) for name in names if name
    ]


def _reactions(message: Message, sent: int) -> Iterator[Inbound]:
    """Reactions, which have no time and no id to point at: notices of their givers."""
    for one in message.reactions or ():
        actor = mended(one.actor or "")
        if actor:
            yield Inbound(Kind.NOTICE, sent, "", actor, mended(one.reaction or ""))
