"""The findings of all groups, one group's check-up, and what the operator makes of them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext
from django.views.decorators.http import require_POST

from weilu.console.empties import nothing_yet
from weilu.console.findings.words import Told, tell
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.core.errors import Invalid
from weilu.groups.queries import group as find_group
from weilu.groups.queries import groups_of
from weilu.insight.checks.base import Severity
from weilu.insight.diagnosis import findings as find_findings
from weilu.insight.diagnosis import handle as handle_finding
from weilu.insight.models import FindingRow

LATER = timedelta(days=7)
# Groups with the same finding that are told one by one.
SISTERS = 5


@dataclass(frozen=True, slots=True)
class Card:
    """A finding as a page draws it: the row, its words, and where its button leads."""

    row: FindingRow
    told: Told
    url: str


@dataclass(frozen=True, slots=True)
class Bundle:
    """The same finding in one or more groups, gravest first: said once, then group by group."""

    cards: Sequence[Card]

    @property
    def first(self) -> Card:
        """The gravest; it speaks for all."""
        return self.cards[0]

    @property
    def shown(self) -> Sequence[Card]:
        """As many as a page bears."""
        return self.cards[:SISTERS]

    @property
    def more(self) -> int:
        """How many are not shown."""
        return len(self.cards) - len(self.shown)

    @property
    def is_grave(self) -> bool:
        """Whether it wants doing before the rest."""
        return self.first.row.severity >= Severity.WARNING

    @property
    def where(self) -> str:
        """The names of its groups; the first ones when there are many."""
        names = [one.row.group.name for one in self.cards[:3]]
        return pgettext("names", ", ").join(names) + (" …" if len(self.cards) > len(names) else "")


def card(row: FindingRow) -> Card:
    """One finding ready to draw."""
    told = tell(row.check_code, row.severity, row.body)
    return Card(row, told, _leads_to(row, told))


def bundles(rows: Sequence[FindingRow]) -> list[Bundle]:
    """Findings gathered by what was found, in the order in which the rows bring them."""
    found: dict[str, list[Card]] = {}
    for row in rows:
        found.setdefault(row.check_code, []).append(card(row))
    return [Bundle(cards) for cards in found.values()]


def _leads_to(row: FindingRow, told: Told) -> str:
    """Where the button goes: to the person it is about, else to the section that shows it."""
    if told.person:
        return f"{address('members')}?{urlencode({'q': told.person})}"
    base = address("community", row.group.community_id)
    anchor = f"#part-{told.section}" if told.section else ""
    return f"{base}?group={row.group_id}{anchor}"


@page(Right.SEE_NUMBERS)
def findings(request: Request) -> HttpResponse:
    """All findings that ask for something, gravest first; what was dealt with below."""
    cards = [card(row) for row in find_findings(request.actor)]
    waiting = [c for c in cards if c.row.state == FindingRow.State.OPEN]
    rest = [c for c in cards if c.row.state != FindingRow.State.OPEN]
    sentence = (
        ngettext(
            "%(count)s thing in your groups asks for attention.",
            "%(count)s things in your groups ask for attention.",
            len(waiting),
        )
        % {"count": len(waiting)}
        if waiting
        else _("Nothing in your groups asks for attention.")
    )
    empty = Empty(
        _("Nothing found"),
        _("Findings appear once a group has a few weeks of history."),
    )
    if not cards and not groups_of(request.actor):
        sentence, empty = _("No group has been looked at yet."), nothing_yet(request.actor)
    context = {
        "head": Head(_("Findings"), sentence),
        "waiting": waiting,
        "rest": rest,
        "empty": empty,
    }
    return render(request, "findings/list.html", context)


@page(Right.SEE_NUMBERS)
def checkup(request: Request, pk: int) -> HttpResponse:
    """Everything the diagnosis looked at in one group, also what is well or unknown."""
    group = find_group(request.actor, pk)
    cards = [card(row) for row in find_findings(request.actor, group=group, least=-1)]
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
    target = request.POST.get("next", "")
    safe = url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()})
    return redirect(target if safe else address("findings"))
