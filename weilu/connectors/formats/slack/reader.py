"""Reads Slack's workspace export as one bundle (handbook K-4)."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

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
    Unreadable,
)
from weilu.connectors.formats.jsonforms import file_form
from weilu.connectors.formats.jsonportions import (
    RecordError,
    by_folder,
    folder,
    over,
    portions,
)
from weilu.connectors.formats.jsonstream import Batch, Peek, peek, walk
from weilu.connectors.formats.slack.text import readable
from weilu.connectors.formats.slack.wire import Channel, Message, User

TARGETS = ((),)
_STAMP = re.compile(r"(\d{1,12})(?:\.(\d{1,9}))?")
_COMING = {
    "channel_join": Kind.JOIN,
    "group_join": Kind.JOIN,
    "channel_leave": Kind.LEAVE,
    "group_leave": Kind.LEAVE,
}
_SPOKEN = frozenset(
    {
        "bot_message",
        "file_share",
        "file_comment",
        "thread_broadcast",
        "me_message",
        "reply_broadcast",
    }
)


class _Workspace:
    """Names of a workspace's users and channels by their ids."""

    def __init__(self) -> None:
        self.names: dict[str, str] = {}
        self.bots: set[str] = set()
        self.channels: dict[str, str] = {}

    def learn(self, entry: Entry) -> None:
        """Take in a list of users or channels; a damaged one leaves ids instead of names."""
        try:
            if _is_users(peek(entry)):
                for batch in walk(entry, TARGETS, User):
                    for user in batch.records if isinstance(batch, Batch) else ():
                        self._add(user)
            else:
                for found in walk(entry, TARGETS, Channel):
                    for channel in found.records if isinstance(found, Batch) else ():
                        self.channels.setdefault(channel.name or channel.id, channel.id)
                        self.names.setdefault(channel.id, channel.name or channel.id)
        except Unreadable:
            return

    def _add(self, user: User) -> None:
        profile = user.profile
        shown = (profile.shown or profile.real_name) if profile is not None else None
        self.names[user.id] = shown or user.real_name or user.name or user.id
        if user.is_bot or (profile is not None and profile.bot):
            self.bots.add(user.id)


def stamp_ms(stamp: str) -> int:
    """UTC milliseconds of Slack's "seconds.microseconds", rounded down."""
    found = _STAMP.fullmatch(stamp)
    if found is None:
        raise RecordError("bad_time", stamp)
    return int(found[1]) * 1000 + int((found[2] or "")[:3].ljust(3, "0"))


class _Converter:
    """What the messages of a workspace tell of."""

    def __init__(self, workspace: _Workspace) -> None:
        self._workspace = workspace

    def __call__(self, message: Message) -> Sequence[Inbound]:
        sent_ms = stamp_ms(message.ts)
        if message.subtype in {"tombstone", "message_deleted"}:
            return (Inbound(Kind.RECALL, sent_ms, message.user or "", "", "", message.ts),)
        account, name, is_bot = self._sender(message)
        text = readable(message.text or "", self._workspace.names)
        kind, target = self._kind(message)
        form = form_of(message)
        if not text and message.attachments and kind == Kind.MESSAGE:
            form = Form.LINK if form == Form.TEXT else form
            shown = message.attachments[0]
            text = readable(shown.text or shown.fallback or "", self._workspace.names)
        thread = message.thread_ts if message.thread_ts != message.ts else None
        item = Inbound(
            kind, sent_ms, account, name, text, message.ts, thread or "", target, form, is_bot
        )
        return (item, *self._reactions(message, sent_ms)) if message.reactions else (item,)

    def _sender(self, message: Message) -> tuple[str, str, bool]:
        account = message.user or message.bot_id or ""
        profile = message.user_profile
        known = self._workspace.names.get(account) or message.username
        if known is None and profile is not None:
            known = profile.shown or profile.real_name
        is_bot = account in self._workspace.bots or (
            message.subtype == "bot_message" or (bool(message.bot_id) and not message.user)
        )
        return account, known or account, is_bot

    def _kind(self, message: Message) -> tuple[Kind, str]:
        if message.subtype in _COMING:
            inviter = message.inviter or ""
            return _COMING[message.subtype], self._workspace.names.get(inviter, inviter)
        if message.subtype is None or message.subtype in _SPOKEN:
            return Kind.MESSAGE, ""
        return Kind.NOTICE, ""

    def _reactions(self, message: Message, sent_ms: int) -> Iterator[Inbound]:
        """Reactions, which have no time, at the message's."""
        names = self._workspace.names
        for reaction in message.reactions or ():
            for user in reaction.users:
                yield Inbound(
                    Kind.REACTION,
                    sent_ms,
                    user,
                    names.get(user, user),
                    f":{reaction.name}:",
                    reply_to=message.ts,
                    is_bot=user in self._workspace.bots,
                )


def form_of(message: Message) -> Form:
    """What a message is made of, by its first file."""
    files = [one for one in (message.files or [message.file]) if one is not None]
    if files:
        return file_form(files[0].name or "", files[0].mimetype or "")
    return Form.ACTION if message.subtype == "me_message" else Form.TEXT


def _is_users(found: Peek) -> bool:
    first = found.first()
    return "profile" in first and "id" in first and "ts" not in first


def _is_channels(found: Peek) -> bool:
    first = found.first()
    return {"id", "created", "members"} <= first.keys() and "profile" not in first


def _is_log(found: Peek) -> bool:
    first = found.first()
    return {"date", "change_type"} <= first.keys()


def _is_day(found: Peek) -> bool:
    first = found.first()
    return first.get("type") == "message" and isinstance(first.get("ts"), str)


class SlackFormat:
    """Slack workspace export."""

    name = "slack"
    label = "Slack export"

    def recognise(self, entry: Entry) -> int:
        """90 for days of messages, 85 for lists of users and channels, 60 for the app log."""
        found = peek(entry)
        if found.top != "[" or found.at != ():
            return 0
        if _is_day(found):
            return 90
        if _is_users(found) or _is_channels(found):
            return 85
        return 60 if _is_log(found) else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """Lists and channels of one folder are one export; days are read channel by channel."""
        lists = [entry for entry in entries if not _is_day(peek(entry))]
        days = sorted((e for e in entries if _is_day(peek(e))), key=lambda e: e.path)
        found = by_folder(lists, days)
        strays = [day for head, rest in found if not head for day in rest]
        whole = [(head, rest) for head, rest in found if head]
        if strays:
            whole.append(((), strays))
        return [Bundle(self.name, self.label, (*head, *rest)) for head, rest in whole]

    def survey(self, bundle: Bundle) -> Survey:
        """Nothing to ask: times are Unix seconds."""
        del bundle
        return Survey()

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the records channel by channel, day by day."""
        del answers
        workspace = _Workspace()
        for entry in bundle.entries:
            if not _is_day(peek(entry)):
                workspace.learn(entry)
        told = _Converter(workspace)

        def read(entry: Entry) -> Iterator[Portion]:
            if not _is_day(peek(entry)):
                return iter(())
            name = folder(entry.path).rstrip("/").rpartition("/")[2]
            chat = ChatRef(Platform.SLACK, workspace.channels.get(name, ""), name)
            return portions(entry, walk(entry, TARGETS, Message), lambda _: chat, told)

        return over(bundle, read)
