"""Seed members: who is screened, who is on the list, how far it is, and thanks (A-8)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.communities.models import Community
from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request, row_number, row_numbers
from weilu.console.kit.steps import launch_step
from weilu.console.parts import Badge, Empty, Head
from weilu.console.sentences import SENTENCES
from weilu.console.team.words import STATES, reason
from weilu.core.access import Right
from weilu.core.errors import NotFound
from weilu.insight.launch import Item
from weilu.insight.people.seeding import candidates
from weilu.insight.people.segments import members_of, segments
from weilu.insight.scope import community as one_community
from weilu.insight.worth.spending import number_fields, spending_field
from weilu.members.models import Field
from weilu.members.queries import names
from weilu.team.models import Seed
from weilu.team.rules.seeding import Candidate
from weilu.team.seeds import (
    AT_ONCE,
    Row,
    add_seeds,
    drop_seed,
    listed,
    seeds_of,
    set_note,
    set_state,
    thank,
)

SHOWN = 60
SENTENCES.update(
    {
        "bad_state": gettext_lazy("Choose one of the states from the list."),
        "already_thanked": gettext_lazy("They were thanked already."),
    }
)


@dataclass(frozen=True, slots=True)
class Line:
    """Somebody of the list or of the screening, ready to draw."""

    pk: int
    member_id: int
    name: str
    reasons: Sequence[str]
    badge: Badge | None = None
    seed: Seed | None = None


@page(Right.SEE_MEMBERS)
def listing(request: Request, pk: int) -> HttpResponse:
    """The invitation list."""
    community = one_community(request.actor, pk)
    rows = seeds_of(request.actor, community)
    may = request.actor.may(Right.EDIT_MEMBERS)
    find_url = reverse("community_seeds_find", args=[pk])
    context = {
        "head": Head(_("Seed members"), _sentence(rows), *_back(community)),
        "rows": [_line(one) for one in rows],
        "states": [(value, words) for value, (words, _tone) in STATES.items()],
        "may": may,
        "community": community,
        "launch_step": launch_step(request, community, Item.SEEDS),
        "words": _("Hello! We are opening a small community, %(name)s, and want to begin it with"
                   " people like you: you have helped many here. There is nothing to sell; you"
                   " would see everything first and say what we should do differently. Would you"
                   " like to come in before the others?") % {"name": community.name},
        "empty": Empty(
            _("Nobody is on the list yet"),
            _(
                "A group that begins with ten people who like to talk does not stay silent when the"
                " others come. Weilu finds them among your members."
            ),
            "plant-2",
            action=_("Find seed members") if may else "",
            href=find_url if may else "",
        ),
    }  # fmt: skip
    return render(request, "team/seeds.html", context)


def _back(community: Community) -> tuple[str, str]:
    return reverse("community", args=[community.pk]), community.name


def _sentence(rows: Sequence[Row]) -> str:
    if not rows:
        return _("The first people make the place: they answer, they share, they forgive.")
    said = [
        f"{number(n)} {words}"
        for value, (words, _tone) in STATES.items()
        if (n := sum(one.seed.state == value for one in rows))
    ]
    return _("%(list)s.") % {"list": _(", ").join(said)}


def _line(one: Row) -> Line:
    word, tone = STATES[one.seed.state]
    return Line(
        one.seed.pk,
        one.member_id,
        one.name,
        [reason(kind, n) for kind, n in one.reasons],
        Badge(word, tone),
        one.seed,
    )


@page(Right.EDIT_MEMBERS)
def find(request: Request, pk: int) -> HttpResponse:
    """Screen the workspace's members; put those picked on the list."""
    community = one_community(request.actor, pk)
    segment = row_number(request.GET.get("segment", ""))
    among = None if segment is None else members_of(request.actor, segment)
    there = listed(request.actor, community)
    numbers = number_fields(request.actor.workspace_id)
    bought = _bought(request.GET.get("bought"), numbers)
    found = candidates(request.actor, most=SHOWN, besides=there, among=among, bought=bought)
    if request.method == "POST":
        return _put(request, community, found)
    called = names([one.member_id for one in found])
    context = {
        "head": Head(
            _("Find seed members"),
            _found_words(len(found)),
            reverse("community_seeds", args=[pk]),
            _("Seed members"),
        ),
        "rows": [
            Line(
                one.member_id,
                one.member_id,
                called.get(one.member_id, ""),
                [reason(kind, n) for kind, n in one.reasons],
            )
            for one in found
        ],
        "segments": segments(request.actor),
        "segment": segment,
        "numbers": numbers,
        "bought": bought,
        "community": community,
        "empty": Empty(
            _("Nobody stands out yet"),
            _(
                "It takes people who spoke on three days at least in the last twelve weeks, or"
                " customers of whom it is known what they bought."
            ),
            "plant-2",
        ),
    }
    return render(request, "team/find.html", context)


def _bought(said: str | None, numbers: Sequence[Field]) -> int | None:
    """The field that says what customers bought: as chosen, else one that is called so."""
    if said is not None:
        return next((one.pk for one in numbers if str(one.pk) == said), None)
    return spending_field(numbers)


def _found_words(n: int) -> str:
    words = ngettext("%(n)s person stands out", "%(n)s people stand out", n) % {"n": number(n)}
    return _(
        "%(who)s in the last twelve weeks by days, answers, thanks, people they talk with and"
        " groups, or by what they bought. Staff, bots and who left are not among them."
    ) % {"who": words}


def _put(request: Request, community: Community, found: Sequence[Candidate]) -> HttpResponse:
    picked = set(request.POST.getlist("pick")[:AT_ONCE])
    reasons = {one.member_id: one.reasons for one in found if str(one.member_id) in picked}
    added = add_seeds(request.actor, community=community, reasons=reasons)
    words = ngettext("%(n)s person is on the list.", "%(n)s people are on the list.", added)
    messages.success(request, words % {"n": number(added)})
    return redirect("community_seeds", community.pk)


@require_POST
@page(Right.EDIT_MEMBERS)
def state(request: Request, pk: int) -> HttpResponse:
    """Say how far it is with those picked."""
    one_community(request.actor, pk)
    picked = row_numbers(request.POST.getlist("pick")[:AT_ONCE])
    set_state(request.actor, pks=picked, state=request.POST.get("state", ""))
    return redirect("community_seeds", pk)


@require_POST
@page(Right.EDIT_MEMBERS)
def act(request: Request, pk: int) -> HttpResponse:
    """Thank one, keep a note, or take them off the list."""
    one = Seed.objects.filter(pk=pk, workspace_id=request.actor.workspace_id).first()
    if one is None:
        raise NotFound
    match request.POST.get("act", ""):
        case "thank":
            thank(request.actor, pk=pk)
        case "note":
            set_note(request.actor, pk=pk, note=request.POST.get("note", ""))
        case "drop":
            drop_seed(request.actor, pk=pk)
        case wanted:
            set_state(request.actor, pks=[pk], state=wanted)
    return redirect("community_seeds", one.community_id)
