"""What is known of accounts is the same however many messages are booked at once."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weilu.moderation.rules import ledger as ledgers
from weilu.moderation.rules.ledger import Account, Booked, Ledger, Rows

# Room, writer, seconds after the message before, what is said, whether that is long.
SAID = st.tuples(
    st.integers(1, 3), st.integers(0, 5), st.sampled_from([0, 0, 1, 4, 11, 90_000]),
    st.integers(-2, 3), st.booleans(),
)  # fmt: skip
COLUMNS = ("before", "days", "own", "others", "flood", "trusted")


def rows(said: Sequence[tuple[int, int, int, int, bool]], begin: int = 0) -> Rows:
    """Messages in order of time, room by room."""
    moments = list(accumulate((gap * 1000 for _, _, gap, _, _ in said), initial=begin))[1:]
    timed = [
        (room, writer, at, *rest)
        for (room, writer, _, *rest), at in zip(said, moments, strict=True)
    ]
    room, writer, time, text, telling = zip(*sorted(timed, key=lambda one: one[0]), strict=True)
    return Rows(
        np.array(room), np.array(writer), np.array(time), text, np.array(telling, dtype=bool)
    )


def part(whole: Rows, first: int, last: int) -> Rows:
    """Some of the messages."""
    chosen = slice(first, last)
    room, writer, time, text, telling = whole
    return Rows(room[chosen], writer[chosen], time[chosen], text[chosen], telling[chosen])


def opened() -> Ledger:
    """A ledger of three rooms, in one of which somebody is trusted."""
    ledger = Ledger(generation=4)
    for _ in range(3):
        ledger.open()
    ledger.trust(np.array([2]), np.array([1]))
    return ledger


def told(many: list[Booked]) -> list[list[int]]:
    """The columns of several batches, one after the other."""
    return [np.concatenate([getattr(one, name) for one in many]).tolist() for name in COLUMNS]


@given(first=st.lists(SAID, max_size=30), second=st.lists(SAID, min_size=1, max_size=30))
@settings(max_examples=150, deadline=None)
def test_arrays_book_as_a_loop_does(
    first: list[tuple[int, int, int, int, bool]], second: list[tuple[int, int, int, int, bool]]
) -> None:
    found, accounts = [], []
    with pytest.MonkeyPatch.context() as patch:
        for few in (1_000, 0):
            patch.setattr(ledgers, "FEW_ROWS", few)
            ledger = opened()
            batches = [rows(said, n * 10**7) for n, said in enumerate((first, second)) if said]
            booked = [ledger.book(one) for one in batches]
            steps = [np.linspace(-1, 2, len(one.slot)) for one in booked]
            evidence = [
                ledger.accuse(one.slot, step) for one, step in zip(booked, steps, strict=True)
            ]
            found.append((told(booked), [[a.tolist() for a in pair] for pair in evidence]))
            accounts.append([ledger.account(r, w) for r in (1, 2, 3) for w in range(6)])
    assert found[0] == found[1]
    assert accounts[0] == accounts[1]


@given(st.lists(SAID, min_size=1, max_size=20), st.integers(1, 19))
@settings(max_examples=100, deadline=None)
def test_a_batch_is_its_messages_one_by_one(
    said: list[tuple[int, int, int, int, bool]], size: int
) -> None:
    together, apart = opened(), opened()
    together.generation = apart.generation = 1_000
    whole = rows(said)
    booked = [together.book(whole)]
    few = [apart.book(part(whole, at, at + size)) for at in range(0, len(said), size)]
    assert told(booked) == told(few)


def test_a_burst_and_a_repeat() -> None:
    ledger = opened()
    one = [(1, 4, 1, 7, True)] * 8 + [(1, 4, 60, 7, True), (1, 4, 1, 8, True), (1, 5, 1, 7, True)]
    booked = ledger.book(rows(one))
    assert booked.flood.tolist() == [1, 2, 3, 4, 5, 6, 7, 8, 1, 2, 1]
    assert booked.own.tolist() == [0, 1, 2, 3, 4, 5, 6, 7, 8, 0, 0]
    assert booked.others.tolist() == [0] * 10 + [1]
    assert booked.before.tolist() == [*range(10), 0]


def test_a_closed_room_is_forgotten_and_its_rows_used_again() -> None:
    ledger = opened()
    said = [(room, writer, 1, 1, True) for room in (1, 2, 3) for writer in range(100)]
    ledger.book(rows(said))
    size = len(ledger._table)
    ledger.close(1)
    assert ledger.account(1, 5) == Account()
    assert ledger.account(2, 5).messages == 1
    again = ledger.open()
    booked = ledger.book(rows([(again, writer, 1, 1, False) for writer in range(100)]))
    assert booked.before.tolist() == [0] * 100
    assert len(ledger._table) == size
    assert ledger.account(2, 1).trusted
    assert ledger.account(3, 99).messages == 1
