"""Platforms and the advice about them in words (A-5)."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.communities.blueprint.platform_facts import APP, LIVE
from weilu.communities.blueprint.rules.advice import (
    POST_MIN,
    POSTS_A_WEEK,
    READ_DAILY_MIN,
    READ_WEEKLY_MIN,
    TAKE_IN_MIN,
    Chore,
    Criterion,
    How,
    Need,
    Openness,
)
from weilu.console.parts import Tone
from weilu.console.platforms import platform_word

_OTHERS = {LIVE: gettext_lazy("Live rooms"), APP: gettext_lazy("Your own app")}

NEEDS: dict[Need, Promise] = {
    Need.GREET: gettext_lazy("Greet newcomers"),
    Need.POST: gettext_lazy("Send what is planned"),
    Need.CLEAN: gettext_lazy("Take away advertising"),
    Need.NUMBERS: gettext_lazy("See what is said, and count"),
    Need.LINKS: gettext_lazy("Make codes and links to join"),
}

HOWS: dict[How, tuple[Promise, Tone]] = {
    How.AUTOMATIC: (gettext_lazy("by itself"), Tone.GOOD),
    How.CONFIRMED: (gettext_lazy("a person confirms"), Tone.CALM),
    How.BY_HAND: (gettext_lazy("by hand"), Tone.WATCH),
    How.IMPOSSIBLE: (gettext_lazy("not possible"), Tone.BAD),
}

CRITERIA: dict[Criterion, Promise] = {
    Criterion.REACH: gettext_lazy("Your customers are there"),
    Criterion.AUTOMATION: gettext_lazy("What must happen by itself does"),
    Criterion.HOURS: gettext_lazy("Your hours are enough for the handwork"),
    Criterion.SIZE: gettext_lazy("Few groups are enough"),
    Criterion.OPENNESS: gettext_lazy("Private or public, as you want it"),
    Criterion.FEES: gettext_lazy("The fees are within your money"),
    Criterion.ABSENT: gettext_lazy("Nobody of yours is there: half is taken off"),
}

OPENNESS: dict[Openness, Promise] = {
    Openness.PRIVATE: gettext_lazy("Private: only members see what is said"),
    Openness.PUBLIC: gettext_lazy("Public: strangers can find and read it"),
    Openness.BOTH: gettext_lazy("Either"),
}


def named(platform: str) -> str:
    """What a platform is called."""
    return str(_OTHERS.get(platform, "")) or platform_word(platform)


def chore_words(chore: Chore) -> str:
    """Work of a hand with the numbers it comes from."""
    return _CHORES[chore.kind](chore.values)


def _post(said: Mapping[str, int]) -> str:
    words = ngettext(
        "Send %(posts)s posts a week into %(n)s group by hand, %(min)s minutes each",
        "Send %(posts)s posts a week into %(n)s groups by hand, %(min)s minutes each",
        said["groups"],
    )
    return words % {"posts": said["posts"], "n": said["groups"], "min": POST_MIN}


def _host(_said: Mapping[str, int]) -> str:
    return _("Two live sessions a week, two hours with two people each")


def _confirm(said: Mapping[str, int]) -> str:
    return _("Confirm %(posts)s posts a week, a minute each") % {"posts": POSTS_A_WEEK}


def _greet(said: Mapping[str, int]) -> str:
    words = ngettext(
        "Greet %(n)s newcomer a week, a minute each",
        "Greet %(n)s newcomers a week, a minute each",
        said["newcomers"],
    )
    return words % {"n": said["newcomers"]}


def _read(said: Mapping[str, int]) -> str:
    words = ngettext(
        "Read along in %(n)s group, %(min)s minutes a day",
        "Read along in %(n)s groups, %(min)s minutes a day each",
        said["groups"],
    )
    return words % {"n": said["groups"], "min": READ_DAILY_MIN}


def _doubts(said: Mapping[str, int]) -> str:
    words = ngettext(
        "Decide what is doubtful in %(n)s group, %(min)s minutes a week",
        "Decide what is doubtful in %(n)s groups, %(min)s minutes a week each",
        said["groups"],
    )
    return words % {"n": said["groups"], "min": READ_WEEKLY_MIN}


def _clean(said: Mapping[str, int]) -> str:
    words = ngettext(
        "Deal with %(n)s case of trouble a week, three minutes each",
        "Deal with %(n)s cases of trouble a week, three minutes each",
        said["cases"],
    )
    return words % {"n": said["cases"]}


def _take_in(said: Mapping[str, int]) -> str:
    words = ngettext(
        "Take the history of %(n)s group into Weilu, %(min)s minutes a week",
        "Take the history of %(n)s groups into Weilu, %(min)s minutes a week each",
        said["groups"],
    )
    return words % {"n": said["groups"], "min": TAKE_IN_MIN}


def _codes(said: Mapping[str, int]) -> str:
    return _("Put up a new group code every %(days)s days") % {"days": said["days"]}


_CHORES: dict[str, Callable[[Mapping[str, int]], str]] = {
    "host": _host,
    "post": _post,
    "confirm": _confirm,
    "greet": _greet,
    "read": _read,
    "doubts": _doubts,
    "clean": _clean,
    "take_in": _take_in,
    "codes": _codes,
}
