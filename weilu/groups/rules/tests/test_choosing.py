"""Which group a visitor is led to, and which joins a visit accounts for."""

from __future__ import annotations

from collections import Counter
from datetime import UTC, datetime, time, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.groups.rules.choosing import (
    WITHIN_MS,
    Choice,
    Closed,
    Joined,
    Visit,
    attributed,
    choose,
    closed,
    nothing_open,
    stayed,
)

NOON = datetime(2026, 5, 4, 12, tzinfo=UTC)
CLOCK = time(12)
DAY = 86_400_000


def pick(*choices: Choice, answer: str = "", visitor: str = "v") -> int | None:
    return choose(choices, NOON, CLOCK, Visit(visitor, answer))


def test_the_first_position_wins_and_the_next_takes_over_when_it_is_full() -> None:
    first, second = Choice(1, 1, 1, room=1), Choice(2, 2, 1, room=5)
    assert pick(second, first) == 1
    assert pick(second, Choice(1, 1, 1, room=0)) == 2
    assert pick(Choice(1, 1, 1, room=0)) is None


@pytest.mark.parametrize(
    ("change", "why"),
    [
        ({"is_on": False}, Closed.OFF),
        ({"is_over": True}, Closed.OVER),
        ({"has_code": False}, Closed.NO_CODE),
        ({"expires_at": NOON}, Closed.EXPIRED),
        ({"expires_at": NOON + timedelta(seconds=1)}, None),
        ({"room": 0}, Closed.FULL),
        ({"opens": time(9), "closes": time(12)}, Closed.HOURS),
        ({"opens": time(12), "closes": time(13)}, None),
        ({"opens": time(22), "closes": time(13)}, None),
        ({"opens": time(22), "closes": time(8)}, Closed.HOURS),
        ({"opens": time(9), "closes": time(9)}, None),
    ],
)
def test_why_a_group_is_not_shown(change: dict[str, object], why: Closed | None) -> None:
    values: dict[str, object] = {"pk": 1, "position": 1, "weight": 1, "room": 3} | change
    assert closed(Choice(**values), NOON, CLOCK) == why  # type: ignore[arg-type]  # by name


def test_those_of_one_position_share_by_weight_and_a_visitor_stays() -> None:
    both = (Choice(1, 1, 3, room=9), Choice(2, 1, 1, room=9))
    led = Counter(pick(*both, visitor=f"v{n}") for n in range(4000))
    assert 0.7 < led[1] / 4000 < 0.8
    assert len({pick(*both, visitor="same") for _ in range(20)}) == 1


def test_an_answer_leads_to_its_own_group_and_others_to_those_for_all() -> None:
    east, everybody = Choice(1, 1, 1, 9, answer="East"), Choice(2, 2, 1, 9)
    assert pick(east, everybody, answer="East") == 1
    assert pick(east, everybody, answer="West") == 2
    assert pick(east, everybody) == 2
    assert pick(Choice(1, 1, 1, 0, answer="East"), everybody, answer="East") == 2
    assert pick(east, answer="West") is None


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 9), st.integers(0, 3)), max_size=8))
def test_whoever_is_led_anywhere_finds_room(made: list[tuple[int, int, int]]) -> None:
    choices = [Choice(n, p, w, room) for n, (p, w, room) in enumerate(made)]
    led = pick(*choices)
    if led is None:
        assert not any(c.room for c in choices)
    else:
        assert choices[led].room > 0
        assert choices[led].position == min(c.position for c in choices if c.room)


def test_each_visit_takes_the_first_free_join_within_an_hour() -> None:
    joins = [Joined(1000), Joined(2000), Joined(3000 + WITHIN_MS)]
    found = attributed([(500, 7), (1500, 8), (1600, 7)], joins)
    assert found == {7: [Joined(1000)], 8: [Joined(2000)]}
    assert attributed([(5000, 7)], joins) == {7: [Joined(3000 + WITHIN_MS)]}
    assert attributed([], joins) == {}
    close = [Joined(300), Joined(400)]
    assert attributed([(100, 1), (200, 2)], close) == {1: close[:1], 2: close[1:]}
    assert WITHIN_MS == 3_600_000
    assert attributed([(0, 1)], [Joined(WITHIN_MS)]) == {1: [Joined(WITHIN_MS)]}
    assert attributed([(0, 1)], [Joined(WITHIN_MS + 1)]) == {}


@given(
    st.lists(st.tuples(st.integers(0, 10**7), st.integers(1, 3)), max_size=40),
    st.lists(st.integers(0, 10**7), max_size=40),
)
def test_no_join_is_counted_twice(visits: list[tuple[int, int]], moments: list[int]) -> None:
    joins = [Joined(at, at + k) for k, at in enumerate(moments)]
    found = [one for many in attributed(visits, joins).values() for one in many]
    assert len(found) == len({id(one) for one in found})
    assert len(found) <= min(len(visits), len(joins))


def test_who_stayed_is_told_of_those_who_could() -> None:
    now = 100 * DAY
    joins = [Joined(now - 10 * DAY), Joined(now - 10 * DAY, now - 9 * DAY), Joined(now - DAY)]
    assert stayed(joins, 7, now) == (1, 2)
    assert stayed(joins, 30, now) == (0, 0)
    # To the moment: seven days ago counts, and who left after just seven days stayed them.
    assert stayed([Joined(now - 7 * DAY)], 7, now) == (1, 1)
    assert stayed([Joined(now - 7 * DAY + 1)], 7, now) == (0, 0)
    assert stayed([Joined(0, 7 * DAY), Joined(0, 7 * DAY - 1)], 7, now) == (1, 2)


def test_by_room_the_emptier_group_takes_more() -> None:
    some = [Choice(1, 1, 9, room=180), Choice(2, 1, 1, room=20)]
    led = Counter(choose(some, NOON, CLOCK, Visit(str(n), by_room=True)) for n in range(2000))
    assert 1700 < led[1] < 1900
    assert led[1] + led[2] == 2000


def test_why_there_is_nowhere_to_go() -> None:
    full, expired = Choice(1, 1, 1, room=0), Choice(2, 1, 1, 9, expires_at=NOON)
    late = Choice(3, 1, 1, 9, opens=time(21), closes=time(23))
    early = Choice(4, 1, 1, 9, opens=time(8), closes=time(9))
    other = Choice(5, 1, 1, 9, answer="East", has_code=False)

    def why(*choices: Choice, answer: str = "") -> tuple[str, time | None]:
        return nothing_open(choices, NOON, CLOCK, answer)

    assert why(full, expired) == (Closed.FULL, None)
    assert why(expired) == why() == (Closed.NO_CODE, None)
    # Who may wait for tonight, or for tomorrow morning, is told when.
    assert why(full, early, late) == (Closed.HOURS, time(21))
    assert why(early) == (Closed.HOURS, time(8))
    # What opened at this very minute and is closed all the same opens again tomorrow.
    now_over = Choice(6, 1, 1, 9, opens=CLOCK, closes=time(12, 0, 0, 1))
    assert nothing_open([now_over, early], NOON, time(12, 1), "") == (Closed.HOURS, time(8))
    assert why(other, late) == (Closed.HOURS, time(21))
    assert why(other, answer="East") == (Closed.NO_CODE, None)
