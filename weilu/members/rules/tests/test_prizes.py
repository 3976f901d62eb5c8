"""Looks at prize hunters: by table, and what may never make one (C-7)."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.members.rules.prizes import HELD_OUT, Reason, Seen, look

HUNTER = Seen(
    messages=9, near=9, fixed=8, occasions=6, people=0, helped=0, left_after=False, usual=0.1
)


@pytest.mark.parametrize(
    ("change", "score", "held"),
    [
        ({}, 0.8, True),
        ({"left_after": True}, 1.0, True),
        # Gone after one prize is enough; one prize without leaving is not.
        ({"occasions": 1, "left_after": True}, 0.9, True),
        ({"occasions": 1}, 0.0, False),
        # A few thanks for red packets and nothing else: not enough.
        ({"occasions": 4}, 0.65, False),
        ({"fixed": 1}, 0.65, False),
        ({"messages": 14}, 0.6, False),
        ({"messages": 20}, 0.4, False),
        ({"helped": 1}, 0.4, False),
        ({"people": 5}, 0.4, False),
        # Too little was seen; or everybody talks around prizes there.
        ({"messages": 2, "near": 2, "fixed": 2}, 0.0, False),
        ({"near": 0, "fixed": 0}, 0.0, False),
        ({"usual": 0.6}, 0.0, False),
    ],
)
def test_how_it_looks(change: dict[str, int], score: float, held: bool) -> None:
    found = look(replace(HUNTER, **change))  # type: ignore[arg-type]  # numbers and yes or no
    assert found.score == pytest.approx(score)
    assert (found.score >= HELD_OUT) is held


def test_every_part_is_said() -> None:
    found = look(replace(HUNTER, left_after=True, people=6))
    assert set(found.reasons) == {
        Reason.ONLY_PRIZES, Reason.LEFT_AFTER, Reason.FIXED_PHRASES, Reason.MANY_OCCASIONS,
        Reason.TALKS_WITH_MANY,
    }  # fmt: skip


seen = st.builds(
    Seen,
    messages=st.integers(0, 40),
    near=st.integers(0, 40),
    fixed=st.integers(0, 40),
    occasions=st.integers(0, 12),
    people=st.integers(0, 12),
    helped=st.integers(0, 5),
    left_after=st.booleans(),
    usual=st.floats(0, 1),
).map(lambda one: replace(one, near=min(one.near, one.messages), fixed=min(one.fixed, one.near)))


@given(seen)
def test_who_helped_is_never_held_out_without_leaving(one: Seen) -> None:
    assert look(replace(one, helped=1, left_after=False)).score < HELD_OUT


@given(seen, st.integers(1, 30))
def test_talking_about_other_things_never_makes_it_worse(one: Seen, more: int) -> None:
    if look(one).reasons:
        assert look(replace(one, messages=one.messages + more)).score <= look(one).score
