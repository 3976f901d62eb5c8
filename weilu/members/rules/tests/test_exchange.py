"""Rows of exchange: added up, taken away, mirrored, packed."""

from __future__ import annotations

import random

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from weilu.members.rules.exchange import (
    ROW,
    Exchange,
    Rows,
    mirrored,
    nothing,
    pack_day,
    pack_person,
    taken_away,
    together,
    unpack_day,
    unpack_ledgers,
)

one_row = st.tuples(
    st.integers(1, 4), st.sampled_from(Exchange).map(int), st.integers(0, 3), st.integers(1, 3),
    st.integers(0, 4), st.integers(1, 9),
)  # fmt: skip
histories = st.lists(one_row, max_size=30).map(lambda rows: np.array(rows, dtype=ROW))


@given(histories, histories)
def test_what_is_taken_away_leaves_the_rest(one: Rows, other: Rows) -> None:
    both = together([one, other])
    assert together([both, taken_away(other)]).tobytes() == together([one]).tobytes()
    assert together([one, taken_away(one)]).tobytes() == b""


@given(histories, st.randoms())
def test_the_order_does_not_matter(rows: Rows, chance: random.Random) -> None:
    turned = rows.tolist()
    chance.shuffle(turned)
    assert together([np.array(turned, dtype=ROW)]).tobytes() == together([rows]).tobytes()
    assert together([rows[:3], rows[3:]]).tobytes() == together([rows]).tobytes()


@given(histories)
def test_packed_and_unpacked_is_the_same(rows: Rows) -> None:
    added = together([rows])
    for who in (1, 2, 3, 4):
        mine = added[added["who"] == who]
        back = unpack_ledgers([pack_person(mine)], np.array([who]))
        assert back.tobytes() == mine.tobytes()
    for day in range(4):
        for group in (1, 2, 3):
            here = added[(added["day"] == day) & (added["group"] == group)]
            again = unpack_day(pack_day(here), group=group, day=day)
            assert again.tobytes() == here.tobytes()


def test_everybody_knows_whom_they_met() -> None:
    kinds = (Exchange.ANSWERED, Exchange.THANKED, Exchange.REPLIED, Exchange.MENTIONED)
    rows = mirrored(np.array([(1, kind, 9, 3, 2, 1) for kind in kinds], dtype=ROW))
    assert [tuple(r)[:2] for r in rows.tolist() if r[0] == 2] == [
        (2, Exchange.WAS_REPLIED),
        (2, Exchange.TURNED_TO),
    ]


def test_an_answer_is_being_answered_for_the_other() -> None:
    rows = np.array(
        [(1, Exchange.REPLIED, 9, 3, 2, 5), (1, Exchange.PRESENT, 9, 3, 0, 2)], dtype=ROW
    )
    assert mirrored(rows).tolist() == [
        (1, Exchange.REPLIED, 9, 3, 2, 5),
        (1, Exchange.PRESENT, 9, 3, 0, 2),
        (2, Exchange.WAS_REPLIED, 9, 3, 1, 5),
    ]
    assert len(mirrored(nothing())) == 0
