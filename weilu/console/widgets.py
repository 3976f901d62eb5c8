"""How the widgets of forms are drawn where Django's own templates take too long."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.forms import Select
from django.forms.renderers import DjangoTemplates
from django.forms.utils import flatatt
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

Drawn = Mapping[str, Any]


class Widgets(DjangoTemplates):
    """Django's widgets; a selection without a template for each of its choices.

    With those a page spends most of its time on the six hundred time zones.
    """

    def render(
        self, template_name: str, context: dict[str, Any], request: HttpRequest | None = None
    ) -> SafeString:
        """The widget as HTML, the same as Django's but for the space between tags."""
        if template_name == Select.template_name:
            return _select(context["widget"])
        return SafeString(super().render(template_name, context, request))


def _select(widget: Drawn) -> SafeString:
    groups = format_html_join("", "{}", ((_group(*one),) for one in widget["optgroups"]))
    attributes = flatatt(widget["attrs"])
    return format_html('<select name="{}"{}>{}</select>', widget["name"], attributes, groups)


def _group(title: str | None, options: Iterable[Drawn], _at: int) -> SafeString:
    drawn = format_html_join(
        "",
        '<option value="{}"{}>{}</option>',
        ((str(one["value"]), flatatt(one["attrs"]), one["label"]) for one in options),
    )
    if not title:
        return drawn
    return format_html('<optgroup label="{}">{}</optgroup>', title, drawn)
