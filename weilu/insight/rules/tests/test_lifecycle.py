"""Stages of groups and members."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.insight.rules.lifecycle import (
    NEVER,
    STAGE_CODES,
    GroupStage,
    GroupTalk,
    MemberStage,
    MemberTalk,
    TalkColumns,
    Why,
    group_life,
    member_stage,
    member_stages,
)

TODAY = 20000


@pytest.mark.parametrize(
    ("weekly", "speakers", "stage"),
    [
        ([], 0, GroupStage.PREPARING),
        ([4, 5], 9, GroupStage.PREPARING),
        ([400, 500], 2, GroupStage.PREPARING),
        ([0, 0, 30, 50, 80], 9, GroupStage.WARMING),
        ([50] * 12, 9, GroupStage.STEADY),
        ([50] * 12 + [70] * 4, 9, GroupStage.ACTIVE),
        ([50] * 12 + [20] * 4, 9, GroupStage.FADING),
        ([50] * 12 + [1, 2, 1, 0], 9, GroupStage.CLOSING),
        ([50] * 20 + [0] * 16, 9, GroupStage.CLOSING),
    ],
)
def test_group_stages(weekly: list[int], speakers: int, stage: GroupStage) -> None:
    assert group_life(GroupTalk(weekly, speakers)).stage is stage


@pytest.mark.parametrize(
    ("talk", "stage", "why"),
    [
        (GroupTalk([50] * 12, 9, silent_days=28), GroupStage.CLOSING, Why.SILENT),
        (GroupTalk([50] * 12, 9, silent_days=27), GroupStage.FADING, Why.QUIET_LATELY),
        (GroupTalk([50] * 12, 9, silent_days=14), GroupStage.FADING, Why.QUIET_LATELY),
        (GroupTalk([50] * 12, 9, silent_days=13), GroupStage.STEADY, Why.AS_USUAL),
        # Where people write every other day two weeks without a word are nothing yet.
        (GroupTalk([3] * 30, 9, silent_days=20), GroupStage.STEADY, Why.AS_USUAL),
        (GroupTalk([50] * 12, 9, active_share=0.3), GroupStage.ACTIVE, Why.MANY_SPEAK),
        (GroupTalk([50] * 12, 9, active_share=0.29), GroupStage.STEADY, Why.AS_USUAL),
        (GroupTalk([50] * 12 + [39] * 4, 9, active_share=0.9), GroupStage.STEADY, Why.AS_USUAL),
        (GroupTalk([50] * 12 + [60] * 4, 9), GroupStage.ACTIVE, Why.RISING),
        (GroupTalk([30] * 8, 9, active_share=0.9), GroupStage.WARMING, Why.YOUNG),
        (GroupTalk([400], 2, silent_days=60), GroupStage.PREPARING, Why.FEW_SPEAKERS),
        (GroupTalk([19], 9), GroupStage.PREPARING, Why.LITTLE_SAID),
    ],
)
def test_what_decides_a_stage(talk: GroupTalk, stage: GroupStage, why: Why) -> None:
    life = group_life(talk)
    assert (life.stage, life.why) == (stage, why)


def test_group_figures() -> None:
    life = group_life(GroupTalk([0, 10, 20, 30, 40, 50], 5))
    assert (life.weeks, life.recent_per_week, life.past_per_week) == (5, 35.0, 10.0)
    assert life.best_per_week == pytest.approx(35.0)


@pytest.mark.parametrize(
    ("talk", "stage"),
    [
        (MemberTalk(None, None), MemberStage.STRANGER),
        (MemberTalk(TODAY - 3, None), MemberStage.NEWCOMER),
        (MemberTalk(TODAY - 13, TODAY, 5, TODAY - 13), MemberStage.NEWCOMER),
        (MemberTalk(TODAY - 14, None), MemberStage.SILENT),
        (MemberTalk(TODAY - 90, TODAY - 5, 1, TODAY - 5), MemberStage.ACTIVE),
        (MemberTalk(TODAY - 90, TODAY - 20, 30, TODAY - 90), MemberStage.COOLING),
        (MemberTalk(TODAY - 200, TODAY - 35, 12, TODAY - 200), MemberStage.ACTIVE),
        (MemberTalk(TODAY - 400, TODAY - 50, 3, TODAY - 400), MemberStage.COOLING),
        (MemberTalk(TODAY - 400, TODAY - 61, 90, TODAY - 400), MemberStage.SILENT),
        (MemberTalk(TODAY - 400, TODAY - 181, 90, TODAY - 400), MemberStage.LOST),
        (MemberTalk(TODAY - 5, TODAY - 1, 2, TODAY - 4, left=TODAY), MemberStage.LOST),
    ],
)
def test_member_stages(talk: MemberTalk, stage: MemberStage) -> None:
    assert member_stage(talk, TODAY) is stage


@given(
    st.lists(
        st.tuples(st.integers(0, 400), st.integers(0, 400), st.integers(1, 50), st.booleans()),
        min_size=1,
        max_size=20,
    )
)
def test_columns_and_single_members_agree(rows: list[tuple[int, int, int, bool]]) -> None:
    talks = [
        MemberTalk(TODAY - max(a, b), TODAY - min(a, b), n, TODAY - max(a, b), TODAY if g else None)
        for a, b, n, g in rows
    ]
    columns = TalkColumns(
        *(
            np.array(
                [NEVER if getattr(t, name) is None else getattr(t, name) for t in talks],
                dtype=np.int32,
            )
            for name in ("first_seen", "first_spoke", "last_spoke", "active_days", "left")
        )
    )
    found = [STAGE_CODES[code] for code in member_stages(columns, TODAY)]
    assert found == [member_stage(talk, TODAY) for talk in talks]
