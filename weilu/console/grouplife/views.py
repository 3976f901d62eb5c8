"""A group's life: where it is and why; the turns it can take, each as one guided page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.console import counts
from weilu.console.formats import moment, number, percent
from weilu.console.grouplife.forms import TurnForm
from weilu.console.grouplife.words import (
    ADVICE,
    DONE,
    FITTING,
    TURNS,
    evidence,
    life_badge,
)
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.joining.views import public_address
from weilu.console.parts import Badge, Head
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.groups.models import Group, JoinLink, Turn
from weilu.groups.queries import group as one_group
from weilu.insight.pages.concerned import concerned, in_both
from weilu.insight.pages.life import LifeOf, lives
from weilu.insight.pages.look import place_of
from weilu.service.turns import (
    NEEDS_PLACE,
    Plan,
    has_told,
    others_for,
    places_for,
    spoken,
    take_turn,
    turns_of,
    undo_turn,
)

OTHERS_SHOWN = 200
SENTENCES.update(
    {
        "end_missing": gettext_lazy("Choose a day from today on, within three months."),
        "place_missing": gettext_lazy("Choose where members can go."),
        "place_leads_nowhere": gettext_lazy("This link leads to no other open group."),
        "place_leads_elsewhere": gettext_lazy("This link does not lead to the group above."),
        "other_missing": gettext_lazy("Choose the group that takes them in."),
        "already_ending": gettext_lazy("This group has closed already, or is about to."),
        "already_told": gettext_lazy("These very words were put into the outbox just now."),
        "already_undone": gettext_lazy("This was taken back already."),
    }
)


@dataclass(frozen=True, slots=True)
class Act:
    """A turn the group can take."""

    name: str
    words: str
    icon: str
    url: str
    is_first: bool


@dataclass(frozen=True, slots=True)
class Taken:
    """A turn the group took."""

    one: Turn
    what: str
    who: str
    may_undo: bool


@page(Right.SEE_NUMBERS)
def life(request: Request, pk: int) -> HttpResponse:
    """Where a group is in its life, why, what to do, and which turns it took."""
    group = one_group(request.actor, pk)
    place = place_of(request.actor, group.community_id)
    found = lives(place, [one for one in place.groups if one.pk == pk])[0]
    may = request.actor.may(Right.EDIT_GROUPS) and request.actor.may(Right.SEND)
    context = {
        "head": Head(
            group.name,
            _sentence(found),
            reverse("community", args=[group.community_id]) + f"?group={pk}",
            group.community.name,
        ),
        "badge": life_badge(group, found.life.stage),
        "advice": "" if group.ends_at else ADVICE[found.life.stage],
        "facts": _facts(found),
        "acts": _acts(found) if may else [],
        "taken": [_taken(one, may=may) for one in turns_of(request.actor, group)],
        "zone": group.community.time_zone,
        "group": group,
    }
    return render(request, "grouplife/life.html", context)


def _sentence(found: LifeOf) -> str:
    ends_at = found.group.ends_at
    if ends_at is None:
        return evidence(found.life)
    if ends_at <= now():
        words = _("Closed on %(day)s. No join link leads here any more.")
    elif has_told(found.group):
        words = _("Closes on %(day)s. Its members were told, and no join link leads here any more.")
    else:
        words = _(
            "Closes on %(day)s, and no join link leads here any more. The words to its members"
            " have not left yet."
        )
    return words % {"day": moment(ends_at)}


def _facts(found: LifeOf) -> list[tuple[str, str]]:
    one = found.life
    age = ngettext("%(n)s week", "%(n)s weeks", one.weeks) % {"n": number(one.weeks)}
    return [
        (_("Age"), age if one.weeks else "–"),
        (_("Messages a week, last four weeks"), _rate(one.recent_per_week)),
        (_("Usually, the twelve weeks before"), _rate(one.past_per_week)),
        (_("In its best four weeks"), _rate(one.best_per_week)),
        (_("Last word"), _ago(one.silent_days) if one.weeks else "–"),
        (_("People there"), number(found.present)),
        (
            _("Spoke in the last four weeks"),
            f"{number(found.speakers)} ({percent(one.active_share)})",
        ),
        (_("Silent for two months, or always"), number(found.silent)),
    ]


def _rate(per_week: float | None) -> str:
    """Messages a week; a decimal only where it tells something."""
    is_whole = per_week is None or per_week >= 10 or per_week == int(per_week)
    return number(per_week, digits=0 if is_whole else 1)


def _ago(silent_days: int) -> str:
    return _("%(days)s ago") % {"days": counts.days(silent_days)} if silent_days else _("today")


def _acts(found: LifeOf) -> list[Act]:
    """The turns that make sense, the most helpful first."""
    is_over = found.group.ends_at is not None
    kinds = [Turn.Kind.REVIVE.value] if is_over else FITTING[found.life.stage]
    return [
        Act(
            str(TURNS[kind][0]),
            str(TURNS[kind][1]),
            TURNS[kind][2],
            reverse("group_turn", args=[found.group.pk, str(kind)]),
            kind == Turn.Kind.REVIVE and not is_over,
        )
        for kind in kinds
    ]


def _taken(one: Turn, *, may: bool) -> Taken:
    who = one.by.username if one.by else ""
    return Taken(one, str(DONE[one.kind]), who, may and one.undone_at is None)


@page(Right.EDIT_GROUPS)
def turn(request: Request, pk: int, kind: str) -> HttpResponse:
    """One turn: whom it concerns, where they can go, what they read; looked at, then done."""
    request.actor.require(Right.SEND)
    group = one_group(request.actor, pk)
    if kind not in TURNS:
        raise NotFound
    places = places_for(request.actor, group)
    others = list(others_for(request.actor, group)[:OTHERS_SHOWN]) if kind == "merge" else []
    form = TurnForm(
        request.POST or None,
        group=group,
        kind=kind,
        others=_labelled(group, others),
        places=places,
    )
    seen: Plan | None = None
    if request.method == "POST" and form.is_valid():
        seen = form.plan(_address(request, places, form.cleaned_data.get("place", "")))
        if request.POST.get("do") == "tell" and _done(request, group, seen, form):
            return redirect("group_life", pk)
    title, words, _icon = TURNS[kind]
    context = {
        "head": Head(title, words, reverse("group_life", args=[pk]), group.name),
        "form": form,
        "whom": concerned(request.actor, group),
        "lacks": _lacks(kind, others, places),
        "seen": seen and spoken(seen.words, seen.filled),
        "seen_there": seen and spoken(seen.words_there, {**seen.filled, "{link}": ""}),
        "is_local": seen is not None and bool(seen.place_id) and not settings.PUBLIC_URL,
        "group": group,
        "kind": kind,
    }
    return render(request, "grouplife/turn.html", context, status=422 if form.errors else 200)


def _labelled(group: Group, others: Sequence[Group]) -> list[tuple[Group, str]]:
    """Groups that could take the members in, with how many are there and how many in both."""
    counts = in_both(group, others) if others else {}
    words = _("%(name)s (%(there)s there, %(both)s of them are in both)")
    return [
        (
            one,
            words % {"name": one.name, "there": counts[one.pk][0], "both": counts[one.pk][1]},
        )
        for one in others
    ]


def _address(request: Request, places: Sequence[JoinLink], chosen: str) -> str:
    found = next((one for one in places if str(one.pk) == chosen), None)
    return public_address(request, found) if found else ""


def _lacks(kind: str, others: Sequence[Group], places: Sequence[JoinLink]) -> list[Badge]:
    """What stands in the way, as words; nothing when all is there."""
    found = []
    if kind == "merge" and not others:
        found.append(Badge(_("There is no other open group yet.")))
    if kind in NEEDS_PLACE and not places:
        found.append(Badge(_("No join link leads to another open group yet. Make one first.")))
    return found


def _done(request: Request, group: Group, plan: Plan, form: TurnForm) -> bool:
    """Do it; False when it cannot be, and the form says why."""
    try:
        take_turn(request.actor, group=group, plan=plan)
    except Invalid as error:
        field = error.field if error.field in form.fields else None
        form.add_error(field, sentence(str(error)))
        return False
    except Conflict as error:
        form.add_error(None, sentence(str(error)))
        return False
    messages.success(request, _("It is in the outbox. Until it leaves, it can be taken back."))
    return True


@require_POST
@page(Right.EDIT_GROUPS)
def undo(request: Request, pk: int) -> HttpResponse:
    """Take a turn back."""
    one = Turn.objects.filter(pk=pk, workspace_id=request.actor.workspace_id).first()
    if one is None:
        raise NotFound
    came = undo_turn(request.actor, pk=pk)
    if came.left:
        words = _("Taken back. The members have read it already: write to them that it goes on.")
        messages.warning(request, words)
    else:
        messages.success(request, _("Taken back before anybody read it."))
    return redirect("group_life", one.group_id)
