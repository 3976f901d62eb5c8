"""The first three days of newcomers: who came, whom nobody answers, and who keeps company (H-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.communities.models import Community
from weilu.console.formats import duration, moment, number, of_ms, told
from weilu.console.guard import page
from weilu.console.http import Request, row_number
from weilu.console.parts import Badge, Empty, Head, Tone
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Actor, Right
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.groups.queries import groups_of
from weilu.insight.pages.replies import texts_of
from weilu.insight.scope import community as one_community
from weilu.insight.worth.companions import Candidate, may_ask
from weilu.service.companions import (
    companions_of,
    end_companion,
    loads_of,
    name_companion,
)
from weilu.service.first_days import Newcomer, newcomers_of, see_to, tally, unheard
from weilu.service.models import FirstDays

TALLY_DAYS = 28
SUGGESTED = 6
UNHEARD_SHOWN = 20
SENTENCES.update(
    {
        "companion_is_machine": gettext_lazy("A machine cannot keep anybody company."),
        "companion_is_nowhere": gettext_lazy(
            "This member has never spoken in a group of this community."
        ),
        "companions_full": gettext_lazy("Fifty companions are enough for a community."),
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """A newcomer, ready to draw; `said` is their question where that is what it is about."""

    pk: int
    member_id: int
    name: str
    group: str
    when: str
    badge: Badge
    words: str
    said: str = ""
    message_id: int | None = None


@page(Right.SEE_MEMBERS)
def first_days(request: Request, pk: int) -> HttpResponse:
    """Who came within the last three days, and how they fare."""
    actor = request.actor
    community = one_community(actor, pk)
    zone = ZoneInfo(community.time_zone)
    alone = list(unheard(actor).filter(group__community=community)[:UNHEARD_SHOWN])
    companions = companions_of(actor, community)
    loads = loads_of(companions)
    may_name = actor.may(Right.EDIT_MEMBERS)
    found = may_ask(actor, community, companions, SUGGESTED) if may_name else []
    has_connected = any(one.connection_id for one in groups_of(actor, pk))
    context = {
        "head": Head(
            _("First three days"),
            _sentence(actor, community) if has_connected else "",
            reverse("community", args=[pk]),
            community.name,
        ),
        "community": community,
        "alone": _alone(alone, zone),
        "lines": [_line(one, zone) for one in newcomers_of(actor, community)],
        "companions": [(one, _load(loads[one.identity.member_id])) for one in companions],
        "asked": [(one, _worth(one)) for one in found],
        "words": _(
            "Hello! Many new people find their way to us these days. May the welcome name you as"
            " somebody they can ask? A word now and then is enough."
        ),
        "may_name": may_name,
        "may_greet": actor.may(Right.EDIT_GROUPS),
        "may_see_to": actor.may(Right.HANDLE_FINDINGS),
        "empty": _nobody(actor, has_connected=has_connected),
    }
    return render(request, "communities/first_days.html", context)


def _nobody(actor: Actor, *, has_connected: bool) -> Empty:
    if has_connected:
        return Empty(
            _("Nobody came in the last three days"),
            _("Whoever comes is listed here, with their first words and questions."),
            "door-enter",
        )
    may = actor.may(Right.CONNECT)
    return Empty(
        _("Weilu does not see who comes"),
        _("It sees newcomers in connected groups. History from files knows the past only."),
        "plug",
        action=_("Connect a platform") if may else "",
        href=reverse("connect") if may else "",
    )


def _sentence(actor: Actor, community: Community) -> str:
    found = tally(actor, community, TALLY_DAYS)
    if not found.came:
        return _("Nobody came in the last four weeks.")
    words = ngettext(
        "In the last four weeks %(came)s person came; %(greeted)s greeted, %(spoke)s spoke.",
        "In the last four weeks %(came)s people came; %(greeted)s were greeted, %(spoke)s spoke.",
        found.came,
    ) % {
        "came": number(found.came),
        "greeted": number(found.greeted),
        "spoke": number(found.spoke),
    }
    if not found.asked:
        return words
    asked = ngettext(
        "%(answered)s of %(asked)s first question was answered.",
        "%(answered)s of %(asked)s first questions were answered.",
        found.asked,
    ) % {"answered": number(found.answered), "asked": number(found.asked)}
    return told(words, asked)


def _load(count: int) -> str:
    if not count:
        return _("no newcomer these seven days")
    return ngettext(
        "%(n)s newcomer these seven days", "%(n)s newcomers these seven days", count
    ) % {"n": number(count)}


def _worth(one: Candidate) -> str:
    """What speaks for asking somebody."""
    met = (
        ngettext(
            "Met %(met)s newcomer, %(stayed)s stayed.",
            "Met %(met)s newcomers, %(stayed)s stayed.",
            one.met,
        )
        if one.met
        else ""
    )
    answered = ngettext("Answered %(n)s question.", "Answered %(n)s questions.", one.answered)
    return told(
        met and met % {"met": number(one.met), "stayed": number(one.stayed)},
        answered % {"n": number(one.answered)},
    )


def _alone(rows: Sequence[FirstDays], zone: ZoneInfo) -> list[Line]:
    """First questions nobody answers, with what was asked."""
    said = texts_of([one.asked_id for one in rows if one.asked_id])
    return [
        Line(
            one.pk,
            one.identity.member_id,
            one.identity.name,
            one.group.name,
            moment(of_ms(one.asked_ms), zone=zone),
            Badge(_("No answer"), Tone.BAD),
            "",
            said.get(one.asked_id or 0, ""),
            one.asked_id,
        )
        for one in rows
    ]


def _line(one: Newcomer, zone: ZoneInfo) -> Line:
    row = one.row
    badge, words = _state(one)
    if row.companion is not None:
        words = told(words, _("%(name)s keeps them company.") % {"name": row.companion.name})
    return Line(
        row.pk,
        row.identity.member_id,
        row.identity.name,
        row.group.name,
        moment(of_ms(row.came_ms), zone=zone),
        badge,
        words,
        message_id=row.asked_id,
    )


def _state(one: Newcomer) -> tuple[Badge, str]:
    """How a newcomer fares, in a word and a sentence."""
    row = one.row
    if one.has_left:
        return Badge(_("Left"), Tone.CALM), _("Left again.")
    if row.asked_ms is not None:
        return _asking(row, row.asked_ms)
    if one.spoke_ms is not None:
        wait = duration(max(one.spoke_ms - row.came_ms, 0) / 1000)
        return Badge(_("Spoke"), Tone.GOOD), _("Said something %(wait)s after coming.") % {
            "wait": wait
        }
    if row.greeted_at is not None:
        return Badge(_("Silent"), Tone.CALM), _("Was greeted and has not spoken yet.")
    return Badge(_("Silent"), Tone.CALM), _("Has not spoken yet.")


def _asking(row: FirstDays, asked_ms: int) -> tuple[Badge, str]:
    if row.answered_ms is not None:
        wait = duration((row.answered_ms - asked_ms) / 1000)
        if row.answered_by is None:
            words = _("Asked, and was answered after %(wait)s.") % {"wait": wait}
        else:
            words = _("Asked, and %(name)s answered after %(wait)s.") % {
                "name": row.answered_by.name,
                "wait": wait,
            }
        return Badge(_("Answered"), Tone.GOOD), words
    if row.seen_to_at is not None:
        return Badge(_("Seen to"), Tone.CALM), _("Asked; somebody of you saw to it.")
    if row.unheard_at is not None:
        return Badge(_("No answer"), Tone.BAD), _("Asked, and nobody has answered.")
    return Badge(_("Asked"), Tone.WATCH), _("Asked a moment ago.")


@require_POST
@page(Right.HANDLE_FINDINGS)
def seen_to(request: Request, pk: int) -> HttpResponse:
    """Say that somebody saw to a newcomer's question."""
    try:
        found = see_to(request.actor, pk=pk)
    except Conflict:
        messages.info(request, _("A colleague was first."))
        return redirect("today")
    messages.success(request, _("Noted. It is off the list."))
    return redirect("community_first_days", found.group.community_id)


@require_POST
@page(Right.EDIT_MEMBERS)
def companion(request: Request, pk: int) -> HttpResponse:
    """Note that a member agreed to keep newcomers company."""
    community = one_community(request.actor, pk)
    member_id = row_number(request.POST.get("member", ""))
    if member_id is None:
        raise NotFound
    try:
        made = name_companion(request.actor, community=community, member_id=member_id)
    except (Invalid, Conflict) as error:
        messages.error(request, sentence(str(error)))
    else:
        said = _("From now on greetings name %(name)s.") % {"name": made.identity.name}
        messages.success(request, said)
    return redirect("community_first_days", pk)


@require_POST
@page(Right.EDIT_MEMBERS)
def companion_end(request: Request, pk: int) -> HttpResponse:
    """Let a member keep newcomers company no longer."""
    try:
        ended = end_companion(request.actor, pk=pk)
    except Conflict:
        messages.info(request, _("A colleague was first."))
        return redirect("communities")
    said = _("Greetings name %(name)s no longer.") % {"name": ended.identity.name}
    messages.success(request, said)
    return redirect("community_first_days", ended.community_id)
