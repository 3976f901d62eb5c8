"""Addresses of pages of other packages; empty while there is none."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from weilu.console.places import address
from weilu.core.access import Actor, Right


def member_url(member_id: int) -> str:
    """A member's page."""
    return address("member", member_id)


def message_url(message_id: int) -> str:
    """The conversation around a message."""
    return address("around", message_id)


def search_url(
    words: str, group_id: int | None = None, *, days: tuple[date, date] | None = None
) -> str:
    """Messages with these words, in a group and between two days if these are given."""
    base = address("messages")
    pairs: dict[str, object] = {"q": words}
    if group_id is not None:
        pairs["group"] = group_id
    if days is not None:
        pairs |= {"from": days[0].isoformat(), "to": days[1].isoformat()}
    return f"{base}?{urlencode(pairs)}" if base else ""


def settings_or_page(actor: Actor, community_id: int) -> str:
    """What lies above a page of a community's rules: the settings, for whom they open."""
    name = "community_settings" if actor.may(Right.EDIT_GROUPS) else "community"
    return address(name, community_id)
