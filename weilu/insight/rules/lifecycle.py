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


@dataclass(frozen=True, slots=True)
class GroupLife:
    """The stage with the numbers it rests on: messages a week lately, usually, at the best."""

    stage: GroupStage
    recent_per_week: float
    past_per_week: float | None
    best_per_week: float
    weeks: int


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


def group_life(weekly_messages: Sequence[int], speakers: int) -> GroupLife:
    """Stage of a group from messages in whole weeks, oldest first, and people who ever spoke.

    Silent weeks before the first message are not part of its life. In order:
    preparing: under 20 messages or under 3 speakers in all;
    closing: the last 4 weeks under 5 % of the best 4; fading: under half of the 12 before;
    warming: no more than 8 weeks old; active: at least 1.2 times the 12 weeks before;
    steady: everything else.
    """
    weeks = np.trim_zeros(np.asarray(weekly_messages, dtype=np.float64), "f")
    if weeks.sum() < PREPARING_MESSAGES or speakers < PREPARING_SPEAKERS:
        recent = float(weeks[-RECENT_WEEKS:].mean()) if weeks.size else 0.0
        best = float(weeks.max()) if weeks.size else 0.0
        return GroupLife(GroupStage.PREPARING, recent, None, best, int(weeks.size))
    recent = float(weeks[-RECENT_WEEKS:].mean())
    past = weeks[-RECENT_WEEKS - PAST_WEEKS : -RECENT_WEEKS]
    usual = float(np.median(past)) if past.size else None
    span = min(RECENT_WEEKS, weeks.size)
    best = float(np.convolve(weeks, np.ones(span) / span, mode="valid").max())
    return GroupLife(_stage(weeks.size, recent, usual, best), recent, usual, best, int(weeks.size))


def _stage(weeks: int, recent: float, usual: float | None, best: float) -> GroupStage:
    """Stage of a group that has talked, by the order of `group_life`."""
    if recent < CLOSING_SHARE * best:
        return GroupStage.CLOSING
    if usual is not None and recent < FADING_SHARE * usual:
        return GroupStage.FADING
    if weeks <= WARMING_WEEKS:
        return GroupStage.WARMING
    if usual is not None and recent >= RISING_SHARE * usual:
        return GroupStage.ACTIVE
    return GroupStage.STEADY


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
