"""What staff write of one member: tags, facts, notes, consents; the forms and what they do."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.members.profile import show_member
from weilu.console.members.words import PURPOSES, WAYS
from weilu.console.sentences import SENTENCES, sentence
from weilu.core.access import Actor, Right
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.members.actions import facts, notes, tags
from weilu.members.models import Consent, Fact, Field
from weilu.members.queries import known
from weilu.members.queries import member as find_member
from weilu.members.rules.facts import Value, typed_value

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


def expiry(last: object) -> datetime | None:
    """The moment at which a tag falls off whose last day this is, by the reader's clock."""
    if not isinstance(last, date):
        return None
    start = datetime.combine(last + timedelta(days=1), time())
    return start.replace(tzinfo=timezone.get_current_timezone()).astimezone(UTC)


class TagForm(forms.Form):
    """A tag for somebody: one there is, or a new word."""

    tag = forms.ChoiceField(label=gettext_lazy("Tag"), required=False)
    new = forms.CharField(
        label=gettext_lazy("Or a new one"), required=False, max_length=tags.NAME_CHARS
    )
    last = forms.DateField(
        label=gettext_lazy("Last day"),
        help_text=gettext_lazy("Then it falls off by itself. Empty: as the tag itself says."),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
    )

    def __init__(self, viewer: Actor, data: Mapping[str, object] | None = None) -> None:
        super().__init__(data)
        choice = cast("forms.ChoiceField", self.fields["tag"])
        choice.choices = [("", "—"), *((str(t.pk), str(t)) for t in known.tags(viewer))]

    def tag_id(self, actor: Actor) -> int:
        """The tag meant, made if it is new; raises Invalid `tag_missing`."""
        said = self.cleaned_data
        if said["new"].strip():
            return tags.named_tag(actor, said["new"]).pk
        if not said["tag"]:
            raise Invalid("tag_missing", field="tag")
        return int(said["tag"])


class NoteForm(forms.Form):
    """A note."""

    note = forms.CharField(
        label=gettext_lazy("New note"),
        max_length=notes.NOTE_CHARS,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ConsentForm(forms.Form):
    """What somebody agreed to."""

    purpose = forms.ChoiceField(label=gettext_lazy("Agreed to"), choices=list(PURPOSES.items()))
    way = forms.ChoiceField(label=gettext_lazy("How"), choices=list(WAYS.items()))
    given_on = forms.DateField(
        label=gettext_lazy("On"), widget=forms.DateInput(attrs={"type": "date"})
    )
    wording = forms.CharField(
        label=gettext_lazy("In these words"),
        help_text=gettext_lazy("What they were asked, or what they said, word for word."),
        max_length=notes.WORDING_CHARS,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class FactsForm(forms.Form):
    """The workspace's own fields with a member's values."""

    def __init__(
        self,
        fields: Sequence[Field],
        held: Sequence[Fact],
        data: Mapping[str, object] | None = None,
    ) -> None:
        newest = {one.field_id: one for one in reversed(held) if one.replaced_at is None}
        initial = {
            str(pk): typed_value(f.field.kind, Value(f.text, f.number, f.day))
            for pk, f in newest.items()
        }
        super().__init__(data, initial=initial, prefix="fact")
        for one in fields:
            self.fields[str(one.pk)] = _control(one, initial.get(str(one.pk), ""))


def _control(one: Field, held: str) -> forms.Field:
    """The form field of a workspace's field; a choice that is kept stays to be chosen."""
    if one.kind == Field.Kind.CHOICE:
        listed = dict.fromkeys([*one.choices, *([held] if held else [])])
        return forms.ChoiceField(
            label=one.name, required=False, choices=[("", "—"), *((c, c) for c in listed)]
        )
    if one.kind == Field.Kind.YES_NO:
        options = [("", "—"), ("1", _("Yes")), ("0", _("No"))]
        return forms.ChoiceField(label=one.name, required=False, choices=options)
    kinds = {Field.Kind.DAY: "date", Field.Kind.NUMBER: "text"}
    looks = {"type": kinds.get(Field.Kind(one.kind), "text")}
    if one.kind == Field.Kind.NUMBER:
        looks["inputmode"] = "decimal"
    return forms.CharField(
        label=one.name, required=False, max_length=500, widget=forms.TextInput(attrs=looks)
    )


def forms_of(viewer: Actor, pk: int) -> dict[str, forms.Form]:
    """Empty forms for a member's page."""
    today = timezone.localdate().isoformat()
    return {
        "tag_form": TagForm(viewer),
        "note_form": NoteForm(),
        "consent_form": ConsentForm(initial={"given_on": today}),
        "facts_form": FactsForm(known.fields(viewer), known.facts_of(pk)),
    }


def _keep(request: Request, pk: int, name: str, form: forms.Form, act: Act) -> HttpResponse:
    """Do what a form asks and go back to the page; or show the page again with what is wrong."""
    find_member(request.actor, pk)
    if form.is_valid():
        try:
            act(form.cleaned_data)
        except (Invalid, Conflict) as error:
            field = getattr(error, "field", "")
            form.add_error(field if field in form.fields else None, sentence(str(error)))
        else:
            messages.success(request, _("Saved."))
            return redirect("member", pk)
    return show_member(request, pk, {**forms_of(request.actor, pk), name: form}, status=422)


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
    wanted = request.POST.get("tag", "")
    find_member(request.actor, pk)
    if not wanted.isdecimal():
        raise NotFound
    tags.take_off(request.actor, tag_id=int(wanted), member_ids=[pk])
    messages.success(request, _("Taken off."))
    return redirect("member", pk)


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
    return redirect("member", member_id)


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
    return redirect("member", one.identity.member_id)


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
