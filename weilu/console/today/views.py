"""Today: a list of what needs a person, or the way to the first import."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.chat.imports.queries import imports_to_finish
from weilu.console.findings.views import card
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.core.access import Right
from weilu.core.failures import count as count_failures
from weilu.groups.queries import groups_of
from weilu.insight.diagnosis import open_findings
from weilu.members.queries import suggestions


@dataclass(frozen=True, slots=True)
class Entry:
    """Something else that waits: what, why, and the one button."""

    title: str
    text: str
    button: str
    url: str


@page(Right.SEE_NUMBERS)
def today(request: Request) -> HttpResponse:
    """What needs a person now, in order; a welcome where nothing has been imported yet."""
    entries = _entries(request)
    if not groups_of(request.actor):
        head = Head(_("Welcome to Weilu"), _("Bring in your chat history, or look around first."))
        context = {"head": head, "entries": entries}
        return render(request, "today/welcome.html", context)
    cards = [card(row) for row in open_findings(request.actor)]
    count = len(cards) + len(entries)
    sentence = (
        ngettext("%(count)s thing wants you today.", "%(count)s things want you today.", count)
        % {"count": count}
        if count
        else _("Nothing is waiting. Sit down by the stove.")
    )
    context = {
        "head": Head(_("Today"), sentence),
        "cards": cards,
        "entries": entries,
        "empty": Empty(
            _("All done"),
            _("Nothing in your groups asks for attention. A good moment to say hello."),
        ),
    }
    return render(request, "today/today.html", context)


def _entries(request: Request) -> list[Entry]:
    """What waits besides findings: half-done imports, people who may be one, failed work."""
    actor = request.actor
    found: list[Entry] = []
    if actor.may(Right.IMPORT):
        found += [
            Entry(
                _("An import is waiting for your answer"),
                _("The files were looked at. Say where they belong, and they are read in."),
                _("Go on"),
                address("import", run.pk),
            )
            for run in imports_to_finish(actor)
        ]
    same = len(suggestions(actor)) if actor.may(Right.EDIT_MEMBERS) else 0
    if same and address("members_same"):
        found.append(
            Entry(
                ngettext(
                    "%(count)s pair of members may be one person",
                    "%(count)s pairs of members may be one person",
                    same,
                )
                % {"count": same},
                _("Their names or their comings and goings are alike. You decide."),
                _("Look at them"),
                address("members_same"),
            )
        )
    failed = count_failures(actor) if actor.may(Right.SEE_FAILURES) else 0
    if failed and address("failures"):
        found.append(
            Entry(
                ngettext("%(count)s task failed", "%(count)s tasks failed", failed)
                % {"count": failed},
                _("Nothing is lost; it can be tried again."),
                _("See why"),
                address("failures"),
            )
        )
    return found
