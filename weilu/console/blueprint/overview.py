"""What stands beside the canvas: how the talk goes, the product's fit, the platform."""

from __future__ import annotations

from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from weilu.communities.blueprint.queries import PlanState
from weilu.communities.blueprint.rules.fit import ALL_QUESTIONS, MOST_POINTS, Verdict
from weilu.communities.models import Community
from weilu.console.blueprint.advice_words import named
from weilu.console.blueprint.fit_words import VERDICTS
from weilu.console.communities.links import all_of, search_url
from weilu.console.formats import day, listed, number, percent
from weilu.console.parts import Badge, Tone
from weilu.insight.pages.look import date_of
from weilu.insight.promises import Held


@dataclass(frozen=True, slots=True)
class Part:
    """One thing beside the canvas with the way to it."""

    title: str
    text: str
    button: str
    url: str
    badge: Badge | None = None


@dataclass(frozen=True, slots=True)
class Word:
    """A word of the talk, with the messages that hold it behind it."""

    word: str
    count: str
    url: str


@dataclass(frozen=True, slots=True)
class Line:
    """A promised theme in the talk."""

    name: str
    says: str
    is_silent: bool
    words: tuple[Word, ...]


@dataclass(frozen=True, slots=True)
class Talk:
    """The promises against the talk, ready to be read."""

    sentence: str
    lines: tuple[Line, ...]
    others: tuple[Word, ...]
    span: str


def parts(state: PlanState, community: Community) -> list[Part]:
    """Fit and platform."""
    return [_fit(state, community), _platform(state, community)]


def _platform(state: PlanState, community: Community) -> Part:
    url = reverse("blueprint_platform", args=[community.pk])
    title = _("Where should it live?")
    if not state.platform:
        words = _("Six answers, and every platform is weighed with its reasons.")
        return Part(title, words, _("Find the platform"), url)
    words = _("It is to live on %(platform)s.") % {"platform": named(state.platform)}
    return Part(title, words, _("See why"), url)


def _fit(state: PlanState, community: Community) -> Part:
    url = reverse("blueprint_fit", args=[community.pk])
    title = _("Does a community suit it?")
    if not state.verdict:
        words = _("Nine questions about the product: two minutes now, or months in vain.")
        return Part(title, words, _("Check the fit of the product"), url)
    verdict, _means, tone = VERDICTS[Verdict(state.verdict)]
    points = _("%(points)s of %(most)s points") % {
        "points": state.points,
        "most": len(ALL_QUESTIONS) * MOST_POINTS,
    }
    return Part(title, str(verdict), _("See the working"), url, Badge(points, tone))


def talk(held: Held, community: Community) -> Talk:
    """What is promised and what is said, with the evidence to look at."""
    drift = held.drift
    lines = tuple(
        Line(
            theme.name,
            ngettext("%(n)s mention", "%(n)s mentions", theme.mentions)
            % {"n": number(theme.mentions)},
            not theme.mentions,
            tuple(_word(held, community, one.word, one.messages) for one in theme.words),
        )
        for theme in drift.themes
    )
    span = _("%(first)s to %(last)s") % {
        "first": day(date_of(held.first_day)),
        "last": day(date_of(held.last_day)),
    }
    others = tuple(_word(held, community, one.word, one.messages) for one in drift.others)
    return Talk(_sentence(held), lines, others, span)


def _sentence(held: Held) -> str:
    drift = held.drift
    silent = listed(drift.silent)
    others = listed(one.word for one in drift.others[:4])
    if len(drift.silent) == len(drift.themes):
        words = _("Nobody spoke of anything the plan promises. Much is said about %(others)s.")
        plain = _("Nobody spoke of anything the plan promises.")
        return words % {"others": others} if others else plain
    share = {"share": percent(drift.share)}
    if drift.silent:
        words = _(
            "%(share)s of the commonest words belong to what the plan promises. Nobody spoke of:"
            " %(silent)s."
        )
        return words % {**share, "silent": silent}
    words = _(
        "People speak of all the plan promises; %(share)s of the commonest words belong to it."
    )
    return words % share


def _word(held: Held, community: Community, word: str, messages: int) -> Word:
    days = (date_of(held.first_day), date_of(held.last_day))
    return Word(word, number(messages), search_url(word, all_of(community.pk), days=days))


def badge_of(held: Held) -> Badge:
    """How the talk stands to the plan, in a word."""
    silent, themes = len(held.drift.silent), len(held.drift.themes)
    if not silent:
        return Badge(_("on theme"), Tone.GOOD)
    return Badge(
        _("%(n)s of %(all)s themes silent") % {"n": silent, "all": themes},
        Tone.WATCH if silent * 2 < themes else Tone.BAD,
    )
