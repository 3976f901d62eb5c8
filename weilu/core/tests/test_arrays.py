"""Rows as arrays: in their order, parted by key, empty where there is nothing."""

import numpy as np
from pyroaring import BitMap

from weilu.core.arrays import among, parted, table_of


def test_rows_are_parted_by_their_first_column_in_order() -> None:
    """Every key gets its rows, one without any an empty table of the same width."""
    found = parted(table_of([(2, 5, 1), (1, 6, 2), (2, 4, 3)], 3), [1, 2, 3])
    assert found[1].tolist() == [[6, 2]]
    assert found[2].tolist() == [[5, 1], [4, 3]]
    assert found[3].shape == (0, 2)


def test_no_rows_are_a_table_without_rows() -> None:
    """Nothing read is nothing for every key."""
    assert table_of([], 4).shape == (0, 4)
    assert parted(table_of([], 4), [7])[7].shape == (0, 3)


def test_who_is_among_a_set() -> None:
    """Also where the set is empty."""
    assert among(np.array([3, 1, 2, 3]), BitMap([3, 9])).tolist() == [True, False, False, True]
    assert not among(np.array([3, 1]), BitMap()).any()
