"""What members are and why, in words: stages, natures, reasons."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from weilu.console import counts
from weilu.console.formats import day as day_words
from weilu.console.formats import moment as moment_words
from weilu.console.formats import number
from weilu.console.members.standing_words import MODES
from weilu.console.members.worth_words import LEVELS
from weilu.console.parts import Badge, Tone
from weilu.insight.people.history import Entry, What
from weilu.insight.rules.lifecycle import MemberStage
from weilu.members.models import Colour, Consent, Field, Member
from weilu.members.rules.levels import Level

STAGES: dict[MemberStage, tuple[Promise, Tone]] = {
    MemberStage.STRANGER: (gettext_lazy("Only spoken of"), Tone.CALM),
    MemberStage.NEWCOMER: (gettext_lazy("Newcomer"), Tone.GOOD),
    MemberStage.ACTIVE: (gettext_lazy("Active"), Tone.GOOD),
    MemberStage.COOLING: (gettext_lazy("Cooling"), Tone.WATCH),
    MemberStage.SILENT: (gettext_lazy("Silent"), Tone.CALM),
    MemberStage.LOST: (gettext_lazy("Lost"), Tone.BAD),
}

REASONS: dict[str, Promise] = {
    "renamed": gettext_lazy("The platform said that one was renamed to the other."),
    "renamed_through_guest": gettext_lazy("One was renamed to the other by way of a guest name."),
    "renamed_back": gettext_lazy("They were renamed back and forth."),
    "renamed_often": gettext_lazy("They were renamed to each other again and again."),
    "reconnected": gettext_lazy("Whenever one dropped out, the other came in."),
    "same_nick": gettext_lazy("The names are the same but for the ending of a second connection."),
    "same_nick_short": gettext_lazy("The short names are the same but for their endings."),
    "same_name": gettext_lazy("They have the same name."),
    "same_bridge": gettext_lazy("One bridge names both alike."),
    "same_name_short": gettext_lazy("They have the same short name, which others may have too."),
    "nick_tail": gettext_lazy("One name is the other with an ending such as “away”."),
    "nick_tail_short": gettext_lazy("One short name is the other with an ending."),
    "same_base": gettext_lazy("The names are the same but for endings such as “away”."),
    "same_base_short": gettext_lazy("The short names are the same but for such endings."),
    "same_stem": gettext_lazy("The names are the same but for digits."),
    "same_stem_short": gettext_lazy("The short names are the same but for digits."),
    "names_only_source": gettext_lazy("One comes from a file that knows names only."),
    "never_together": gettext_lazy("They never spoke at the same time."),
    "spoke_together": gettext_lazy("But they also spoke at the same time."),
    "generic": gettext_lazy("But the name is one that many people use."),
    "hub": gettext_lazy("But many people start out under this name."),
    "guest_of": gettext_lazy("A guest name that belongs to one person only."),
    "cluster_full": gettext_lazy("But too many names would come together in one person."),
    "cluster_conflict": gettext_lazy("But another name of theirs speaks against it."),
    "two_phones": gettext_lazy("Two exports have the same words in the same minutes of them."),
    "chain": gettext_lazy("Both belong together with a third name."),
    "platform_flag": gettext_lazy("The platform says that it is a bot."),
    "name": gettext_lazy("It has a name like a bot's."),
    "relays_others": gettext_lazy("Its messages begin with the names of others: a bridge."),
    "same_openings": gettext_lazy("Most of its messages begin in the same few ways."),
    "repeats_itself": gettext_lazy("It says the same things over and over."),
    "answers_commands": gettext_lazy("It speaks after commands of others."),
    "sends_links": gettext_lazy("Nearly all its messages are links."),
    "answers_at_once": gettext_lazy("It answers within a second or two."),
    "never_sleeps": gettext_lazy("It speaks at every hour of the day."),
    "title_owner": gettext_lazy("The name says that they own the group."),
    "title_admin": gettext_lazy("The name says that they look after the group."),
    "title_service": gettext_lazy("The name says that they are customer service."),
    "platform_admin": gettext_lazy("The platform says that they are an administrator."),
    "own_account": gettext_lazy("Weilu is connected with this account."),
    "banned_others": gettext_lazy("They banned others."),
    "removed_others": gettext_lazy("They removed others."),
    "changed_modes": gettext_lazy("They changed rights in the group."),
    "announced": gettext_lazy("They made announcements."),
    "changed_topic": gettext_lazy("They changed the topic of the group."),
}


def reasons(codes: Sequence[str]) -> list[str]:
    """Each reason as a sentence; an unknown code as it is, so that nothing is hidden."""
    return [str(REASONS[code]) if code in REASONS else code for code in codes]


def stage_badge(stage: MemberStage) -> Badge:
    """The stage as a badge."""
    word, tone = STAGES[stage]
    return Badge(word, tone)


def role_badge(nature: str, *, is_staff: bool) -> Badge | None:
    """What somebody is, where it is not simply a person."""
    if nature == Member.Nature.BOT:
        return Badge(_("Bot"))
    if nature == Member.Nature.RELAY:
        return Badge(_("Bridge"))
    return Badge(_("Staff")) if is_staff else None


def who_said(source: str) -> str:
    """Who says what a member is."""
    return {
        Member.Source.OPERATOR: _("You or a colleague said so."),
        Member.Source.PLATFORM: _("The platform says so."),
    }.get(Member.Source(source), "")


def stage_evidence(stage: MemberStage, *, quiet_days: int | None, seen_days: int | None) -> str:
    """The numbers the stage rests on, in one sentence; `quiet_days` None when they never spoke.

    `seen_days` is None for who was there before the records begin.
    """
    if stage == MemberStage.STRANGER:
        return _("Spoken of, but never seen in a group.")
    seen = _("First seen on the day of the newest message")
    if seen_days is None:
        seen = _("There before the records begin")
    elif seen_days:
        seen = ngettext("Known for %(n)s day", "Known for %(n)s days", seen_days) % {
            "n": number(seen_days)
        }
    if quiet_days is None:
        return _("%(seen)s, never said a word.") % {"seen": seen}
    last = _("spoke on the newest day")
    if quiet_days:
        last = ngettext(
            "quiet for %(n)s day up to the newest message",
            "quiet for %(n)s days up to the newest message",
            quiet_days,
        ) % {"n": number(quiet_days)}
    return _("%(seen)s, %(last)s.") % {"seen": seen, "last": last}


PURPOSES: dict[str, Promise] = {
    Consent.Purpose.CONTACT: gettext_lazy("Being written to privately"),
    Consent.Purpose.MARKETING: gettext_lazy("Offers and advertising"),
    Consent.Purpose.PROFILING: gettext_lazy("Keeping what they say and do as a profile"),
    Consent.Purpose.PUBLISHING: gettext_lazy("Publishing what they wrote or sent"),
    Consent.Purpose.SHARING: gettext_lazy("Passing their data on to partners"),
}

WAYS: dict[str, Promise] = {
    Consent.Way.CHAT: gettext_lazy("In the chat"),
    Consent.Way.FORM: gettext_lazy("In a form"),
    Consent.Way.PAPER: gettext_lazy("On paper"),
    Consent.Way.SPOKEN: gettext_lazy("By word of mouth"),
}

FIELD_KINDS: dict[str, Promise] = {
    Field.Kind.TEXT: gettext_lazy("Text"),
    Field.Kind.NUMBER: gettext_lazy("Number"),
    Field.Kind.DAY: gettext_lazy("Day"),
    Field.Kind.CHOICE: gettext_lazy("One of a list"),
    Field.Kind.YES_NO: gettext_lazy("Yes or no"),
}

COLOURS: dict[str, Promise] = {
    Colour.GREY: gettext_lazy("Grey"),
    Colour.EMBER: gettext_lazy("Ember"),
    Colour.AMBER: gettext_lazy("Amber"),
    Colour.GREEN: gettext_lazy("Green"),
    Colour.TEAL: gettext_lazy("Teal"),
    Colour.BLUE: gettext_lazy("Blue"),
    Colour.VIOLET: gettext_lazy("Violet"),
    Colour.PINK: gettext_lazy("Pink"),
}

# What happened, said with the name and value of an entry.
HISTORY: dict[What, Promise] = {
    What.NAMED: gettext_lazy("Called %(name)s"),
    What.JOINED: gettext_lazy("Joined %(name)s"),
    What.SEEN: gettext_lazy("First seen in %(name)s"),
    What.LEFT: gettext_lazy("Left %(name)s"),
    What.MERGED: gettext_lazy("Found to be one person with %(name)s"),
    What.TAGGED: gettext_lazy("Tagged %(name)s"),
    What.UNTAGGED: gettext_lazy("No longer tagged %(name)s"),
    What.EXPIRED: gettext_lazy("The time of the tag %(name)s was over"),
    What.NOTED: gettext_lazy("Note: %(value)s"),
    What.SET: gettext_lazy("%(name)s: %(value)s"),
    What.AGREED: gettext_lazy("Agreed: %(name)s"),
    What.WITHDREW: gettext_lazy("No longer agrees: %(name)s"),
    What.BROKE: gettext_lazy("Broke the rules in %(name)s"),
    What.ROSE: gettext_lazy("Rose to the level “%(name)s” with %(value)s of goodwill"),
    What.STAGED: gettext_lazy("Moved to the stage “%(name)s”"),
    What.UNSTAGED: gettext_lazy("Left the stage “%(name)s”"),
    What.CONTACTED: gettext_lazy("Somebody was in touch. %(value)s"),
    What.MISSED: gettext_lazy("Could not be reached. %(value)s"),
    What.GUIDED: gettext_lazy("Kept company from now on: %(name)s, %(value)s"),
    What.UNGUIDED: gettext_lazy("No longer kept company"),
    What.CIRCLED: gettext_lazy("Came into the circle “%(name)s”"),
    What.UNCIRCLED: gettext_lazy("Left the circle “%(name)s”"),
    What.CUSTOMER: gettext_lazy("On a list of customers as %(name)s"),
    What.HELD_OUT: gettext_lazy("Held out of prizes: %(value)s"),
    What.CLEARED: gettext_lazy("Said not to come only for prizes: %(value)s"),
    What.FELL: gettext_lazy("Fell to the level “%(name)s”: %(value)s of goodwill left"),
}
_LEVELS = frozenset({What.ROSE, What.FELL})
# What nobody of the team needs to have said: read off the talk, or worked out.
_SEEN = frozenset({What.NAMED, What.JOINED, What.SEEN, What.LEFT})
_WORKED_OUT = _LEVELS | {
    What.MERGED, What.TAGGED, What.UNTAGGED, What.EXPIRED, What.BROKE, What.GUIDED,
}  # fmt: skip
_DAYS_ONLY = frozenset({What.AGREED, What.WITHDREW})


@dataclass(frozen=True, slots=True)
class Told:
    """A line of a member's history: its day or moment, the sentence, and where it came from."""

    at: datetime
    when: str
    text: str
    source: str


def entries(found: Sequence[Entry]) -> list[Told]:
    """The lines of a history in words."""
    return [
        Told(
            one.at,
            # Kept as days alone: midnight of no zone in particular.
            day_words(one.at.date(), year=True) if one.what in _DAYS_ONLY else _moment(one.at),
            _line(one),
            _source(one),
        )
        for one in found
    ]


def _moment(at: datetime) -> str:
    return moment_words(at, year=True)


def _line(one: Entry) -> str:
    name = str(PURPOSES[one.name]) if one.what in _DAYS_ONLY else one.name
    value = one.value
    if one.what in _LEVELS:
        name = str(LEVELS[Level(int(one.name))])
        value = counts.points(float(one.value))
    if one.what == What.GUIDED:
        name, value = name or _("Anybody"), str(MODES[value])
    return str(HISTORY[one.what]) % {"name": name, "value": value}


def _source(one: Entry) -> str:
    if one.by:
        return _("by %(name)s") % {"name": one.by}
    if one.source:
        return _("from %(name)s") % {"name": one.source}
    if one.what in _SEEN:
        return _("seen in the group")
    return _("by Weilu") if one.what in _WORKED_OUT else ""


def consents(found: Sequence[Consent]) -> list[tuple[Consent, str, str]]:
    """Consents, each with its purpose and way in words."""
    return [(one, str(PURPOSES[one.purpose]), str(WAYS[one.way])) for one in found]
