"""Matrix events as records: pure, from the JSON of the specification."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from weilu.chat.ports.orders import Arrival, JoinRequest
from weilu.chat.ports.records import ChatRef, Form, Inbound, Kind
from weilu.connectors.matrix.plain import plain_of

# Wire data: any JSON object.
Event = Mapping[str, Any]
Names = Mapping[str, str]

_FORMS = {
    "m.text": Form.TEXT, "m.notice": Form.TEXT, "m.emote": Form.ACTION, "m.image": Form.PICTURE,
    "m.audio": Form.VOICE, "m.video": Form.VIDEO, "m.file": Form.FILE,
    "m.location": Form.LOCATION,
}  # fmt: skip
_OUT = ("leave", "ban")
_POLL_LINES = 21
_POLLS = ("m.poll.start", "org.matrix.msc3381.poll.start")


def arrival(chat: ChatRef, event: Event, names: Names, own: str) -> Arrival | JoinRequest | None:
    """What an event tells of, None for what is of no interest; garbage is of no interest.

    `names` are shown names by account: one that is not there stays "", so that what is known of
    somebody is not written over. `own` is the account Weilu speaks with.
    """
    sender, at = event.get("sender"), event.get("origin_server_ts")
    content = event.get("content")
    if not (isinstance(sender, str) and isinstance(at, int) and isinstance(content, Mapping)):
        return None
    if event.get("type") == "m.room.member":
        return _membership(chat, event, names, own)
    decoder = _DECODERS.get(str(event.get("type")))
    if decoder is None:
        return None
    is_bot = sender == own or content.get("msgtype") == "m.notice"
    base = _Base(event, content, at, sender, names.get(sender, ""), is_bot)
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
        self,
        kind: Kind,
        text: str,
        *,
        form: Form = Form.TEXT,
        of: str = "",
        reply_to: str = "",
        media: str = "",
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
            media=media,
        )


def _message(base: _Base) -> Inbound:
    relation = _mapping(base.content, "m.relates_to")
    if relation.get("rel_type") == "m.replace":
        fresh = _mapping(base.content, "m.new_content") or base.content
        return base.make(Kind.EDIT, _said(fresh), of=_text(relation, "event_id"))
    reply_to = _text(_mapping(relation, "m.in_reply_to"), "event_id")
    body = _said(base.content)
    form = _FORMS.get(_text(base.content, "msgtype"), Form.OTHER)
    return base.make(
        Kind.MESSAGE,
        _without_quote(body) if reply_to else body,
        form=form,
        reply_to=reply_to,
        media=_text(base.content, "url") if form == Form.PICTURE else "",
    )


def _said(content: Event) -> str:
    """What readers see: the formatted text where there is one."""
    formatted = _text(content, "formatted_body")
    if formatted and _text(content, "format") == "org.matrix.custom.html":
        return plain_of(formatted) or _text(content, "body")
    return _text(content, "body")


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
    said = (_text(base.content, key) for key in ("name", "topic", "body"))
    return base.make(Kind.NOTICE, next(filter(None, said), ""))


def _poll(base: _Base) -> Inbound:
    return base.make(Kind.MESSAGE, _poll_text(base.content), form=Form.POLL)


def _call(base: _Base) -> Inbound:
    return base.make(Kind.MESSAGE, "", form=Form.CALL)


_DECODERS: dict[str, Callable[[_Base], Inbound | None]] = {
    "m.room.message": _message,
    "m.sticker": _sticker,
    "m.reaction": _reaction,
    "m.room.redaction": _redaction,
    "m.room.encrypted": _unread,
    "m.room.name": _notice,
    "m.room.topic": _notice,
    "m.room.tombstone": _notice,
    "m.call.invite": _call,
    **dict.fromkeys(_POLLS, _poll),
}


def _membership(
    chat: ChatRef, event: Event, names: Names, own: str
) -> Arrival | JoinRequest | None:
    """Joins, leaves, new names and knocks; a profile that only changed its picture is nothing."""
    content, unsigned = _mapping(event, "content"), _mapping(event, "unsigned")
    before = _mapping(unsigned, "prev_content")
    who, sender = _text(event, "state_key"), _text(event, "sender")
    is_in, was_in = content.get("membership"), before.get("membership")
    if was_in is None and who in names and is_in in _OUT:
        # Not every server tells what was before.
        was_in = "join"
    shown = _text(content, "displayname") or who
    old = _text(before, "displayname") or names.get(who, "") or who
    at, own_id = event["origin_server_ts"], _text(event, "event_id")

    def make(kind: Kind, name: str, by: str = "") -> Arrival:
        item = Inbound(
            kind, at, who, name, external_id=own_id, target=by, is_bot=bool(own) and who == own
        )
        return Arrival(chat, item)

    if is_in == "knock":
        # By the event: who was turned away may ask again.
        return JoinRequest(chat, own_id, who, shown, at, _text(content, "reason"))
    if is_in == "join" and was_in == "join":
        return make(Kind.RENAME, old, shown) if shown != old else None
    if is_in == "join":
        host = _text(unsigned, "prev_sender") if was_in == "invite" else ""
        return make(Kind.JOIN, shown, names.get(host) or host)
    if is_in in _OUT and was_in == "join":
        return make(Kind.LEAVE, old, names.get(sender) or sender if sender != who else "")
    return None


def _poll_text(content: Event) -> str:
    """The question and, a line each, what can be answered."""
    for key in _POLLS:
        poll = _mapping(content, key)
        if poll:
            answers = poll.get("answers")
            shown = [_poll_words(x) for x in (answers if isinstance(answers, list) else [])]
            return "\n".join([_poll_words(poll.get("question")), *shown][:_POLL_LINES]).strip()
    return ""


def _poll_words(of: object) -> str:
    if not isinstance(of, Mapping):
        return ""
    stable = of.get("m.text")
    if isinstance(stable, list) and stable and isinstance(stable[0], Mapping):
        return _text(stable[0], "body")
    return _text(of, "org.matrix.msc1767.text") or _text(of, "body")


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
