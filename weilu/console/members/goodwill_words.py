"""A goodwill score in words: the number, and a line for each of its parts (C-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.console.formats import number
from weilu.members.rules.goodwill import USUAL, Exchange, Line, Score

_KINDS: dict[Exchange, Promise] = {
    Exchange.ANSWERED: gettext_lazy("First to answer a question"),
    Exchange.REPLIED: gettext_lazy("Answered others in talk"),
    Exchange.WAS_REPLIED: gettext_lazy("Was answered by others"),
    Exchange.PRESENT: gettext_lazy("Days they spoke"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A part of the score: what, how often and how it counts, and its points."""

    what: str
    how: str
    points: str


@dataclass(frozen=True, slots=True)
class Goodwill:
    """A score as drawn."""

    points: str
    lines: Sequence[Told]
    model: str


def goodwill_words(found: Score | None) -> Goodwill | None:
    """The score in words; None when there is none."""
    if found is None:
        return None
    people = Told(
        _("Different people"),
        ngettext("%(n)s person, %(points)s each", "%(n)s people, %(points)s each", found.people)
        % {"n": number(found.people), "points": number(USUAL.person_points)},
        number(found.people_points, digits=1),
    )
    return Goodwill(
        number(found.points, digits=1),
        [*(_told(line) for line in found.lines), people],
        _("Everything counts half after %(days)s days. Prizes and gifts count nothing.")
        % {"days": number(USUAL.half_life_days)},
    )


def _told(line: Line) -> Told:
    worth = USUAL.worth[line.kind]
    how = _("%(times)s times, %(points)s each") % {
        "times": number(line.times),
        "points": number(worth.points, digits=0 if worth.points == int(worth.points) else 1),
    }
    if line.counted < line.times:
        how = _("%(how)s; %(counted)s of them count") % {
            "how": how,
            "counted": number(line.counted),
        }
    return Told(str(_KINDS[line.kind]), how, number(line.points, digits=1))
