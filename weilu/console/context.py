"""What every template knows of the frame around it: places, workspace, look."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property

from django.http import HttpRequest
from django.utils.translation import get_language

from weilu.communities.models import Community
from weilu.console.places import Link, address, links
from weilu.core.access import Actor, Right
from weilu.core.models import Seat, User, Workspace

THEMES = ("auto", "light", "dark")
DENSITIES = ("comfortable", "compact")
THEME_COOKIE = "weilu_theme"
DENSITY_COOKIE = "weilu_density"


class Frame:
    """What base.html shows around a page; asks the database only for what is drawn."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        user = getattr(request, "user", None)
        self._user: User | None = user if isinstance(user, User) else None
        self.seat: Seat | None = getattr(request, "seat", None)
        self.actor: Actor | None = getattr(request, "actor", None)

    @cached_property
    def places(self) -> list[Link]:
        """The navigation, in order: only what exists and may be opened."""
        match = self._request.resolver_match
        return links(self.actor, self._request.path, (match.url_name or "") if match else "")

    @property
    def dock(self) -> list[Link]:
        """At most four places for the bottom bar of a phone; the fifth is "More"."""
        return [link for link in self.places if link.on_phone][:4]

    @property
    def rest(self) -> list[Link]:
        """The places behind "More"."""
        shown = {link.url for link in self.dock}
        return [link for link in self.places if link.url not in shown]

    @property
    def inside(self) -> Sequence[Link]:
        """The pages of the place one is in; empty where it has only one."""
        return next((link.inside for link in self.places if link.here), ())

    @property
    def in_rest(self) -> bool:
        """Whether the page is in one of the places behind "More"."""
        return any(link.here for link in self.rest)

    @property
    def workspace(self) -> Workspace | None:
        """The workspace looked at."""
        return self.seat.workspace if self.seat else None

    @property
    def workspace_name(self) -> str:
        """Its name below the brand; empty where it says no more than the brand does."""
        name = self.workspace.name if self.workspace else ""
        return "" if name.casefold() in {"weilu", "围炉"} else name

    @cached_property
    def workspaces(self) -> list[Workspace]:
        """Every workspace the person has a seat in, by name."""
        seats: Sequence[Seat] = getattr(self._request, "seats", ())
        return sorted((seat.workspace for seat in seats), key=lambda one: one.name)

    @cached_property
    def communities(self) -> Sequence[tuple[Community, str, bool]]:
        """Communities of the workspace with their address, and whether it is the one open."""
        if self.seat is None:
            return []
        rows = Community.objects.filter(workspace_id=self.seat.workspace_id).order_by("name")
        path = self._request.path
        found = [(row, address("community", row.pk)) for row in rows[:100]]
        return [(row, url, bool(url) and path.startswith(url)) for row, url in found]

    @property
    def community(self) -> Community | None:
        """The community the page is about, if any."""
        return next((row for row, _url, here in self.communities if here), None)

    @property
    def may(self) -> dict[str, bool]:
        """What the person may do, by the right's name; nothing for strangers."""
        actor = self.actor
        return {right.value: actor is not None and actor.may(right) for right in Right}

    @property
    def search_url(self) -> str:
        """Where the search field goes; empty when there is no search yet."""
        return address("search") or address("messages")

    @property
    def import_url(self) -> str:
        """Where imports start; empty for those who may not import."""
        return address("imports") if self.actor and self.actor.may(Right.IMPORT) else ""

    @property
    def language(self) -> str:
        """The language of the page."""
        return get_language() or "en"

    @property
    def theme(self) -> str:
        """auto, light or dark, as chosen."""
        return self._choice("theme", THEME_COOKIE, THEMES)

    @property
    def density(self) -> str:
        """Comfortable or compact, as chosen."""
        return self._choice("density", DENSITY_COOKIE, DENSITIES)

    def _choice(self, field: str, cookie: str, known: Sequence[str]) -> str:
        saved = getattr(self._user, field, "") if self._user else ""
        value = saved or self._request.COOKIES.get(cookie, "")
        return value if value in known else known[0]


def frame(request: HttpRequest) -> dict[str, object]:
    """Context processor: `frame` in every template."""
    return {"frame": Frame(request)}
