"""The workspace's own fields of members (C-3)."""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from weilu.console.guard import page
from weilu.console.http import Request
from weilu.console.members.tags import attempt
from weilu.console.members.words import FIELD_KINDS
from weilu.console.parts import Empty, Head
from weilu.console.places import address
from weilu.console.sentences import SENTENCES
from weilu.core.access import Right
from weilu.insight.people.segments import asking_for
from weilu.members.actions import facts as actions
from weilu.members.actions.tags import NAME_CHARS
from weilu.members.models import Field
from weilu.members.queries import known

SENTENCES.update(
    {
        "choices_missing": gettext_lazy("Write at least two choices, each on its own line."),
        "too_many_fields": gettext_lazy("There are 60 fields: throw away those nobody fills in."),
    }
)


class FieldForm(forms.Form):
    """A field; its kind is asked only when it is made."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=NAME_CHARS)
    kind = forms.ChoiceField(
        label=gettext_lazy("What its values are"), choices=list(FIELD_KINDS.items())
    )
    choices = forms.CharField(
        label=gettext_lazy("Choices, one on each line"),
        help_text=gettext_lazy("Only for a field whose values are one of a list."),
        required=False,
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


@page(Right.SEE_MEMBERS)
def fields(request: Request) -> HttpResponse:
    """The fields there are; a new one by POST."""
    form = FieldForm(request.POST or None)
    if request.method == "POST" and attempt(form, lambda: _add(request, form)):
        messages.success(request, _("Saved."))
        return redirect("members_fields")
    context = {
        "head": Head(
            _("Own fields"),
            _("What you want to know of every member: birthday, shop, size."),
            back=address("members"),
            back_label=_("Members"),
        ),
        "fields": [(one, FIELD_KINDS[one.kind]) for one in known.fields(request.actor)],
        "form": form,
        "empty": Empty(
            _("No fields yet"),
            _("A field stands on the page of every member, to be filled in by hand."),
            icon="list-check",
        ),
        "may_edit": request.actor.may(Right.EDIT_MEMBERS),
    }
    status = 422 if form.is_bound else 200
    return render(request, "members/fields.html", context, status=status)


def _add(request: Request, form: FieldForm) -> None:
    said = form.cleaned_data
    actions.add_field(
        request.actor,
        name=said["name"],
        kind=Field.Kind(said["kind"]),
        choices=said["choices"].splitlines(),
    )


@page(Right.EDIT_MEMBERS)
def edit_field(request: Request, pk: int) -> HttpResponse:
    """Another name or other choices for a field."""
    one = known.field(request.actor, pk)
    form = FieldForm(
        request.POST or None, initial={"name": one.name, "choices": "\n".join(one.choices)}
    )
    del form.fields["kind"]
    if one.kind != Field.Kind.CHOICE:
        del form.fields["choices"]
    if request.method == "POST" and attempt(form, lambda: _change(request, form, pk)):
        messages.success(request, _("Saved."))
        return redirect("members_fields")
    context = {
        "head": Head(
            one.name, str(FIELD_KINDS[one.kind]), reverse("members_fields"), _("Own fields")
        ),
        "form": form,
        "name": one.name,
        "remove": reverse("members_field_remove", args=[pk]),
        "asking": asking_for(request.actor, "field", pk),
    }
    status = 422 if form.is_bound else 200
    return render(request, "members/edit.html", context, status=status)


def _change(request: Request, form: FieldForm, pk: int) -> None:
    said = form.cleaned_data
    actions.change_field(
        request.actor,
        field_id=pk,
        name=said["name"],
        choices=said.get("choices", "").splitlines(),
    )


@require_POST
@page(Right.EDIT_MEMBERS)
def remove_field(request: Request, pk: int) -> HttpResponse:
    """Throw a field away, with everything kept in it."""
    actions.remove_field(request.actor, field_id=pk)
    messages.success(request, _("The field is gone."))
    return redirect("members_fields")
