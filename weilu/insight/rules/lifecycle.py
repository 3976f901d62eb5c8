"""Stage of a group's life (B-4) and stages of members that talk alone shows (C-2).

Buyer, true fan and advocate need more than talk and are decided elsewhere. The limits are
operator policy: named here, in days and shares.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
import numpy.typing as npt

RECENT_WEEKS = 4
PAST_WEEKS = 12
WARMING_WEEKS = 8
PREPARING_MESSAGES = 20
PREPARING_SPEAKERS = 3
CLOSING_SHARE = 0.05
FADING_SHARE = 0.5
RISING_SHARE = 1.2
HOLDING_SHARE = 0.8
MANY_SPEAK_SHARE = 0.3
FADING_SILENT_DAYS = 14
CLOSING_SILENT_DAYS = 28
DAILY_PER_WEEK = 7

NEWCOMER_DAYS = 14
ACTIVE_DAYS = 14
LONGEST_RHYTHM_DAYS = 42
GAPS_UNTIL_COOLING = 3
SILENT_DAYS = 60
LOST_DAYS = 180
NEVER = -1


class GroupStage(StrEnum):
    """Where a group is in its life (B-4)."""

    PREPARING = "preparing"
    WARMING = "warming"
    ACTIVE = "active"
    STEADY = "steady"
    FADING = "fading"
    CLOSING = "closing"


class MemberStage(StrEnum):
    """Where a member is, as far as talk shows (C-2)."""

    STRANGER = "stranger"
    NEWCOMER = "newcomer"
    ACTIVE = "active"
    COOLING = "cooling"
    SILENT = "silent"
    LOST = "lost"


STAGE_CODES: tuple[MemberStage, ...] = tuple(MemberStage)


class Why(StrEnum):
    """What decided the stage of a group."""

    LITTLE_SAID = "little_said"
    FEW_SPEAKERS = "few_speakers"
    SILENT = "silent"
    HARDLY_ANYTHING = "hardly_anything"
    QUIET_LATELY = "quiet_lately"
    HALF_AS_MUCH = "half_as_much"
    YOUNG = "young"
    RISING = "rising"
    MANY_SPEAK = "many_speak"
    AS_USUAL = "as_usual"


@dataclass(frozen=True, slots=True)
class GroupTalk:
    """What is known of a group's talk up to today.

    `weekly_messages` are whole weeks, oldest first; `speakers` people who ever spoke;
    `silent_days` days since the last word; `active_share` who spoke in the last four weeks of
    those who are there, 0–1, None when not known.
    """

    weekly_messages: Sequence[int]
    speakers: int
    silent_days: int = 0
    active_share: float | None = None


@dataclass(frozen=True, slots=True)
class GroupLife:
    """The stage, what decided it, and the numbers: messages a week lately, usually, at the best."""

    stage: GroupStage
    why: Why
    recent_per_week: float
    past_per_week: float | None
    best_per_week: float
    weeks: int
    silent_days: int = 0
    active_share: float | None = None


@dataclass(frozen=True, slots=True)
class MemberTalk:
    """What is known of one member's talk, in days since 1970.

    `first_seen` is the first join or message, None when only spoken of; `last_spoke` None when
    never; `active_days` are days with a message ever; `left` the day of the last real leave
    when the member is gone.
    """

    first_seen: int | None
    last_spoke: int | None
    active_days: int = 0
    first_spoke: int | None = None
    left: int | None = None


@dataclass(frozen=True, slots=True)
class TalkColumns:
    """The same for many members at once, one array each, -1 for None."""

    first_seen: npt.NDArray[np.int32]
    first_spoke: npt.NDArray[np.int32]
    last_spoke: npt.NDArray[np.int32]
    active_days: npt.NDArray[np.int32]
    left: npt.NDArray[np.int32]


def group_life(talk: GroupTalk) -> GroupLife:
    """Stage of a group. Silent weeks before the first message are not part of its life.

    In order:
    preparing: under 20 messages or under 3 speakers in all;
    closing: no word for 28 days, or the last 4 weeks under 5 % of the best 4;
    fading: the last 4 weeks under half of the 12 before, or no word for 14 days where there
    used to be one a day;
    warming: no more than 8 weeks old;
    active: at least 1.2 times the 12 weeks before, or 30 % of those there speak and there is no
    less than 0.8 of what there was;
    steady: everything else.
    """
    weeks = np.trim_zeros(np.asarray(talk.weekly_messages, dtype=np.float64), "f")
    recent = float(weeks[-RECENT_WEEKS:].mean()) if weeks.size else 0.0
    past = weeks[-RECENT_WEEKS - PAST_WEEKS : -RECENT_WEEKS]
    usual = float(np.median(past)) if past.size else None
    span = min(RECENT_WEEKS, weeks.size)
    best = float(np.convolve(weeks, np.ones(span) / span, mode="valid").max()) if span else 0.0
    rates = (recent, usual, best)
    if weeks.sum() < PREPARING_MESSAGES:
        stage, why = GroupStage.PREPARING, Why.LITTLE_SAID
    elif talk.speakers < PREPARING_SPEAKERS:
        stage, why = GroupStage.PREPARING, Why.FEW_SPEAKERS
    else:
        stage, why = _ending(talk, rates) or _going_on(talk, rates, int(weeks.size))
    return GroupLife(stage, why, *rates, int(weeks.size), talk.silent_days, talk.active_share)


_Rates = tuple[float, float | None, float]


def _ending(talk: GroupTalk, rates: _Rates) -> tuple[GroupStage, Why] | None:
    """Whether a group that has talked is falling silent."""
    recent, usual, best = rates
    if talk.silent_days >= CLOSING_SILENT_DAYS:
        return GroupStage.CLOSING, Why.SILENT
    if recent < CLOSING_SHARE * best:
        return GroupStage.CLOSING, Why.HARDLY_ANYTHING
    if usual is not None and recent < FADING_SHARE * usual:
        return GroupStage.FADING, Why.HALF_AS_MUCH
    before = usual if usual is not None else best
    if talk.silent_days >= FADING_SILENT_DAYS and before >= DAILY_PER_WEEK:
        return GroupStage.FADING, Why.QUIET_LATELY
    return None


def _going_on(talk: GroupTalk, rates: _Rates, weeks: int) -> tuple[GroupStage, Why]:
    """Stage of a group that talks."""
    recent, usual, _best = rates
    if weeks <= WARMING_WEEKS:
        return GroupStage.WARMING, Why.YOUNG
    if usual is not None and recent >= RISING_SHARE * usual:
        return GroupStage.ACTIVE, Why.RISING
    holds = usual is None or recent >= HOLDING_SHARE * usual
    if holds and talk.active_share is not None and talk.active_share >= MANY_SPEAK_SHARE:
        return GroupStage.ACTIVE, Why.MANY_SPEAK
    return GroupStage.STEADY, Why.AS_USUAL


def member_stage(talk: MemberTalk, today: int) -> MemberStage:
    """Stage of one member on a day; see `member_stages` for the limits."""
    values = (talk.first_seen, talk.first_spoke, talk.last_spoke, talk.active_days, talk.left)
    columns = [np.array([NEVER if value is None else value], dtype=np.int32) for value in values]
    return STAGE_CODES[int(member_stages(TalkColumns(*columns), today)[0])]


def member_stages(talk: TalkColumns, today: int) -> npt.NDArray[np.int8]:
    """Stages as indices into `STAGE_CODES`, in the order of the columns.

    In order: lost: left, or no word for 180 days; stranger: never seen in the group;
    newcomer: first seen in the last 14 days; silent: never spoke, or no word for 60 days;
    active: spoke in the last 14 days, or within three of the member's own usual gaps (at most
    42 days, so a monthly guest is not called cooling after two weeks); cooling: the rest.
    """
    seen_ago = today - talk.first_seen
    spoke_ago = today - talk.last_spoke
    spoke = talk.last_spoke != NEVER
    known = talk.first_seen != NEVER
    stretch = np.where(talk.first_spoke != NEVER, talk.last_spoke - talk.first_spoke, 0)
    gaps = np.maximum(talk.active_days - 1, 0)
    usual_gap = np.divide(stretch, gaps, out=np.zeros(stretch.shape), where=gaps > 0)
    patience = np.clip(usual_gap * GAPS_UNTIL_COOLING, ACTIVE_DAYS, LONGEST_RHYTHM_DAYS)
    rules = (
        ((talk.left != NEVER) | (spoke & (spoke_ago > LOST_DAYS)), MemberStage.LOST),
        (~known & ~spoke, MemberStage.STRANGER),
        (known & (seen_ago < NEWCOMER_DAYS), MemberStage.NEWCOMER),
        (~spoke | (spoke_ago > SILENT_DAYS), MemberStage.SILENT),
        (spoke_ago < patience, MemberStage.ACTIVE),
    )
    return np.select(
        [mask for mask, _ in rules],
        [np.int8(STAGE_CODES.index(stage)) for _, stage in rules],
        default=np.int8(STAGE_CODES.index(MemberStage.COOLING)),
    ).astype(np.int8)
