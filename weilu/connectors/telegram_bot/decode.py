"""Bot API updates as records: pure, from the JSON of the documentation."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from msgspec.structs import replace

from weilu.chat.ports.orders import Arrival, JoinRequest
from weilu.chat.ports.records import ChatRef, Form, Inbound, Kind, Platform

# Wire data: any JSON object.
Json = Mapping[str, Any]

GROUPS = {"group", "supergroup"}
# Ids of supergroups begin with this; Telegram Desktop leaves it away.
_SUPER = "-100"
_FORMS = {
    "photo": Form.PICTURE, "voice": Form.VOICE, "audio": Form.VOICE, "video": Form.VIDEO,
    "video_note": Form.VIDEO, "animation": Form.VIDEO, "document": Form.FILE,
    "sticker": Form.STICKER, "location": Form.LOCATION, "venue": Form.LOCATION,
    "contact": Form.CARD, "poll": Form.POLL, "dice": Form.STICKER,
}  # fmt: skip
_DESCRIBED = {
    "sticker": "emoji", "dice": "emoji", "poll": "question", "document": "file_name",
    "contact": "first_name", "venue": "title",
}  # fmt: skip
_LEADING = {"administrator", "creator"}
_IN = {"member"} | _LEADING


def key_of(chat_id: int) -> str:
    """A chat's id as exports have it."""
    text = str(chat_id)
    return text.removeprefix(_SUPER) if text.startswith(_SUPER) else text.removeprefix("-")


def chat_of(chat: Json) -> ChatRef | None:
    """The group of a chat object; None for private chats, channels and garbage."""
    number = chat.get("id")
    if chat.get("type") not in GROUPS or not isinstance(number, int):
        return None
    return ChatRef(Platform.TELEGRAM, key_of(number), _text(chat, "title"))


def decode(update: Json) -> Iterator[Arrival | JoinRequest]:
    """What an update tells of; nothing for what is of no interest."""
    for kind, decoder in _DECODERS.items():
        body = update.get(kind)
        if isinstance(body, Mapping):
            chat = chat_of(_mapping(body, "chat"))
            if chat is not None and isinstance(body.get("date"), int):
                yield from decoder(chat, body)


def message(chat: ChatRef, body: Json) -> Iterator[Arrival]:
    """A message, or what a service message tells of."""
    at = body["date"] * 1000
    for user in _list(body, "new_chat_members"):
        by = _name(_mapping(body, "from")) if _id(user) != _id(_mapping(body, "from")) else ""
        yield _membership(chat, Kind.JOIN, user, body["date"], by)
    left = _mapping(body, "left_chat_member")
    if left:
        by = _name(_mapping(body, "from")) if _id(left) != _id(_mapping(body, "from")) else ""
        yield _membership(chat, Kind.LEAVE, left, body["date"], by)
    account, name, is_bot = _sender(body)
    number = body.get("message_id")
    text = _text(body, "text") or _text(body, "caption")
    form, said = _content(body, text)
    moved = _moved(chat, body)
    if moved is not None:
        item = Inbound(Kind.NOTICE, at, account, name, text="supergroup", external_id=str(number))
        yield Arrival(moved, item)
    title = _text(body, "new_chat_title")
    if title:
        item = Inbound(Kind.NOTICE, at, account, name, text=title, external_id=str(number))
        yield Arrival(chat, item)
    if form is None or not isinstance(number, int):
        return
    reply = _mapping(body, "reply_to_message").get("message_id")
    item = Inbound(
        Kind.MESSAGE,
        at,
        account,
        name,
        text=said,
        external_id=str(number),
        reply_to=str(reply) if isinstance(reply, int) and not _is_topic(body) else "",
        form=form,
        is_bot=is_bot,
        media=_picture(body),
    )
    yield Arrival(chat, item)


def _moved(chat: ChatRef, body: Json) -> ChatRef | None:
    """The supergroup that a group has become, told in the one or the other; None for none."""
    to, came = body.get("migrate_to_chat_id"), body.get("migrate_from_chat_id")
    if isinstance(to, int):
        return ChatRef(chat.platform, key_of(to), chat.name, former=chat.key)
    if isinstance(came, int):
        return ChatRef(chat.platform, chat.key, chat.name, former=key_of(came))
    return None


def _picture(body: Json) -> str:
    """The id of a picture's file: its largest size, or a picture sent as a file."""
    sizes = _list(body, "photo")
    if sizes:
        return _text(max(sizes, key=_area), "file_id")
    document = _mapping(body, "document")
    is_picture = _text(document, "mime_type").startswith("image/")
    return _text(document, "file_id") if is_picture else ""


def _area(size: Json) -> int:
    wide, high = size.get("width"), size.get("height")
    return wide * high if isinstance(wide, int) and isinstance(high, int) else 0


def _edited(chat: ChatRef, body: Json) -> Iterator[Arrival]:
    """The new text of a message; with the time of the old one, by which it is found."""
    account, name, _bot = _sender(body)
    text = _text(body, "text") or _text(body, "caption")
    number = body.get("message_id")
    if text and isinstance(number, int):
        at = body["date"] * 1000
        item = Inbound(Kind.EDIT, at, account, name, text=text, external_id=str(number))
        yield Arrival(chat, item)


def _member(chat: ChatRef, body: Json) -> Iterator[Arrival]:
    """Somebody came or left, as administrators are told."""
    old, new = _mapping(body, "old_chat_member"), _mapping(body, "new_chat_member")
    was, is_in = _is_in(old), _is_in(new)
    user, by = _mapping(new, "user"), _mapping(body, "from")
    if was == is_in or not user:
        return
    kind = Kind.JOIN if is_in else Kind.LEAVE
    other = _name(by) if _id(by) != _id(user) else ""
    came = _membership(chat, kind, user, body["date"], other)
    # The name that a link was given when it was made; only administrators are told.
    link = _text(_mapping(body, "invite_link"), "name") if is_in else ""
    yield Arrival(chat, replace(came.item, text=link)) if link else came


def leading(update: Json) -> tuple[str, bool] | None:
    """A group's key and whether the bot is an administrator there; None where it is not told.

    Only administrators hear of other members by `chat_member`.
    """
    mine, others = _mapping(update, "my_chat_member"), _mapping(update, "chat_member")
    chat = chat_of(_mapping(mine or others, "chat"))
    if chat is None:
        return None
    return chat.key, not mine or _mapping(mine, "new_chat_member").get("status") in _LEADING


def _asks(chat: ChatRef, body: Json) -> Iterator[JoinRequest]:
    user = _mapping(body, "from")
    account = _id(user)
    if account:
        words = _text(body, "bio")
        yield JoinRequest(chat, account, account, _name(user), body["date"] * 1000, words)


def _reaction(chat: ChatRef, body: Json) -> Iterator[Arrival]:
    user, number = _mapping(body, "user"), body.get("message_id")
    signs = [_text(one, "emoji") for one in _list(body, "new_reaction")]
    if _id(user) and isinstance(number, int) and any(signs):
        item = Inbound(
            Kind.REACTION,
            body["date"] * 1000,
            _id(user),
            _name(user),
            text="".join(signs),
            external_id=f"r{number}-{_id(user)}-{body['date']}",
            reply_to=str(number),
        )
        yield Arrival(chat, item)


_DECODERS: dict[str, Callable[[ChatRef, Json], Iterator[Arrival | JoinRequest]]] = {
    "message": message,
    "edited_message": _edited,
    "chat_member": _member,
    "my_chat_member": _member,
    "chat_join_request": _asks,
    "message_reaction": _reaction,
}
ALLOWED = tuple(_DECODERS)


def _membership(chat: ChatRef, kind: Kind, user: Json, date: int, by: str) -> Arrival:
    """Both the service message and the administrators' update have this id: it counts once."""
    item = Inbound(
        kind,
        date * 1000,
        _id(user),
        _name(user),
        external_id=f"{'j' if kind == Kind.JOIN else 'l'}{_id(user)}-{date}",
        target=by,
        is_bot=bool(user.get("is_bot")),
    )
    return Arrival(chat, item)


def _content(body: Json, text: str) -> tuple[Form | None, str]:
    """What a message is made of, None for none; and its text."""
    for key, form in _FORMS.items():
        value = body.get(key)
        if value:
            return form, text or _described(key, value)
    return (Form.TEXT, text) if text else (None, "")


def _described(key: str, value: object) -> str:
    """What is said of something that is not text: its sign, question, name or title."""
    field = _DESCRIBED.get(key)
    return _text(value, field) if field and isinstance(value, Mapping) else ""


def _sender(body: Json) -> tuple[str, str, bool]:
    """Account, name and whether it is a bot; a group or channel may speak for itself."""
    other = _mapping(body, "sender_chat")
    number = other.get("id")
    if isinstance(number, int):
        kind = "channel" if other.get("type") == "channel" else "chat"
        return f"{kind}{key_of(number)}", _text(other, "title"), False
    user = _mapping(body, "from")
    return _id(user), _name(user), bool(user.get("is_bot"))


def _is_topic(body: Json) -> bool:
    """In forums every message answers the one that opened its topic: that is no answer."""
    reply = _mapping(body, "reply_to_message")
    return bool(body.get("is_topic_message")) and "forum_topic_created" in reply


def _is_in(member: Json) -> bool:
    status = member.get("status")
    return status in _IN or (status == "restricted" and bool(member.get("is_member")))


def _id(user: Json) -> str:
    number = user.get("id")
    return f"user{number}" if isinstance(number, int) else ""


def _name(user: Json) -> str:
    parts = [_text(user, "first_name"), _text(user, "last_name")]
    return " ".join(part for part in parts if part) or _text(user, "username")


def _text(of: Json, key: str) -> str:
    value = of.get(key)
    return value if isinstance(value, str) else ""


def _mapping(of: Json, key: str) -> Json:
    value = of.get(key)
    return value if isinstance(value, Mapping) else {}


def _list(of: Json, key: str) -> list[Json]:
    value = of.get(key)
    return [one for one in value if isinstance(one, Mapping)] if isinstance(value, list) else []
