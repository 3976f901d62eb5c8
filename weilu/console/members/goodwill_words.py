"""A goodwill score in words: the number, its level, and a line for each of its parts (C-4)."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.console import counts
from weilu.console.formats import day, number, told
from weilu.console.members.worth_words import LEVELS, level_badge
from weilu.console.parts import Badge
from weilu.insight.pages.look import date_of
from weilu.insight.people.goodwill import Explained
from weilu.members.rules.exchange import Exchange
from weilu.members.rules.goodwill import Line, Model
from weilu.members.rules.levels import Ladder, Level

KINDS: dict[Exchange, Promise] = {
    Exchange.ANSWERED: gettext_lazy("First to answer a question"),
    Exchange.THANKED: gettext_lazy("Was thanked"),
    Exchange.REPLIED: gettext_lazy("Answered others in talk"),
    Exchange.WAS_REPLIED: gettext_lazy("Was answered by others"),
    Exchange.MENTIONED: gettext_lazy("Was named by others"),
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
    level: Badge
    standing: str
    lines: Sequence[Told]
    model: str


def goodwill_words(found: Explained | None) -> Goodwill | None:
    """The score in words; None when there is none."""
    if found is None:
        return None
    score, model = found.score, found.numbers.model
    lines = [line for line in score.lines if line.times]
    exact = [*(line.points for line in lines), score.people_points, score.kinds_points]
    *each, of_people, of_kinds = adding_up(exact, score.points)
    people = Told(
        _("Different people"),
        ngettext("%(n)s person, %(points)s each", "%(n)s people, %(points)s each", score.people)
        % {"n": number(score.people), "points": plain_points(model.person_points)},
        number(of_people, digits=1),
    )
    kinds = Told(
        _("Different kinds of exchange"),
        ngettext("%(n)s kind, %(points)s each", "%(n)s kinds, %(points)s each", score.kinds)
        % {"n": number(score.kinds), "points": plain_points(model.kind_points)},
        number(of_kinds, digits=1),
    )
    return Goodwill(
        number(score.points, digits=1),
        level_badge(found.level),
        _standing(found),
        [
            *(_told(line, model, points) for line, points in zip(lines, each, strict=True)),
            people,
            kinds,
        ],
        _model(found),
    )


def _model(found: Explained) -> str:
    """How what happened fades, and of which day the score is where history ended."""
    fades = _("Everything counts half after %(days)s days. Prizes and gifts count nothing.") % {
        "days": number(found.numbers.model.half_life_days)
    }
    if found.ended_day is None:
        return fades
    at_end = _("This is as of %(day)s, when the history of their community ends.") % {
        "day": day(date_of(found.ended_day), year=True)
    }
    return told(fades, at_end)


def adding_up(parts: Sequence[float], total: float) -> list[float]:
    """Parts in tenths that add up to the total in tenths; each is off by less than a tenth."""
    tenths = [math.floor(10 * one) for one in parts]
    left = round(10 * total) - sum(tenths)
    by_rest = sorted(range(len(parts)), key=lambda k: tenths[k] - 10 * parts[k])
    for k in by_rest[:left]:
        tenths[k] += 1
    return [one / 10 for one in tenths]


def _standing(found: Explained) -> str:
    """What the next level takes, or that the present one is in danger."""
    ladder = found.numbers.ladder
    if found.below_days is not None:
        left = max(0, ladder.grace_days - found.below_days)
        return ngettext(
            "Goodwill is too low for this level; it is kept for %(n)s more day.",
            "Goodwill is too low for this level; it is kept for %(n)s more days.",
            left,
        ) % {"n": number(left)}
    return next_step(found.level, ladder)


def next_step(level: Level, ladder: Ladder) -> str:
    """What the level above takes; empty on the highest."""
    if level + 1 > len(ladder.steps):
        return ""
    step = ladder.steps[level]
    words = ngettext(
        "%(level)s: from %(points)s and %(people)s person on.",
        "%(level)s: from %(points)s and %(people)s different people on.",
        step.people,
    )
    return words % {
        "level": LEVELS[Level(level + 1)],
        "points": counts.points(step.enter),
        "people": number(step.people),
    }


def plain_points(points: float) -> str:
    """Points without a needless .0."""
    return number(points, digits=0 if points == int(points) else 1)


def _told(line: Line, model: Model, points: float) -> Told:
    worth = model.worth[line.kind]
    how = _("%(times)s, %(points)s each") % {
        "times": counts.times(line.times),
        "points": plain_points(worth.points),
    }
    if line.people:
        how = ngettext("%(how)s, with %(n)s person", "%(how)s, with %(n)s people", line.people) % {
            "how": how,
            "n": number(line.people),
        }
    if line.counted < line.times:
        how = _("%(how)s; %(counted)s of them count") % {
            "how": how,
            "counted": number(line.counted),
        }
    return Told(str(KINDS[line.kind]), how, number(points, digits=1))
