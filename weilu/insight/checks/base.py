"""What a check gets and what it says: facts of a group, findings, not enough data (J-2).

A check is a pure function from the facts of one group, and those of its sister groups, to an
outcome made of numbers and codes. The sentences (evidence, judgement, advice) are written by
the doors from `Finding.check`, `severity` and the evidence keys in each check's docstring.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import IntEnum, StrEnum
from typing import Protocol

import numpy as np

from weilu.insight.rules.change import Change
from weilu.insight.rules.drift import Drift
from weilu.insight.rules.rhythm import HourMap

POLICY = "operator policy, editable"
LEAST_SISTERS = 3


class Severity(IntEnum):
    """How much a finding matters; NONE means looked at and all well."""

    NONE = 0
    NOTICE = 1
    WARNING = 2
    URGENT = 3


class Confidence(StrEnum):
    """How sure a finding is, from the amount of data and the test it passed."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


class Unit(StrEnum):
    """Unit of a number in evidence; shares are 0–1."""

    PEOPLE = "people"
    MESSAGES = "messages"
    QUESTIONS = "questions"
    SHARE = "share"
    SECONDS = "seconds"
    HOURS = "hours"
    HOUR_OF_DAY = "hour_of_day"
    DAYS = "days"
    WEEKS = "weeks"
    RATIO = "ratio"
    PER_WEEK = "per_week"
    PERSON = "person"
    THEMES = "themes"
    POINTS = "points"
    WORDS = "words"  # a word a line


class NextStep(StrEnum):
    """What to do next; each code opens a page."""

    KEEP_ON = "keep_on"
    FIND_NEW_MEMBERS = "find_new_members"
    ASK_LEAVERS = "ask_leavers"
    START_DISCUSSION = "start_discussion"
    REVIVE_OR_CLOSE = "revive_or_close"
    LET_MEMBERS_TALK = "let_members_talk"
    SHARE_THE_LOAD = "share_the_load"
    WELCOME_NEWCOMERS = "welcome_newcomers"
    ANSWER_QUESTIONS = "answer_questions"
    MOVE_THE_SLOT = "move_the_slot"
    WRITE_TO_MEMBER = "write_to_member"
    ADD_STAFF_OR_SPLIT = "add_staff_or_split"
    SLOW_DOWN_GROWTH = "slow_down_growth"
    INTRODUCE_MEMBERS = "introduce_members"
    POST_LESS = "post_less"
    HOLD_SELLING = "hold_selling"
    REVIEW_PRODUCT_FIT = "review_product_fit"
    REVIEW_POSITIONING = "review_positioning"


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """One group over one stretch of days; None where the source does not tell.

    `daily_messages` are people's (staff in, bots out), one number per day, silent days 0.
    `joins` (new or back again) and `leaves` are real ones, reconnects out, of `move_days`
    (default: all): where connections drop, the last week is not settled. `newcomers` spoke for the
    first time and had time to return. `answers` are messages that answer someone,
    `member_answers` those of a member to a member. `first_answers_by_top` are questions first
    answered by the busiest answerer. `hours` has one row of 24 per day.
    """

    daily_messages: tuple[int, ...]
    speakers: int
    members: int | None = None
    staff_messages: int = 0
    bot_messages: int = 0
    joins: int | None = None
    leaves: int | None = None
    move_days: int | None = None
    newcomers: int = 0
    newcomers_returned: int = 0
    questions: int = 0
    answered: int = 0
    median_answer_s: float | None = None
    first_answers_by_top: int | None = None
    answers: int | None = None
    member_answers: int | None = None
    top_one_share: float = 0.0
    bus_factor: int = 0
    top_staff_messages: int = 0
    staff_post_days: int = 0
    staff_posts_answered: int | None = None
    hours: HourMap | None = field(default=None, compare=False)

    @property
    def messages(self) -> int:
        """Messages by people, staff included."""
        return sum(self.daily_messages)

    @property
    def days(self) -> int:
        """Length of the stretch."""
        return len(self.daily_messages)

    @property
    def days_of_moves(self) -> int:
        """Of how many days joins and leaves are."""
        return self.days if self.move_days is None else self.move_days

    @property
    def days_with_data(self) -> int:
        """Days on which somebody wrote."""
        return sum(count > 0 for count in self.daily_messages)

    @property
    def member_messages(self) -> int:
        """Messages by people who are not staff."""
        return self.messages - self.staff_messages

    @property
    def active_share(self) -> float | None:
        """Speakers by members, 0–1; None when the members are not known."""
        return share(self.speakers, self.members or 0)


@dataclass(frozen=True, slots=True)
class KeyPerson:
    """Someone who carried the group in the period before."""

    person: int
    name: str
    messages_before: int
    messages_now: int
    silent_days: int


@dataclass(frozen=True, slots=True)
class GroupFacts:
    """Everything a check may ask about one group.

    `weekly_messages` are whole weeks, oldest first, at most 26. `age_days` counts from the
    first message known. `early_staff_messages` and `early_offers` are those of the first two
    weeks; an offer is a staff message with a price or a shop link. `product_messages` are
    members' messages that speak of the product. `drift` compares the themes of the plan with the
    talk, None without any; `kind` is what the plan says holds it together (A-2), "" if nothing;
    `fit` are points, most points and verdict of the product's fit (A-4).
    """

    group: int
    name: str
    now: PeriodFacts
    before: PeriodFacts | None = None
    weekly_messages: tuple[int, ...] = ()
    age_days: int = 0
    silent_days: int = 0
    staff: int | None = None
    cap: int | None = None
    key_people: tuple[KeyPerson, ...] = ()
    early_staff_messages: int | None = None
    early_offers: int | None = None
    product_messages: int | None = None
    drift: Drift | None = field(default=None, compare=False)
    kind: str = ""
    fit: tuple[int, int, str] | None = None


@dataclass(frozen=True, slots=True)
class Evidence:
    """One number behind a finding; `key` is stable and documented in the check."""

    key: str
    value: float | str
    unit: Unit


@dataclass(frozen=True, slots=True)
class Threshold:
    """A limit a finding rests on, and who set it: a handbook code or operator policy."""

    key: str
    value: float
    unit: Unit
    source: str = POLICY


@dataclass(frozen=True, slots=True)
class SisterRange:
    """The same measure in the sister groups: quartiles, and how many groups."""

    measure: str
    low: float
    median: float
    high: float
    groups: int


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found; severity NONE means looked at and all well."""

    check: str
    severity: Severity
    evidence: tuple[Evidence, ...]
    thresholds: tuple[Threshold, ...]
    next_step: NextStep
    confidence: Confidence
    own_past: Change | None = None
    sisters: SisterRange | None = None

    def value(self, key: str) -> float | str | None:
        """Value of an evidence key; None when the finding has no such number."""
        return next((item.value for item in self.evidence if item.key == key), None)


@dataclass(frozen=True, slots=True)
class Need:
    """What a check lacks; `have` is None when the source does not tell at all."""

    key: str
    have: float | None
    want: float


@dataclass(frozen=True, slots=True)
class NotEnough:
    """A check that cannot judge, with what it would need."""

    check: str
    needs: tuple[Need, ...]


Outcome = Finding | NotEnough


class Check(Protocol):
    """A diagnosis check."""

    def __call__(self, facts: GroupFacts, sisters: Sequence[GroupFacts]) -> Outcome:
        """Judge one group; `sisters` are other groups, never this one, and may be none."""
        ...


def share(part: float, whole: float) -> float | None:
    """Share 0–1; None when there is no whole."""
    return part / whole if whole else None


def sister_range(
    measure: str,
    sisters: Sequence[GroupFacts],
    of: Callable[[GroupFacts], float | None],
) -> SisterRange | None:
    """Quartiles of a measure over the sister groups that know it; None below three of them."""
    values = [value for value in map(of, sisters) if value is not None]
    if len(values) < LEAST_SISTERS:
        return None
    low, middle, high = (float(value) for value in np.quantile(values, (0.25, 0.5, 0.75)))
    return SisterRange(measure, low, middle, high, len(values))


def lacking(check: str, *needs: tuple[str, float | None, float]) -> NotEnough | None:
    """Not enough data when any (key, have, want) is unmet, with the unmet ones; else None."""
    unmet = tuple(Need(*need) for need in needs if need[1] is None or need[1] < need[2])
    return NotEnough(check, unmet) if unmet else None


def graded(value: float, *limits: float) -> Severity:
    """Severity by how many of the ascending limits the value reaches."""
    return Severity(sum(value >= limit for limit in limits))


def sureness(cases: float, *, medium: float, high: float) -> Confidence:
    """Confidence by the number of cases a finding rests on."""
    if cases >= high:
        return Confidence.HIGH
    return Confidence.MEDIUM if cases >= medium else Confidence.LOW
