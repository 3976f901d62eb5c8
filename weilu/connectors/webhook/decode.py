"""From the wire's events and receipts to what Weilu stores: pure."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from typing import Any, TypeVar

import msgspec

from weilu.chat.ports.orders import Arrival, Fate, JoinRequest, Parcel, Receipt
from weilu.chat.ports.records import INLINE, ChatRef, Form, Inbound, Kind, Platform
from weilu.connectors.webhook import wire

T = TypeVar("T")
_FATES = {"done": Fate.SENT, "refused": Fate.REFUSED, "expired": Fate.EXPIRED}
# How files of the kinds of pictures that are read begin; WebP has its name further on.
_BEGIN = (b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n", b"GIF87a", b"GIF89a", b"BM")
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
    """The events as a parcel; ids of one connection are never those of another.

    Raises NotUnderstood for a picture that is none.
    """
    arrivals: list[Arrival] = []
    requests: list[JoinRequest] = []
    for one in _checked(events).events:
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


def _checked(events: wire.Events) -> wire.Events:
    """The events, if their pictures can be any; raises NotUnderstood with the place."""
    for number, one in enumerate(events.events):
        if not isinstance(one, wire.Message) or isinstance(one.picture, msgspec.UnsetType):
            continue
        place = f"events[{number}].picture"
        if bool(one.picture.url) == bool(one.picture.base64):
            raise NotUnderstood("Either `url` or `base64`", place)
        if one.picture.url and not one.picture.url.startswith(("https://", "http://")):
            raise NotUnderstood("Not an address", f"{place}.url")
        if one.picture.base64 and not _is_picture(one.picture.base64):
            raise NotUnderstood("Not a JPEG, PNG, WebP, GIF or BMP in base64", f"{place}.base64")
    return events


def _is_picture(said: str) -> bool:
    try:
        data = base64.b64decode(said, validate=True)
    except ValueError:
        return False
    return data.startswith(_BEGIN) or (data[:4] == b"RIFF" and data[8:12] == b"WEBP")


def _media_of(one: wire.Message) -> str:
    """What the picture of a message is fetched by, "" for none."""
    if isinstance(one.picture, msgspec.UnsetType):
        return ""
    return one.picture.url or INLINE + one.picture.base64


def _message(one: Any, connection: int) -> Inbound:
    reply = "" if one.reply_to is msgspec.UNSET else one.reply_to
    media = _media_of(one)
    form = "picture" if media and one.form == "text" else one.form
    return _item(
        one,
        connection,
        Kind.MESSAGE,
        external_id=one.id,
        text=one.text,
        form=Form[form.upper()],
        reply_to=reply,
        media=media,
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
