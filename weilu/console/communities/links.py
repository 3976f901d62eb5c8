"""Addresses of pages of other packages; empty while there is none."""

from __future__ import annotations

from urllib.parse import urlencode

from weilu.console.places import address


def member_url(member_id: int) -> str:
    """A member's page."""
    return address("member", member_id)


def message_url(message_id: int) -> str:
    """The conversation around a message."""
    return address("around", message_id)


def search_url(words: str, group_id: int | None = None) -> str:
    """Messages with these words."""
    base = address("messages")
    pairs: dict[str, object] = {"q": words}
    if group_id is not None:
        pairs["group"] = group_id
    return f"{base}?{urlencode(pairs)}" if base else ""
