"""Reads Element's JSON export of one room (handbook K-4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weilu.chat.ports import (
    Answers,
    Bundle,
    ChatRef,
    Entry,
    Form,
    Inbound,
    Kind,
    Platform,
    Portion,
)
from weilu.connectors.formats.jsonbase import OneFileFormat
from weilu.connectors.formats.jsonportions import over, portions, word
from weilu.connectors.formats.jsonstream import Batch, outline, peek, walk
from weilu.connectors.formats.matrix.wire import Content, Event, PreviousContent, Relation

TARGETS = (("messages",),)
_NAME = ("room_name",)
_FORMS = {
    "m.emote": Form.ACTION,
    "m.image": Form.PICTURE,
    "m.audio": Form.VOICE,
    "m.video": Form.VIDEO,
    "m.file": Form.FILE,
    "m.location": Form.LOCATION,
}
_BOT_WORD = "m.notice"
_POLLS = frozenset({"m.poll.start", "org.matrix.msc3381.poll.start"})
_PRESENT = "join"
_NO_PREVIOUS = PreviousContent()
_NO_RELATION = Relation()


def without_quote(body: str) -> str:
    """The body without the quoted lines that clients put before an answer."""
    if not body.startswith("> "):
        return body
    lines = body.split("\n")
    first = next((n for n, line in enumerate(lines) if not line.startswith(">")), len(lines))
    rest = "\n".join(lines[first:]).lstrip("\n")
    return rest or body


class _Converter:
    """What the events of one room tell of; follows who has which name."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}

    def __call__(self, event: Event) -> Sequence[Inbound]:
        if event.type in {"m.room.message", "m.sticker", "m.room.encrypted"}:
            return (self._message(event),)
        if event.type == "m.room.member":
            return self._member(event)
        if event.type == "m.room.redaction":
            gone = event.redacts or event.content.redacts or ""
            return (self._one(event, Kind.RECALL, "", gone),)
        if event.type == "m.reaction":
            relation = event.content.relation or _NO_RELATION
            return (
                self._one(
                    event, Kind.REACTION, relation.key or "", reply_to=relation.event_id or ""
                ),
            )
        return (self._happening(event),)

    def _happening(self, event: Event) -> Inbound:
        """A call or a poll, which are somebody's words too, or a notice."""
        if event.type.startswith("m.call.invite"):
            return self._one(event, Kind.MESSAGE, "", event.event_id, form=Form.CALL)
        if event.type in _POLLS:
            question = event.content.poll_text or ""
            return self._one(event, Kind.MESSAGE, question, event.event_id, form=Form.POLL)
        text = event.content.name or event.content.topic or event.type
        return self._one(event, Kind.NOTICE, text, event.event_id)

    def _one(  # noqa: PLR0913 the record's own fields
        self,
        event: Event,
        kind: Kind,
        text: str,
        external_id: str = "",
        *,
        reply_to: str = "",
        form: Form = Form.TEXT,
        is_bot: bool = False,
    ) -> Inbound:
        name = self._names.get(event.sender) or local_part(event.sender)
        return Inbound(
            kind,
            event.sent_ms,
            event.sender,
            name,
            text,
            external_id,
            reply_to,
            "",
            form,
            is_bot,
        )

    def _message(self, event: Event) -> Inbound:
        content = event.content
        relation = content.relation or _NO_RELATION
        is_redacted = event.unsigned is not None and event.unsigned.redacted_because is not None
        # What was taken back has nothing left in it, with the remark or without.
        is_bare = event.type == "m.room.message" and content.msgtype is None and not content.body
        if is_redacted or (is_bare and not relation.event_id):
            return self._one(event, Kind.RECALL, "", event.event_id)
        if relation.rel_type == "m.replace" and relation.event_id:
            text = (content.new.body if content.new is not None else content.body) or ""
            return self._one(event, Kind.EDIT, text, relation.event_id)
        reply = relation.reply.event_id if relation.reply is not None else ""
        if relation.rel_type == "m.thread" and relation.is_falling_back:
            reply = relation.event_id or reply
        text = content.body or ""
        return self._one(
            event,
            Kind.MESSAGE,
            without_quote(text) if reply else text,
            event.event_id,
            reply_to=reply,
            form=_form(event.type, content),
            is_bot=content.msgtype == _BOT_WORD,
        )

    def _member(self, event: Event) -> Sequence[Inbound]:
        whom = event.state_key or event.sender
        before = (event.unsigned.prev_content if event.unsigned is not None else None) or (
            _NO_PREVIOUS
        )
        old = before.displayname or self._names.get(whom) or local_part(whom)
        new = event.content.displayname or old
        membership, by = event.content.membership, event.sender
        actor = "" if by == whom else self._names.get(by) or local_part(by)
        if membership == _PRESENT:
            self._names[whom] = new
            if before.membership == _PRESENT:
                if new == old:
                    return ()
                return (self._about(event, Kind.RENAME, whom, old, new),)
            return (self._about(event, Kind.JOIN, whom, new, actor),)
        is_gone = membership in {"leave", "ban"} and before.membership not in {"invite", "knock"}
        if is_gone and (before.membership in {_PRESENT, None}):
            return (self._about(event, Kind.LEAVE, whom, old, actor),)
        text = f"{membership} {old}" if membership else event.type
        return (self._one(event, Kind.NOTICE, text, event.event_id),)

    def _about(self, event: Event, kind: Kind, whom: str, name: str, target: str) -> Inbound:
        return Inbound(
            kind,
            event.sent_ms,
            whom,
            name,
            event.content.reason or "",
            event.event_id,
            target=target,
        )


def local_part(account: str) -> str:
    """`ann` of `@ann:example.org`."""
    return account.removeprefix("@").partition(":")[0]


def _form(kind: str, content: Content) -> Form:
    if kind == "m.sticker":
        return Form.STICKER
    if kind == "m.room.encrypted":
        return Form.OTHER
    return _FORMS.get(content.msgtype or "", Form.TEXT)


class MatrixFormat(OneFileFormat):
    """A Matrix room by Element."""

    name = "matrix"
    label = "Matrix (Element JSON)"

    def recognise(self, entry: Entry) -> int:
        """95 for a room with its events, 85 for events before their room."""
        found = peek(entry)
        if found.top != "{":
            return 0
        if found.has("room_name", "messages") or found.has("room_name", "exported_by"):
            return 95
        return 85 if {"origin_server_ts", "sender", "type"} <= found.first().keys() else 0

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records of one room."""
        del answers

        def read(entry: Entry) -> Iterator[Portion]:
            about = outline(entry, TARGETS, _NAME, _NAME)
            name = word({"name": about.get(_NAME)}, "name")
            chat = ChatRef(Platform.MATRIX, _room(entry), name)
            return portions(entry, walk(entry, TARGETS, Event), lambda _: chat, _Converter())

        return over(bundle, read)


def _room(entry: Entry) -> str:
    """The id of the room, which only the events name."""
    for event in walk(entry, TARGETS, Event):
        if isinstance(event, Batch):
            for record in event.records:
                if record.room_id:
                    return record.room_id
    return ""
