"""The invitation list of seed members: who, why, how far, and thanks (A-8)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.members.models import Identity, Member
from weilu.team.models import Seed
from weilu.team.rules.seeding import Evidence

NOTE_CHARS = 300
MOST_SEEDS = 1000
AT_ONCE = 200
S = Seed.State
Reasons = Sequence[tuple[Evidence, int]]


@dataclass(frozen=True, slots=True)
class Row:
    """A seed member with name and reasons."""

    seed: Seed
    member_id: int
    name: str
    reasons: tuple[tuple[Evidence, int], ...]


def seeds_of(viewer: Actor, community: Community) -> list[Row]:
    """The invitation list, those to be invited first, then by when they were changed last."""
    viewer.require(Right.SEE_MEMBERS)
    mine = Seed.objects.filter(community=community, workspace_id=viewer.workspace_id)
    rows = mine.select_related("identity__member").order_by("-changed_at", "pk")[:MOST_SEEDS]
    order = list(S)
    found = [
        Row(
            one,
            one.identity.member_id,
            one.identity.member.name,
            tuple((Evidence(kind), n) for kind, n in one.reasons if kind in set(Evidence)),
        )
        for one in rows
    ]
    return sorted(found, key=lambda one: order.index(S(one.seed.state)))


def listed(viewer: Actor, community: Community) -> set[int]:
    """Members who are on the list already."""
    viewer.require(Right.SEE_MEMBERS)
    mine = Seed.objects.filter(community=community, workspace_id=viewer.workspace_id)
    return set(mine.values_list("identity__member_id", flat=True))


def counts_of(community_ids: Collection[int]) -> dict[int, Counter[str]]:
    """Community → how many seeds are in which state: one statement."""
    found: dict[int, Counter[str]] = {pk: Counter() for pk in community_ids}
    rows = Seed.objects.filter(community_id__in=list(found))
    for pk, state in rows.values_list("community_id", "state"):
        found[pk][state] += 1
    return found


def add_seeds(actor: Actor, *, community: Community, reasons: Mapping[int, Reasons]) -> int:
    """Put members on the list with what speaks for them; returns how many are new.

    Staff and bots, those of other workspaces and those listed already are left out. Raises
    Invalid `too_many`.
    """
    actor.require(Right.EDIT_MEMBERS)
    if community.workspace_id != actor.workspace_id:
        raise NotFound
    ids = list(reasons)[:AT_ONCE]
    there = listed(actor, community)
    if len(there) + len(ids) > MOST_SEEDS:
        raise Invalid("too_many")
    mine = Identity.objects.filter(
        member_id__in=[pk for pk in ids if pk not in there],
        workspace_id=actor.workspace_id,
        member__is_staff=False,
        member__merged_into=None,
        member__nature=Member.Nature.PERSON,
    )
    first = dict(mine.order_by("-pk").values_list("member_id", "pk"))
    moment = now()
    made = Seed.objects.bulk_create(
        [
            Seed(
                workspace_id=actor.workspace_id,
                community=community,
                identity_id=identity_id,
                reasons=[[str(kind), n] for kind, n in reasons[member_id]],
                by_id=actor.user_id,
                changed_at=moment,
            )
            for member_id, identity_id in sorted(first.items(), key=lambda one: ids.index(one[0]))
        ],
        ignore_conflicts=True,
    )
    return len(made)


def set_state(actor: Actor, *, pks: Iterable[int], state: str) -> int:
    """Say how far it is with some of the list; returns how many changed. Raises Invalid."""
    actor.require(Right.EDIT_MEMBERS)
    if state not in S.values:
        raise Invalid("bad_state", field="state")
    mine = Seed.objects.filter(pk__in=list(pks)[:AT_ONCE], workspace_id=actor.workspace_id)
    return mine.exclude(state=state).update(state=state, by_id=actor.user_id, changed_at=now())


def set_note(actor: Actor, *, pk: int, note: str) -> None:
    """Keep a note on a seed member. Raises Invalid `too_long`, NotFound."""
    actor.require(Right.EDIT_MEMBERS)
    if len(note) > NOTE_CHARS:
        raise Invalid("too_long", field="note")
    mine = Seed.objects.filter(pk=pk, workspace_id=actor.workspace_id)
    if not mine.update(note=note.strip()):
        raise NotFound


def thank(actor: Actor, *, pk: int) -> None:
    """Note that a seed member was thanked, once. Raises Conflict `already_thanked`, NotFound."""
    actor.require(Right.EDIT_MEMBERS)
    mine = Seed.objects.filter(pk=pk, workspace_id=actor.workspace_id)
    if not mine.exists():
        raise NotFound
    if not mine.filter(thanked_at=None).update(thanked_at=now()):
        raise Conflict("already_thanked")


def drop_seed(actor: Actor, *, pk: int) -> None:
    """Take somebody off the list. Raises NotFound."""
    actor.require(Right.EDIT_MEMBERS)
    if not Seed.objects.filter(pk=pk, workspace_id=actor.workspace_id).delete()[0]:
        raise NotFound
