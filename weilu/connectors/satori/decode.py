"""Satori events as records: pure, from the JSON of the protocol."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from weilu.chat.ports.orders import Arrival, JoinRequest
from weilu.chat.ports.records import ChatRef, Inbound, Kind
from weilu.connectors.satori.elements import said
from weilu.connectors.satori.places import Places
from weilu.connectors.wire import Json, mapping, number, text

Found = Arrival | JoinRequest


@dataclass(frozen=True, slots=True)
class Context:
    """What an event does not say itself."""

    own: str
    places: Places


def decode(event: Json, context: Context) -> Iterator[Found]:
    """What an event tells of a group; nothing for what is of no interest, or garbage."""
    decoder = _DECODERS.get(text(event, "type"))
    chat = context.places.chat(event)
    if decoder is not None and chat is not None and at_of(event) > 0:
        yield from decoder(chat, event, context.own)


def at_of(event: Json) -> int:
    """When it was, in milliseconds: when the message was made, if the event is of a new one."""
    made = number(mapping(event, "message"), "created_at")
    is_new = text(event, "type") in {"message-created", ""}
    return made if made and is_new else number(event, "timestamp")


def who_of(event: Json, key: str = "user") -> tuple[str, str, bool]:
    """Account, shown name and whether it is a bot; members may be told without their user."""
    of = event
    member = mapping(of, "member") if key == "user" else {}
    user = mapping(of, key) or mapping(member, "user")
    name = text(member, "nick", "name") or text(user, "nick", "name")
    return text(user, "id"), name, user.get("is_bot") is True


def message(chat: ChatRef, event: Json, own: str) -> Iterator[Found]:
    """A message that is new, also one from a list of old ones."""
    yield from _written(Kind.MESSAGE, chat, event, own)


def _edited(chat: ChatRef, event: Json, own: str) -> Iterator[Found]:
    yield from _written(Kind.EDIT, chat, event, own)


def _written(kind: Kind, chat: ChatRef, event: Json, own: str) -> Iterator[Found]:
    body = mapping(event, "message")
    account, name, is_bot = who_of(event)
    if not account:
        account, name, is_bot = who_of(body)
    what = said(text(body, "content"))
    quoted = mapping(body, "quote")
    item = Inbound(
        kind,
        at_of(event),
        account,
        name,
        text=what.text,
        external_id=text(body, "id"),
        reply_to=what.reply_to or text(quoted, "id"),
        form=what.form,
        is_bot=is_bot or account == own,
        media=what.picture,
    )
    if item.external_id and account:
        yield Arrival(chat, item)


def _deleted(chat: ChatRef, event: Json, own: str) -> Iterator[Found]:
    gone = text(mapping(event, "message"), "id")
    by, name, is_bot = who_of(event, "operator")
    if gone:
        item = Inbound(
            Kind.RECALL, at_of(event), by, name, external_id=gone, is_bot=is_bot or by == own
        )
        yield Arrival(chat, item)


def _joined(chat: ChatRef, event: Json, own: str) -> Iterator[Found]:
    yield from _member(Kind.JOIN, chat, event, own)


def _left(chat: ChatRef, event: Json, own: str) -> Iterator[Found]:
    yield from _member(Kind.LEAVE, chat, event, own)


def _member(kind: Kind, chat: ChatRef, event: Json, own: str) -> Iterator[Found]:
    account, name, is_bot = who_of(event)
    by, by_name, _bot = who_of(event, "operator")
    at = at_of(event)
    if account:
        item = Inbound(
            kind,
            at,
            account,
            name,
            external_id=f"{'j' if kind == Kind.JOIN else 'l'}{account}-{at}",
            target=(by_name or by) if by != account else "",
            is_bot=is_bot or account == own,
        )
        yield Arrival(chat, item)


def _asked(chat: ChatRef, event: Json, _own: str) -> Iterator[Found]:
    body = mapping(event, "message")
    account, name, _bot = who_of(event)
    request = text(body, "id")
    if request and account:
        words = said(text(body, "content")).text
        yield JoinRequest(chat, request, account, name, at_of(event), words)


def _reacted(chat: ChatRef, event: Json, own: str) -> Iterator[Found]:
    account, name, is_bot = who_of(event)
    to, at = text(mapping(event, "message"), "id"), at_of(event)
    emoji = mapping(event, "emoji")
    sign = text(emoji, "name", "id")
    if account and to and sign:
        item = Inbound(
            Kind.REACTION,
            at,
            account,
            name,
            text=sign,
            external_id=f"r{to}-{account}-{sign}-{at}"[:200],
            reply_to=to,
            is_bot=is_bot or account == own,
        )
        yield Arrival(chat, item)


_DECODERS: dict[str, Callable[[ChatRef, Json, str], Iterator[Found]]] = {
    "message-created": message,
    "message-updated": _edited,
    "message-deleted": _deleted,
    "guild-member-added": _joined,
    "guild-member-removed": _left,
    "guild-member-request": _asked,
    "reaction-added": _reacted,
}
