"""Merging and parting members in any order loses nothing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from weilu.core.errors import Conflict, NotAllowed, NotFound
from weilu.core.models import LogRow, Workspace
from weilu.core.tests.cast import Person
from weilu.members.actions import (
    merge,
    merge_by_evidence,
    reject_suggestion,
    suggest,
    unmerge,
    vetoed_pairs,
)
from weilu.members.models import Identity, Member, Merge, Suggestion
from weilu.members.queries import member
from weilu.members.tests.people import make_member

COUNT = 6


def holders(workspace_id: int) -> dict[int, int]:
    """Identity → member."""
    rows = Identity.objects.filter(workspace_id=workspace_id).order_by("pk")
    return dict(rows.values_list("pk", "member_id"))


@pytest.fixture
def six(workspace: Workspace) -> list[int]:
    """Six members."""
    return [make_member(workspace.pk, pk, f"name {pk}").pk for pk in range(1, COUNT + 1)]


def test_merge_moves_identities_and_says_so(operator: Person, six: list[int]) -> None:
    record = merge(operator.actor, kept_id=1, absorbed_id=2, reasons=["same_name"])
    assert holders(operator.actor.workspace_id) == {1: 1, 2: 1, 3: 3, 4: 4, 5: 5, 6: 6}
    assert (record.identities, record.reasons, record.by_id) == (
        [2],
        ["same_name"],
        operator.user.pk,
    )
    assert member(operator.actor, 2).pk == 1
    row = LogRow.objects.get()
    assert row.name == "MembersMerged"
    assert row.payload["kept_id"] == 1
    assert row.payload["absorbed_id"] == 2


def test_many_merges_at_once_are_as_one_after_another(operator: Person, six: list[int]) -> None:
    """2 into 1, 1 into 3: as single merges would; what is merged or gone by now is left out."""
    merge(operator.actor, kept_id=4, absorbed_id=5)
    suggest(operator.actor.workspace_id, [(1, 2, 0.5, ("same_name",))])
    pairs = [(1, 2, ("renamed",)), (3, 1, ("chain",)), (6, 5, ()), (6, 6, ()), (6, 99, ())]
    assert merge_by_evidence(operator.actor, pairs) == 2
    assert holders(operator.actor.workspace_id) == {1: 3, 2: 3, 3: 3, 4: 4, 5: 4, 6: 6}
    records = Merge.objects.filter(source=Member.Source.EVIDENCE).order_by("pk")
    assert [(r.kept_id, r.absorbed_id, r.identities, r.reasons) for r in records] == [
        (1, 2, [2], ["renamed"]),
        (3, 1, [1, 2], ["chain"]),
    ]
    assert Suggestion.objects.get().state == Suggestion.State.MERGED
    assert LogRow.objects.filter(name="MembersMerged").count() == 3
    assert merge_by_evidence(operator.actor, pairs) == 0
    unmerge(operator.actor, merge_id=records[1].pk)
    assert holders(operator.actor.workspace_id) == {1: 1, 2: 1, 3: 3, 4: 4, 5: 4, 6: 6}


def test_part_of_a_merge_joined_again_elsewhere_goes_back_to_its_own(
    operator: Person, six: list[int]
) -> None:
    """2 into 1, 1 into 3, 2 parted and merged straight into 3: parting 1 must leave 2 alone."""
    first = merge(operator.actor, kept_id=1, absorbed_id=2)
    second = merge(operator.actor, kept_id=3, absorbed_id=1)
    unmerge(operator.actor, merge_id=first.pk)
    third = merge(operator.actor, kept_id=3, absorbed_id=2)
    unmerge(operator.actor, merge_id=second.pk)
    assert holders(operator.actor.workspace_id) == {1: 1, 2: 3, 3: 3, 4: 4, 5: 5, 6: 6}
    unmerge(operator.actor, merge_id=third.pk)
    assert holders(operator.actor.workspace_id) == {pk: pk for pk in six}


def test_parting_in_the_middle_of_a_chain_takes_the_lower_part_along(
    operator: Person, six: list[int]
) -> None:
    merge(operator.actor, kept_id=1, absorbed_id=2)
    middle = merge(operator.actor, kept_id=3, absorbed_id=1)
    merge(operator.actor, kept_id=4, absorbed_id=3)
    unmerge(operator.actor, merge_id=middle.pk)
    assert holders(operator.actor.workspace_id) == {1: 1, 2: 1, 3: 4, 4: 4, 5: 5, 6: 6}
    parted = LogRow.objects.order_by("-pk")[0].payload
    assert (parted["kept_id"], parted["absorbed_id"], parted["undone"]) == (4, 1, True)


def test_refusals_change_nothing(
    operator: Person, analyst: Person, stranger: Person, six: list[int]
) -> None:
    record = merge(operator.actor, kept_id=1, absorbed_id=2)
    before = holders(operator.actor.workspace_id)
    with pytest.raises(Conflict):
        merge(operator.actor, kept_id=3, absorbed_id=2)
    with pytest.raises(Conflict):
        merge(operator.actor, kept_id=3, absorbed_id=3)
    with pytest.raises(NotFound):
        merge(operator.actor, kept_id=3, absorbed_id=999)
    with pytest.raises(NotFound):
        merge(stranger.actor, kept_id=3, absorbed_id=4)
    with pytest.raises(NotAllowed):
        merge(analyst.actor, kept_id=3, absorbed_id=4)
    with pytest.raises(NotFound):
        unmerge(stranger.actor, merge_id=record.pk)
    with pytest.raises(NotAllowed):
        unmerge(analyst.actor, merge_id=record.pk)
    assert holders(operator.actor.workspace_id) == before
    assert Merge.objects.count() == 1
    unmerge(operator.actor, merge_id=record.pk)
    with pytest.raises(Conflict):
        unmerge(operator.actor, merge_id=record.pk)


def test_what_an_operator_parted_or_refused_is_vetoed(operator: Person, six: list[int]) -> None:
    workspace_id = operator.actor.workspace_id
    suggest(workspace_id, [(4, 3, 0.6, ["same_name"])])
    reject_suggestion(operator.actor, suggestion_id=Suggestion.objects.get().pk)
    record = merge(operator.actor, kept_id=2, absorbed_id=1)
    assert vetoed_pairs(workspace_id) == {(3, 4)}
    unmerge(operator.actor, merge_id=record.pk)
    assert vetoed_pairs(workspace_id) == {(3, 4), (1, 2)}


def test_merging_a_suggested_pair_settles_the_suggestion(operator: Person, six: list[int]) -> None:
    suggest(operator.actor.workspace_id, [(3, 4, 0.6, ["same_name"])])
    merge(operator.actor, kept_id=4, absorbed_id=3)
    assert Suggestion.objects.get().state == Suggestion.State.MERGED


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("merge"), st.integers(1, COUNT), st.integers(1, COUNT)),
        st.tuples(st.just("part"), st.integers(0, 20), st.just(0)),
    ),
    max_size=14,
)


def expected() -> dict[int, int]:
    """Identity → member, followed from the members' own links."""
    above = dict(Member.objects.filter(pk__lte=COUNT).values_list("pk", "merged_into_id"))

    def root(pk: int) -> int:
        while above[pk] is not None:
            pk = above[pk]
        return pk

    return {pk: root(pk) for pk in above}


@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(steps=STEPS, order=st.randoms(use_true_random=False))
def test_any_merges_parted_in_any_order_give_everybody_back(
    operator: Person, six: list[int], steps: list[tuple[str, int, int]], order: object
) -> None:
    actor = operator.actor
    for kind, a, b in steps:
        standing = list(Merge.objects.filter(undone_at=None).order_by("pk"))
        if kind == "merge":
            try:
                merge(actor, kept_id=a, absorbed_id=b)
            except Conflict:
                continue
        elif standing:
            unmerge(actor, merge_id=standing[a % len(standing)].pk)
        assert holders(actor.workspace_id) == expected()
    left = list(Merge.objects.filter(undone_at=None).values_list("pk", flat=True))
    order.shuffle(left)  # type: ignore[attr-defined]  # a random.Random of Hypothesis
    for pk in left:
        unmerge(actor, merge_id=pk)
        assert holders(actor.workspace_id) == expected()
    assert holders(actor.workspace_id) == {pk: pk for pk in six}
    assert not Member.objects.filter(merged_into__isnull=False).exists()
