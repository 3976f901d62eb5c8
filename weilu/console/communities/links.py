"""Addresses of pages of other packages; empty while there is none."""

from __future__ import annotations

from urllib.parse import urlencode

from weilu.console.context import address


def _first(names: tuple[str, ...], *args: object) -> str:
    return next((url for name in names if (url := address(name, *args))), "")


def member_url(member_id: int) -> str:
    """A member's page."""
    return _first(("member", "members:profile", "console:members:profile"), member_id)


def message_url(message_id: int) -> str:
    """The conversation around a message."""
    names = (
        "message",
        "conversation",
        "messages_around",
        "messages:around",
        "messages:conversation",
    )
    return _first(names, message_id)


def search_url(words: str, group_id: int | None = None) -> str:
    """Messages with these words."""
    base = address("messages") or address("search")
    pairs: dict[str, object] = {"q": words}
    if group_id is not None:
        pairs["group"] = group_id
    return f"{base}?{urlencode(pairs)}" if base else ""
