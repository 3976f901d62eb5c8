"""A sheet ready to be read: its steps with their fields in words."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.translation import gettext as _

from weilu.communities.blueprint.rules.canvas import (
    FIELDS,
    Sheet,
    Step,
    Value,
    is_filled,
    themes_of,
)
from weilu.console.blueprint.words import LABELS, TITLES, VALUES, choice_word
from weilu.console.formats import listed


@dataclass(frozen=True, slots=True)
class Line:
    """A field: what it is called, and what it says as paragraphs; empty ones are left out."""

    label: str
    says: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Box:
    """A step of the sheet: its title, its lines, whether it is filled."""

    step: Step
    title: str
    lines: tuple[Line, ...]
    is_filled: bool


@dataclass(frozen=True, slots=True)
class Beside:
    """A field of two sheets beside each other."""

    title: str
    before: tuple[str, ...]
    after: tuple[str, ...]
    is_other: bool


def boxes(sheet: Sheet) -> list[Box]:
    """Every step in order, also those that say nothing yet."""
    return [_box(sheet, step) for step in Step]


def beside(one: Sheet, other: Sheet) -> list[Beside]:
    """Two sheets field by field in order; what neither says is left out."""
    found = []
    for step, names in FIELDS.items():
        for name in names:
            before, after = says(one, name), says(other, name)
            if before or after:
                title, label = str(TITLES[step]), str(LABELS[name])
                words = title if title == label else f"{title} · {label}"
                found.append(Beside(words, before, after, before != after))
    return found


def says(sheet: Sheet, name: str) -> tuple[str, ...]:
    """What a field says as paragraphs; none while it is empty."""
    if name == "promises":
        return tuple(
            _promise(value, sheet.promises[value]) for value in Value if value in sheet.promises
        )
    if name == "themes":
        return tuple(_theme(one.name, one.marks) for one in themes_of(sheet.themes))
    text = choice_word(name, getattr(sheet, name))
    return tuple(line for line in text.splitlines() if line.strip())


def _box(sheet: Sheet, step: Step) -> Box:
    lines = tuple(
        Line(str(LABELS[name]), spoken) for name in FIELDS[step] if (spoken := says(sheet, name))
    )
    return Box(step, str(TITLES[step]), lines, is_filled(sheet, step))


def _promise(value: str, how: str) -> str:
    word = str(VALUES[Value(value)][0])
    return _("%(value)s: %(how)s") % {"value": word, "how": how} if how else word


def _theme(name: str, marks: tuple[str, ...]) -> str:
    return _("%(theme)s (%(words)s)") % {"theme": name, "words": listed(marks)} if marks else name
