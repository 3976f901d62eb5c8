"""The forms on a member's page: a tag, own fields, a note, a consent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime, time, timedelta
from typing import cast

from django import forms
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from weilu.console.members.words import PURPOSES, WAYS
from weilu.core.access import Actor, Right
from weilu.core.errors import Invalid
from weilu.members.actions import notes, tags
from weilu.members.models import Fact, Field
from weilu.members.queries import known
from weilu.members.rules.facts import Value, typed_value


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


def forms_of(viewer: Actor, facts: Sequence[Fact]) -> dict[str, forms.Form]:
    """The forms of a member's page with nothing typed yet; `facts` are the member's.

    Who may not write gets the one with the facts alone, to read them.
    """
    read: dict[str, forms.Form] = {"facts_form": FactsForm(known.fields(viewer), facts)}
    if not viewer.may(Right.EDIT_MEMBERS):
        return read
    today = timezone.localdate().isoformat()
    return {
        **read,
        "tag_form": TagForm(viewer),
        "note_form": NoteForm(),
        "consent_form": ConsentForm(initial={"given_on": today}),
    }
