"""Today: a list of what needs a person, or the way to the first import."""

from __future__ import annotations

from collections.abc import Sequence

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.chat.imports.queries import imports_to_finish
from weilu.console.empties import nothing_yet
from weilu.console.findings.views import bundles
from weilu.console.formats import day as day_words
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.imports.stages import label
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.console.today.live import (
    MOST,
    Entry,
    beginning,
    company,
    filling,
    idle,
    links,
    newcomers,
    order,
    outgoing,
    rising,
    trouble,
)
from weilu.console.underway import notice
from weilu.core.access import Right
from weilu.core.failures import count as count_failures
from weilu.core.models import User
from weilu.groups.queries import groups_of
from weilu.insight.diagnosis import waiting_in
from weilu.insight.ended import PAST_DAYS, Ended, ended
from weilu.insight.pages.look import date_of
from weilu.members.queries import suggestions


@page(Right.SEE_NUMBERS)
def today(request: Request) -> HttpResponse:
    """What needs a person now, in order; a welcome where nothing has been imported yet."""
    entries = _entries(request)
    if not groups_of(request.actor):
        head = Head(_("Welcome to Weilu"), _("Bring in your chat history, or look around first."))
        context = {"head": head, "entries": entries, "max_gb": settings.OPTIONS.upload_max_gb}
        context |= {"nothing": nothing_yet(request.actor), "signing_in": _signing_in(request)}
        context["may_plan"] = request.actor.may(Right.PLAN)
        return render(request, "today/welcome.html", context)
    over = ended(request.actor.workspace_id, PAST_DAYS)
    found = bundles(request, but=[one.community_id for one in over])
    first = [one for one in found if one.is_grave]
    then = [one for one in found if not one.is_grave]
    pressing = [one for one in entries if not one.can_wait]
    quiet = [
        *(one for one in entries if one.can_wait),
        *_looking_back(request, over),
        *_signing_in(request),
    ]
    sentence = _sentence(len(first) + len(pressing), len(then) + len(quiet))
    context = {
        "head": Head(_("Today"), sentence),
        "first": first,
        "then": then,
        "at_once": [one for one in pressing if one.is_now],
        "entries": [one for one in pressing if not one.is_now],
        "quiet": quiet,
        "underway": notice(request),
        "empty": Empty(
            _("All done"),
            _("Nothing in your groups asks for attention. A good moment to say hello."),
        ),
    }
    return render(request, "today/today.html", context)


def _sentence(now: int, then: int) -> str:
    """How much waits, and how much of it can wait longer."""
    if not now and not then:
        return _("Nothing is waiting. Sit down by the stove.")
    if not now:
        return ngettext(
            "Nothing is pressing. %(count)s thing is worth a look when there is time.",
            "Nothing is pressing. %(count)s things are worth a look when there is time.",
            then,
        ) % {"count": then}
    words = ngettext("%(count)s thing wants you today", "%(count)s things want you today", now) % {
        "count": now
    }
    if not then:
        return _("%(words)s.") % {"words": words}
    return _("%(words)s; %(count)s more can wait.") % {"words": words, "count": then}


def _looking_back(request: Request, over: Sequence[Ended]) -> list[Entry]:
    """What was found in history that ended before the rest: nothing there is urgent any more."""
    shown = over[:MOST]
    waiting = waiting_in(request.actor, [one.community_id for one in shown])
    return [_past(one, waiting[one.community_id]) for one in shown if one.community_id in waiting]


def _past(one: Ended, count: int) -> Entry:
    """How much was found in a community that ended."""
    until = day_words(date_of(one.last_day), year=True, name=False)
    return Entry(
        _("%(community)s: history up to %(day)s") % {"community": one.name, "day": until},
        ngettext("%(count)s thing was found in it.", "%(count)s things were found in it.", count)
        % {"count": number(count)},
        _("Look at it"),
        f"{address('findings')}?community={one.community_id}",
        can_wait=True,
    )


def _signing_in(request: Request) -> list[Entry]:
    """Who came by a one-time link has nothing to sign in with when it is over."""
    if isinstance(request.user, User) and request.user.has_usable_password():
        return []
    text = _("Pick a name and a password. Without them you need a new link from “weilu link”.")
    title = _("Choose how you sign in next time")
    return [Entry(title, text, _("Choose"), address("welcome"), can_wait=True)]


def _entries(request: Request) -> list[Entry]:
    """What waits besides findings: half-done imports, people who may be one, failed work."""
    actor = request.actor
    found: list[Entry] = [
        *idle(),
        *rising(actor),
        *newcomers(actor),
        *trouble(actor),
        *links(actor),
        *filling(actor),
        *beginning(actor),
        *outgoing(actor),
        *order(actor),
        *company(actor),
    ]
    if actor.may(Right.IMPORT):
        found += [
            Entry(
                _("An import is waiting for your answer"),
                _("%(files)s: looked at. Say where it belongs, and it is read in.")
                % {"files": label(run)},
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
                can_wait=True,
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
