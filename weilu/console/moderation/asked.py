"""What members ask of those who keep order: second looks, reports; and who is kept out."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from weilu.chat.models import Message
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.moderation.log import names_of
from weilu.console.moderation.steps import rung_words
from weilu.console.parts import Badge, Empty, Head, Tab, Tone
from weilu.console.places import address
from weilu.core.access import Right
from weilu.groups.queries import groups_of
from weilu.moderation import appeals as second_looks
from weilu.moderation import reports as told
from weilu.moderation.bans import bans
from weilu.moderation.models import Appeal, Ban
from weilu.moderation.policies import reverse as take_back
from weilu.moderation.raids import raids, switch
from weilu.moderation.rules.ladder import Rung, Step

MOST_GROUPS = 200


@dataclass(frozen=True, slots=True)
class Asked:
    """An appeal ready to draw."""

    one: Appeal
    name: str
    text: str
    step: str
    state: Badge


@page(Right.SEE_MEMBERS)
def appeals(request: Request) -> HttpResponse:
    """Second looks that are asked for, the oldest first."""
    is_open = request.GET.get("tab") != "done"
    rows = second_looks.appeals(request.actor, is_open=is_open)
    names = names_of(request.actor, [row.violation.member_id for row in rows])
    texts = dict(Message.objects.filter(pk__in=[row.pk for row in rows]).values_list("pk", "text"))
    words = ngettext("%(n)s person asks for one.", "%(n)s people ask for one.", len(rows))
    none = _("Nobody asks for one.")
    context = {
        "head": Head(
            _("Second looks"),
            (words % {"n": number(len(rows))} if rows else none) if is_open else "",
        ),
        "tabs": _tabs("appeals", is_open),
        "rows": [_asked(row, names, texts) for row in rows],
        "may": request.actor.may(Right.MODERATE),
        "empty": Empty(
            _("Nobody asks for a second look"),
            _("A warning names the page where whoever gets it can ask for one."),
            "scale",
        ),
    }
    return render(request, "moderation/appeals.html", context)


def _asked(row: Appeal, names: dict[int, str], texts: dict[int, str]) -> Asked:
    one = row.violation
    states = {
        Appeal.State.OPEN: Badge(_("waits"), Tone.WATCH),
        Appeal.State.GRANTED: Badge(_("taken back"), Tone.GOOD),
        Appeal.State.DECLINED: Badge(_("stands"), Tone.CALM),
    }
    return Asked(
        row,
        names.get(one.member_id, ""),
        texts.get(one.pk, ""),
        rung_words(Rung(Step(one.step), one.minutes)),
        states[Appeal.State(row.state)],
    )


@require_POST
@page(Right.MODERATE)
def answer_appeal(request: Request, pk: int) -> HttpResponse:
    """Answer one: take it back, or let it stand."""
    grants = request.POST.get("do") == "grant"
    words = request.POST.get("words", "")
    second_looks.answer(request.actor, violation_id=pk, grants=grants, words=words)
    said = _("Taken back. They find your answer on their page.")
    kept = _("It stands. They find your answer on their page.")
    messages.success(request, said if grants else kept)
    return redirect("appeals")


@page(Right.SEE_MEMBERS)
def reports(request: Request) -> HttpResponse:
    """What members wrote on the public pages."""
    is_open = request.GET.get("tab") != "done"
    rows = told.reports(request.actor, is_open=is_open)
    words = ngettext("%(n)s report waits for you.", "%(n)s reports wait for you.", len(rows))
    none = _("No report waits for you.")
    context = {
        "head": Head(
            _("Reports"), (words % {"n": number(len(rows))} if rows else none) if is_open else ""
        ),
        "tabs": _tabs("reports", is_open),
        "rows": rows,
        "may": request.actor.may(Right.MODERATE),
        "empty": Empty(
            _("Nothing was reported"),
            _("Members report on the page of the rules; reports by a word stand under Clean-up."),
            "flag",
        ),
    }
    return render(request, "moderation/reports.html", context)


@require_POST
@page(Right.MODERATE)
def finish_report(request: Request, pk: int) -> HttpResponse:
    """Close a report: there was something to it, or nothing."""
    told.finish_report(request.actor, pk=pk, was_right=request.POST.get("do") == "right")
    messages.success(request, _("Done."))
    return redirect("reports")


@page(Right.SEE_MEMBERS)
def kept_out(request: Request) -> HttpResponse:
    """Who is kept out of which community, and until when."""
    rows = bans(request.actor)
    names = names_of(request.actor, [row.member_id for row in rows])
    words = ngettext("%(n)s person is kept out.", "%(n)s people are kept out.", len(rows))
    context = {
        "head": Head(
            _("Kept out"),
            words % {"n": number(len(rows))} if rows else _("Nobody is kept out."),
        ),
        "rows": [_kept(row, names) for row in rows],
        "may": request.actor.may(Right.MODERATE),
        "empty": Empty(
            _("Nobody is kept out"),
            _("Whoever is to stay out of all groups of a community is listed here, with an end."),
            "door-off",
        ),
    }
    return render(request, "moderation/bans.html", context)


def _kept(row: Ban, names: dict[int, str]) -> tuple[Ban, str]:
    return row, names.get(row.member_id, "")


@require_POST
@page(Right.MODERATE)
def let_back(request: Request, pk: int) -> HttpResponse:
    """Take somebody off the list."""
    take_back(request.actor, message_ids=[pk])
    messages.success(request, _("Taken off the list. They may come back."))
    return redirect("kept_out")


def _tabs(name: str, is_open: bool) -> list[Tab]:  # noqa: FBT001 - private
    url = address(name)
    return [
        Tab(_("To be looked at"), url, here=is_open),
        Tab(_("Done"), f"{url}?tab=done", here=not is_open),
    ]


@page(Right.SEE_MEMBERS)
def raid_list(request: Request) -> HttpResponse:
    """Raids that are on; a raid on any group can be begun and ended by hand."""
    rows = raids(request.actor)
    on = {row.group_id for row in rows}
    others = [one for one in groups_of(request.actor) if one.connection_id and one.pk not in on]
    words = ngettext("%(n)s group is under a raid.", "%(n)s groups are under a raid.", len(rows))
    context = {
        "head": Head(
            _("Raids"), words % {"n": number(len(rows))} if rows else _("No group is under one.")
        ),
        "rows": rows,
        "others": others[:MOST_GROUPS],
        "empty": None if rows or others else _no_raids(),
        "may": request.actor.may(Right.MODERATE),
    }
    return render(request, "moderation/raids.html", context)


def _no_raids() -> Empty:
    """What stands there while no group is connected that could be raided."""
    return Empty(
        _("No group to protect yet"),
        _("Connect a platform, and groups that many strangers enter at once are protected."),
        "shield-exclamation",
    )


@require_POST
@page(Right.MODERATE)
def switch_raid(request: Request, pk: int) -> HttpResponse:
    """Begin or end a raid by hand."""
    is_on = request.POST.get("do") == "begin"
    switch(request.actor, group_id=pk, on=is_on)
    messages.success(request, _("It ends by itself in half an hour.") if is_on else _("Ended."))
    return redirect("raids")
