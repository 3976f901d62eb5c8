"""Segments: the list, the builder, one segment with who is in it and why, tags kept by one."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.console.formats import day as day_words
from weilu.console.formats import number, of_ms
from weilu.console.guard import page
from weilu.console.http import Request, row_number
from weilu.console.members.builder import changed, drawn, filled_in, kinds, tree_of
from weilu.console.members.segment_starts import STARTS
from weilu.console.members.segment_words import leaf_words, tree_words
from weilu.console.members.standing import SegmentCompanyForm
from weilu.console.members.standing_words import MODES
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.insight.people import segments as queries
from weilu.members.actions import segments as actions
from weilu.members.models import Segment
from weilu.members.queries import known, names
from weilu.members.queries.standing import company_rule_of
from weilu.members.scope import Scope
from weilu.members.segments.registry import problems
from weilu.members.segments.trees import Branch, leaves, plain, read

SENTENCES.update(
    {
        "no_conditions": gettext_lazy("Add at least one condition."),
        "wrong_condition": gettext_lazy("Something is missing or wrong above, where it is marked."),
        "too_many_conditions": gettext_lazy("More than 40 conditions: make two segments of them."),
        "too_deep": gettext_lazy("The groups lie too deep in each other."),
        "not_a_tree": gettext_lazy("This cannot be read. Begin with a new segment."),
        "unknown_condition": gettext_lazy("Nobody knows this condition any more. Take it out."),
        "out_of_range": gettext_lazy("This number is too small or too large."),
        "not_whole": gettext_lazy("Write a whole number, such as 3."),
        "wrong_order": gettext_lazy("This ends before it begins."),
        "too_many_segments": gettext_lazy("There are 200 segments: throw away those nobody uses."),
        "tag_kept": gettext_lazy("Another segment keeps this tag already."),
        "tag_in_circle": gettext_lazy("The segment itself asks for this tag: that is a circle."),
    }
)


@page(Right.SEE_MEMBERS)
def segments(request: Request) -> HttpResponse:
    """All segments, as last counted."""
    found = queries.segments(request.actor)
    space = request.actor.workspace_id
    context = {
        "head": Head(
            _("Segments"),
            _("Members who have something in common, counted anew as it changes."),
            back=address("members"),
            back_label=_("Members"),
        ),
        "segments": [(one, tree_words(read(one.tree), space)) for one in found],
        "empty": Empty(
            _("No segments yet"),
            _("For example: spoke three times in 14 days, has no tag, and agreed to offers."),
            icon="filters",
        ),
        "starts": STARTS,
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
    }
    return render(request, "members/segments.html", context)


@page(Right.EDIT_MEMBERS)
def build(request: Request, pk: int = 0) -> HttpResponse:
    """The builder, for a new segment or one there is; every button posts the whole tree."""
    one = queries.segment(request.actor, pk) if pk else None
    draft = _draft(request, one)
    act = request.POST.get("act", "")
    error = ""
    if act == "save":
        try:
            saved = actions.save_segment(
                request.actor, name=draft.name, tree=plain(draft.tree), segment_id=pk or None
            )
        except (Invalid, Conflict) as problem:
            error = sentence(str(problem))
        else:
            queries.recount(request.actor, saved, was_edited=True)
            queries.keep_counting(request.actor.workspace_id)
            messages.success(request, _("Saved."))
            return redirect("members_segment", saved.pk)
    filled, left_out = filled_in(draft.tree, request.actor.workspace_id)
    context = {
        "head": Head(
            one.name if one else _("New segment"),
            _("Whom it finds is counted as you build."),
            back=reverse("members_segment", args=[pk]) if one else reverse("members_segments"),
            back_label=one.name if one else _("Segments"),
        ),
        "name": draft.name,
        "root": drawn(
            draft.tree,
            request.actor.workspace_id,
            request.POST,
            strict=act in {"save", "count"},
        ),
        "kinds": kinds(),
        "error": error,
        "starts": {} if draft.tree.of else STARTS,
        "left_out": left_out,
        **_preview(request, filled, sample=6),
    }
    return render(request, "members/build.html", context, status=422 if error else 200)


@dataclass(frozen=True, slots=True)
class _Draft:
    """What is being built."""

    name: str
    tree: Branch


def _draft(request: Request, one: Segment | None) -> _Draft:
    """What the form holds, changed by the button pressed; at first what is saved, or a start."""
    if request.method != "POST":
        if not one and (start := STARTS.get(request.GET.get("start", ""))):
            return _Draft(str(start.name), start.tree)
        tree = read(one.tree) if one else Branch()
        return _Draft(one.name if one else "", tree if isinstance(tree, Branch) else Branch())
    tree = changed(tree_of(request.POST), request.POST.get("act", ""), request.POST)
    return _Draft(request.POST.get("name", ""), tree)


def _preview(request: Request, tree: Branch, *, sample: int = 12) -> dict[str, object]:
    """How many a tree finds, and a few of them with the reasons, in words."""
    space = request.actor.workspace_id
    found = queries.find(request.actor, tree, sample=sample)
    n = len(found.ids)
    said = ngettext("%(n)s member of %(all)s fits.", "%(n)s members of %(all)s fit.", n) % {
        "n": number(n),
        "all": number(found.everybody),
    }
    return {
        "count": n,
        "found": said,
        "counted_from": _counted_from(found.scope),
        "sample": [(one, [leaf_words(leaf, space) for leaf in one.holds]) for one in found.sample],
    }


def _counted_from(scope: Scope) -> str:
    """From which day on days are counted back, "" where that is today."""
    newest = of_ms(scope.today_ms) if scope.today_ms else None
    if newest is None or (not scope.ends and now() - newest < timedelta(days=2)):
        return ""
    said = (
        _(
            "Days are counted back from %(day)s, the day of the newest message; for members of"
            " communities whose history ended earlier, from its end."
        )
        if scope.ends
        else _("Days are counted back from %(day)s, the day of the newest message.")
    )
    return said % {"day": day_words(newest, year=True)}


@page(Right.SEE_MEMBERS)
def segment(request: Request, pk: int) -> HttpResponse:
    """One segment: what it asks, who is in it now and why, how that changed."""
    one = queries.segment(request.actor, pk)
    tree = read(one.tree)
    rule = company_rule_of(request.actor, pk)
    shown = _preview(request, tree if isinstance(tree, Branch) else Branch(of=(tree,)))
    context = {
        "head": Head(
            one.name,
            str(shown["found"]),
            back=reverse("members_segments"),
            back_label=_("Segments"),
        ),
        "segment": one,
        "words": tree_words(tree, request.actor.workspace_id),
        "is_broken": any(problems(leaf, request.actor.workspace_id) for leaf in leaves(tree)),
        "moves": queries.moves_of(request.actor, pk),
        "rule": rule,
        "rule_mode": MODES[rule.mode] if rule else "",
        "company_form": SegmentCompanyForm(request.actor),
        "tags": known.tags(request.actor),
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
        "may_export": request.actor.may(Right.EXPORT),
        **shown,
    }
    return render(request, "members/segment.html", context)


@page(Right.EDIT_MEMBERS)
def keep_tag(request: Request, pk: int) -> HttpResponse:
    """Who would get and who would lose a tag, and by POST: keep it on the segment from now on."""
    one = queries.segment(request.actor, pk)
    wanted = request.POST.get("tag", request.GET.get("tag", ""))
    if request.method == "POST" and not wanted:
        actions.keep_tag(request.actor, segment_id=pk, tag_id=None)
        messages.success(request, _("The tag is no longer kept; who has it keeps it."))
        return redirect("members_segment", pk)
    number = row_number(wanted)
    if number is None:
        raise NotFound
    tag = known.tag(request.actor, number)
    error = ""
    if request.method == "POST":
        try:
            actions.keep_tag(request.actor, segment_id=pk, tag_id=tag.pk)
        except Conflict as problem:
            error = sentence(str(problem))
        else:
            queries.keep_counting(request.actor.workspace_id)
            messages.success(
                request, _("Kept from now on: who comes in gets it, who leaves loses it.")
            )
            return redirect("members_segment", pk)
    gaining, losing = queries.would_change(request.actor, pk, tag)
    context = {
        "head": Head(
            _("Keep the tag %(tag)s") % {"tag": tag.name},
            _("On exactly the members of %(segment)s.") % {"segment": one.name},
            back=reverse("members_segment", args=[pk]),
            back_label=one.name,
        ),
        "tag": tag,
        "error": error,
        "gaining": len(gaining),
        "losing": len(losing),
        "gaining_names": sorted(names(gaining[:12]).values()),
        "losing_names": sorted(names(losing[:12]).values()),
    }
    return render(request, "members/keep_tag.html", context, status=409 if error else 200)


@require_POST
@page(Right.EDIT_MEMBERS)
def remove(request: Request, pk: int) -> HttpResponse:
    """Throw a segment away."""
    actions.remove_segment(request.actor, segment_id=pk)
    messages.success(request, _("The segment is gone."))
    return redirect("members_segments")
