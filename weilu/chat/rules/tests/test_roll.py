"""What a list of members tells: joins nobody told of, who simply was there, who is gone."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.ports.sessions import Person
from weilu.chat.rules.roll import SLACK_MS, Kept, is_doubtful, those_gone, those_there

DAY = 24 * 3_600_000
ASKED = 1_000 * DAY
ADA = Person("7", "Ada")
HERE = Kept("Ada", ASKED - 30 * DAY, joined_ms=ASKED - 30 * DAY, last_joined_ms=ASKED - 30 * DAY)
LEFT = replace(HERE, last_left_ms=ASKED - 2 * DAY)


def told(*listed: Person, **kept: Kept) -> list[tuple[int, int, str]]:
    found = those_there(listed, {key.strip("_"): one for key, one in kept.items()}, ASKED)
    return [(one.kind, one.sent_ms, one.account) for one in found]


def test_who_was_there_before_is_no_growth() -> None:
    assert told(ADA) == [(Kind.PRESENT, ASKED, "7")]


def test_the_moment_the_platform_names_makes_a_join_of_it() -> None:
    came = replace(ADA, joined_ms=ASKED - 9 * DAY)
    assert told(came) == [(Kind.JOIN, ASKED - 9 * DAY, "7")]
    talked = Kept("Ada", ASKED - 5 * DAY, last_spoke_ms=ASKED - 5 * DAY)
    assert told(came, _7=talked) == [(Kind.JOIN, ASKED - 9 * DAY, "7")]


def test_who_is_known_to_be_there_is_no_news() -> None:
    assert told(ADA, _7=HERE) == []
    assert told(replace(ADA, joined_ms=ASKED - 40 * DAY), _7=HERE) == []


def test_who_had_left_and_is_there_came_back() -> None:
    assert told(ADA, _7=LEFT) == [(Kind.JOIN, ASKED, "7")]
    back = replace(ADA, joined_ms=ASKED - DAY)
    assert told(back, _7=LEFT) == [(Kind.JOIN, ASKED - DAY, "7")]
    # A list with a date from before they left is an old one.
    assert told(replace(ADA, joined_ms=ASKED - 50 * DAY), _7=LEFT) == []


def test_what_may_be_on_its_way_as_an_event_is_left_to_it() -> None:
    assert told(replace(ADA, joined_ms=ASKED - SLACK_MS + 1)) == []
    assert told(ADA, _7=replace(HERE, last_left_ms=ASKED - SLACK_MS + 1)) == []
    assert told(replace(ADA, joined_ms=ASKED + DAY), _7=LEFT) == []


def test_our_own_account_is_never_told_of() -> None:
    me = replace(ADA, is_self=True)
    assert told(me) == []
    assert those_gone([me, replace(ADA, account="8")], {"7": HERE}, ASKED, is_first=False) == []


def gone(*listed: Person, is_first: bool = False, **kept: Kept) -> list[tuple[int, str]]:
    names = {key.strip("_"): one for key, one in kept.items()}
    found = those_gone(listed, names, ASKED, is_first=is_first)
    assert {one.kind for one in found} <= {Kind.LEAVE}
    return [(one.sent_ms, one.account) for one in found]


def test_who_is_missing_has_left_by_now() -> None:
    assert gone(ADA, _7=HERE, _8=HERE) == [(ASKED, "8")]
    assert gone(ADA, _7=HERE, _8=LEFT) == []


def test_history_says_only_that_they_left_after_their_last_sign() -> None:
    spoke = replace(HERE, last_spoke_ms=ASKED - 20 * DAY)
    assert gone(ADA, is_first=True, _7=HERE, _8=spoke) == [(ASKED - 20 * DAY + 1000, "8")]


def test_a_list_that_knows_nobody_of_the_history_says_nothing_of_it() -> None:
    assert gone(ADA, is_first=True, u7=HERE, u8=HERE) == []


def test_an_empty_list_is_no_list() -> None:
    assert gone(_7=HERE) == []


def test_who_gave_a_sign_just_now_is_there() -> None:
    assert gone(ADA, _8=replace(HERE, last_joined_ms=ASKED - SLACK_MS)) == []


@pytest.mark.parametrize(
    ("missing", "here", "doubtful"),
    [(10, 12, False), (11, 22, False), (11, 21, True), (300, 900, False), (500, 900, True)],
)
def test_half_a_group_gone_at_once_is_doubtful(missing: int, here: int, *, doubtful: bool) -> None:
    assert is_doubtful(missing, here) is doubtful


moments = st.integers(1, ASKED + DAY)
maybe = st.none() | moments
kept_people = st.builds(Kept, st.just("N"), moments, maybe, maybe, maybe, maybe)
listed_people = st.builds(
    Person, st.sampled_from("abcdef"), st.just("N"), joined_ms=st.just(0) | moments
)


def booked(one: Kept | None, record: Inbound) -> Kept:
    """As the stage that counts participations books a record."""
    at = record.sent_ms
    old = one or Kept(record.name, at)
    seen = replace(old, seen_ms=min(old.seen_ms, at))
    if record.kind == Kind.JOIN:
        first = min(at, seen.joined_ms) if seen.joined_ms is not None else at
        return replace(seen, joined_ms=first, last_joined_ms=max(at, seen.last_joined_ms or 0))
    if record.kind == Kind.LEAVE:
        return replace(seen, last_left_ms=max(at, seen.last_left_ms or 0))
    return seen


@given(
    st.lists(listed_people, max_size=6, unique_by=lambda one: one.account),
    st.dictionaries(st.sampled_from("abcdef"), kept_people),
    st.booleans(),
)
def test_the_same_list_tells_nothing_a_second_time(
    listed: list[Person], kept: dict[str, Kept], first: bool
) -> None:
    told_once = [
        *those_there(listed, kept, ASKED),
        *those_gone(listed, kept, ASKED, is_first=first),
    ]
    for record in told_once:
        kept[record.account] = booked(kept.get(record.account), record)
    accounts = {one.account for one in told_once}
    again = [
        *those_there(listed, kept, ASKED + 1),
        *those_gone(listed, kept, ASKED + 1, is_first=False),
    ]
    assert not accounts & {one.account for one in again}
