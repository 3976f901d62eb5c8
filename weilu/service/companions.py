"""Members who keep newcomers company: who agreed to, and whom a greeting names (H-1)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass

from django.db import transaction

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now, now_ms
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.groups.models import Group, Participation
from weilu.members.models import Identity, Member
from weilu.service.models import Companion, FirstDays
from weilu.service.rules.companions import LOAD_MS, Offer, chosen

MOST_COMPANIONS = 50


def companions_of(viewer: Actor, community: Community) -> list[Companion]:
    """Who keeps newcomers of a community company now, the longest first."""
    viewer.require(Right.SEE_MEMBERS)
    mine = Companion.objects.filter(
        workspace_id=viewer.workspace_id, community=community, ended_at=None
    )
    return list(mine.select_related("identity", "by").order_by("at", "pk")[:MOST_COMPANIONS])


def loads_of(companions: Sequence[Companion]) -> Counter[int]:
    """How many newcomers of the last days each companion has, by member."""
    return _loads({one.identity.member_id for one in companions})


def name_companion(actor: Actor, *, community: Community, member_id: int) -> Companion:
    """Note that a member agreed to keep newcomers company; doing it twice changes nothing.

    Raises NotFound, Invalid (`companion_is_machine`, `companion_is_nowhere`), Conflict
    (`companions_full`).
    """
    actor.require(Right.EDIT_MEMBERS)
    if community.workspace_id != actor.workspace_id:
        raise NotFound
    one = Member.objects.filter(pk=member_id, workspace_id=actor.workspace_id).first()
    if one is None or one.merged_into_id is not None:
        raise NotFound
    if one.nature != Member.Nature.PERSON:
        raise Invalid("companion_is_machine")
    with transaction.atomic():
        Community.objects.select_for_update().get(pk=community.pk)
        mine = Companion.objects.filter(community=community, ended_at=None)
        there = mine.filter(identity__member=one).first()
        if there is not None:
            return there
        if mine.count() >= MOST_COMPANIONS:
            raise Conflict("companions_full")
        spoken = Participation.objects.filter(
            group__community=community, identity__member=one
        ).order_by("-last_spoke_ms")
        place = spoken.exclude(last_spoke_ms=None).first()
        if place is None:
            raise Invalid("companion_is_nowhere")
        return Companion.objects.create(
            workspace_id=actor.workspace_id,
            community=community,
            identity_id=place.identity_id,
            by_id=actor.user_id,
            at=now(),
        )


def end_companion(actor: Actor, *, pk: int) -> Companion:
    """Let somebody keep newcomers company no longer; raises NotFound, Conflict `changed`."""
    actor.require(Right.EDIT_MEMBERS)
    mine = Companion.objects.filter(pk=pk, workspace_id=actor.workspace_id)
    one = mine.select_related("community", "identity").first()
    if one is None:
        raise NotFound
    if not mine.filter(ended_at=None).update(ended_at=now()):
        raise Conflict("changed")
    return one


@dataclass(frozen=True, slots=True)
class Host:
    """The companion of some newcomers, and what they are called in the group."""

    identity_id: int
    name: str


def host_for(group: Group, newcomers: Collection[int]) -> Host | None:
    """Who of the companions keeps these newcomers (identities) company; three statements."""
    agreed = Companion.objects.filter(community_id=group.community_id, ended_at=None)
    members = set(agreed.values_list("identity__member_id", flat=True)[:MOST_COMPANIONS])
    if not members:
        return None
    there = Participation.objects.filter(
        group=group, identity__member_id__in=members, last_spoke_ms__isnull=False
    ).exclude(identity_id__in=newcomers)
    loads = _loads(members)
    offers = [
        Offer(one.identity_id, one.last_spoke_ms or 0, loads[one.identity.member_id])
        for one in there.select_related("identity")
        if one.last_left_ms is None or one.last_left_ms < (one.last_spoke_ms or 0)
    ]
    found = chosen(offers, now_ms())
    if found is None:
        return None
    return Host(found.identity_id, Identity.objects.get(pk=found.identity_id).name)


def _loads(member_ids: Collection[int]) -> Counter[int]:
    """By member: in each group a companion may be there by another identity."""
    given = FirstDays.objects.filter(
        companion__member_id__in=member_ids, came_ms__gt=now_ms() - LOAD_MS
    )
    return Counter(given.values_list("companion__member_id", flat=True))
