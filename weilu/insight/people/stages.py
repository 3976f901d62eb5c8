"""Stages of members (C-2) from the moments that are stored of them."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from weilu.chat.columns import DAY_MS, Ints
from weilu.insight.rules.lifecycle import (
    NEVER,
    STAGE_CODES,
    MemberStage,
    TalkColumns,
    member_stages,
)


def stages_of(moments: Sequence[tuple[int, int, int]], today_ms: Ints | int) -> list[MemberStage]:
    """Stage of each member by (first seen, last spoke, left) in ms, 0 for never.

    Days are counted in spans of 24 hours back from `today_ms`, one moment for all or for each.
    """
    if not moments:
        return []
    codes = stage_codes(np.array(moments, dtype=np.int64), today_ms)
    return [STAGE_CODES[int(code)] for code in codes]


def stage_codes(moments: Ints, today_ms: Ints | int) -> Ints:
    """Places in STAGE_CODES for rows of `stages_of`'s moments, at least one."""
    # Day 0 is today; a moment n whole days ago is day -n, shifted so that none is negative.
    today = np.reshape(np.asarray(today_ms, dtype=np.int64), (-1, 1))
    shift = 1 + int((int(today.max()) - min(0, int(moments.min()))) // DAY_MS)
    days = shift - (today - moments) // DAY_MS
    first, last, left = (days[:, k].astype(np.int32) for k in range(3))
    last[moments[:, 1] == 0] = NEVER
    left[moments[:, 2] == 0] = NEVER
    nothing = np.full(len(moments), NEVER, dtype=np.int32)
    talk = TalkColumns(first, nothing, last, np.zeros(len(moments), dtype=np.int32), left)
    return np.asarray(member_stages(talk, shift), dtype=np.int64)
