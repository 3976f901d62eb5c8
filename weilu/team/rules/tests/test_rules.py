"""Gaps, hats, and what makes a seed member."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from weilu.team.rules.roles import Role
from weilu.team.rules.seeding import (
    WEIGHTS,
    Candidate,
    Evidence,
    best,
)
from weilu.team.rules.structure import LAYERS, NEEDED, Hats, Held, gaps, hats


def test_every_role_has_a_layer() -> None:
    assert set(LAYERS) == set(Role)


def test_gaps_are_needed_roles_that_nobody_holds() -> None:
    assert gaps([]) == NEEDED
    held = [Held(Role.LEAD, "a"), Held(Role.STEWARD, ""), Held(Role.TALENT, "b")]
    assert gaps(held) == tuple(role for role in NEEDED if role != Role.LEAD)
    assert gaps([Held(role, "a") for role in NEEDED]) == ()


def test_hats_are_counted_by_person() -> None:
    posts = [
        Held(Role.SERVICE, "a"), Held(Role.LEAD, "a"), Held(Role.SOUL, "b"), Held(Role.EXPERT, ""),
        Held(Role.TALENT, ""),
    ]  # fmt: skip
    assert hats(posts) == (Hats("a", (Role.LEAD, Role.SERVICE)),)
    assert not hats(posts)[0].too_many
    more = [*posts, Held(Role.STEWARD, "a"), Held(Role.TOOLS, "b")]
    assert [one.holder for one in hats(more)] == ["a", "b"]
    assert hats(more)[0].too_many


def test_who_helps_goes_before_who_talks_much() -> None:
    helper = Candidate(1, {Evidence.DAYS: 20, Evidence.ANSWERS: 10, Evidence.PARTNERS: 8})
    talker = Candidate(2, {Evidence.DAYS: 40, Evidence.REPLIES: 4})
    passer = Candidate(3, {Evidence.DAYS: 2, Evidence.ANSWERS: 50})
    assert [one.member_id for one in best([talker, passer, helper], 5)] == [1, 2]
    assert helper.reasons[0] == (Evidence.ANSWERS, 10)
    assert best([talker, helper], 1) == [helper]


@given(st.dictionaries(st.sampled_from(list(Evidence)), st.integers(0, 500)), st.data())
def test_more_evidence_never_counts_less(
    evidence: dict[Evidence, int], data: st.DataObject
) -> None:
    one = Candidate(1, evidence)
    kind = data.draw(st.sampled_from(list(Evidence)))
    more = Candidate(1, {**evidence, kind: evidence.get(kind, 0) + 1})
    assert one.points <= more.points <= sum(weight.most for weight in WEIGHTS.values())
    assert all(n for _kind, n in one.reasons)


def test_who_bought_is_a_seed_without_a_word_and_who_talks_goes_before() -> None:
    buyer = Candidate(1, {Evidence.BOUGHT: 90})
    thanked = Candidate(2, {Evidence.DAYS: 3, Evidence.THANKS: 9})
    nobody = Candidate(3, {Evidence.BOUGHT: 0, Evidence.GROUPS: 3})
    assert [one.member_id for one in best([buyer, thanked, nobody], 5)] == [2, 1]
    assert buyer.reasons == ((Evidence.BOUGHT, 90),)
