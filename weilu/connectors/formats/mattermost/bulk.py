"""Reads Mattermost's bulk export, a line of JSON each (handbook K-4)."""

from __future__ import annotations

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
)
from weilu.connectors.formats.jsonbase import OneFileFormat
from weilu.connectors.formats.jsonlines import lines
from weilu.connectors.formats.jsonportions import RecordError, mixed
from weilu.connectors.formats.jsonstream import peek
from weilu.connectors.formats.mattermost.wire import BulkPost, BulkReaction, BulkReply, Line

_EVENTS = {
    "system_join_channel": Kind.JOIN,
    "system_join_team": Kind.JOIN,
    "system_add_to_channel": Kind.JOIN,
    "system_leave_channel": Kind.LEAVE,
    "system_leave_team": Kind.LEAVE,
    "system_remove_from_channel": Kind.LEAVE,
}
_KINDS = frozenset(
    {"version", "team", "channel", "user", "post", "direct_channel", "direct_post", "emoji", "role"}
)


class MattermostBulkFormat(OneFileFormat):
    """Mattermost's bulk export."""

    name = "mattermost_bulk"
    label = "Mattermost bulk export"

    def recognise(self, entry: Entry) -> int:
        """95 for lines that name their kind and hold a thing of that kind."""
        found = peek(entry)
        kind = found.fields.get(("type",))
        if found.top != "{" or not isinstance(kind, str) or kind not in _KINDS:
            return 0
        return 95 if found.has(kind) else 0

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """Stream the posts channel by channel, as they come."""
        del answers
        entry = bundle.entries[0]
        names: dict[tuple[str, str], str] = {}

        def told(line: Line) -> Iterator[tuple[ChatRef, Inbound]]:
            if (about := line.channel) is not None:
                names[about.team or "", about.name or ""] = about.display_name or ""
            post = line.post or line.direct_post
            if post is None:
                return
            if post.create_at is None or not post.user:
                raise RecordError("bad_record", post.message or "")
            chat = _chat(post, names)
            for item in _told(post):
                yield chat, item

        yield from mixed(entry, lines(entry, Line), told, ChatRef(Platform.MATTERMOST, "", ""))


def _chat(post: BulkPost, names: dict[tuple[str, str], str]) -> ChatRef:
    if post.channel_members:
        people = sorted(post.channel_members)
        return ChatRef(Platform.MATTERMOST, "|".join(people)[:180], ", ".join(people))
    team, channel = post.team or "", post.channel or ""
    name = names.get((team, channel)) or channel
    return ChatRef(Platform.MATTERMOST, f"{team}/{channel}", name)


def _told(post: BulkPost) -> Iterator[Inbound]:
    """A post, its answers and all reactions; ids are made of channel, time and author.

    The export has none, and answers and reactions must say to what.
    """
    user, sent = post.user or "", post.create_at or 0
    known = _EVENTS.get(post.type or "")
    if known is not None:
        yield Inbound(known, sent, user, user)
        return
    if (post.type or "").startswith("system_"):
        yield Inbound(Kind.NOTICE, sent, user, user, post.message or "")
        return
    number = f"{sent}.{user}"
    form = Form.FILE if post.attachments else Form.TEXT
    yield Inbound(Kind.MESSAGE, sent, user, user, post.message or "", number, form=form)
    yield from _reactions(post.reactions, number, sent)
    for reply in post.replies or ():
        yield from _answer(reply, number)


def _answer(reply: BulkReply, root: str) -> Iterator[Inbound]:
    if reply.create_at is None or not reply.user:
        return
    number = f"{reply.create_at}.{reply.user}"
    form = Form.FILE if reply.attachments else Form.TEXT
    yield Inbound(
        Kind.MESSAGE,
        reply.create_at,
        reply.user,
        reply.user,
        reply.message or "",
        number,
        root,
        form=form,
    )
    yield from _reactions(reply.reactions, number, reply.create_at)


def _reactions(
    reactions: Sequence[BulkReaction] | None, number: str, sent: int
) -> Iterator[Inbound]:
    for one in reactions or ():
        if one.user:
            when = one.create_at or sent
            yield Inbound(Kind.REACTION, when, one.user, one.user, one.emoji or "", reply_to=number)
