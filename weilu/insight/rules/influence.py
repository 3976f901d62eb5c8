"""KOC and true fans: who moves others, and who is there for good (C-6).

Points of a member are what they caused in other people over the last year, different people
counting before repetition. Nobody gets points for talking much, nor for what they did themselves.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

WINDOW_DAYS = 365
# More thanks of one person than this say no more.
THANKS_EACH = 5
# Whoever is met in this time of coming is met as a newcomer; who is there after so long stayed.
NEWCOMER_DAYS = 14
STAYED_DAYS = 30
# As many different people as a KOC has moved.
KOC_PEOPLE = 10

FAN_FIRST_SEEN_DAYS = 90
FAN_WEEKS = 13
FAN_WEEKS_PRESENT = 6
FAN_DAYS_PRESENT = 12
FAN_PEOPLE = 5
FANS_WANTED = 1000

THANKED_POINTS = 3.0
ANSWERED_POINTS = 2.0
REPLIER_POINTS = 1.0
STAYED_POINTS = 4.0
MENTIONER_POINTS = 1.0
# Points that are nothing to speak of yet.
ENOUGH = 8.0


@dataclass(frozen=True, slots=True)
class Caused:
    """What somebody caused in a year.

    `thanks` counts at most THANKS_EACH of one person; `thankers`, `answered` (whose questions
    they answered first), `repliers`, `mentioners` are different people; `met` are newcomers whom
    they were the first to answer, `stayed` those of them who were still there a month after
    coming. `moved` are different people in any of these but `repliers`. `more` are effects that
    other packages know of, each with its points.
    """

    thanks: int = 0
    thankers: int = 0
    answered: int = 0
    repliers: int = 0
    mentioners: int = 0
    met: int = 0
    stayed: int = 0
    moved: int = 0
    more: Mapping[str, float] | None = None


@dataclass(frozen=True, slots=True)
class Present:
    """How much somebody is there: days since first seen, weeks and days of the last 13 weeks."""

    known_days: int
    weeks: int
    days: int
    gave_to: int
    got_from: int
    has_left: bool


class Thank(StrEnum):
    """Ways to thank somebody, by what they are best at."""

    NAME_ANSWER = "name_answer"
    COMPANION = "companion"
    GUEST_TALK = "guest_talk"
    HOST_TOPIC = "host_topic"
    FIRST_TO_TRY = "first_to_try"
    BY_HAND = "by_hand"


def points(caused: Caused) -> float:
    """The points of what somebody caused."""
    return (
        THANKED_POINTS * caused.thanks
        + ANSWERED_POINTS * caused.answered
        + REPLIER_POINTS * caused.repliers
        + STAYED_POINTS * caused.stayed
        + MENTIONER_POINTS * caused.mentioners
        + sum((caused.more or {}).values())
    )


def is_koc(caused: Caused) -> bool:
    """Whether somebody moves others: enough different people."""
    return caused.moved >= KOC_PEOPLE


def is_true_fan(present: Present) -> bool:
    """Whether somebody is a true fan, as far as talk shows.

    Known for 90 days, there in 6 of the last 13 weeks on 12 days at least, has given something to
    5 different people and got something from 5 in a year, and has not left.
    """
    return (
        not present.has_left
        and present.known_days >= FAN_FIRST_SEEN_DAYS
        and present.weeks >= FAN_WEEKS_PRESENT
        and present.days >= FAN_DAYS_PRESENT
        and min(present.gave_to, present.got_from) >= FAN_PEOPLE
    )


def strengths(caused: Caused) -> dict[Thank, float]:
    """What each way to thank somebody would be thanks for, in points."""
    return {
        Thank.NAME_ANSWER: THANKED_POINTS * caused.thanks + ANSWERED_POINTS * caused.answered,
        Thank.COMPANION: STAYED_POINTS * caused.stayed,
        Thank.GUEST_TALK: MENTIONER_POINTS * caused.mentioners,
        Thank.HOST_TOPIC: REPLIER_POINTS * caused.repliers,
    }


def usual_strengths(all_caused: Sequence[Caused]) -> dict[Thank, float]:
    """The mean of what several caused; of nobody, nothing."""
    each = [strengths(one) for one in all_caused] or [strengths(Caused())]
    return {way: sum(one[way] for one in each) / len(each) for way in each[0]}


def ways_to_thank(caused: Caused, usual: Mapping[Thank, float], *, is_fan: bool) -> list[Thank]:
    """At most two ways to thank somebody: for what they do more than others who move people."""
    own = strengths(caused)
    # One thing more than usual is little where it is seldom; that much is added to both.
    weights = {way: own[way] / (usual.get(way, 0.0) + ENOUGH) for way in own if own[way]}
    best = sorted(weights, key=lambda one: (-weights[one], one))[:1]
    return [*best, Thank.FIRST_TO_TRY if is_fan else Thank.BY_HAND]
