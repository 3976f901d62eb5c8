"""Reads posts of Mattermost as its interface answers them, some hundred at a time (K-4)."""

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
    Problem,
    Survey,
    Unreadable,
)
from weilu.connectors.formats.jsonforms import file_form
from weilu.connectors.formats.jsonportions import FIRST_MS, LAST_MS, cut, in_order
from weilu.connectors.formats.jsonrecords import Records
from weilu.connectors.formats.jsonscan import utf8_chunks
from weilu.connectors.formats.jsonstream import peek
from weilu.connectors.formats.mattermost.wire import Page, Post

# An answer has at most two hundred posts; whoever joins many writes the bulk export.
_CHANNEL = re.compile(rb'"channel_id"\s{0,4}:\s{0,4}"(\w{1,40})"', re.ASCII)
PAGE_BYTES = 64 * 1024 * 1024
_JOINED = frozenset(
    {"system_join_channel", "system_join_team", "system_add_to_channel", "system_add_to_team"}
)
_LEFT = frozenset(
    {
        "system_leave_channel",
        "system_leave_team",
        "system_remove_from_channel",
        "system_remove_from_team",
    }
)


class MattermostPostsFormat:
    """Mattermost by its interface; the pages of one channel are one export."""

    name = "mattermost"
    label = "Mattermost posts (API)"

    def recognise(self, entry: Entry) -> int:
        """95 for an order and posts by id."""
        found = peek(entry)
        if found.top != "{" or not found.has("order", "posts"):
            return 0
        return 95 if b'"create_at"' in _plain(entry) else 0

    def bundle(self, entries: Sequence[Entry]) -> list[Bundle]:
        """All pages of one channel together."""
        channels: dict[str, list[Entry]] = {}
        for entry in entries:
            channels.setdefault(_channel(entry), []).append(entry)
        return [Bundle(self.name, self.label, in_order(group)) for group in channels.values()]

    def survey(self, bundle: Bundle) -> Survey:
        """Nothing to ask: times are absolute."""
        del bundle
        return Survey()

    def read(self, bundle: Bundle, answers: Answers) -> Iterator[Portion]:
        """The posts of each page, oldest first."""
        del answers
        whole, before = max(1, bundle.size), 0
        chat = ChatRef(Platform.MATTERMOST, _channel(bundle.entries[0]), "")
        for entry in bundle.entries:
            before += entry.size
            items: list[Inbound] = []
            problems: list[Problem] = []
            for number, post in enumerate(_posts(entry), 1):
                if post.create_at is None:
                    problems.append(Problem("bad_record", entry.path, "record", number))
                elif FIRST_MS <= post.create_at < LAST_MS:
                    items.append(told(post, post.create_at))
                else:
                    problems.append(Problem("time_range", entry.path, "record", number))
            yield from cut(chat, items, problems, min(1.0, before / whole))


def _channel(entry: Entry) -> str:
    """The channel of a page: that of its first post."""
    found = _CHANNEL.search(_plain(entry))
    return found[1].decode() if found else ""


def _plain(entry: Entry) -> bytes:
    """The beginning, ASCII readable in any encoding."""
    return entry.head.replace(b"\0", b"")


def _posts(entry: Entry) -> list[Post]:
    """The posts of a page, oldest first. Raises Unreadable when it is none."""
    if entry.size > PAGE_BYTES:
        raise Unreadable(Problem("long_line", entry.path, "record", 1))
    with entry.open() as stream:
        raw = b"".join(chunk for chunk, _ in utf8_chunks(stream))
    page, code = Records(Page, entry.path).attempt(raw)
    if page is None:
        raise Unreadable(
            Problem("truncated" if code == "bad_record" else code, entry.path, "record", 1)
        )
    return sorted(page.posts.values(), key=lambda one: (one.create_at or 0, one.id or ""))


def told(post: Post, sent: int) -> Inbound:
    """What a post tells; people are known by their ids where their names are not beside them."""
    account, props = post.user_id or "", post.props
    name = (props.override_username or props.username or "") if props is not None else ""
    kind, number = post.type or "", post.id or ""
    if kind in _JOINED | _LEFT:
        other = (props.added or props.removed or "") if props is not None else ""
        known = Kind.JOIN if kind in _JOINED else Kind.LEAVE
        if other and other != name:
            return Inbound(known, sent, "", other, "", number, target=name)
        return Inbound(known, sent, account, name or account, "", number)
    if kind.startswith("system_"):
        return Inbound(Kind.NOTICE, sent, account, name or account, post.message or "", number)
    if post.delete_at:
        return Inbound(Kind.RECALL, sent, account, name or account, "", number)
    return Inbound(
        Kind.MESSAGE,
        sent,
        account,
        name or account,
        post.message or "",
        number,
        post.root_id or "",
        form=_form(post),
        is_bot=props is not None and bool(props.from_bot or props.from_webhook),
    )


def _form(post: Post) -> Form:
    files = post.metadata.files if post.metadata is not None else None
    if files:
        return file_form(files[0].name or "", files[0].mime_type or "")
    return Form.FILE if post.file_ids else Form.TEXT
