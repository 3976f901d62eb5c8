"""Circles: those found in the talk, those kept, who is in them, and people like some (C-5)."""

from __future__ import annotations

from collections.abc import Callable

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.console.formats import number
from weilu.console.guard import page
from weilu.console.http import Request, row_number, row_numbers
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.jobs import schedule
from weilu.insight.people.listing import find_members
from weilu.insight.people.segments import asking_for
from weilu.insight.worth.circles import JOB, found_circles, members_of_found, people_like
from weilu.members.actions import circles as actions
from weilu.members.queries import circles as queries
from weilu.members.queries import member as find_member

# Members that the page of a circle names; the list has all.
SHOWN = 500

SENTENCES.update(
    {
        "too_many_circles": gettext_lazy("There are 200 circles: throw away those nobody needs."),
        "circle_full": gettext_lazy("A circle holds at most 5,000 members: make a segment."),
    }
)


class CircleForm(forms.Form):
    """A circle's name and what holds it together."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=actions.NAME_CHARS)
    note = forms.CharField(
        label=gettext_lazy("What holds it together"),
        required=False,
        max_length=actions.NOTE_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


@page(Right.SEE_MEMBERS)
def circles(request: Request) -> HttpResponse:
    """Kept circles and found ones; by POST: make one, or keep one that was found."""
    form = CircleForm(request.POST if request.method == "POST" else None)
    if request.method == "POST":
        request.actor.require(Right.EDIT_MEMBERS)
        if form.is_valid():
            made = _made(request, form)
            if made:
                messages.success(request, _("Kept. It can be used in segments now."))
                return redirect("members_circle", made)
    kept, found = queries.circles(request.actor), found_circles(request.actor)
    said = ngettext(
        "%(n)s circle was found in who talks with whom.",
        "%(n)s circles were found in who talks with whom.",
        len(found),
    ) % {"n": number(len(found))}
    context = {
        "head": Head(
            _("Circles"),
            said if found else _("People who talk with each other, and what about."),
            back=address("members"),
            back_label=_("Members"),
        ),
        "kept": kept,
        "found": found,
        "form": form,
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
        "empty": Empty(
            _("No circles found yet"),
            _("They show as soon as at least four people talk with each other more than with"
              " others."),
            icon="users-group",
        ),
    }  # fmt: skip
    return render(request, "members/circles.html", context, status=422 if form.errors else 200)


def _made(request: Request, form: CircleForm) -> int:
    """The circle made, 0 when something is wrong."""
    found = row_number(request.POST.get("found", ""))
    ids = () if found is None else members_of_found(request.actor, found)
    try:
        one = actions.save_circle(
            request.actor, name=form.cleaned_data["name"], note=form.cleaned_data["note"]
        )
        actions.add_to_circle(request.actor, circle_id=one.pk, member_ids=ids)
    except (Invalid, Conflict) as problem:
        form.add_error("name", sentence(str(problem)))
        return 0
    return one.pk


@page(Right.SEE_MEMBERS)
def circle(request: Request, pk: int) -> HttpResponse:
    """One circle: who is in it, whom one may add, people like them."""
    one = queries.circle(request.actor, pk)
    inside = queries.members_in(request.actor, pk, limit=SHOWN)
    there = queries.ids_in(request.actor, pk)
    asked = request.GET.get("with", "").strip()
    count = ngettext("%(n)s member.", "%(n)s members.", len(there)) % {"n": number(len(there))}
    context = {
        "head": Head(
            one.name,
            f"{count} {one.note}".strip(),
            back=reverse("members_circles"),
            back_label=_("Circles"),
        ),
        "circle": one,
        "asking": asking_for(request.actor, "circle", pk),
        "members": inside,
        "others": len(there) - len(inside),
        "form": CircleForm(initial={"name": one.name, "note": one.note}),
        "asked_with": asked,
        "candidates": [
            found for found in (find_members(request.actor, asked) if asked else ())
            if found.pk not in there
        ],
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
    }  # fmt: skip
    return render(request, "members/circle.html", context)


@require_POST
@page(Right.EDIT_MEMBERS)
def change(request: Request, pk: int) -> HttpResponse:
    """Add somebody, take somebody out, name it anew, or throw it away."""
    queries.circle(request.actor, pk)
    who = request.POST.get("member", "")
    member_id = row_number(who) or 0
    acts: dict[str, Callable[[], object]] = {
        "add": lambda: actions.add_to_circle(request.actor, circle_id=pk, member_ids=[member_id]),
        "take": lambda: actions.take_from_circle(request.actor, circle_id=pk, member_id=member_id),
        "name": lambda: actions.save_circle(
            request.actor,
            name=request.POST.get("name", ""),
            note=request.POST.get("note", ""),
            circle_id=pk,
        ),
        "remove": lambda: actions.remove_circle(request.actor, circle_id=pk),
    }
    act = acts.get(request.POST.get("act", ""))
    if act is None:
        raise NotFound
    try:
        act()
    except (Invalid, Conflict) as problem:
        messages.error(request, sentence(str(problem)))
    else:
        messages.success(request, _("Saved."))
    if request.POST.get("act") == "remove":
        return redirect("members_circles")
    return redirect("members_circle", pk)


@require_POST
@page(Right.EDIT_MEMBERS)
def look(request: Request) -> HttpResponse:
    """Have circles found anew."""
    schedule(JOB, workspace_id=request.actor.workspace_id)
    messages.success(request, _("Weilu looks again; load the page in a moment."))
    return redirect("members_circles")


@page(Right.SEE_MEMBERS)
def like(request: Request) -> HttpResponse:
    """People like one or more members, with reasons."""
    asked = row_numbers(request.GET.getlist("of"))[:5]
    chosen = [find_member(request.actor, pk) for pk in asked]
    more = request.GET.get("with", "").strip()
    context = {
        "head": Head(
            _("People like these"),
            _("Who talks with the same people, and about the same things."),
            back=reverse("members_circles"),
            back_label=_("Circles"),
        ),
        "chosen": chosen,
        "found": people_like(request.actor, [one.pk for one in chosen]) if chosen else [],
        "asked_with": more,
        "candidates": find_members(request.actor, more) if more else [],
        "circles": queries.circles(request.actor),
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
        "empty": Empty(
            _("Nobody alike"),
            _("They have talked with too few people to tell who is like them."),
            icon="users",
        ),
    }
    return render(request, "members/like.html", context)
