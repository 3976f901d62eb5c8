"""The forms of a plan: one for each step, made from what the step asks for."""

from __future__ import annotations

from collections.abc import Mapping

from django import forms
from django.utils.translation import gettext_lazy as _

from weilu.communities.actions import NAME_CHARS
from weilu.communities.blueprint.rules.canvas import (
    FIELDS,
    LINE_CHARS,
    TEXT_CHARS,
    Kind,
    Sheet,
    Step,
    Tier,
    Value,
)
from weilu.console.blueprint.words import FIELD_HELPS, KINDS, LABELS, TIERS, VALUES

_ROWS = {"purpose": 3, "themes": 7}
_CHOICES = {"kind": tuple(Kind), "tier": tuple(Tier)}


class NewForm(forms.Form):
    """What a community that is begun is called; it may change every day until it opens."""

    name = forms.CharField(
        label=_("A name to work with"),
        max_length=NAME_CHARS,
        help_text=_("You can change it at any time."),
    )


class KeepForm(forms.Form):
    """A few words about a version."""

    note = forms.CharField(label=_("What is new in it"), max_length=LINE_CHARS, required=False)


class StepForm(forms.Form):
    """One step. Nothing is required: half an answer is kept as well."""

    def __init__(self, step: Step, data: Mapping[str, object] | None, sheet: Sheet) -> None:
        super().__init__(data, initial=_initial(step, sheet))
        self.step = step
        for name in FIELDS[step]:
            self.fields.update(_fields(name))

    @property
    def name(self) -> str:
        """The first field of the step."""
        return FIELDS[self.step][0]

    @property
    def picks(self) -> list[tuple[forms.BoundField, forms.BoundField, str]]:
        """The values of the step that asks for them: box, how, and what the value is."""
        if self.step is not Step.VALUES:
            return []
        return [(self[v.value], self[f"how_{v.value}"], str(VALUES[v][1])) for v in Value]

    @property
    def options(self) -> list[tuple[str, str, str, bool]]:
        """The choices of a step that has some: value, word, what it means, whether it is taken."""
        words: Mapping[str, tuple[object, object]] = {
            **{k.value: v for k, v in KINDS.items()},
            **{t.value: v for t, v in TIERS.items()},
        }
        name = self.name
        now = str(self[name].value() or "") if name in _CHOICES else ""
        return [
            (one.value, str(words[one.value][0]), str(words[one.value][1]), one.value == now)
            for one in _CHOICES.get(name, ())
        ]

    def said(self) -> dict[str, object]:
        """What the step says, as its action takes it."""
        given = self.cleaned_data
        if self.step is Step.VALUES:
            return {"promises": {v.value: given[f"how_{v.value}"] for v in Value if given[v.value]}}
        return {name: given[name] for name in FIELDS[self.step]}


def _initial(step: Step, sheet: Sheet) -> dict[str, object]:
    if step is Step.VALUES:
        chosen = {value.value: value in sheet.promises for value in Value}
        return {**chosen, **{f"how_{k}": how for k, how in sheet.promises.items()}}
    return {name: getattr(sheet, name) for name in FIELDS[step]}


def _fields(name: str) -> dict[str, forms.Field]:
    if name == "promises":
        return _promises()
    if name in _CHOICES:
        values = [(one.value, one.value) for one in _CHOICES[name]]
        return {name: forms.ChoiceField(label=str(LABELS[name]), choices=values, required=False)}
    if name in {"voice", "name"}:
        most = NAME_CHARS if name == "name" else LINE_CHARS
        return {name: _text(name, most, forms.TextInput())}
    rows = _ROWS.get(name, 4)
    return {name: _text(name, TEXT_CHARS, forms.Textarea(attrs={"rows": rows}))}


def _text(name: str, most: int, widget: forms.Widget) -> forms.CharField:
    return forms.CharField(
        label=str(LABELS[name]),
        help_text=str(FIELD_HELPS.get(name, "")),
        max_length=most,
        required=False,
        widget=widget,
    )


def _promises() -> dict[str, forms.Field]:
    found: dict[str, forms.Field] = {}
    for value, (word, _means) in VALUES.items():
        found[value.value] = forms.BooleanField(label=str(word), required=False)
        found[f"how_{value.value}"] = forms.CharField(
            label=_("How do they get it?"), max_length=LINE_CHARS, required=False
        )
    return found
