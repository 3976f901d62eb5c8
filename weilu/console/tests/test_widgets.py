"""Selections are drawn as Django draws them."""

from __future__ import annotations

from django import forms
from django.forms.renderers import DjangoTemplates
from django.test.html import parse_html

from weilu.console.widgets import Widgets

CHOICES = [("", "any"), ("<a>", "less & more"), ("Tea", [(1, "green"), (2, "black")])]


class Order(forms.Form):
    plain = forms.ChoiceField(choices=CHOICES)
    free = forms.ChoiceField(choices=CHOICES, required=False, disabled=True)
    many = forms.MultipleChoiceField(choices=CHOICES)
    kind = forms.ChoiceField(choices=CHOICES[:2], widget=forms.RadioSelect)


def drawn(renderer: DjangoTemplates, **said: object) -> str:
    form = Order(said, renderer=renderer)
    return "".join(str(one.as_widget(attrs={"dir": "auto"})) for one in form)


def test_a_selection_is_what_django_draws() -> None:
    said = {"plain": "<a>", "free": "2", "many": ["1", "2"], "kind": ""}
    ours = drawn(Widgets(), **said)
    assert parse_html(ours) == parse_html(drawn(DjangoTemplates(), **said))
    assert '<option value="&lt;a&gt;" selected>less &amp; more</option>' in ours
    assert '<optgroup label="Tea">' in ours
