"""How goodwill is counted: the model, the levels and who is on them, and changing it (C-4)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.communities.models import Community
from weilu.console import counts
from weilu.console.formats import day, number
from weilu.console.guard import page
from weilu.console.http import Request, row_number
from weilu.console.members.goodwill_form import WorthForm
from weilu.console.members.worth_words import LEVELS
from weilu.console.parts import Head, Tab
from weilu.console.places import address
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.errors import Invalid, NotFound
from weilu.insight.pages.look import date_of
from weilu.insight.people.segments import asking
from weilu.insight.worth.preview import Preview, would_change
from weilu.members.actions.goodwill_model import save_numbers
from weilu.members.actions.ledgers import numbers_of
from weilu.members.queries.worth import level_counts, newest_moves
from weilu.members.rules.levels import Level
from weilu.members.segments.trees import Leaf

SENTENCES.update(
    {
        "half_life_range": gettext_lazy("Choose between 14 and 730 days."),
        "worth_range": gettext_lazy("Choose between 0 and 100 points, and at most 1,000 times."),
        "grace_range": gettext_lazy("Choose at most 365 days."),
        "step_range": gettext_lazy("This number is too small or too large."),
        "keep_above_enter": gettext_lazy("What keeps a level cannot be more than what enters it."),
        "steps_fall": gettext_lazy("A higher level cannot take less than the one below it."),
    }
)


@page(Right.SEE_MEMBERS)
def goodwill(request: Request) -> HttpResponse:
    """The model with its preview; by POST: see what would change, or save."""
    if request.method == "POST":
        request.actor.require(Right.EDIT_MEMBERS)
    community = _community(request)
    held = numbers_of(request.actor.workspace_id)
    form = WorthForm(held, community, request.POST if request.method == "POST" else None)
    shown: Preview | None = None
    if request.method == "POST" and form.is_valid():
        try:
            if request.POST.get("do") != "save":
                shown = would_change(request.actor, form.draft())
            else:
                save_numbers(request.actor, form.draft())
                words = _("Saved. Scores and levels are worked out anew within a minute.")
                messages.success(request, words)
                return redirect(request.get_full_path())
        except Invalid as problem:
            form.blame(problem.field, sentence(problem.code))
    wrong = request.method == "POST" and bool(form.errors)
    return render(
        request, "members/goodwill_page.html", _context(request, form, shown),
        status=422 if wrong else 200,
    )  # fmt: skip


def _community(request: Request) -> int:
    asked = request.GET.get("community", "")
    if not asked:
        return 0
    number = row_number(asked)
    rows = Community.objects.filter(workspace_id=request.actor.workspace_id)
    if number is None or not rows.filter(pk=number).exists():
        raise NotFound
    return number


def _context(request: Request, form: WorthForm, shown: Preview | None) -> dict[str, object]:
    counts = level_counts(request.actor)
    rows = Community.objects.filter(workspace_id=request.actor.workspace_id).order_by("name")
    places = list(rows.values_list("pk", "name"))
    tabs = [Tab(_("Everywhere"), request.path, not form.community)]
    tabs += [
        Tab(name, f"{request.path}?community={pk}", pk == form.community) for pk, name in places
    ]
    return {
        "head": Head(
            _("Goodwill"), _sentence(counts), back=address("members"), back_label=_("Members")
        ),
        "form": form,
        "tabs": tabs if len(places) > 1 or form.community else [],
        "levels": [(LEVELS[one], n, one.name.lower()) for one, n in _on_levels(request)],
        "moves": [
            (one, LEVELS[Level(one.level)], one.level > one.came_from)
            for one in newest_moves(request.actor)
        ],
        "preview": _told(shown) if shown else None,
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
    }


def _on_levels(request: Request) -> list[tuple[Level, int]]:
    """How many are on each level, also those who look on without any goodwill: as a list finds."""
    ask = asking(request.actor)
    return [(one, len(ask.members(Leaf("level", {"level": [one.name.lower()]})))) for one in Level]


def _sentence(counts: dict[int, int]) -> str:
    carrying = counts.get(Level.CARRYING, 0)
    giving = carrying + counts.get(Level.CONTRIBUTING, 0)
    everybody = sum(counts.values())
    if not everybody:
        return _("Nobody has any goodwill yet: it comes with the first answers.")
    said = ngettext(
        "%(n)s of %(all)s members with goodwill contributes",
        "%(n)s of %(all)s members with goodwill contribute",
        giving,
    ) % {"n": number(giving), "all": number(everybody)}
    return _("%(said)s; %(carrying)s of them carry the community.") % {
        "said": said,
        "carrying": number(carrying),
    }


def _told(shown: Preview) -> dict[str, object]:
    """A preview in words."""
    moves = sorted(shown.moves.items(), key=lambda one: (-one[1], one[0]))
    return {
        "sentence": _("Of %(all)s, %(up)s would have more and %(down)s less.")
        % {
            "all": counts.members(shown.looked_at),
            "up": number(shown.up),
            "down": number(shown.down),
        },
        "is_part": shown.is_part,
        "told_from": day(date_of(shown.told_from), year=True) if shown.told_from else "",
        "moves": [(number(n), LEVELS[a], LEVELS[b], b > a) for (a, b), n in moves],
        "most": [
            (one, number(one.before, digits=1), number(one.after, digits=1)) for one in shown.most
        ],
    }
