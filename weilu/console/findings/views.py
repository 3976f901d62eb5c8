"""The findings of all groups, one group's check-up, and what the operator makes of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from weilu.console.empties import nothing_yet
from weilu.console.findings.choosing import selects, wanted
from weilu.console.findings.words import Told, tell
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request, way_back
from weilu.console.parts import Empty, Head, Tab
from weilu.console.places import address
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.core.errors import Invalid
from weilu.groups.queries import group as find_group
from weilu.groups.queries import groups_of
from weilu.insight.checks.base import Severity
from weilu.insight.diagnosis import (
    ALL,
    Wanted,
    found_by_check,
    group_findings,
    handled_findings,
    open_findings,
)
from weilu.insight.diagnosis import handle as handle_finding
from weilu.insight.models import FindingRow

LATER = timedelta(days=7)
# Groups with the same finding that are told one by one.
SISTERS = 5
# Findings on one page.
PAGE = 50


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as a page draws it: the row, its words, and where its button leads."""

    row: FindingRow
    told: Told
    url: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The same finding in one or more groups, gravest first: said once, then group by group."""

    groups: int
    shown: Sequence[Card]
    place: Mapping[str, int]

    @property
    def first(self) -> Card:
        """The gravest; it speaks for all."""
        return self.shown[0]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return self.groups - len(self.shown)

    @property
    def all_url(self) -> str:
        """The page with all of them."""
        asked = {"check": self.first.row.check_code, **self.place}
        return f"{address('findings')}?{urlencode(asked)}"

    @property
    def url(self) -> str:
        """Where to go with it: to its place when it is one, else to all of them."""
        return self.first.url if self.groups == 1 else self.all_url

    @property
    def is_grave(self) -> bool:
        """Whether it wants doing before the rest."""
        return self.first.row.severity >= Severity.WARNING

    @property
    def where(self) -> str:
        """The names of its groups; the first ones when there are many."""
        names = [one.row.group.name for one in self.shown[:3]]
        return pgettext("names", ", ").join(names) + (" …" if self.groups > len(names) else "")


def card(row: FindingRow) -> Card:
    """One finding ready to draw."""
    told = tell(row.check_code, row.severity, row.body)
    return Card(row, told, _leads_to(row, told))


def bundles(
    request: Request,
    community_id: int | None = None,
    group_id: int | None = None,
    *,
    but: Sequence[int] = (),
) -> list[Bundle]:
    """Open findings of all groups, a community or a group, by what was found, gravest first.

    `but`: communities that are left out.
    """
    asked = Wanted("", community_id, group_id, tuple(but))
    found = found_by_check(request.actor, SISTERS, asked)
    place = place_asked(community_id, group_id)
    return [Bundle(one.groups, [card(row) for row in one.rows], place) for one in found]


def place_asked(community_id: int | None, group_id: int | None) -> dict[str, int]:
    """A community or group as the words of the address of the findings there."""
    asked = {"community": community_id, "group": group_id}
    return {name: pk for name, pk in asked.items() if pk is not None}


def _leads_to(row: FindingRow, told: Told) -> str:
    """Where the button goes: to the person it is about, else to the section that shows it."""
    if told.person:
        return f"{address('members')}?{urlencode({'q': told.person})}"
    if told.page and (own := address(told.page, row.group.community_id)):
        return own
    base = address("community", row.group.community_id)
    anchor = f"#part-{told.section}" if told.section else ""
    return f"{base}?group={row.group_id}{anchor}"


@page(Right.SEE_NUMBERS)
def findings(request: Request) -> HttpResponse:
    """All findings that ask for something, gravest first; a page at a time.

    The address may ask for those of one `check`, one `community`, one `group`. What was dealt with
    or put off stands behind `state=handled`.
    """
    groups = groups_of(request.actor)
    asked, is_handled = wanted(request, groups), request.GET.get("state") == "handled"
    rows = (handled_findings if is_handled else open_findings)(request.actor, asked)
    pages = Paginator(rows, PAGE)
    now_page = pages.get_page(request.GET.get("page"))
    sentence = _sum_up(pages.count, asked, has_groups=bool(groups), is_handled=is_handled)
    found = found_by_check(request.actor, 1)
    context = {
        "head": Head(_("Findings"), sentence),
        "cards": [card(row) for row in now_page],
        "now_page": now_page,
        "tabs": _tabs(request, None if asked != ALL else sum(one.groups for one in found)),
        "selects": selects(asked, groups, found),
        "is_handled": is_handled,
        "rest_of_address": _without_page(request),
        "empty": _nothing_found(request, asked, has_groups=bool(groups)),
    }
    return render(request, "findings/list.html", context)


def _tabs(request: Request, waiting: int | None) -> list[Tab]:
    """What waits, and what was dealt with, of what was chosen."""
    kept = request.GET.copy()
    is_handled = kept.get("state") == "handled"
    for name in ("page", "state"):
        kept.pop(name, None)
    handled = kept.copy()
    handled["state"] = "handled"
    return [
        Tab(_("To do"), f"{address('findings')}?{kept.urlencode()}", not is_handled, waiting),
        Tab(_("Dealt with or put off"), f"?{handled.urlencode()}", is_handled, None),
    ]


def _without_page(request: Request) -> str:
    """The question of the address but for the page, ready to have one appended."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return f"?{asked.urlencode()}&page=" if asked else "?page="


def _sum_up(count: int, asked: Wanted, *, has_groups: bool, is_handled: bool) -> str:
    """The sentence under the title."""
    if not count and not has_groups:
        return _("No group has been looked at yet.")
    if is_handled:
        return ngettext(
            "%(count)s finding was dealt with or put off.",
            "%(count)s findings were dealt with or put off.",
            count,
        ) % {"count": count}
    if asked != ALL:
        return ngettext(
            "%(count)s thing asks for attention where you look.",
            "%(count)s things ask for attention where you look.",
            count,
        ) % {"count": number(count)}
    if not count:
        return _("Nothing in your groups asks for attention.")
    return ngettext(
        "%(count)s thing in your groups asks for attention.",
        "%(count)s things in your groups ask for attention.",
        count,
    ) % {"count": number(count)}


def _nothing_found(request: Request, asked: Wanted, *, has_groups: bool) -> Empty:
    """What stands where no finding is."""
    if not has_groups:
        return nothing_yet(request.actor)
    if asked != ALL:
        text = _("Nothing here asks for you. Choose less, or look at everything.")
        return Empty(_("Nothing found"), text, "filters", _("All findings"), address("findings"))
    text = _("Findings appear once a group has a few weeks of history.")
    return Empty(_("Nothing found"), text)


@page(Right.SEE_NUMBERS)
def checkup(request: Request, pk: int) -> HttpResponse:
    """Everything the diagnosis looked at in one group, also what is well or unknown."""
    group = find_group(request.actor, pk)
    cards = [card(row) for row in group_findings(request.actor, group)]
    asked = sum(c.row.severity > 0 for c in cards)
    sentence = ngettext(
        "%(all)s checks, %(asked)s asks for attention.",
        "%(all)s checks, %(asked)s ask for attention.",
        asked,
    ) % {"all": len(cards), "asked": asked}
    head = Head(group.name, sentence, back=address("findings"), back_label=_("Findings"))
    context = {
        "head": head,
        "cards": [c for c in cards if c.row.severity > 0],
        "well": [c for c in cards if c.row.severity == 0],
        "unknown": [c for c in cards if c.row.severity < 0],
    }
    return render(request, "findings/checkup.html", context)


@require_POST
@page(Right.HANDLE_FINDINGS)
def handle(request: Request, pk: int) -> HttpResponse:
    """Say that a finding is done, put off for a week, or open again; goes back to the page."""
    state = request.POST.get("state", "")
    if state not in FindingRow.State.values:
        raise Invalid("required", field="state")
    later = now() + LATER if state == FindingRow.State.LATER else None
    handle_finding(request.actor, finding_id=pk, state=FindingRow.State(state), later_until=later)
    words = {
        FindingRow.State.DONE: _("Done. It comes back if it gets worse."),
        FindingRow.State.LATER: _("Put off for a week."),
        FindingRow.State.OPEN: _("Open again."),
    }
    messages.success(request, words[FindingRow.State(state)])
    return redirect(way_back(request, address("findings")))
