"""The sentences of findings: the evidence first, then what it means, then what to do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from weilu.console.findings.evidence import evidence_words
from weilu.console.formats import day as day_words
from weilu.console.formats import number, percent, speaks_chinese
from weilu.console.parts import Badge, Text, Tone
from weilu.core.clock import today
from weilu.insight.checks.base import NextStep, Unit

Lazy = str | Promise
# Whatever is known up to then is about now.
FRESH = timedelta(days=3)

TITLES: dict[str, Lazy] = {
    "growth": _("More people leave than come"),
    "activity_fall": _("Less is being said"),
    "zombie": _("The group has gone quiet"),
    "one_sided": _("Staff speak, members listen"),
    "carried_by_few": _("A few people carry the talk"),
    "newcomers_lost": _("Newcomers do not come back"),
    "questions_unanswered": _("Questions stay unanswered"),
    "drifting_hours": _("People are awake at other hours"),
    "key_member_lost": _("Someone important fell silent"),
    "too_large_to_serve": _("More people than you can look after"),
    "outgrowing_service": _("It grows faster than you can look after it"),
    "one_admin": _("One person does everything"),
    "more_is_better": _("More people, less talk"),
    "not_a_community": _("Members do not answer each other"),
    "useful_daily": _("Useful posts every day, no answers"),
    "selling_at_once": _("Selling before anyone has talked"),
    "unfit_product": _("The product gives little to talk about"),
    "off_theme": _("The talk is about something else"),
}

# What was looked at, for checks that found no trouble: a title must not accuse a healthy group.
TOPICS: dict[str, Lazy] = {
    "growth": _("Coming and going"),
    "activity_fall": _("How much is said"),
    "zombie": _("Signs of life"),
    "one_sided": _("Staff and members"),
    "carried_by_few": _("Spread of the talk"),
    "newcomers_lost": _("Newcomers"),
    "questions_unanswered": _("Questions"),
    "drifting_hours": _("Hours of the talk"),
    "key_member_lost": _("Important people"),
    "too_large_to_serve": _("Care for everybody"),
    "outgrowing_service": _("Growth and service"),
    "one_admin": _("Spread of the work"),
    "more_is_better": _("Size and liveliness"),
    "not_a_community": _("Talk among members"),
    "useful_daily": _("Posts by staff"),
    "selling_at_once": _("Selling"),
    "unfit_product": _("Talk about the product"),
    "off_theme": _("What the plan promises"),
}

MEANING: dict[str, Lazy] = {
    "growth": _("More people go than come: a group that shrinks rarely turns by itself."),
    "activity_fall": _("That is more than the usual ups and downs."),
    "zombie": _("A silent group teaches people to ignore it."),
    "one_sided": _("It has become a notice board, and notice boards get muted."),
    "carried_by_few": _("If one of them leaves, the group falls silent."),
    "newcomers_lost": _("Whoever does not come back in the first days is gone."),
    "questions_unanswered": _("People who ask in vain do not ask twice."),
    "drifting_hours": _("What you post at the old hours is seen by fewer people."),
    "key_member_lost": _("Others came because of this person."),
    "too_large_to_serve": _("Service gets slower with every new member."),
    "outgrowing_service": _("Whoever comes now and finds nobody to answer does not stay."),
    "one_admin": _("If this person is ill for a week, nobody answers."),
    "more_is_better": _("Size is not success: new people find nobody to talk to."),
    "not_a_community": _("A group is only a container; it becomes a community when people talk."),
    "useful_daily": _("Useful every day is tiring; people come for each other."),
    "selling_at_once": _("Selling before trust drives people away."),
    "unfit_product": _("A community needs something people want to talk about."),
    "off_theme": _("People came for one thing and find another."),
}

ADVICE: dict[NextStep, Lazy] = {
    NextStep.KEEP_ON: _("Nothing to do."),
    NextStep.FIND_NEW_MEMBERS: _("Look where new members came from, and bring in some more."),
    NextStep.ASK_LEAVERS: _("Ask three of those who left why they went."),
    NextStep.START_DISCUSSION: _("Start a discussion on what people liked to talk about."),
    NextStep.REVIVE_OR_CLOSE: _("Revive it with one good evening, or close it with thanks."),
    NextStep.LET_MEMBERS_TALK: _("Post less for a week; ask a question every day instead."),
    NextStep.SHARE_THE_LOAD: _("Bring two or three more people into the talk."),
    NextStep.WELCOME_NEWCOMERS: _("Greet newcomers by name and give each a companion."),
    NextStep.ANSWER_QUESTIONS: _("Answer the open questions, and put someone on duty."),
    NextStep.MOVE_THE_SLOT: _("Move your fixed slot to the new hours."),
    NextStep.WRITE_TO_MEMBER: _("Write to this person, just to ask how things are."),
    NextStep.ADD_STAFF_OR_SPLIT: _("Add a helper, or split the group."),
    NextStep.SLOW_DOWN_GROWTH: _("Stop inviting for two weeks and warm up those who are here."),
    NextStep.INTRODUCE_MEMBERS: _("Introduce members to each other by what they like."),
    NextStep.POST_LESS: _("Post every other day, and answer every reply."),
    NextStep.HOLD_SELLING: _("Hold offers back until the group has talked for two weeks."),
    NextStep.REVIEW_PRODUCT_FIT: _("Think again about what people could talk about here."),
    NextStep.REVIEW_POSITIONING: _("Bring the themes back into the talk, or change the plan."),
}

BUTTONS: dict[NextStep, Lazy] = {
    NextStep.FIND_NEW_MEMBERS: _("See who joined"),
    NextStep.ASK_LEAVERS: _("See who left"),
    NextStep.WELCOME_NEWCOMERS: _("See the newcomers"),
    NextStep.ANSWER_QUESTIONS: _("See the open questions"),
    NextStep.WRITE_TO_MEMBER: _("See what they wrote"),
    NextStep.MOVE_THE_SLOT: _("See the hours"),
    NextStep.SHARE_THE_LOAD: _("See who speaks"),
    NextStep.INTRODUCE_MEMBERS: _("See who answers whom"),
    NextStep.REVIEW_PRODUCT_FIT: _("Check the fit of the product"),
    NextStep.REVIEW_POSITIONING: _("See the plan"),
}
LOOK: Lazy = _("Look at the group")

# The section of the community page that shows what the step is about.
SECTIONS: dict[NextStep, str] = {
    NextStep.FIND_NEW_MEMBERS: "moves",
    NextStep.ASK_LEAVERS: "moves",
    NextStep.WELCOME_NEWCOMERS: "newcomers",
    NextStep.ANSWER_QUESTIONS: "questions",
    NextStep.MOVE_THE_SLOT: "hours",
    NextStep.SHARE_THE_LOAD: "carriers",
    NextStep.INTRODUCE_MEMBERS: "exchange",
    NextStep.REVIVE_OR_CLOSE: "life",
    NextStep.ADD_STAFF_OR_SPLIT: "life",
}

# Or a page of the community's own.
PAGES: dict[NextStep, str] = {
    NextStep.REVIEW_PRODUCT_FIT: "blueprint_fit",
    NextStep.REVIEW_POSITIONING: "blueprint",
}

_LEVELS: dict[int, tuple[Lazy, Tone]] = {
    -1: (_("Not enough data"), Tone.CALM),
    0: (_("All well"), Tone.GOOD),
    1: (_("Worth a look"), Tone.WATCH),
    2: (_("Needs care"), Tone.BAD),
    3: (_("Urgent"), Tone.BAD),
}

NEEDS: dict[str, Lazy] = {
    "days_before": _("a few weeks of history before these 28 days"),
    "age_days": _("a longer history"),
    "staff": _("to know who is staff: mark them in the member list"),
    "staff_messages": _("more messages by staff"),
    "days_with_hours": _("more days with messages"),
    "members_before": _("to know how many members there were before"),
    "posts_answered": _("more posts by staff"),
    "early_offers": _("to know which messages were offers"),
    "early_staff_messages": _("staff messages from the first two weeks"),
    "product_messages": _("to know the words of your product"),
    "questions": _("more questions"),
    "newcomers": _("more newcomers"),
    "messages": _("more messages"),
    "members": _("to know how many members there are"),
    "speakers": _("more people who speak"),
    "member_messages": _("more messages by members"),
    "themes": _("at least three themes in the plan of the community"),
}


@dataclass(frozen=True, slots=True)
class Told:
    """A finding ready to be read."""

    title: Text
    level: Badge
    evidence: str
    meaning: Text
    advice: Text
    button: Text
    section: str
    page: str
    past: str
    sisters: str
    source: str
    person: str = ""
    as_of: str = ""

    @property
    def sentences(self) -> str:
        """The evidence and what it means; Chinese sentences need no space between them."""
        return ("" if speaks_chinese() else " ").join(
            filter(None, (self.evidence, str(self.meaning)))
        )

    @property
    def grounds(self) -> str:
        """How it compares with the past and the sister groups."""
        return ("" if speaks_chinese() else " ").join(filter(None, (self.past, self.sisters)))


def tell(check: str, severity: int, body: Mapping[str, Any]) -> Told:
    """A stored outcome (`checks.registry.to_plain`) in sentences of the language in force."""
    word, tone = _LEVELS[severity]
    title = (TITLES if severity > 0 else TOPICS).get(check, check)
    if not body.get("enough"):
        return _unknown(title, Badge(word, tone), body)
    trouble = severity > 0
    step = NextStep(body["next_step"])
    return Told(
        title=title,
        level=Badge(word, tone),
        evidence=evidence_words(check, body),
        meaning=MEANING.get(check, "") if trouble else "",
        advice=ADVICE[step] if trouble else "",
        button=BUTTONS.get(step, LOOK),
        section=SECTIONS.get(step, ""),
        page=PAGES.get(step, ""),
        past=_past(body.get("own_past")),
        sisters=_sisters(body.get("sisters")),
        source=_source(body.get("thresholds") or ()),
        person=_person(body) if trouble else "",
        as_of=_as_of(body),
    )


def _person(body: Mapping[str, Any]) -> str:
    """The name of the member a finding is about, if any."""
    return next((str(e["value"]) for e in body["evidence"] if e["unit"] == Unit.PERSON), "")


def _as_of(body: Mapping[str, Any]) -> str:
    """Up to when the group is known, where that is not about now."""
    until = date.fromisoformat(body["until"]) if body.get("until") else None
    if until is None or today() - until < FRESH:
        return ""
    return gettext("as of %(day)s") % {"day": day_words(until, year=True, name=False)}


def _unknown(title: Lazy, level: Badge, body: Mapping[str, Any]) -> Told:
    """What is missing for a judgement."""
    wants = [str(NEEDS.get(need["key"], need["key"])) for need in body.get("needs", ())]
    missing = gettext("Still needed: %(what)s.") % {"what": gettext("; ").join(wants)}
    return Told(title, level, missing, "", "", LOOK, "", "", "", "", "")


def _past(change: Mapping[str, Any] | None) -> str:
    """How the group compares with its own past."""
    if not change or change["word"] == "too_little":
        return ""
    words = {
        "up": gettext("Clearly more than in the 28 days before."),
        "down": gettext("Clearly less than in the 28 days before."),
        "flat": gettext("About as in the 28 days before."),
    }
    return words.get(str(change["word"]), "")


def _sisters(sisters: Mapping[str, Any] | None) -> str:
    """How the sister groups do."""
    if not sisters:
        return ""
    low, middle, high = (_measure(sisters[k]) for k in ("low", "median", "high"))
    words = (
        gettext("Your other group: %(middle)s.")
        if sisters["groups"] == 1
        else gettext("Your other %(groups)s groups: mostly %(low)s to %(high)s, median %(middle)s.")
    )
    return words % {
        "groups": sisters["groups"],
        "low": low,
        "middle": middle,
        "high": high,
    }


def _measure(value: float) -> str:
    """A measure of sister groups: shares lie between 0 and 1."""
    return percent(value) if 0 <= value <= 1 else number(value, digits=0)


def _source(thresholds: object) -> str:
    """Where the limits come from."""
    found = sorted({t["source"] for t in thresholds if "source" in t})  # type: ignore[attr-defined]  # JSON list
    return gettext("; ").join(
        gettext("our own rule of thumb") if s.startswith("operator policy") else s for s in found
    )
