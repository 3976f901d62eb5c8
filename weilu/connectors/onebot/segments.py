"""Messages of OneBot v11 as text and form: segments, or the older text with CQ codes; pure."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from weilu.chat.ports.records import Form
from weilu.connectors.wire import Json, mapping, rows, text

_CODE = re.compile(r"\[CQ:([a-zA-Z0-9_.-]+)((?:,[a-zA-Z0-9_.-]+=[^,\]]*)*)\]")
_ESCAPES = (("&#44;", ","), ("&#91;", "["), ("&#93;", "]"), ("&amp;", "&"))
_FORMS = {
    "image": Form.PICTURE, "record": Form.VOICE, "video": Form.VIDEO, "file": Form.FILE,
    "onlinefile": Form.FILE, "mface": Form.STICKER, "dice": Form.STICKER, "rps": Form.STICKER,
    "share": Form.LINK, "music": Form.LINK, "location": Form.LOCATION, "contact": Form.CARD,
    "json": Form.LINK, "xml": Form.LINK, "miniapp": Form.LINK, "lightapp": Form.LINK,
    "forward": Form.FORWARD, "node": Form.FORWARD, "poke": Form.ACTION, "shake": Form.ACTION,
}  # fmt: skip
# Cards that recommend a person or a group, and talk passed on; others lead to a page or a program.
_SHARED = re.compile(r"com\.tencent\.(?:contact|troopsharecard|qun\.invite)")
_PASSED_ON = "com.tencent.multimsg"
# Of talk passed on so much is read, in so many layers: who forwards an advertisement shows it.
MOST_PASSED_ON, DEEPEST = 50, 3
CARD_CHARS = 4_000
_TEXTUAL = {"text", "at", "face", "reply", "markdown", "anonymous"}


@dataclass(frozen=True, slots=True)
class Said:
    """What readers see of a message."""

    text: str
    form: Form
    reply_to: str
    picture: str = ""


def said(message: object, name_of: Callable[[str], str]) -> Said:
    """A message as text, what it is mainly made of, and which message it answers.

    `name_of` knows the shown name of an account, "" where nobody does.
    """
    parts: list[str] = []
    form, reply_to, picture = None, "", ""
    for kind, data in segments(message):
        if kind == "reply":
            reply_to = text(data, "id")
        elif kind not in _TEXTUAL and form is None:
            form = _form(kind, data)
            picture = text(data, "url") if form == Form.PICTURE else ""
        parts.append(_words(kind, data, name_of))
    made = form if form is not None else Form.TEXT
    return Said("".join(parts).strip(), made, reply_to, picture)


def segments(message: object) -> Iterator[tuple[str, Json]]:
    """Kind and data of each segment of a message in either form."""
    if isinstance(message, str):
        yield from _codes(message)
        return
    for one in [message] if isinstance(message, Mapping) else rows(message):
        yield text(one, "type"), mapping(one, "data")


def _codes(message: str) -> Iterator[tuple[str, Json]]:
    at = 0
    for found in _CODE.finditer(message):
        if found.start() > at:
            yield "text", {"text": _plain(message[at : found.start()])}
        pairs = (one.partition("=") for one in found[2].split(",") if one)
        yield found[1], {key: _plain(value) for key, _sign, value in pairs}
        at = found.end()
    if at < len(message):
        yield "text", {"text": _plain(message[at:])}


def _plain(escaped: str) -> str:
    for code, sign in _ESCAPES:
        escaped = escaped.replace(code, sign)
    return escaped


def _form(kind: str, data: Json) -> Form:
    # QQ sends its own large stickers as pictures of another sub type.
    if kind == "image" and (text(data, "sub_type", "subType") == "1" or "emoji_id" in data):
        return Form.STICKER
    if kind in {"json", "lightapp"}:
        card = str(data.get("data"))[:CARD_CHARS]
        if _SHARED.search(card):
            return Form.CARD
        if _PASSED_ON in card:
            return Form.FORWARD
    return _FORMS.get(kind, Form.OTHER)


def _words(kind: str, data: Json, name_of: Callable[[str], str]) -> str:
    if kind in _SAY:
        return _SAY[kind](data)
    if kind == "at":
        who = text(data, "qq")
        shown = "全体成员" if who == "all" else name_of(who) or text(data, "name") or who
        return f"@{shown.removeprefix('@')} "
    return ""


def _card(data: Json) -> str:
    """What a card shows: its prompt, and the address it leads to, so that both can be judged."""
    raw = data.get("data")
    try:
        card = json.loads(raw) if isinstance(raw, str) else raw
    except ValueError:
        return ""
    if not isinstance(card, Mapping):
        return ""
    inner = next((one for one in mapping(card, "meta").values() if isinstance(one, Mapping)), {})
    words = text(card, "prompt") or text(inner, "title", "desc")
    link = text(inner, "jumpUrl", "qqdocurl", "url")
    return "\n".join(part for part in (words, link) if part)


def _passed_on(data: Json, depth: int = 0) -> str:
    """The words of messages passed on, a line each, where the implementation tells them."""
    found = []
    for one in rows(data.get("content"))[:MOST_PASSED_ON]:
        # Either events with a `message`, or nodes that hold segments or text in turn.
        node = mapping(one, "data") or one
        inner = node.get("message", node.get("content"))
        for kind, more in segments(inner):
            if kind in _PASSES_ON and depth < DEEPEST:
                found.append(_passed_on(more, depth + 1))
            elif kind in _SAY and kind not in _PASSES_ON:
                found.append(_SAY[kind](more))
    return "\n".join(line for line in found if line)[:CARD_CHARS]


def _lines(*keys: str) -> Callable[[Json], str]:
    def words(data: Json) -> str:
        return "\n".join(part for part in (text(data, key) for key in keys) if part)

    return words


_PASSES_ON = {"forward", "node"}
_SAY: dict[str, Callable[[Json], str]] = {
    "text": _lines("text"),
    "markdown": _lines("content"),
    "mface": _lines("summary"),
    "file": lambda data: text(data, "name", "file"),
    "share": _lines("title", "url"),
    "music": _lines("title", "url"),
    "location": _lines("title", "content"),
    "contact": _lines("id"),
    "forward": _passed_on,
    "json": _card,
    "lightapp": _card,
}
