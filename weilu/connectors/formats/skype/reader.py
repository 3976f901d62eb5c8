"""Reads Skype's `messages.json` (handbook K-4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from weilu.chat.ports import Answers, Bundle, ChatRef, Entry, Form, Inbound, Kind, Platform, Portion
from weilu.connectors.formats.html import Node, parse, text_of
from weilu.connectors.formats.jsonbase import OneFileFormat
from weilu.connectors.formats.jsonportions import RecordError, iso_ms, portions
from weilu.connectors.formats.jsonstream import At, Batch, Field, outline, peek, walk
from weilu.connectors.formats.skype.wire import Message

TARGETS = (("conversations", "*", "MessageList"),)
_ABOUT = ("id", "displayName")
_FORMS = (
    ("RichText/Media_Video", Form.VIDEO),
    ("RichText/Media_Audio", Form.VOICE),
    ("RichText/Media_GenericFile", Form.FILE),
    ("RichText/Media_Card", Form.LINK),
    ("RichText/Media_Call", Form.CALL),
    ("RichText/UriObject", Form.PICTURE),
    ("RichText/Media", Form.FILE),
    ("RichText/Location", Form.LOCATION),
    ("RichText/Contacts", Form.CARD),
    ("RichText/Sms", Form.TEXT),
    ("Event/Call", Form.CALL),
    ("PopCard", Form.LINK),
    ("Poll", Form.POLL),
)
_SPOKEN = ("Text", "RichText", "Event/Call", "PopCard", "Poll")
_JOINED = "ThreadActivity/AddMember"
_LEFT = "ThreadActivity/DeleteMember"
_QUOTES = frozenset({"quote", "legacyquote"})
_NUMBERED = re.compile(r"^\d{1,2}:")


class SkypeFormat(OneFileFormat):
    """Skype and Teams for home: all conversations of an account."""

    name = "skype"
    label = "Skype JSON"

    def recognise(self, entry: Entry) -> int:
        """95 by the keys of the download."""
        found = peek(entry)
        if found.top != "{" or not found.has("conversations"):
            return 0
        if found.has("userId", "exportDate"):
            return 95
        return 85 if b'"MessageList"' in entry.head.replace(b"\0", b"") else 0

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the messages conversation by conversation, newest first as the file has them."""
        del answers
        return _Reading(bundle.entries[0]).portions()


class _Reading:
    """One pass over one file, following which conversation it is in."""

    def __init__(self, entry: Entry) -> None:
        self._entry = entry
        self._seen: dict[At, object] = {}
        self._chats: dict[At, ChatRef] = {}
        self._is_outlined = False
        self._names: dict[str, str] = {}

    def portions(self) -> Iterator[Portion]:
        return portions(self._entry, self._events(), self._chat, self._told)

    def _events(self) -> Iterator[Field | Batch[Message]]:
        for event in walk(self._entry, TARGETS, Message, _ABOUT):
            if isinstance(event, Field):
                self._seen[event.at] = event.value
            else:
                yield event

    def _chat(self, at: At) -> ChatRef:
        if at not in self._chats:
            above = at[:-1]
            if (*above, "id") not in self._seen and not self._is_outlined:
                self._seen = outline(self._entry, TARGETS, _ABOUT)
                self._is_outlined = True
            key, name = (self._seen.get((*above, one)) for one in _ABOUT)
            shown = name if isinstance(name, str) and name else _plain(str(key or ""))
            self._chats[at] = ChatRef(Platform.SKYPE, str(key or ""), shown)
        return self._chats[at]

    def _told(self, message: Message) -> Sequence[Inbound]:
        if not message.written:
            raise RecordError("bad_record", message.id)
        sent, kind = iso_ms(message.written), message.kind or ""
        external_id = "" if message.id is None else str(message.id)
        content = message.content or ""
        is_of_people = kind in {_JOINED, _LEFT}
        if is_of_people and (people := self._people(kind, content, sent, external_id)):
            return people
        account = message.account or ""
        name = self._named(account, message.name)
        if not kind.startswith(_SPOKEN):
            text = f"{kind} {text_of(parse(content))}".strip()
            return (Inbound(Kind.NOTICE, sent, account, name, text, external_id),)
        if not content and message.properties is not None and message.properties.deleted:
            return (Inbound(Kind.RECALL, sent, account, name, "", external_id),)
        form = next((form for start, form in _FORMS if kind.startswith(start)), Form.TEXT)
        item = Inbound(Kind.MESSAGE, sent, account, name, said(content), external_id, form=form)
        return (item, *self._reactions(message, item))

    def _named(self, account: str, name: str | None) -> str:
        """The name shown, else the last one known, else what the account is called."""
        if name:
            if len(self._names) < 100_000:
                self._names[account] = name
            return name
        return self._names.get(account) or _plain(account)

    def _people(self, kind: str, content: str, sent: int, external_id: str) -> Sequence[Inbound]:
        root = parse(content)
        by = next((text_of(one) for one in root.below() if one.tag == "initiator"), "")
        accounts = [text_of(one) for one in root.below() if one.tag == "target"]
        return [
            Inbound(
                Kind.JOIN if kind == _JOINED else Kind.LEAVE,
                sent,
                account,
                self._named(account, None),
                "",
                f"{external_id}.{place}" if place else external_id,
                target="" if by == account else self._named(by, None) if by else "",
            )
            for place, account in enumerate(accounts)
            if account
        ]

    def _reactions(self, message: Message, item: Inbound) -> Iterator[Inbound]:
        emotions = message.properties.emotions if message.properties is not None else None
        for emotion in emotions or ():
            for giver in emotion.users:
                written = str(giver.time or "")
                yield Inbound(
                    Kind.REACTION,
                    int(written) if written.isdecimal() and len(written) == 13 else item.sent_ms,
                    giver.mri,
                    self._named(giver.mri, None),
                    emotion.key,
                    reply_to=item.external_id,
                )


def said(content: str) -> str:
    """The words of a message without its markup and without what it quotes."""
    if "<" not in content and "&" not in content:
        return content
    root = parse(content)
    _drop_quotes(root)
    return text_of(root)


def _drop_quotes(node: Node) -> None:
    node.inside = [one for one in node.inside if isinstance(one, str) or one.tag not in _QUOTES]
    for one in node.inside:
        if isinstance(one, Node):
            _drop_quotes(one)


def _plain(account: str) -> str:
    """An account without the number of its network: "8:live:bob" is live:bob."""
    return _NUMBERED.sub("", account)
