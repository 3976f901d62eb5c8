"""Reads Rocket.Chat: answers of its interface, and the JSON it exports a room to (K-4).

Source: the REST interface's channels.history and the server's exportRoomMessagesToFile, which
writes `{"msg", "username", "ts", "type"}` objects in an array or one a line.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from weilu.chat.ports import Answers, Bundle, ChatRef, Entry, Form, Inbound, Kind, Platform, Portion
from weilu.connectors.formats.jsonbase import OneFileFormat
from weilu.connectors.formats.jsonforms import file_form
from weilu.connectors.formats.jsonlines import lines
from weilu.connectors.formats.jsonportions import (
    RecordError,
    any_unix_ms,
    iso_ms,
    portions,
)
from weilu.connectors.formats.jsonstream import Peek, peek, walk

TARGETS = (("messages",), ())
_EVENTS = {
    "uj": Kind.JOIN,
    "ujt": Kind.JOIN,
    "au": Kind.JOIN,
    "added-user-to-team": Kind.JOIN,
    "user-join": Kind.JOIN,
    "ul": Kind.LEAVE,
    "ult": Kind.LEAVE,
    "ru": Kind.LEAVE,
    "user-leave": Kind.LEAVE,
    "rm": Kind.RECALL,
}
# The message names whom it is about; who did it is its user.
_OF_ANOTHER = frozenset({"au", "ru", "added-user-to-team"})


class User(msgspec.Struct, gc=False, rename={"id": "_id"}):
    """Who wrote it."""

    id: str = ""
    username: str | None = None
    name: str | None = None


class Reaction(msgspec.Struct, gc=False):
    """Who gave it."""

    usernames: list[str] = []


class File(msgspec.Struct, gc=False):
    """An attached file."""

    name: str | None = None
    type: str | None = None


class Moment(msgspec.Struct, gc=False, rename={"date": "$date"}):
    """A time as the database has it."""

    date: str | int | float | None = None


class Message(msgspec.Struct, gc=False, rename={"id": "_id", "is_hidden": "_hidden"}):
    """A message or an event."""

    id: str | None = None
    ts: str | int | float | Moment | None = None
    msg: str | None = None
    t: str | None = None
    type: str | None = None
    u: User | None = None
    username: str | None = None
    tmid: str | None = None
    file: File | None = None
    bot: object = None
    reactions: dict[str, Reaction] | None = None
    is_hidden: bool | None = None


def _sent_ms(message: Message) -> int:
    written = message.ts.date if isinstance(message.ts, Moment) else message.ts
    if isinstance(written, str):
        return iso_ms(written)
    if written is None:
        raise RecordError("bad_record", message.id or "")
    return any_unix_ms(written)


def told(message: Message) -> Sequence[Inbound]:
    """A message with its reactions or an event; older wordings of an edited one say nothing."""
    if message.is_hidden:
        return ()
    sent, external_id = _sent_ms(message), message.id or ""
    user = message.u or User(username=message.username)
    account = user.username or user.id
    name = user.name or account
    kind = message.t or message.type or ""
    if kind:
        return (_event(message, kind, sent, (account, name)),)
    form = (
        file_form(message.file.name or "", message.file.type or "") if message.file else Form.TEXT
    )
    item = Inbound(
        Kind.MESSAGE,
        sent,
        account,
        name,
        message.msg or "",
        external_id,
        message.tmid or "",
        form=form,
        is_bot=bool(message.bot),
    )
    return (item, *_reactions(message, item)) if message.reactions and external_id else (item,)


def _event(message: Message, kind: str, sent: int, by: tuple[str, str]) -> Inbound:
    known = _EVENTS.get(kind, Kind.NOTICE)
    external_id = message.id or ""
    if kind in _OF_ANOTHER:
        whom = message.msg or ""
        return Inbound(known, sent, whom, whom, "", external_id, target=by[1])
    text = f"{kind} {message.msg or ''}".strip() if known == Kind.NOTICE else ""
    return Inbound(known, sent, by[0], by[1], text, external_id)


def _reactions(message: Message, item: Inbound) -> Iterator[Inbound]:
    for emoji, reaction in (message.reactions or {}).items():
        for username in reaction.usernames:
            yield Inbound(
                Kind.REACTION, item.sent_ms, username, username, emoji, reply_to=item.external_id
            )


class RocketChatFormat(OneFileFormat):
    """Rocket.Chat."""

    name = "rocketchat"
    label = "Rocket.Chat JSON"

    def recognise(self, entry: Entry) -> int:
        """95 for an answer of the interface, 85 for a room's export."""
        found = peek(entry)
        first = found.first()
        if found.at == ("messages",) and {"rid", "u", "ts"} <= first.keys():
            return 95
        if found.top == "[" and ({"rid", "u", "ts"} <= first.keys() or _is_exported(first)):
            return 85
        return 85 if _is_line(found) else 0

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the messages of one room."""
        del answers
        entry = bundle.entries[0]
        found = peek(entry)
        chat = ChatRef(Platform.ROCKETCHAT, str(found.first().get("rid") or ""), "")
        if _is_line(found):
            return portions(entry, lines(entry, Message), lambda _: chat, told)
        return portions(entry, walk(entry, TARGETS, Message), lambda _: chat, told)


def _is_exported(first: dict[str, object]) -> bool:
    return {"msg", "username", "ts"} <= first.keys()


def _is_line(found: Peek) -> bool:
    return found.top == "{" and found.has("msg", "username", "ts")
