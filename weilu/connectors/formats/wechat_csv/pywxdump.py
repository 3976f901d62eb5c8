"""Reads the CSV files of PyWxDump and its forks, old and new, with `users.json` for the names.

The tool writes a chat in several files, so the tables of one folder are one export.
"""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from weilu.chat.ports import Answers, Bundle, ChatRef, Entry, Inbound, Kind, Platform, Question
from weilu.connectors.formats.gathering import Gatherer
from weilu.connectors.formats.lines import head_text
from weilu.connectors.formats.tables import Columns, RowFormat, RowReader, cell
from weilu.connectors.formats.wechat_csv import kinds
from weilu.connectors.formats.wechat_csv.rows import (
    SELF_NAME,
    NamedAccounts,
    add_message,
    add_system,
)
from weilu.connectors.formats.written_times import WrittenTimes

USERS_BYTES = 64 * 1024 * 1024


class _User(msgspec.Struct):
    wxid: str = ""
    nickname: str = ""
    remark: str = ""


class _Content(msgspec.Struct):
    src: str = ""
    msg: str = ""


_USERS = msgspec.json.Decoder(dict[str, _User])
_CONTENT = msgspec.json.Decoder(_Content)


class PyWxDumpFormat(RowFormat):
    """PyWxDump tables, with the group's id or without it (WeFlow writes the latter)."""

    name = "pywxdump"
    label = "WeChat CSV (PyWxDump)"
    platform = Platform.WECHAT
    asks = frozenset({Question.ZONE, Question.GROUP})
    headings = (
        frozenset({"id", "MsgSvrID", "type_name", "is_sender", "talker", "msg", "CreateTime"}),
        frozenset({"id", "MsgSvrID", "type_name", "is_sender", "talker", "content", "CreateTime"}),
    )

    def recognise(self, entry: Entry) -> int:
        """Tables by their headings, and the list of users that goes with them."""
        if _is_users(entry):
            return 60
        return super().recognise(entry)

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """One bundle for each folder; a lone list of users makes an empty export."""
        folders: dict[str, list[Entry]] = {}
        for entry in sorted(entries, key=lambda e: _natural(e.path)):
            folders.setdefault(entry.path.rpartition("/")[0], []).append(entry)
        return [Bundle(self.name, self.label, tuple(group)) for group in folders.values()]

    def tables(self, bundle: Bundle) -> Sequence[Entry]:
        """Entries with rows."""
        return [entry for entry in bundle.entries if not _is_users(entry)]

    def reader(
        self, bundle: Bundle, columns: Columns, answers: Answers, gather: Gatherer
    ) -> RowReader:
        """Reader of one table."""
        return _Reader(columns, answers, gather, _users(bundle))


def _natural(path: str) -> tuple[tuple[int, str], ...]:
    """Sort key by which part 2 stands before part 10."""
    parts: list[tuple[int, str]] = []
    digits = ""
    for sign in path + " ":
        if sign.isdecimal():
            digits += sign
            continue
        if digits:
            parts.append((int(digits), ""))
            digits = ""
        parts.append((-1, sign))
    return tuple(parts)


def _is_users(entry: Entry) -> bool:
    text = head_text(entry)[:4000]
    return text.lstrip().startswith("{") and '"wxid"' in text and '"nickname"' in text


def _users(bundle: Bundle) -> dict[str, _User]:
    for entry in bundle.entries:
        if _is_users(entry) and entry.size <= USERS_BYTES:
            with entry.open() as stream:
                try:
                    return _USERS.decode(stream.read().removeprefix(b"\xef\xbb\xbf"))
                except msgspec.MsgspecError:
                    # Names only: the ids still tell people apart.
                    return {}
    return {}


class _Reader(RowReader):
    def __init__(
        self, columns: Columns, answers: Answers, gather: Gatherer, users: dict[str, _User]
    ) -> None:
        names = ("MsgSvrID", "type_name", "is_sender", "talker", "room_name", "CreateTime")
        self._places = tuple(columns.at(name) for name in names)
        self._msg, self._content = columns.at("msg"), columns.at("content")
        self._times = WrittenTimes(answers.zone)
        self._gather = gather
        self._users = users
        self._known = NamedAccounts()

    def take(self, number: int, row: list[str]) -> None:
        server_id, word, own, talker, room, created = (cell(row, p) for p in self._places)
        try:
            sent = self._times.moment(created)
        except ValueError:
            self._gather.note("bad_time", number, created or ",".join(row))
            return
        if room:
            user = self._users.get(room)
            title = (user.nickname or user.remark) if user else ""
            self._gather.switch(ChatRef(Platform.WECHAT, room, title))
        raw = self._text(row)
        if word in kinds.SYSTEM_WORDS:
            add_system(self._gather, self._known, sent, raw, number)
            return
        form = kinds.form_of_word(word)
        account = "" if talker == SELF_NAME else talker
        item = Inbound(
            Kind.MESSAGE,
            sent,
            account,
            self._name(account, own),
            kinds.readable(raw),
            external_id=server_id if server_id not in {"0", "None"} else "",
            reply_to=kinds.referred_id(raw),
            form=form,
        )
        add_message(self._gather, self._known, item, number)

    def _text(self, row: list[str]) -> str:
        text = cell(row, self._msg)
        if text:
            return text
        content = cell(row, self._content)
        try:
            return _CONTENT.decode(content).msg if content.startswith("{") else content
        except msgspec.MsgspecError:
            return content

    def _name(self, account: str, own: str) -> str:
        user = self._users.get(account)
        name = (user.nickname or user.remark) if user else ""
        return name or account or (SELF_NAME if own == "1" else "")


FORMATS = (PyWxDumpFormat(),)
