"""The findings of all groups, one group's check-up, and what the operator makes of them."""

from __future__ import annotations

from collections.abc import Sequence
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
from weilu.console.findings.words import TITLES, Told, tell
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
        return f"{address('findings')}?{urlencode({'check': self.first.row.check_code})}"

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
    request: Request, community_id: int | None = None, group_id: int | None = None
) -> list[Bundle]:
    """Open findings of all groups, a community or a group, by what was found, gravest first."""
    found = found_by_check(request.actor, SISTERS, community_id, group_id)
    return [Bundle(one.groups, [card(row) for row in one.rows]) for one in found]


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
    """All findings that ask for something, gravest first, or those of one check; a page at a time.

    What was dealt with or put off stands behind `state=handled`.
    """
    check = request.GET.get("check", "")
    is_handled = request.GET.get("state") == "handled"
    rows = (handled_findings if is_handled else open_findings)(request.actor, check)
    pages = Paginator(rows, PAGE)
    now_page = pages.get_page(request.GET.get("page"))
    kinds = [(one.rows[0].check_code, one.groups) for one in found_by_check(request.actor, 1)]
    context = {
        "head": Head(_("Findings"), _sum_up(request, pages.count, is_handled=is_handled)),
        "cards": [card(row) for row in now_page],
        "now_page": now_page,
        "tabs": _tabs(kinds, check, is_handled=is_handled),
        "rest_of_address": _without_page(request),
        "empty": _nothing_found(request),
    }
    return render(request, "findings/list.html", context)


def _tabs(kinds: Sequence[tuple[str, int]], check: str, *, is_handled: bool) -> list[Tab]:
    """All that waits, by check, and what was dealt with."""
    base = address("findings")
    whole = sum(count for _code, count in kinds)
    by_check = [
        Tab(str(TITLES[code]), f"?check={code}", check == code and not is_handled, count)
        for code, count in kinds
    ]
    return [
        Tab(_("All"), base, not check and not is_handled, whole),
        *(by_check if len(by_check) > 1 else ()),
        Tab(_("Dealt with or put off"), "?state=handled", is_handled, None),
    ]


def _without_page(request: Request) -> str:
    """The question of the address but for the page, ready to have one appended."""
    asked = request.GET.copy()
    asked.pop("page", None)
    return f"?{asked.urlencode()}&page=" if asked else "?page="


def _sum_up(request: Request, count: int, *, is_handled: bool) -> str:
    """The sentence under the title."""
    if not count and not groups_of(request.actor):
        return _("No group has been looked at yet.")
    if is_handled:
        return ngettext(
            "%(count)s finding was dealt with or put off.",
            "%(count)s findings were dealt with or put off.",
            count,
        ) % {"count": count}
    if not count:
        return _("Nothing in your groups asks for attention.")
    return ngettext(
        "%(count)s thing in your groups asks for attention.",
        "%(count)s things in your groups ask for attention.",
        count,
    ) % {"count": count}


def _nothing_found(request: Request) -> Empty:
    """What stands where no finding is."""
    if not groups_of(request.actor):
        return nothing_yet(request.actor)
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
