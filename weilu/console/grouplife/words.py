"""A group's life in words: its stage, what it rests on, what to do, and what turns are called."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext, pgettext

from weilu.console import counts
from weilu.console.formats import number, percent
from weilu.console.parts import Badge, Tone
from weilu.core.clock import now
from weilu.groups.models import Group, Turn
from weilu.insight.rules.lifecycle import GroupLife, GroupStage, Why

DAY_S = 86_400

TURNS: dict[str, tuple[Promise, Promise, str]] = {
    Turn.Kind.REVIVE: (
        gettext_lazy("Revive it"),
        gettext_lazy("An honest word and one good evening, before anybody leaves."),
        "campfire",
    ),
    Turn.Kind.SPLIT: (
        gettext_lazy("Split it"),
        gettext_lazy("Offer some of its members a second group; this one goes on."),
        "arrows-split",
    ),
    Turn.Kind.MERGE: (
        gettext_lazy("Merge it into another"),
        gettext_lazy("Lead its members into a livelier group, then close it."),
        "arrows-join",
    ),
    Turn.Kind.CLOSE: (
        gettext_lazy("Close it"),
        gettext_lazy("Thank everybody, say until when, and offer the next place."),
        "door-exit",
    ),
}

DONE: dict[str, Promise] = {
    Turn.Kind.REVIVE: gettext_lazy("Revived"),
    Turn.Kind.SPLIT: gettext_lazy("Split"),
    Turn.Kind.MERGE: gettext_lazy("Merged"),
    Turn.Kind.CLOSE: gettext_lazy("Closed with thanks"),
}

# The turns that make sense in a stage: only what fell silent is revived, only what is full of
# life is split.
FITTING: dict[GroupStage, tuple[str, ...]] = {
    GroupStage.PREPARING: (Turn.Kind.MERGE, Turn.Kind.CLOSE),
    GroupStage.WARMING: (Turn.Kind.SPLIT, Turn.Kind.MERGE, Turn.Kind.CLOSE),
    GroupStage.ACTIVE: (Turn.Kind.SPLIT, Turn.Kind.MERGE, Turn.Kind.CLOSE),
    GroupStage.STEADY: (Turn.Kind.SPLIT, Turn.Kind.MERGE, Turn.Kind.CLOSE),
    GroupStage.FADING: (Turn.Kind.REVIVE, Turn.Kind.MERGE, Turn.Kind.CLOSE),
    GroupStage.CLOSING: (Turn.Kind.REVIVE, Turn.Kind.MERGE, Turn.Kind.CLOSE),
}

ADVICE: dict[GroupStage, Promise] = {
    GroupStage.PREPARING: gettext_lazy(
        "Bring in a few people who like to talk and open with a question that is easy to answer."
        " Invite the others once three of them talk."
    ),
    GroupStage.WARMING: gettext_lazy(
        "Greet everybody by name, ask one question a day, and sell nothing yet."
    ),
    GroupStage.ACTIVE: gettext_lazy(
        "Let members run something themselves, and see that answers keep up with the talk."
    ),
    GroupStage.STEADY: gettext_lazy(
        "Keep the rhythm, and once a month bring something new: a guest, a trial, a meetup."
    ),
    GroupStage.FADING: gettext_lazy(
        "Ask three of those who fell silent what they miss, then hold one good evening on what was"
        " liked best."
    ),
    GroupStage.CLOSING: gettext_lazy(
        "Revive it with one good evening, lead its members into a livelier group, or close it with"
        " thanks."
    ),
}


def life_badge(group: Group, stage: GroupStage) -> Badge:
    """Stage of a group's life; what members were told counts more than how it talks."""
    if group.ends_at is not None:
        if group.ends_at <= now():
            return Badge(pgettext("group", "Closed"), Tone.CALM, 7)
        return Badge(pgettext("group", "Closing"), Tone.WATCH, 6)
    words = {
        GroupStage.PREPARING: (pgettext("group", "Preparing"), Tone.CALM),
        GroupStage.WARMING: (pgettext("group", "Warming up"), Tone.CALM),
        GroupStage.ACTIVE: (pgettext("group", "Lively"), Tone.GOOD),
        GroupStage.STEADY: (pgettext("group", "Steady"), Tone.GOOD),
        GroupStage.FADING: (pgettext("group", "Fading"), Tone.WATCH),
        GroupStage.CLOSING: (pgettext("group", "Almost silent"), Tone.BAD),
    }
    word, tone = words[stage]
    return Badge(word, tone, list(words).index(stage))


def evidence(life: GroupLife) -> str:
    """What the stage rests on, in a sentence."""
    figures = {
        "recent": counts.messages(life.recent_per_week, digits=_digits(life.recent_per_week)),
        "past": _rate(life.past_per_week),
        "best": _rate(life.best_per_week),
        "days": counts.days(life.silent_days),
        "share": percent(life.active_share),
    }
    return str(_EVIDENCE[life.why]) % figures if life.why != Why.YOUNG else _young(life, figures)


def _young(life: GroupLife, figures: dict[str, str]) -> str:
    words = ngettext(
        "%(n)s week on record, with %(recent)s a week. Is the group older? Bring in its earlier"
        " history, too.",
        "%(n)s weeks on record, with %(recent)s a week lately. Is the group older? Bring in its"
        " earlier history, too.",
        life.weeks,
    )
    return words % {**figures, "n": number(life.weeks)}


_EVIDENCE: dict[Why, Promise] = {
    Why.LITTLE_SAID: gettext_lazy("Fewer than 20 messages so far."),
    Why.FEW_SPEAKERS: gettext_lazy("Fewer than three people have spoken so far."),
    Why.SILENT: gettext_lazy("Nobody has said anything for %(days)s."),
    Why.HARDLY_ANYTHING: gettext_lazy(
        "%(recent)s a week lately; in its best month there were %(best)s."
    ),
    Why.QUIET_LATELY: gettext_lazy(
        "Nobody has said anything for %(days)s; before, there was talk almost every day."
    ),
    Why.HALF_AS_MUCH: gettext_lazy(
        "%(recent)s a week lately, less than half of the usual %(past)s."
    ),
    Why.RISING: gettext_lazy("%(recent)s a week lately, up from the usual %(past)s."),
    Why.MANY_SPEAK: gettext_lazy(
        "%(share)s of those who are there spoke in the last four weeks, with %(recent)s a week."
    ),
    Why.AS_USUAL: gettext_lazy(
        "%(recent)s a week lately, usually %(past)s: within its ups and downs."
    ),
}


def _rate(value: float | None) -> str:
    return number(value, digits=_digits(value))


def _digits(value: float | None) -> int:
    """One after the point for what is less than ten a week, and not a whole number."""
    return 1 if value is not None and 0 < value < 10 and value != int(value) else 0


def first_words(kind: str) -> str:
    """The words to members to begin with, in the language in force."""
    return {
        Turn.Kind.MERGE: _(
            "Dear all, this group has become quiet, and we do not want to leave you talking to"
            " nobody. From {date} we go on together in {other}: there is more going on there, and"
            " the same people look after you.\nCome in here: {link}\nNothing is lost: what was said"
            " here stays in your chat. Thank you for the time with us."
        ),
        Turn.Kind.SPLIT: _(
            "Dear all, there are many of us by now, and good questions get lost. So we open a"
            " second group, for those who like it smaller. Who wants to come along finds the way"
            " here: {link}\nThis group stays as it is; nobody has to move."
        ),
        Turn.Kind.REVIVE: _(
            "It has been quiet here lately, and that is our fault more than yours. We would like to"
            " do better. One question to all of you: what would you like to find here again?"
            " Tonight at 21:00 we are here and answer everything."
        ),
        Turn.Kind.CLOSE: _(
            "Dear all, we close this group on {date}. It was good while it lasted, thanks to you:"
            " your questions, your answers, your patience. If you want to save something, do it"
            " until then. Whoever has an open question writes to us; nobody is left without an"
            " answer."
        ),
    }[Turn.Kind(kind)]


def first_words_there() -> str:
    """What the group that takes the others in is told, to begin with."""
    return _(
        "From {date} the people of {group} join us here. Say hello to them and show them around:"
        " you know best what is good here."
    )
