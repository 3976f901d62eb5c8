"""The navigation: every place of the console, in order; the one list to add a page to.

A place is shown once its url name exists and its right is held. `inside` are the pages of a place:
the rail opens them below the place one is in, phones show them as a strip above the page. A place
leads to the first of its pages that may be opened.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from weilu.console.wants import Want, wants_of
from weilu.core.access import Actor, Right


@dataclass(frozen=True, slots=True)
class Place:
    """An entry of the navigation; `wants` is what may wait there for a person.

    `below` is an address whose pages belong here although the place's own address is another;
    `pages` are the url names of pages that belong here wherever their address is.
    """

    url_name: str
    label: str | Promise
    icon: str = ""
    right: Right | None = None
    on_phone: bool = False
    inside: tuple[Place, ...] = ()
    below: str = ""
    pages: tuple[str, ...] = ()
    wants: Want | None = None


NAV: tuple[Place, ...] = (
    Place("today", _("Today"), "sun", on_phone=True),
    Place("live", _("Live"), "broadcast", Right.SEE_MEMBERS),
    Place(
        "communities",
        _("Communities"),
        "users-group",
        on_phone=True,
        inside=(
            Place("communities", _("All communities"), pages=("group_life", "group_turn")),
            Place(
                "blueprints",
                _("Blueprint"),
                pages=(
                    "blueprint",
                    "blueprint_step",
                    "blueprint_versions",
                    "blueprint_fit",
                    "blueprint_platform",
                ),
            ),
            Place("join_links", _("Join links")),
        ),
    ),
    Place(
        "members",
        _("Members"),
        "user-heart",
        Right.SEE_MEMBERS,
        on_phone=True,
        inside=(
            Place("members", _("All members")),
            Place("members_koc", _("KOC and true fans"), pages=("member_caused",)),
            Place("members_goodwill", _("Goodwill")),
            Place("members_circles", _("Circles"), pages=("members_like",)),
            Place("members_company", _("Keeping company")),
            Place("members_stages", _("Own stages")),
            Place("members_prizes", _("Only here for prizes")),
            Place("members_segments", _("Segments")),
            Place("members_tags", _("Tags")),
            Place("members_customers", _("Customers"), right=Right.IMPORT),
            Place("members_fields", _("Own fields")),
            Place("members_same", _("Who is one person"), right=Right.EDIT_MEMBERS),
            Place("members_erased", _("Erased members"), right=Right.ERASE),
        ),
    ),
    Place(
        "messages",
        _("Messages"),
        "messages",
        Right.SEE_MEMBERS,
        on_phone=True,
    ),
    Place(
        "moderation",
        _("Moderation"),
        "shield-check",
        Right.SEE_MEMBERS,
        inside=(
            Place("moderation", _("Clean-up")),
            Place("appeals", _("Second looks"), wants=Want.APPEAL),
            Place("reports", _("Reports"), wants=Want.REPORT),
            Place("kept_out", _("Kept out")),
            Place("raids", _("Raids")),
            Place("moderation_log", _("What followed")),
            Place("consistency", _("Consistency")),
        ),
    ),
    Place(
        "outbox",
        _("Outbox"),
        "send",
        Right.SEE_MEMBERS,
        inside=(
            Place("outbox", _("Outgoing"), wants=Want.DECISION),
            Place("tasks", _("Hand tasks"), wants=Want.OVERDUE),
            Place("join_asks", _("Requests to join")),
        ),
    ),
    Place(
        "findings",
        _("Insight"),
        "graph",
        inside=(
            Place("findings", _("Findings")),
            Place("alerts", _("Alerts"), right=Right.SEE_MEMBERS, wants=Want.ALERT),
            Place("groups", _("Groups side by side"), pages=("community_groups",)),
        ),
    ),
    Place(
        "settings",
        _("Settings"),
        "settings",
        inside=(
            Place("people", _("Team")),
            Place("workspace_settings", _("Workspace"), right=Right.EDIT_WORKSPACE),
            Place("account", _("My account"), below="/account/"),
            Place("connections", _("Connections"), right=Right.CONNECT, wants=Want.TROUBLE),
            Place("imports", _("Imports"), right=Right.IMPORT),
            Place(
                "failures",
                _("Failed tasks"),
                right=Right.SEE_FAILURES,
                wants=Want.FAILED,
            ),
        ),
    ),
)


@dataclass(frozen=True, slots=True)
class Link:
    """A place as the template draws it: `here` when the page is in it, `wants` for its dot."""

    label: str
    url: str
    icon: str
    here: bool
    on_phone: bool
    wants: bool
    inside: tuple[Link, ...]


def address(name: str, *args: object) -> str:
    """The address of a named page, empty when there is none (yet)."""
    try:
        return reverse(name, args=args)
    except NoReverseMatch:
        return ""


def links(actor: Actor | None, path: str, page: str = "") -> list[Link]:
    """The navigation as seen by the actor from the page at `path`, whose url name is `page`."""
    here, wants = _here(path, page), wants_of(actor)
    return [link for place in NAV if (link := _link(place, actor, here, wants)) is not None]


def _link(
    place: Place, actor: Actor | None, here: Place | None, wants: frozenset[Want]
) -> Link | None:
    """The place as a link; None when it does not exist or may not be opened."""
    if place.right and not (actor and actor.may(place.right)):
        return None
    inside = [link for one in place.inside if (link := _link(one, actor, here, wants))]
    url = inside[0].url if inside else address(place.url_name)
    if not url or (place.inside and not inside):
        return None
    return Link(
        str(place.label),
        url,
        place.icon,
        place is here or any(link.here for link in inside),
        place.on_phone,
        place.wants in wants or any(one.wants for one in inside),
        tuple(inside) if len(inside) > 1 else (),
    )


def _here(path: str, page: str) -> Place | None:
    """The place that names the page, else the one whose address goes furthest along the path."""
    named = next((at for at in _leaves() if page and page in at.pages), None)
    if named is not None:
        return named
    found = [(len(start), at) for at in _leaves() for start in _starts(at) if _in(path, start)]
    return max(found, key=lambda one: one[0])[1] if found else None


def _leaves() -> Iterator[Place]:
    for place in NAV:
        yield from place.inside or (place,)


def _starts(place: Place) -> list[str]:
    """What the addresses of a place's pages begin with."""
    return [start for start in (address(place.url_name), place.below) if start]


def _in(path: str, start: str) -> bool:
    """Whether the page at `path` is below `start`; below `/` there is only `/` itself."""
    return path == start or (start != "/" and path.startswith(start))
