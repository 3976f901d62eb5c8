"""Tags every template may use: they draw `console.parts`, `charts`, `tables`, `filters`."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django import template
from django.forms import BoundField, CheckboxInput, RadioSelect, Select, Textarea
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from weilu.console import cells, formats
from weilu.console.charts import Chart
from weilu.console.drawing import icon as draw_icon
from weilu.console.drawing import sparkline as draw_sparkline
from weilu.console.filters import FilterBar
from weilu.console.parts import Badge, Empty, Progress, Tab, Tile, Tone
from weilu.console.platforms import platform_name
from weilu.console.tables import Line, Table
from weilu.core.clock import now

register = template.Library()

Drawn = dict[str, object]

# What people write in their own language, from the left or from the right.
_PROSE = frozenset({"text", "search"})

_JSON_ESCAPES = {ord(">"): "\\u003E", ord("<"): "\\u003C", ord("&"): "\\u0026"}


@register.simple_tag
def icon(name: str, label: str = "") -> SafeString:
    """{% icon "users" %}: a Tabler icon by its name; `label` when it stands without a word."""
    return draw_icon(name, label=label)


@register.simple_tag
def sparkline(values: Sequence[float]) -> SafeString:
    """{% sparkline values %}: the shape of a row of values, oldest first."""
    return draw_sparkline(values)


@register.simple_tag
def badge(word: str | Badge, tone: str = "calm") -> SafeString:
    """{% badge word "watch" %}: a word with a tone (good, calm, watch, bad), or a Badge."""
    return cells.badge(word if isinstance(word, Badge) else Badge(word, Tone(tone)))


@register.filter
def number(value: float | None) -> str:
    """1,234."""
    return formats.number(value)


@register.filter
def short(value: float | None) -> str:
    """1.2 万 or 12.3 k."""
    return formats.short(value)


@register.filter
def percent(value: float | None) -> str:
    """A share 0–1 as 18 %."""
    return formats.percent(value)


@register.filter
def duration(value: float | None) -> str:
    """Seconds as 3 分钟."""
    return formats.duration(value)


@register.filter
def day(value: date | None) -> str:
    """11 月 23 日 周一."""
    return formats.day(value)


@register.filter
def day_year(value: date | None, zone: str = "") -> str:
    """2026 年 11 月 23 日; of a moment the day in the zone given, else by the workspace's clock."""
    return formats.day(value, year=True, zone=ZoneInfo(zone) if zone else None)


@register.filter
def ago(value: datetime | None) -> str:
    """3 分钟前; past a day the moment."""
    return formats.relative(value, now=now())


@register.filter
def platform(value: str) -> str:
    """WeChat, 微信: a platform as people call it."""
    return platform_name(value)


@register.filter
def of_ms(value: int | None) -> datetime | None:
    """A moment from UTC milliseconds."""
    return formats.of_ms(value)


@register.simple_tag
def moment(value: datetime | None, zone: str = "") -> str:
    """{% moment at community.time_zone %}: day and time there, else the workspace's."""
    return formats.moment(value, zone=ZoneInfo(zone) if zone else None)


@register.simple_tag
def change(current: float | None, before: float | None) -> str:
    """{% change now before %}: 18 % more, in words."""
    return formats.change_words(current, before)


@register.simple_tag
def data(value: object, name: str) -> SafeString:
    """{% data value "id" %}: JSON that a script of ours may read; cannot break out."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":")).translate(_JSON_ESCAPES)
    return format_html(
        '<script type="application/json" id="{}">{}</script>',
        name,
        mark_safe(text),  # noqa: S308 - escaped above
    )


@register.simple_tag(takes_context=True)
def query(context: template.Context, **changes: object) -> str:
    """{% query page=2 sort=None %}: the present query with changes, from "?"; None removes."""
    request: HttpRequest = context["request"]
    asked = request.GET.copy()
    for name, value in changes.items():
        if value is None:
            asked.pop(name, None)
        else:
            asked[name] = str(value)
    return f"?{asked.urlencode()}"


@register.inclusion_tag("console/parts/tile.html")
def tile(one: Tile) -> Drawn:
    """{% tile tile %}: a number with its change, shape, definition and way to its rows."""
    known = one.now is not None and one.before is not None
    words = formats.change_words(one.now, one.before) if known else ""
    if known and one.is_share:
        words = _("%(share)s before") % {"share": formats.percent(one.before)}
    return {"tile": one, "words": words}


@register.inclusion_tag("console/parts/chart.html", takes_context=True)
def chart_card(context: template.Context, chart: Chart) -> Drawn:
    """{% chart_card chart %}: finding, definition, drawing, and the table behind a switch."""
    return {"chart": chart, "frame": context.get("frame")}


@register.inclusion_tag("console/parts/table.html", takes_context=True)
def table(context: template.Context, one: Table[object]) -> Drawn:
    """{% table table %}: the list-page machine's table."""
    return {
        "table": one,
        "request": context.get("request"),
        "csrf_token": context.get("csrf_token"),
    }


@register.inclusion_tag("console/parts/filters.html")
def filter_bar(bar: FilterBar) -> Drawn:
    """{% filter_bar bar %}: period, group, staff, bots, in one row."""
    return {"bar": bar, "filters": bar.filters}


@register.inclusion_tag("console/parts/empty.html")
def empty(one: Empty) -> Drawn:
    """{% empty empty %}: why it is empty and what to do next."""
    return {"empty": one}


@register.inclusion_tag("console/parts/tabs.html")
def tabs(all_tabs: Sequence[Tab]) -> Drawn:
    """{% tabs tabs %}: views of one thing, each with its address."""
    return {"tabs": all_tabs}


@register.inclusion_tag("console/parts/progress.html")
def progress(one: Progress) -> Drawn:
    """{% progress progress %}: a bar that asks for itself every second until finished."""
    return {"progress": one}


@register.inclusion_tag("console/parts/field.html")
def field(bound: BoundField) -> Drawn:
    """{% field form.name %}: label, control, help, and errors in a sentence."""
    control = bound.field.widget
    is_check = isinstance(control, CheckboxInput)
    kind = "form-select" if isinstance(control, Select) else "form-control"
    is_radio = isinstance(control, RadioSelect)
    attributes: dict[str, str | bool] = {}
    if not is_radio:
        attributes["class"] = "form-check-input" if is_check else kind
    if isinstance(control, Textarea) or getattr(control, "input_type", "") in _PROSE:
        attributes["dir"] = "auto"
    notes = [f"{bound.id_for_label}-help"] if bound.help_text else []
    if bound.errors:
        # The page opens where something is to be mended, with a script or without.
        attributes["autofocus"] = bound.name == next(n for n in bound.form.errors if n != "__all__")
        attributes["class"] = f"{attributes.get('class', '')} is-invalid".strip()
        attributes["aria-invalid"] = "true"
        notes.append(f"{bound.id_for_label}-error")
    if notes:
        attributes["aria-describedby"] = " ".join(notes)
    return {"field": bound, "control": bound.as_widget(attrs=attributes), "is_check": is_check}


@register.simple_tag
def row_cells(one: Table[object], line: Line[object]) -> SafeString:
    """Draw the cells of a row; here and not in a template, because they are many."""
    drawn = []
    for at, column in enumerate(one.columns):
        value = column.of(line.row)
        inner = cells.DRAW[column.kind](value)
        if column.link and (href := column.link(line.row)):
            inner = format_html('<a href="{}">{}</a>', href, inner)
        if column.under and (words := column.under(line.row)):
            inner = format_html('{}<small class="under-value">{}</small>', inner, words)
        classes = cells.classes(value, first=at == 0, right=column.right, fact=column.fact)
        drawn.append(format_html(_NAME if at == 0 else _VALUE, classes, column.label, inner))
    return SafeString("".join(drawn))


_NAME = '<th scope="row" class="{}" data-label="{}">{}</th>'
_VALUE = '<td class="{}" data-label="{}">{}</td>'
