"""Reads Google Chat's `messages.json` of Takeout, named by the `group_info.json` beside it (K-4).

Source: public downloads and importers. Times are written in the language of the account: English,
Chinese and what resembles them are read.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from zoneinfo import ZoneInfo

import msgspec

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
    Survey,
)
from weilu.connectors.formats.jsonforms import file_form
from weilu.connectors.formats.jsonportions import RecordError, by_folder, over, portions
from weilu.connectors.formats.jsonstream import peek, walk
from weilu.connectors.formats.written_times import WrittenTimes

TARGETS = (("messages",),)
_SPACES = re.compile(r"[\u202f\u00a0\s]+")
_CHINESE = re.compile(r"(\d{4}年\d{1,2}月\d{1,2}日) ?(?:星期.|周.)? ?(UTC|GMT)? ?(.+)")
_UTC = ZoneInfo("UTC")


class Creator(msgspec.Struct, gc=False):
    """Who wrote it."""

    name: str | None = None
    email: str | None = None
    user_type: str | None = None


class Attached(msgspec.Struct, gc=False):
    """A file."""

    original_name: str | None = None
    export_name: str | None = None


class Quoted(msgspec.Struct, gc=False):
    """The message answered; newer downloads have its id."""

    message_id: str | None = None


class Sign(msgspec.Struct, gc=False):
    """What a reaction shows."""

    unicode: str | None = None


class Reaction(msgspec.Struct, gc=False):
    """One kind of reaction and who gave it."""

    emoji: Sign | None = None
    reactor_emails: list[str] | None = None


class Message(msgspec.Struct, gc=False):
    """A message as Takeout has it."""

    creator: Creator | None = None
    created_date: str | None = None
    text: str | None = None
    message_id: str | None = None
    message_state: str | None = None
    attached_files: list[Attached] | None = None
    quoted_message_metadata: Quoted | None = None
    reactions: list[Reaction] | None = None


_TIMES = WrittenTimes(_UTC)


def sent_ms(written: str) -> int:
    """UTC milliseconds of a time as Takeout writes it.

    Raises RecordError("bad_time") for what cannot be read.
    """
    plain = _SPACES.sub(" ", written.strip())
    if found := _CHINESE.fullmatch(plain):
        plain = f"{found[1]} {found[3].removesuffix(' UTC')} UTC"
    try:
        return _TIMES.moment(plain)
    except ValueError:
        raise RecordError("bad_time", written) from None


def told(message: Message) -> Sequence[Inbound]:
    """The message with its reactions, or that it was deleted."""
    creator = message.creator or Creator()
    account, name = creator.email or "", creator.name or creator.email or ""
    if not message.created_date:
        raise RecordError("bad_record", message.message_id or "")
    sent = sent_ms(message.created_date)
    external_id = message.message_id or ""
    if message.message_state == "DELETED":
        return (Inbound(Kind.RECALL, sent, account, name, "", external_id),)
    files = message.attached_files or ()
    quoted = message.quoted_message_metadata
    item = Inbound(
        Kind.MESSAGE,
        sent,
        account,
        name,
        message.text or "",
        external_id,
        (quoted.message_id or "") if quoted is not None else "",
        form=file_form(files[0].original_name or "") if files else Form.TEXT,
        is_bot=(creator.user_type or "").lower() == "bot",
    )
    return (item, *_reactions(message, item)) if external_id else (item,)


def _reactions(message: Message, item: Inbound) -> Iterator[Inbound]:
    for reaction in message.reactions or ():
        shown = (reaction.emoji.unicode or "") if reaction.emoji is not None else ""
        for email in reaction.reactor_emails or ():
            yield Inbound(
                Kind.REACTION, item.sent_ms, email, email, shown, reply_to=item.external_id
            )


class GoogleChatFormat:
    """Google Chat by Takeout; a space is a folder."""

    name = "google_chat"
    label = "Google Chat (Takeout)"

    def recognise(self, entry: Entry) -> int:
        """95 for messages, 60 for what Takeout writes beside them."""
        found = peek(entry)
        if found.top != "{":
            return 0
        if found.at == ("messages",) and {"creator", "created_date"} <= found.first().keys():
            return 95
        return 60 if _is_group(entry) or _is_user(entry) else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """The messages of each folder with the name of their space."""
        messages = [e for e in entries if not _is_group(e) and not _is_user(e)]
        beside = [e for e in entries if _is_group(e)]
        found = [[*first, *rest] for first, rest in by_folder(messages, beside) if first or rest]
        groups = found or [[]]
        groups[0].extend(e for e in entries if _is_user(e))
        return [Bundle(self.name, self.label, tuple(group)) for group in groups if group]

    def survey(self, bundle: Bundle) -> Survey:
        """Nothing to ask: times are in UTC."""
        del bundle
        return Survey()

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the messages of the space."""
        del answers
        about = next((e for e in bundle.entries if _is_group(e)), None)
        name = str(peek(about).fields.get(("name",)) or "") if about is not None else ""
        chat = ChatRef(Platform.GOOGLE_CHAT, "", name)

        def read(entry: Entry) -> Iterator[Portion]:
            if _is_group(entry) or _is_user(entry):
                return iter(())
            return portions(entry, walk(entry, TARGETS, Message), lambda _: chat, told)

        return over(bundle, read)


def _is_group(entry: Entry) -> bool:
    found = peek(entry)
    members = found.fields.get(("members",))
    is_listed = isinstance(members, list) and bool(members) and "email" in str(members[0])
    return found.has("members") and not found.has("messages") and is_listed


def _is_user(entry: Entry) -> bool:
    return peek(entry).has("user", "membership_info")
