"""The member list, a member's profile and messages, and who is one person."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.console.empties import nothing_yet
from weilu.console.formats import day as day_words
from weilu.console.formats import number, of_ms
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.lists import list_page
from weilu.console.members.behind import chips_of
from weilu.console.members.columns import spec_of
from weilu.console.members.profile import doubts_with_reasons, show_member
from weilu.console.members.wanted import kinds_of, states_of, wanted_of
from weilu.console.members.words import reasons
from weilu.console.messages.text import page_query, place_of, shown
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.console.tables import Ask
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.groups.models import Group
from weilu.groups.queries import groups_of
from weilu.insight.ended import Todays
from weilu.insight.people.listing import (
    COUNTED,
    Listing,
    MemberRow,
    todays_of,
)
from weilu.insight.people.messages_of import PAGE, messages_of
from weilu.insight.people.same import doubts_count, latest_merges
from weilu.insight.people.segments import choices
from weilu.members.models import Merge
from weilu.members.queries import member as find_member


@page(Right.SEE_MEMBERS)
def members(request: Request) -> HttpResponseBase:
    """Everybody, searched, filtered and sorted by the address."""
    groups = groups_of(request.actor)
    wanted = wanted_of(request)
    today = todays_of(request.actor)
    listing = Listing(request.actor, wanted, today)
    count = listing.count()
    tags, segments = choices(request.actor)
    context = {
        "head": Head(_("Members"), _sentence(count, today)),
        "wanted": wanted,
        "chips": chips_of(request),
        "groups": groups,
        "states": states_of(wanted.state),
        "kinds": kinds_of(wanted.who),
        "tags": tags,
        "segments": segments,
        "asked": request.GET,
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
        "doubts": doubts_count(request.actor),
    }

    def source(ask: Ask) -> Sequence[MemberRow]:
        after = int(ask.after[1]) if ask.after and str(ask.after[1]).isdecimal() else None
        return listing.page(
            sort=ask.sort, descending=ask.descending, after_id=after, limit=ask.limit
        )

    may_edit = request.actor.may(Right.EDIT_MEMBERS)
    total = count if count <= COUNTED else None
    spec = spec_of(may_edit=may_edit, empty=_nobody(request, groups))
    return list_page(request, "members/list.html", spec, source, context, total=total)


def _nobody(request: Request, groups: Sequence[Group]) -> Empty:
    """What an empty list says: nothing imported, or filters too narrow."""
    if not groups:
        return nothing_yet(request.actor)
    return Empty(
        _("Nobody fits"),
        _("Perhaps the filters are too narrow, or the name is written in another way."),
        icon="users",
    )


def _sentence(count: int, today: Todays) -> str:
    if not count:
        return _("Nobody here fits.")
    at_most = number(min(count, COUNTED))
    if count > COUNTED:
        who = _("More than %(n)s people.") % {"n": at_most}
    else:
        who = ngettext("%(n)s person.", "%(n)s people.", count) % {"n": at_most}
    newest = of_ms(today.ms) if today.ms else None
    if newest is None or now() - newest < timedelta(days=2):
        return who
    since = (
        _(
            "Stages are as of %(day)s, the day of the newest message; where a community's history"
            " ended earlier, as of its end."
        )
        if today.ends
        else _("Stages are as of %(day)s, the day of the newest message.")
    )
    return f"{who} {since % {'day': day_words(newest, year=True)}}"


@page(Right.SEE_MEMBERS)
def member(request: Request, pk: int) -> HttpResponseBase:
    """One member; a merged one leads to who it was merged into."""
    found = find_member(request.actor, pk)
    if found.pk != pk:
        return redirect("member", found.pk)
    return show_member(request, found)


@page(Right.SEE_MEMBERS)
def said(request: Request, pk: int) -> HttpResponseBase:
    """All messages of a member, newest first."""
    found = find_member(request.actor, pk)
    if found.pk != pk:
        return redirect("member_messages", found.pk)
    before = place_of(request.GET.get("before", ""))
    rows = messages_of(request.actor, pk, before=before, limit=PAGE + 1)
    groups = {one.pk: one for one in groups_of(request.actor)}
    zones = {key: one.community.time_zone for key, one in groups.items()}
    more = rows[PAGE - 1] if len(rows) > PAGE else None
    context = {
        "head": Head(
            _("What %(name)s said") % {"name": found.name},
            _("Newest first, in all groups."),
            back=reverse("member", args=[pk]),
            back_label=found.name,
        ),
        "lines": [
            (one, groups[one.group_id].name if one.group_id in groups else "")
            for one in shown(rows[:PAGE], zones)
        ],
        "older": page_query(request.GET, more) if more else "",
        "newer": request.path if before else "",
        "empty": Empty(_("No messages"), _("Nothing they said is known."), icon="messages"),
    }
    return render(request, "members/said.html", context)


@page(Right.SEE_MEMBERS)
def same(request: Request) -> HttpResponse:
    """Who may be one person, and who was found to be."""
    waiting, count = doubts_with_reasons(request), doubts_count(request.actor)
    merges: list[tuple[Merge, list[str]]] = [
        (one, reasons(one.reasons)) for one in latest_merges(request.actor)
    ]
    sentence = (
        ngettext(
            "%(n)s pair may be one person. Look at both and decide.",
            "%(n)s pairs may be one person. Look at both and decide.",
            count,
        )
        % {"n": number(count)}
        if waiting
        else _("Nothing to decide.")
    )
    context = {
        "head": Head(
            _("Who is one person"), sentence, back=address("members"), back_label=_("Members")
        ),
        "doubts": waiting,
        "merges": merges,
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
        "empty": Empty(
            _("No doubtful pairs"),
            _("When two names look like one person but the evidence is thin, they wait here."),
            icon="users",
        ),
    }
    return render(request, "members/same.html", context)
