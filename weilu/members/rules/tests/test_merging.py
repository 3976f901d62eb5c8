"""Merging is order-free and idempotent; un-merging restores exactly (C-1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.members.rules.merging import MergeMap, merge, moved, people, same_person, unmerge

IDS = st.integers(min_value=1, max_value=12)
PAIRS = st.lists(st.tuples(IDS, IDS).filter(lambda p: p[0] != p[1]), max_size=20)
MESSAGES = {one: one * 7 % 5 for one in range(1, 13)}


def merged(pairs: list[tuple[int, int]]) -> MergeMap:
    known = MergeMap()
    for a, b in pairs:
        known, _ = merge(known, a, b)
    return known


@given(PAIRS, st.randoms())
def test_order_and_direction_do_not_matter(pairs: list[tuple[int, int]], random: object) -> None:
    shuffled = [(b, a) for a, b in pairs]
    random.shuffle(shuffled)  # type: ignore[attr-defined]  # hypothesis types it as object
    assert merged(shuffled) == merged(pairs)
    assert people(merged(shuffled), MESSAGES) == people(merged(pairs), MESSAGES)


@given(PAIRS)
def test_merging_twice_changes_nothing(pairs: list[tuple[int, int]]) -> None:
    assert merged(pairs + pairs) == merged(pairs)


@given(PAIRS, st.tuples(IDS, IDS).filter(lambda p: p[0] != p[1]), PAIRS)
def test_unmerge_restores_whatever_happened_between(
    before: list[tuple[int, int]], one: tuple[int, int], after: list[tuple[int, int]]
) -> None:
    others = [pair for pair in before + after if set(pair) != set(one)]
    cut = len([pair for pair in before if set(pair) != set(one)])
    known, record = merge(merged(others[:cut]), *one)
    for a, b in others[cut:]:
        known, _ = merge(known, a, b)
    restored = unmerge(known, record)
    assert restored == merged(others)
    assert people(restored, MESSAGES) == people(merged(others), MESSAGES)


@given(PAIRS)
def test_people_partition_the_identities(pairs: list[tuple[int, int]]) -> None:
    known = merged(pairs)
    found = people(known, MESSAGES)
    assert set(found) == set(MESSAGES)
    for one, head in found.items():
        together = same_person(known, one)
        assert head in together
        assert MESSAGES[head] == max(MESSAGES[member] for member in together)
        assert {found[member] for member in together} == {head}


def test_canonical_is_most_messages_then_smallest_id() -> None:
    known = merged([(5, 3), (3, 9)])
    assert people(known, {3: 1, 5: 4, 9: 4, 2: 0}) == {2: 2, 3: 5, 5: 5, 9: 5}


def test_moved_names_only_what_changed() -> None:
    before, after = (
        people(MergeMap(), {1: 0, 2: 5, 3: 1}),
        people(merged([(1, 2)]), {1: 0, 2: 5, 3: 1}),
    )
    assert moved(before, after) == {1: (1, 2)}


def test_refusals() -> None:
    with pytest.raises(ValueError, match="identity 4"):
        merge(MergeMap(), 4, 4)
    known, record = merge(MergeMap(), 1, 2)
    empty = unmerge(known, record)
    assert empty == MergeMap()
    with pytest.raises(KeyError):
        unmerge(empty, record)
