"""The canvas: its steps, what is filled, how two versions differ (A-1 to A-3)."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum

LINE_CHARS = 200
TEXT_CHARS = 1000
MOST_THEMES = 12
MOST_MARKS = 12
MARK_CHARS = 24


class Step(StrEnum):
    """A step of the canvas, in the order in which most people think; any order will do."""

    POSITIONING = "positioning"
    AUDIENCE = "audience"
    NEEDS = "needs"
    VALUES = "values"
    TYPE = "type"
    TIER = "tier"
    THEME = "theme"
    NAME = "name"
    TONE = "tone"


class Value(StrEnum):
    """What a community may give its members (A-1)."""

    RELATIONSHIP = "relationship"
    RESOURCE = "resource"
    INFORMATION = "information"
    SOCIAL = "social"
    REPUTATION = "reputation"
    TRUST = "trust"


class Kind(StrEnum):
    """What holds the people together (A-2)."""

    PRODUCT = "product"
    INTEREST = "interest"


class Tier(StrEnum):
    """Whom the community is made for (A-3)."""

    UPPER = "upper"
    MIDDLE = "middle"
    BASE = "base"


@dataclass(frozen=True, slots=True)
class Sheet:
    """Everything a canvas says; empty strings are not filled in yet.

    `promises` are the values given, each with how, in words. `themes` are lines "theme: word,
    word", the words being those by which the theme is known in the talk.
    """

    purpose: str = ""
    goal: str = ""
    audience: str = ""
    not_for: str = ""
    needs: str = ""
    pains: str = ""
    promises: Mapping[str, str] = field(default_factory=dict)
    kind: str = ""
    tier: str = ""
    themes: str = ""
    name: str = ""
    voice: str = ""
    tone: str = ""


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme of the canvas and the words by which it is known; no words: its own name."""

    name: str
    marks: tuple[str, ...] = ()


# What each step asks for; the first of them makes the step filled.
FIELDS: Mapping[Step, tuple[str, ...]] = {
    Step.POSITIONING: ("purpose", "goal"),
    Step.AUDIENCE: ("audience", "not_for"),
    Step.NEEDS: ("needs", "pains"),
    Step.VALUES: ("promises",),
    Step.TYPE: ("kind",),
    Step.TIER: ("tier",),
    Step.THEME: ("themes",),
    Step.NAME: ("name",),
    Step.TONE: ("tone", "voice"),
}
ALL_FIELDS: tuple[str, ...] = tuple(one.name for one in fields(Sheet))
_COLONS = (":", "\uff1a")
_COMMAS = ("\uff0c", "\u3001", ";", "\uff1b", "/")


def is_filled(sheet: Sheet, step: Step) -> bool:
    """Whether a step says what it asks for."""
    return bool(getattr(sheet, FIELDS[step][0]))


def filled(sheet: Sheet) -> tuple[Step, ...]:
    """The steps that are filled, in order."""
    return tuple(step for step in Step if is_filled(sheet, step))


def next_step(sheet: Sheet, after: Step | None = None) -> Step | None:
    """The next step that is not filled, looking on from `after` and round; None: all are."""
    steps = list(Step)
    start = steps.index(after) + 1 if after else 0
    turned = steps[start:] + steps[:start]
    return next((step for step in turned if step != after and not is_filled(sheet, step)), None)


def themes_of(text: str) -> tuple[Theme, ...]:
    """The themes of a text, a line each, at most twelve; the same one again is left out."""
    found: dict[str, Theme] = {}
    for line in text.splitlines():
        name, marks = _split(line)
        if name and name.casefold() not in found:
            found[name.casefold()] = Theme(name, marks)
    return tuple(found.values())[:MOST_THEMES]


def _split(line: str) -> tuple[str, tuple[str, ...]]:
    at = min((i for c in _COLONS if (i := line.find(c)) >= 0), default=len(line))
    said = line[at + 1 :]
    for comma in _COMMAS:
        said = said.replace(comma, ",")
    marks = dict.fromkeys(word.strip()[:MARK_CHARS].strip() for word in said.split(","))
    return line[:at].strip()[:LINE_CHARS], tuple(m for m in marks if m)[:MOST_MARKS]


def plain(sheet: Sheet) -> dict[str, object]:
    """A sheet as values that JSON can hold."""
    return asdict(sheet)


def from_plain(body: Mapping[str, object]) -> Sheet:
    """The sheet of stored values; what is not known any more is left out."""
    known = {name: body[name] for name in ALL_FIELDS if name in body}
    return Sheet(**known)  # type: ignore[arg-type]  # JSON of our own


def mark_of(sheet: Sheet, step: Step) -> str:
    """Tells whether a step was changed: the same mark, the same words."""
    said = [getattr(sheet, name) for name in FIELDS[step]]
    text = json.dumps(said, ensure_ascii=False, sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:12]


def changed(one: Sheet, other: Sheet) -> tuple[str, ...]:
    """The fields in which two sheets differ, in order."""
    return tuple(name for name in ALL_FIELDS if getattr(one, name) != getattr(other, name))
