"""When trouble rises above what a group is used to."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.insight.rules.rising import BASE_MS, WINDOW_MS, complaints, is_complaint, rise, tail

NOW = 1_800_000_000_000
MONTH_AGO = NOW - BASE_MS - WINDOW_MS


def lately(people: int, each: int = 1) -> list[tuple[int, int]]:
    return [(NOW - 60_000 * (n + 1), n % people) for n in range(people * each)]


def test_a_quiet_group_in_which_three_complain_is_told() -> None:
    found = rise(lately(3), NOW, MONTH_AGO)
    assert found is not None
    assert (found.signs, found.people) == (3, 3)
    assert found.since_ms == NOW - 180_000


def test_one_who_complains_ten_times_is_one() -> None:
    assert rise(lately(1, 10), NOW, MONTH_AGO) is None


def test_a_group_used_to_it_needs_more() -> None:
    usual = [(NOW - WINDOW_MS - k * WINDOW_MS // 4, k % 50) for k in range(4 * 300)]
    assert rise(usual + lately(6), NOW, MONTH_AGO) is None
    assert rise(usual + lately(20), NOW, MONTH_AGO) is not None


def test_a_group_known_for_a_day_is_judged_carefully() -> None:
    assert rise(lately(3), NOW, NOW - WINDOW_MS) is None
    assert rise(lately(6), NOW, NOW - WINDOW_MS) is not None


def test_old_and_future_signs_are_no_rise() -> None:
    old = [(NOW - 3 * WINDOW_MS - n, n) for n in range(9)]
    ahead = [(NOW + 60_000, n) for n in range(9)]
    assert rise(old + ahead, NOW, MONTH_AGO) is None


@given(st.lists(st.tuples(st.integers(NOW - BASE_MS, NOW), st.integers(1, 9)), max_size=60))
def test_one_more_person_never_calms(signs: list[tuple[int, int]]) -> None:
    if rise(signs, NOW, MONTH_AGO) is not None:
        assert rise([*signs, (NOW, 100)], NOW, MONTH_AGO) is not None


@pytest.mark.parametrize("rate", [0.01, 0.5, 3.0, 40.0])
def test_the_tail_of_chance_falls(rate: float) -> None:
    tails = [tail(k, rate) for k in range(80)]
    assert tails[0] == 1.0
    assert all(a >= b for a, b in pairwise(tails))
    assert tail(1, 1.0) == pytest.approx(1 - 2.718281828**-1)


@pytest.mark.parametrize(
    "text",
    ["我要投诉你们", "茶饼发霉了，怎么退款", "This is a SCAM", "still waiting for my parcel"],
)
def test_complaints_are_seen(text: str) -> None:
    assert is_complaint(text)


@pytest.mark.parametrize(
    "text", ["今天的茶很香", "谢谢老板", "scampi for dinner", "the dam is unbroken", ""]
)
def test_everyday_talk_is_none(text: str) -> None:
    assert not is_complaint(text)


def test_many_texts_are_read_as_one_by_one() -> None:
    texts = ["退款！", "hello", "SCAM", "scammers", "", "我要投诉\n你们", "\n", "rip-off?", "好"]
    assert complaints(texts) == [row for row, text in enumerate(texts) if is_complaint(text)]
    assert complaints(texts) == [0, 2, 5, 7]
    assert complaints([]) == complaints(["好"]) == []
