"""Matrix events as records: pure, from the JSON of the specification."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from weilu.chat.ports.orders import Arrival, JoinRequest
from weilu.chat.ports.records import ChatRef, Form, Inbound, Kind

# Wire data: any JSON object.
Event = Mapping[str, Any]
Names = Mapping[str, str]

_FORMS = {
    "m.text": Form.TEXT, "m.notice": Form.TEXT, "m.emote": Form.ACTION, "m.image": Form.PICTURE,
    "m.audio": Form.VOICE, "m.video": Form.VIDEO, "m.file": Form.FILE,
    "m.location": Form.LOCATION,
}  # fmt: skip
_POLLS = ("m.poll.start", "org.matrix.msc3381.poll.start")


def arrival(chat: ChatRef, event: Event, names: Names, own: str) -> Arrival | JoinRequest | None:
    """What an event tells of, None for what is of no interest; garbage is of no interest.

    `names` are shown names by account; `own` is the account Weilu speaks with.
    """
    sender, at = event.get("sender"), event.get("origin_server_ts")
    content = event.get("content")
    if not (isinstance(sender, str) and isinstance(at, int) and isinstance(content, Mapping)):
        return None
    if event.get("type") == "m.room.member":
        return _membership(chat, event, content, names)
    decoder = _DECODERS.get(str(event.get("type")))
    if decoder is None:
        return None
    is_bot = sender == own or content.get("msgtype") == "m.notice"
    base = _Base(event, content, at, sender, names.get(sender, sender), is_bot)
    item = decoder(base)
    return Arrival(chat, item) if item else None


@dataclass(frozen=True, slots=True)
class _Base:
    """What every record of an event has in common."""

    event: Event
    content: Event
    at: int
    sender: str
    name: str
    is_bot: bool

    def make(
        self, kind: Kind, text: str, *, form: Form = Form.TEXT, of: str = "", reply_to: str = ""
    ) -> Inbound:
        """A record; `of` is the message it changes, else it has the event's own id."""
        return Inbound(
            kind,
            self.at,
            self.sender,
            self.name,
            text=text,
            external_id=of or _text(self.event, "event_id"),
            reply_to=reply_to,
            form=form,
            is_bot=self.is_bot,
        )


def _message(base: _Base) -> Inbound:
    relation = _mapping(base.content, "m.relates_to")
    if relation.get("rel_type") == "m.replace":
        fresh = _mapping(base.content, "m.new_content") or base.content
        return base.make(Kind.EDIT, _text(fresh, "body"), of=_text(relation, "event_id"))
    reply_to = _text(_mapping(relation, "m.in_reply_to"), "event_id")
    body = _text(base.content, "body")
    return base.make(
        Kind.MESSAGE,
        _without_quote(body) if reply_to else body,
        form=_FORMS.get(_text(base.content, "msgtype"), Form.OTHER),
        reply_to=reply_to,
    )


def _sticker(base: _Base) -> Inbound:
    return base.make(Kind.MESSAGE, _text(base.content, "body"), form=Form.STICKER)


def _reaction(base: _Base) -> Inbound:
    relation = _mapping(base.content, "m.relates_to")
    key, to = _text(relation, "key"), _text(relation, "event_id")
    return base.make(Kind.REACTION, key, reply_to=to)


def _redaction(base: _Base) -> Inbound | None:
    gone = _text(base.event, "redacts") or _text(base.content, "redacts")
    return base.make(Kind.RECALL, "", of=gone) if gone else None


def _unread(base: _Base) -> Inbound:
    """Encrypted: that something was said is all that can be known."""
    return base.make(Kind.MESSAGE, "", form=Form.OTHER)


def _notice(base: _Base) -> Inbound:
    said = _text(base.content, "name") or _text(base.content, "topic")
    return base.make(Kind.NOTICE, said)


def _poll(base: _Base) -> Inbound:
    return base.make(Kind.MESSAGE, _poll_question(base.content), form=Form.POLL)


_DECODERS: dict[str, Callable[[_Base], Inbound | None]] = {
    "m.room.message": _message,
    "m.sticker": _sticker,
    "m.reaction": _reaction,
    "m.room.redaction": _redaction,
    "m.room.encrypted": _unread,
    "m.room.name": _notice,
    "m.room.topic": _notice,
    **dict.fromkeys(_POLLS, _poll),
}


def _membership(
    chat: ChatRef, event: Event, content: Event, names: Names
) -> Arrival | JoinRequest | None:
    """Joins, leaves, new names and knocks; a profile that only changed its picture is nothing."""
    who, sender = _text(event, "state_key"), _text(event, "sender")
    before = _mapping(_mapping(event, "unsigned"), "prev_content")
    is_in, was_in = content.get("membership"), before.get("membership")
    shown = _text(content, "displayname") or who
    old = _text(before, "displayname") or names.get(who, who)
    at, own_id = event["origin_server_ts"], _text(event, "event_id")

    def make(kind: Kind, name: str, target: str) -> Arrival:
        return Arrival(chat, Inbound(kind, at, who, name, external_id=own_id, target=target))

    if is_in == "knock":
        words = _text(content, "reason")
        return JoinRequest(chat, who, who, shown, at, words)
    if is_in == "join" and was_in == "join":
        return make(Kind.RENAME, old, shown) if shown != old else None
    if is_in == "join":
        return make(Kind.JOIN, shown, "")
    if is_in in {"leave", "ban"} and was_in == "join":
        by = names.get(sender, sender) if sender != who else ""
        return make(Kind.LEAVE, old, by)
    return None


def _poll_question(content: Event) -> str:
    for key in _POLLS:
        question = _mapping(_mapping(content, key), "question")
        said = question.get("org.matrix.msc1767.text") or question.get("body")
        if isinstance(said, str):
            return said
    return ""


def _without_quote(body: str) -> str:
    """The text of an answer without the quoted lines that old clients put before it."""
    lines = body.split("\n")
    at = 0
    while at < len(lines) and lines[at].startswith("> "):
        at += 1
    if at and at < len(lines) and not lines[at]:
        at += 1
    return "\n".join(lines[at:]) if at else body


def _text(of: Event, key: str) -> str:
    value = of.get(key)
    return value if isinstance(value, str) else ""


def _mapping(of: Event, key: str) -> Event:
    value = of.get(key)
    return value if isinstance(value, Mapping) else {}
