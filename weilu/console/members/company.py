"""Keeping company: whom to be in touch with today, who keeps how many, and everybody (C-8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from weilu.console.cells import Kind
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.lists import list_page
from weilu.console.members.standing_words import MODES, MODES_HELP
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.console.sentences import sentence
from weilu.console.tables import Ask, Column, Spec
from weilu.core.access import Right
from weilu.core.errors import Invalid, NotFound
from weilu.members.actions import standing as actions
from weilu.members.models import Company
from weilu.members.queries import standing as queries

# Contacts due that the page itself shows; the rest follows as these are noted.
WAITING = 30


@page(Right.SEE_MEMBERS)
def company(request: Request) -> HttpResponseBase:
    """Whom to be in touch with: what is due first, then all company that is kept."""
    today = timezone.localdate()
    due = queries.due(request.actor, today)
    chosen = due.select_related("identity__member", "guide").order_by("next_on", "pk")
    waiting = list(chosen[:WAITING])
    count = len(waiting) if len(waiting) < WAITING else due.count()
    said = ngettext(
        "%(n)s member is waiting to hear from you.",
        "%(n)s members are waiting to hear from you.",
        count,
    ) % {"n": number(count)}
    loads = queries.company_loads(request.actor)
    context = {
        "head": Head(
            _("Keeping company"),
            said if count else _("Nobody is waiting to hear from you today."),
            back=address("members"),
            back_label=_("Members"),
        ),
        "waiting": _told(waiting, today),
        "further": count - len(waiting),
        "loads": loads,
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
    }

    def source(ask: Ask) -> Sequence[Company]:
        return queries.companies(
            request.actor, descending=ask.descending, after=_edge(ask), limit=ask.limit
        )

    total = sum(n for _guide, _name, n in loads)
    return list_page(request, "members/company.html", _spec(), source, context, total=total)


def _spec() -> Spec[Company]:
    return Spec(
        name="company",
        columns=[
            Column(
                "member",
                _("Name"),
                value=lambda one: one.identity.member.name,
                link=lambda one: reverse("member", args=[one.identity.member_id]),
                sort=False,
            ),
            Column("mode", _("Way"), value=lambda one: MODES[one.mode], sort=False, fact=True),
            Column(
                "guide",
                _("Guide"),
                value=lambda one: one.guide.username if one.guide else _("Anybody"),
                sort=False,
                fact=True,
            ),
            Column("next_on", _("Next contact"), Kind.DAY, fact=True),
        ],
        key=lambda one: one.pk,
        sort="next_on",
        empty=Empty(
            _("Nobody is kept company yet"),
            _("Choose a member, then a guide and a way, on the member's page."),
            icon="user-heart",
            action=_("Choose a member"),
            href=address("members"),
        ),
    )


def _edge(ask: Ask) -> tuple[date, int] | None:
    """The last row known; None for the start, and for what is no place in this list."""
    if ask.after is None or not str(ask.after[1]).isdecimal():
        return None
    try:
        return date.fromisoformat(str(ask.after[0])), int(ask.after[1])
    except ValueError:
        return None


def _told(
    found: Sequence[Company], today: date
) -> list[tuple[Company, str | Promise, object, int]]:
    return [
        (one, MODES[one.mode], MODES_HELP[one.mode], (today - one.next_on).days) for one in found
    ]


@require_POST
@page(Right.EDIT_MEMBERS)
def contacted(request: Request, pk: int) -> HttpResponse:
    """Say that a contact was made, or could not be."""
    try:
        seen_on = date.fromisoformat(request.POST.get("seen_on", ""))
    except ValueError as error:
        raise NotFound from error
    was_done = request.POST.get("act") == "done"
    try:
        fresh = actions.note_contact(
            request.actor, company_id=pk, seen_on=seen_on, was_done=was_done,
            today=timezone.localdate(), note=request.POST.get("note", ""),
        )  # fmt: skip
    except Invalid as problem:
        messages.error(request, sentence(str(problem)))
    else:
        if fresh:
            messages.success(request, _("Noted; the next one is in the list."))
        else:
            messages.success(request, _("A colleague noted this already."))
    return redirect("members_company")
