"""What Telegram's service messages tell of (handbook K-4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from weilu.chat.ports import Form, Inbound, Kind
from weilu.connectors.formats.telegram.wire import Message

_JOINED = frozenset({"join_group_by_link", "join_group_by_request"})
_MOVED = 1_000_000_000
_CALLS = frozenset({"phone_call"})


def told(message: Message, sent_ms: int) -> Sequence[Inbound]:
    """The joins, leaves, calls and notices of a service message; never empty.

    Telegram gives names only of those who were invited or removed; where somebody acted on
    themselves the account is known.
    """
    found = tuple(_people(message, sent_ms))
    if found:
        return found
    account, name = str(message.actor_id or ""), message.actor or ""
    if message.action in _CALLS:
        kind, form = Kind.MESSAGE, Form.CALL
    else:
        kind, form = Kind.NOTICE, Form.TEXT
    text = " ".join(part for part in (message.action, message.title) if part)
    return (Inbound(kind, sent_ms, account, name, text, _number(message), form=form),)


def _people(message: Message, sent_ms: int) -> Iterator[Inbound]:
    account, name = str(message.actor_id or ""), message.actor or ""
    if message.action in _JOINED:
        target = message.inviter or ""
        yield Inbound(Kind.JOIN, sent_ms, account, name, "", _number(message), target=target)
        return
    if message.action not in {"invite_members", "remove_members", "create_group"}:
        return
    kind = Kind.LEAVE if message.action == "remove_members" else Kind.JOIN
    named = [one for one in message.members or () if one]
    if message.action == "create_group" and name:
        named = [name, *(one for one in named if one != name)]
    for place, one in enumerate(named):
        is_own = one == name
        yield Inbound(
            kind,
            sent_ms,
            account if is_own else "",
            one,
            "",
            _number(message, place),
            target="" if is_own else name,
        )


def _number(message: Message, place: int = 0) -> str:
    """The message's id; those named after the first get their place behind it."""
    number = number_of(message.id)
    return f"{number}.{place}" if place and number else number


def number_of(number: int | str | None) -> str:
    """A message's id; one from before the group became a supergroup has its old id back.

    Exports of a supergroup begin with those messages, their ids lowered by a thousand million
    (telegramdesktop/tdesktop, export_data_types.cpp, kMigratedMessagesIdShift, 2026-11-27).
    """
    if number is None:
        return ""
    was_moved = isinstance(number, int) and -_MOVED < number < 0
    return str(int(number) + _MOVED if was_moved else number)
