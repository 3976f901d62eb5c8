"""Who looks like one who only comes for prizes: the list, and what staff say of it (C-7)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from django.views.decorators.http import require_POST

from weilu.console.formats import number, percent
from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.parts import Badge, Empty, Head, Tone
from weilu.console.places import address
from weilu.console.sentences import sentence
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid
from weilu.members.actions.prizes import NOTE_CHARS, judge, withdraw_verdict
from weilu.members.models import PrizeLook, PrizeVerdict
from weilu.members.queries import member as find_member
from weilu.members.queries.worth import Judged, prize_looks
from weilu.members.rules.prizes import AGAINST, HELD_OUT, Reason

_REASONS: dict[Reason, Promise] = {
    Reason.ONLY_PRIZES: gettext_lazy(
        "%(near)s of their %(messages)s messages stand around prizes (of all talk: %(usual)s)."
    ),
    Reason.MOSTLY_PRIZES: gettext_lazy(
        "Most of what they write, %(near)s of %(messages)s messages, stands around prizes"
        " (of all talk: %(usual)s)."
    ),
    Reason.FIXED_PHRASES: gettext_lazy("%(fixed)s of those are set phrases such as “1” or “来了”."),
    Reason.SOME_PHRASES: gettext_lazy("%(fixed)s of those are set phrases such as “1” or “来了”."),
    Reason.LEFT_AFTER: gettext_lazy("They left within two days of a prize."),
    Reason.NOBODY_MET: gettext_lazy("They have talked with nobody, or with one person only."),
    Reason.MANY_OCCASIONS: gettext_lazy("They were there for prizes on %(occasions)s days."),
    Reason.HELPED: gettext_lazy("Against it: they answered a question or were thanked."),
    Reason.TALKS_WITH_MANY: gettext_lazy("Against it: they talk with %(people)s people."),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A look in words: its badge, reasons, and what staff said."""

    badge: Badge
    reasons: list[str]
    verdict: PrizeVerdict | None
    member_id: int = 0
    name: str = ""


def reasons_of(look: PrizeLook) -> list[str]:
    """The reasons of a look, each a sentence with its numbers."""
    held: Mapping[str, object] = look.evidence
    values = {
        name: number(float(str(held.get(name, 0))))
        for name in ("near", "messages", "fixed", "occasions", "people")
    }
    values["usual"] = percent(float(str(held.get("usual", 0))))
    codes = held.get("reasons", [])
    known = [Reason(one) for one in codes if one in set(Reason)] if isinstance(codes, list) else []
    order = sorted(known, key=lambda one: one in AGAINST)
    return [str(_REASONS[one]) % values for one in order]


def look_badge(look: PrizeLook | None, verdict: PrizeVerdict | None) -> Badge:
    """How it stands, in a word."""
    if verdict is not None:
        if verdict.is_hunter:
            return Badge(_("Held out of prizes: a colleague said so"), Tone.WATCH)
        return Badge(_("Not so: a colleague said so"), Tone.GOOD)
    if look is not None and look.score >= HELD_OUT:
        return Badge(_("Held out of prizes"), Tone.WATCH)
    return Badge(_("May only come for prizes"), Tone.CALM)


class VerdictForm(forms.Form):
    """Why somebody does, or does not, only come for prizes."""

    note = forms.CharField(
        label=gettext_lazy("Why"),
        help_text=gettext_lazy("Stays with the person; later evidence does not change it."),
        max_length=NOTE_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


def prize_card(known: Judged) -> dict[str, object]:
    """What the profile shows of a member and prizes; nothing where there is nothing to see."""
    if known.look is None and not known.verdicts:
        return {"prizes": None}
    return {
        "prizes": Told(
            look_badge(known.look, known.standing),
            reasons_of(known.look) if known.look else [],
            known.standing,
        ),
        "prize_form": VerdictForm(),
    }


@page(Right.SEE_MEMBERS)
def prizes(request: Request) -> HttpResponse:
    """Everybody worth a look, the strongest first."""
    found = prize_looks(request.actor)
    told = [
        Told(
            look_badge(one.look, one.verdict), reasons_of(one.look), one.verdict, one.look.pk,
            one.look.member.name,
        )
        for one in found
    ]  # fmt: skip
    count = sum(
        one.verdict.is_hunter if one.verdict else one.look.score >= HELD_OUT for one in found
    )
    said = ngettext(
        "%(n)s member looks as if they only came for prizes; draws leave them out.",
        "%(n)s members look as if they only came for prizes; draws leave them out.",
        count,
    ) % {"n": number(count)}
    context = {
        "head": Head(
            _("Only here for prizes"),
            said if count else _doubtful(len(told)),
            back=address("members"),
            back_label=_("Members"),
        ),
        "found": told,
        "empty": Empty(
            _("Nobody to look at"),
            _("Who only appears around red packets and draws would be listed here, with reasons."),
            icon="gift",
        ),
    }
    return render(request, "members/prizes.html", context)


def _doubtful(n: int) -> str:
    """How many are worth a look where none is left out of draws."""
    if not n:
        return _("Nobody looks as if they only came for prizes.")
    return ngettext(
        "%(n)s member may only come for prizes. It is not certain, so draws leave nobody out.",
        "%(n)s members may only come for prizes. It is not certain, so draws leave nobody out.",
        n,
    ) % {"n": number(n)}


@require_POST
@page(Right.EDIT_MEMBERS)
def say(request: Request, pk: int) -> HttpResponse:
    """Say that somebody does, or does not, only come for prizes; or take that back."""
    one = find_member(request.actor, pk)
    if request.POST.get("say") == "withdraw":
        withdraw_verdict(request.actor, member_id=one.pk)
        messages.success(request, _("Taken back: evidence speaks again."))
        return redirect(reverse("member", args=[one.pk], fragment="prizes"))
    is_hunter = request.POST.get("say") == "yes"
    try:
        judge(
            request.actor, member_id=one.pk, is_hunter=is_hunter, note=request.POST.get("note", "")
        )
    except (Invalid, Conflict) as problem:
        messages.error(request, sentence(str(problem)))
    else:
        messages.success(request, _("Saved."))
    return redirect(reverse("member", args=[one.pk], fragment="prizes"))
