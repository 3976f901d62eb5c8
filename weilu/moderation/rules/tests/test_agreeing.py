"""How people who decide agree."""

from __future__ import annotations

from weilu.moderation.rules.agreeing import (
    ENOUGH_DECISIONS,
    ENOUGH_PAIRS,
    Decided,
    agreements,
    core,
    splits,
    strictness,
)


def said(number: int, person: str, *, junk: bool, text: str = "加我领红包福利") -> Decided:
    return Decided(number, person, junk, text, "likely")


def test_numbers_and_letters_make_no_difference() -> None:
    assert core("加我微信abc123领福利") == core("加我微信xyz9领福利") == "加我微信领福利"
    assert core("好的abc") == ""


def test_the_same_saying_decided_both_ways_is_shown_with_who_and_where() -> None:
    rows = [
        said(1, "ana", junk=True),
        said(2, "bo", junk=False, text="加我领红包福利abc"),
        said(3, "bo", junk=True, text="完全不同的一句话呀"),
    ]
    (found,) = splits(rows)
    assert [one.message for one in found.junk] == [1]
    assert [one.message for one in found.fine] == [2]
    assert splits(rows[2:]) == []


def test_a_share_is_told_only_from_enough_comparisons() -> None:
    few = agreements([said(1, "ana", junk=True), said(2, "bo", junk=True)])
    assert [(one.compared, one.agreed, one.share) for one in few] == [(1, 1, None)] * 2
    rows = []
    for n in range(ENOUGH_PAIRS):
        text = f"这是第{'一二三四五六七八九十'[n]}种说法哦"
        rows += [said(2 * n, "ana", junk=True, text=text)]
        rows += [said(2 * n + 1, "bo", junk=n > 3, text=text)]
    ana, bo = agreements(rows)
    assert (ana.decisions, ana.junk, ana.share) == (10, 10, 0.6)
    assert (bo.compared, bo.agreed) == (10, 6)


def test_who_decides_the_same_differently_is_told_of_themselves() -> None:
    (ana,) = agreements([said(1, "ana", junk=True), said(2, "ana", junk=False)])
    assert (ana.own_compared, ana.own_agreed, ana.compared) == (1, 0, 0)


def test_who_is_stricter_with_what_looks_alike() -> None:
    rows = [said(n, "ana", junk=n % 2 == 0) for n in range(ENOUGH_DECISIONS)]
    rows += [said(100 + n, "bo", junk=True) for n in range(ENOUGH_DECISIONS)]
    rows += [said(500, "cy", junk=True)]
    found = strictness(rows)["likely"]
    assert [(one.person, one.share) for one in found] == [("bo", 1.0), ("ana", 0.5)]
    assert strictness(rows[: ENOUGH_DECISIONS + 1]) == {}
