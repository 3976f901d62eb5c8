"""The promotion share by table: exactly at a limit is within it, above is not (D-2)."""

from __future__ import annotations

import pytest

from weilu.content.rules import (
    Policy,
    Seen,
    Verdict,
    enough_to_tell,
    verdict,
    what_follows,
    what_members_saw,
)

USUAL = Policy()


@pytest.mark.parametrize(
    ("promotions", "messages", "expected"),
    [
        (0, 0, Verdict.FINE),
        (0, 50, Verdict.FINE),
        (5, 100, Verdict.FINE),
        (6, 100, Verdict.WARN),
        (10, 100, Verdict.WARN),
        (11, 100, Verdict.HOLD),
        (1, 1, Verdict.HOLD),
        (1, 20, Verdict.FINE),
        (1, 19, Verdict.WARN),
        (1, 10, Verdict.WARN),
        (1, 9, Verdict.HOLD),
    ],
)
def test_a_share(promotions: int, messages: int, expected: Verdict) -> None:
    assert verdict(Seen(promotions, messages), USUAL) == expected


@pytest.mark.parametrize(
    ("seen", "policy", "expected"),
    [
        (Seen(0, 19), USUAL, Verdict.FINE),
        (Seen(0, 18), USUAL, Verdict.WARN),
        (Seen(0, 9), USUAL, Verdict.WARN),
        (Seen(0, 8), USUAL, Verdict.HOLD),
        (Seen(0, 0), USUAL, Verdict.HOLD),
        (Seen(0, 0, is_known=False), USUAL, Verdict.WARN),
        (Seen(1, 5, is_known=False), USUAL, Verdict.HOLD),
        (Seen(1, 3), Policy(50, 50, 7), Verdict.FINE),
        (Seen(0, 0), Policy(100, 100, 7), Verdict.FINE),
    ],
)
def test_one_more(seen: Seen, policy: Policy, expected: Verdict) -> None:
    assert what_follows(seen, policy) == expected


@pytest.mark.parametrize("promotions", [0, 1, 7, 50])
@pytest.mark.parametrize("percent", [1, 3, 5, 33, 100])
def test_counting_further_changes_nothing(promotions: int, percent: int) -> None:
    policy = Policy(percent, 100, 7)
    enough = enough_to_tell(promotions, policy)
    assert what_follows(Seen(promotions, enough), policy) == Verdict.FINE
    assert what_follows(Seen(promotions, enough - 2), policy) != Verdict.FINE


@pytest.mark.parametrize(
    ("sent", "heard", "is_heard", "expected"),
    [
        (5, 40, True, Seen(2, 40)),
        (5, 0, True, Seen(2, 5)),
        (5, 0, False, Seen(2, 5, is_known=False)),
        (5, 3, False, Seen(2, 5)),
        (5, 100, True, Seen(2, 100, is_bounded=True)),
    ],
)
def test_what_members_saw(sent: int, heard: int, is_heard: bool, expected: Seen) -> None:
    assert what_members_saw(2, sent, heard, 100, is_heard=is_heard) == expected


def test_a_share_in_numbers() -> None:
    assert Seen(3, 12).share == 0.25
    assert Seen().share == 0.0
    assert (USUAL.warn_percent, USUAL.hold_percent, USUAL.days) == (5, 10, 7)
