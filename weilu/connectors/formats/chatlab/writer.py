"""Writes a group's records as ChatLab 0.0.2, losing nothing (handbook K-4)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import chain, islice
from typing import BinaryIO

import msgspec

from weilu.chat.ports import ChatRef, Form, Inbound, Kind
from weilu.connectors.formats.chatlab.wire import (
    FORM_OF,
    OTHER,
    RECALLED,
    SYSTEM,
    TYPE_OF,
    VERSION,
    Extra,
    WrittenLine,
    WrittenMessage,
)

GENERATOR = "Weilu"
_RUN = 1_000
_KIND_TYPES = {
    Kind.JOIN: SYSTEM,
    Kind.LEAVE: SYSTEM,
    Kind.RENAME: SYSTEM,
    Kind.NOTICE: SYSTEM,
    Kind.EDIT: OTHER,
    Kind.RECALL: RECALLED,
    Kind.REACTION: OTHER,
    Kind.PRESENT: SYSTEM,
}


def written(item: Inbound, kind: type[WrittenMessage] = WrittenMessage) -> WrittenMessage:
    """One record as a ChatLab message."""
    seconds, rest_ms = divmod(item.sent_ms, 1000)
    number = TYPE_OF[Form(item.form)] if item.kind == Kind.MESSAGE else _KIND_TYPES[Kind(item.kind)]
    extra = Extra(
        kind=None if item.kind == Kind.MESSAGE else int(item.kind),
        form=None if FORM_OF.get(number, Form.TEXT) == item.form else int(item.form),
        account=None if item.account else "",
        target=item.target,
        is_bot=item.is_bot,
        rest_ms=rest_ms,
    )
    return kind(
        item.account or item.name,
        item.name,
        seconds,
        number,
        item.text or None,
        item.external_id or msgspec.UNSET,
        item.reply_to or msgspec.UNSET,
        msgspec.UNSET if extra == _PLAIN else extra,
    )


_PLAIN = Extra()


@dataclass
class _Members:
    """Who spoke, with the names they had; the last one counts."""

    names: dict[str, list[str]]

    def see(self, items: Iterable[Inbound]) -> Iterator[Inbound]:
        """Pass the items on and note who sent them."""
        for item in items:
            names = self.names.setdefault(item.account or item.name, [])
            if not names or names[-1] != item.name:
                if item.name in names:
                    names.remove(item.name)
                names.append(item.name)
            yield item

    def written(self) -> Iterator[dict[str, object]]:
        """ChatLab's members, earlier names as aliases."""
        for sender, names in self.names.items():
            if not sender:
                continue
            member: dict[str, object] = {"platformId": sender, "accountName": names[-1]}
            if aliases := [name for name in names[:-1] if name]:
                member["aliases"] = aliases
            yield member


def _head(exported_at_s: int) -> dict[str, object]:
    return {"version": VERSION, "exportedAt": exported_at_s, "generator": GENERATOR}


def _meta(chat: ChatRef) -> dict[str, object]:
    meta: dict[str, object] = {
        "name": chat.name,
        "platform": chat.platform.value,
        "type": "group",
    }
    if chat.key:
        meta["groupId"] = chat.key
    return meta


@dataclass(frozen=True)
class ChatLabWriter:
    """Writes one JSON object; `exported_at_s` is when, in Unix seconds."""

    exported_at_s: int = 0

    def write(self, chat: ChatRef, items: Iterable[Inbound], out: BinaryIO) -> int:
        """Write one group, members last, because they are known only then; returns the count."""
        encode = msgspec.json.Encoder().encode
        members = _Members({})
        out.write(b'{"chatlab":' + encode(_head(self.exported_at_s)))
        out.write(b',"meta":' + encode(_meta(chat)) + b',"messages":[')
        count = 0
        seen = members.see(items)
        while run := [written(item) for item in islice(seen, _RUN)]:
            out.write((b",\n" if count else b"\n") + b",\n".join(map(encode, run)))
            count += len(run)
        out.write(b'\n],"members":[\n' + b",\n".join(map(encode, members.written())) + b"\n]}\n")
        return count


@dataclass(frozen=True)
class ChatLabLinesWriter:
    """Writes JSON Lines; `exported_at_s` is when, in Unix seconds."""

    exported_at_s: int = 0

    def write(self, chat: ChatRef, items: Iterable[Inbound], out: BinaryIO) -> int:
        """Write a header, the messages and then the members; returns how many messages."""
        encode = msgspec.json.Encoder().encode
        members = _Members({})
        header = {"_type": "header", "chatlab": _head(self.exported_at_s), "meta": _meta(chat)}
        out.write(encode(header) + b"\n")
        count = 0
        seen = members.see(items)
        while run := [written(item, WrittenLine) for item in islice(seen, _RUN)]:
            out.write(b"".join(chain.from_iterable((encode(one), b"\n") for one in run)))
            count += len(run)
        for member in members.written():
            out.write(encode({"_type": "member", **member}) + b"\n")
        return count
