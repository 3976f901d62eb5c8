"""From the wire's events and receipts to what Weilu stores: pure."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from weilu.chat.ports.orders import Arrival, Fate, JoinRequest, Parcel, Receipt
from weilu.chat.ports.records import ChatRef, Form, Inbound, Kind, Platform
from weilu.connectors.webhook import wire

T = TypeVar("T")
_FATES = {"done": Fate.SENT, "refused": Fate.REFUSED, "expired": Fate.EXPIRED}
_PLACE = re.compile(r"^(?P<what>.*?) - at `\$\.?(?P<place>[^`]*)`$", re.DOTALL)


class NotUnderstood(Exception):
    """A body that is not what is documented; `place` is where, "" for the whole."""

    def __init__(self, what: str, place: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.place = place


def read(body: bytes, kind: type[T]) -> T:
    """The body as a type of `wire`; raises NotUnderstood with the place."""
    try:
        return msgspec.json.decode(body, type=kind)
    except msgspec.ValidationError as error:
        raise _explained(str(error), body) from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        raise NotUnderstood(f"This is not JSON: {error}") from None


def _explained(said: str, body: bytes) -> NotUnderstood:
    """The library's sentence apart, with the number of the event it stands at."""
    found = _PLACE.match(said)
    what, place = (found["what"], found["place"]) if found else (said, "")
    if "[...]" in place:
        place = _numbered(place, body)
    return NotUnderstood(what, place)


def _numbered(place: str, body: bytes) -> str:
    """`events[...].time` with the number of the first event that is refused by itself."""
    field, _dots, rest = place.partition("[...]")
    one_of: Any = wire.Event if field == "events" else wire.Receipt
    for number, raw in enumerate(msgspec.json.decode(body)[field]):
        try:
            msgspec.convert(raw, one_of, strict=True)
        except msgspec.ValidationError:
            return f"{field}[{number}]{rest}"
    return place


def parcel_of(events: wire.Events, connection: int) -> Parcel:
    """The events as a parcel; ids of one connection are never those of another."""
    arrivals: list[Arrival] = []
    requests: list[JoinRequest] = []
    for one in events.events:
        chat = ChatRef(Platform.OTHER, key_of(connection, one.group.id), one.group.name)
        if isinstance(one, wire.JoinRequest):
            requests.append(_request(chat, one, connection))
        else:
            arrivals.append(Arrival(chat, _ITEMS[type(one)](one, connection)))
    return Parcel(arrivals=arrivals, requests=requests, cursor={"heard": "1"})


def receipts_of(receipts: wire.Receipts, connection: int) -> Parcel:
    """Receipts as a parcel."""
    return Parcel(
        receipts=[
            Receipt(key_of(connection, one.key), _FATES[one.result], _ms(one.time))
            for one in receipts.receipts
        ],
        cursor={"heard": "1"},
    )


def key_of(connection: int, own: str) -> str:
    """An id of the other system's, among those of all connections."""
    return f"{connection}/{own}"


def own_of(key: str) -> str:
    """The other system's own id; what `key_of` made."""
    return key.partition("/")[2]


def _request(chat: ChatRef, one: wire.JoinRequest, connection: int) -> JoinRequest:
    account = key_of(connection, one.member.id)
    return JoinRequest(chat, one.id, account, one.member.name, _ms(one.time), one.text)


def _item(one: Any, connection: int, kind: Kind, **more: Any) -> Inbound:
    # Messages keep their ids, by which others refer to them; other events have their own space.
    more.setdefault("external_id", f"{kind.name.lower()}:{one.id}")
    return Inbound(
        kind,
        _ms(one.time),
        key_of(connection, one.member.id),
        one.member.name,
        is_bot=one.member.is_bot,
        **more,
    )


def _message(one: Any, connection: int) -> Inbound:
    reply = "" if one.reply_to is msgspec.UNSET else one.reply_to
    return _item(
        one,
        connection,
        Kind.MESSAGE,
        external_id=one.id,
        text=one.text,
        form=Form[one.form.upper()],
        reply_to=reply,
    )


_ITEMS: dict[type, Callable[[Any, int], Inbound]] = {
    wire.Message: _message,
    wire.Edit: lambda e, c: _item(e, c, Kind.EDIT, external_id=e.message, text=e.text),
    wire.Recall: lambda e, c: _item(e, c, Kind.RECALL, external_id=e.message),
    wire.Reaction: lambda e, c: _item(e, c, Kind.REACTION, reply_to=e.message, text=e.text),
    wire.Join: lambda e, c: _item(e, c, Kind.JOIN, text=e.source, target=e.invited_by),
    wire.Leave: lambda e, c: _item(e, c, Kind.LEAVE, target=e.removed_by),
    wire.Rename: lambda e, c: _item(e, c, Kind.RENAME, target=e.name),
}


def _ms(moment: Any) -> int:
    return int(moment.timestamp() * 1000)
