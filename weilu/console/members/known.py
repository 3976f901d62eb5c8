"""What staff write of one member: tags, facts, notes, consents; what the forms do."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from weilu.console.guard import page
from weilu.console.http import Request, row_number
from weilu.console.members.known_forms import ConsentForm, FactsForm, NoteForm, TagForm, expiry
from weilu.console.members.profile import show_member
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Right
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.members.actions import facts, notes, tags
from weilu.members.models import Consent
from weilu.members.queries import known
from weilu.members.queries import member as find_member

SENTENCES.update(
    {
        "expires_too_soon": gettext_lazy("Choose a day to come."),
        "day_to_come": gettext_lazy("Nobody has agreed on a day to come."),
        "consent_order": gettext_lazy("They agreed to this again later: look at what holds."),
        "already_withdrawn": gettext_lazy("This was taken back already."),
        "not_a_number": gettext_lazy("Write a number, such as 12 or 3.5."),
        "not_a_day": gettext_lazy("Write a day, such as 2026-03-01."),
        "not_a_choice": gettext_lazy("Choose one of the list."),
        "not_yes_or_no": gettext_lazy("Choose yes or no."),
        "tag_missing": gettext_lazy("Choose a tag, or write a new one."),
    }
)

Act = Callable[[dict[str, object]], object]

# The section of the page that each form stands in, to come back to.
SECTIONS = {
    "tag_form": "tags",
    "facts_form": "facts",
    "note_form": "notes",
    "consent_form": "consents",
}


def _keep(request: Request, pk: int, name: str, form: forms.Form, act: Act) -> HttpResponse:
    """Do what a form asks and go back to the page; or show the page again with what is wrong."""
    found = find_member(request.actor, pk)
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except (Invalid, Conflict) as error:
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else None, sentence(str(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect(reverse("member", args=[pk], fragment=SECTIONS[name]))
    return show_member(request, found, {name: form})


@require_POST
@page(Right.EDIT_MEMBERS)
def put_tag(request: Request, pk: int) -> HttpResponse:
    """Put a tag on a member."""
    form = TagForm(request.actor, request.POST)

    def act(said: dict[str, object]) -> object:
        return tags.put_on(
            request.actor,
            tag_id=form.tag_id(request.actor),
            member_ids=[pk],
            expires_at=expiry(said["last"]),
        )

    return _keep(request, pk, "tag_form", form, act)


@require_POST
@page(Right.EDIT_MEMBERS)
def take_tag(request: Request, pk: int) -> HttpResponse:
    """Take a tag off a member."""
    wanted = row_number(request.POST.get("tag", ""))
    find_member(request.actor, pk)
    if wanted is None:
        raise NotFound
    tags.take_off(request.actor, tag_id=wanted, member_ids=[pk])
    messages.success(request, _("Taken off."))
    return redirect(reverse("member", args=[pk], fragment="tags"))


@require_POST
@page(Right.EDIT_MEMBERS)
def write_note(request: Request, pk: int) -> HttpResponse:
    """Write a note about a member."""
    form = NoteForm(request.POST)

    def act(said: dict[str, object]) -> object:
        return notes.write_note(request.actor, member_id=pk, text=str(said["note"]))

    return _keep(request, pk, "note_form", form, act)


@require_POST
@page(Right.EDIT_MEMBERS)
def remove_note(request: Request, pk: int) -> HttpResponse:
    """Throw a note away."""
    member_id = notes.remove_note(request.actor, note_id=pk)
    messages.success(request, _("The note is gone."))
    return redirect(reverse("member", args=[member_id], fragment="notes"))


@require_POST
@page(Right.EDIT_MEMBERS)
def give_consent(request: Request, pk: int) -> HttpResponse:
    """Keep what a member agreed to."""
    form = ConsentForm(request.POST)

    def act(said: dict[str, object]) -> object:
        agreed = notes.Agreed(
            purpose=Consent.Purpose(str(said["purpose"])),
            way=Consent.Way(str(said["way"])),
            wording=str(said["wording"]),
            given_on=cast("date", said["given_on"]),
        )
        return notes.give_consent(request.actor, agreed, member_id=pk, today=timezone.localdate())

    return _keep(request, pk, "consent_form", form, act)


@require_POST
@page(Right.EDIT_MEMBERS)
def withdraw_consent(request: Request, pk: int) -> HttpResponse:
    """Keep that a member took a consent back."""
    one = notes.withdraw_consent(request.actor, consent_id=pk, today=timezone.localdate())
    messages.success(request, _("Kept: they no longer agree."))
    member_id = one.identity.member_id
    return redirect(reverse("member", args=[member_id], fragment="consents"))


@require_POST
@page(Right.EDIT_MEMBERS)
def set_facts(request: Request, pk: int) -> HttpResponse:
    """Keep the values typed, all of them or none."""
    fields = known.fields(request.actor)
    form = FactsForm(fields, known.facts_of(pk), request.POST)

    def act(said: dict[str, object]) -> object:
        typed = {one.pk: str(said[str(one.pk)]) for one in fields}
        return facts.set_facts(request.actor, member_id=pk, typed=typed)

    return _keep(request, pk, "facts_form", form, act)
