"""Postings come out of their bytes as they went in."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.chat.search.packing import PLACE_BITS, joined, packed, places, shard_of, unpacked

POSTINGS = st.lists(
    st.tuples(st.sampled_from([0, 1, 2**24, 2**24 + 1, 2**32 - 1]), st.integers(0, 2**20 - 1)),
    max_size=60,
)


@pytest.mark.parametrize("bits", [8, 12])
@given(pairs=POSTINGS)
def test_round_trip(bits: int, pairs: list[tuple[int, int]]) -> None:
    token = np.array([t for t, _ in pairs], dtype=np.int64)
    place = np.array([p for _, p in pairs], dtype=np.int64)
    postings = joined(token, place)
    made = packed(postings, bits)
    assert set(made) == {shard_of(t, bits) for t, _ in pairs}
    if made:
        back = np.concatenate([unpacked(made[k]) for k in sorted(made)])
        assert back.tolist() == postings.tolist()
    for one in {t for t, _ in pairs}:
        body = made[shard_of(one, bits)]
        assert places(body, one).tolist() == sorted({p for t, p in pairs if t == one})
        assert places(body, one ^ 1 << 7).tolist() == []


def test_neighbours_take_a_byte() -> None:
    postings = joined(np.full(1000, 5), np.arange(1000))
    assert len(packed(postings, 8)[0]) == 4 + 4 + 4 + 1000
    assert PLACE_BITS == 20
