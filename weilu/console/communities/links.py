"""Addresses of pages of other packages; empty while there is none."""

from __future__ import annotations

from datetime import date
from urllib.parse import urlencode

from weilu.console.http import row_number
from weilu.console.places import address
from weilu.core.access import Actor, Right

_ALL_OF = "all-of-"


def member_url(member_id: int) -> str:
    """A member's page."""
    return address("member", member_id)


def message_url(message_id: int) -> str:
    """The conversation around a message."""
    return address("around", message_id)


def search_url(words: str, where: str = "", *, days: tuple[date, date] | None = None) -> str:
    """Messages with these words; `where` is a group's id or `all_of` a community, "" for all."""
    base = address("messages")
    pairs: dict[str, object] = {"q": words}
    if where:
        pairs["group"] = where
    if days is not None:
        pairs |= {"from": days[0].isoformat(), "to": days[1].isoformat()}
    return f"{base}?{urlencode(pairs)}" if base else ""


def all_of(community_id: int) -> str:
    """How the addresses of lists name all groups of a community, where they name a group."""
    return f"{_ALL_OF}{community_id}"


def community_in(where: str) -> int | None:
    """The community whose groups are meant by such a name, None when it is none."""
    return row_number(where.removeprefix(_ALL_OF)) if where.startswith(_ALL_OF) else None


def settings_or_page(actor: Actor, community_id: int) -> str:
    """What lies above a page of a community's rules: the settings, for whom they open."""
    name = "community_settings" if actor.may(Right.EDIT_GROUPS) else "community"
    return address(name, community_id)
