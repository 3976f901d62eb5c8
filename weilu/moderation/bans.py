"""The ban list of a community: who is kept out of all its groups, and for how long (B-6)."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import timedelta

from django.db.models import Q, QuerySet

from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.live.ways import supports_of
from weilu.chat.ports.abilities import Ability, Deed, Support
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.groups.models import Group, Participation
from weilu.moderation.models import Ban, Policy, Violation
from weilu.moderation.rules.ladder import Step
from weilu.moderation.speaking import order_key

MOST_LISTED = 200
# Groups one ban reaches at once; a community with more is dealt with as people come back.
MOST_GROUPS = 500
_AT_ONCE = 300


def in_force() -> Q:
    """Bans that are neither lifted nor over."""
    return Q(lifted_at=None) & (Q(until=None) | Q(until__gt=now()))


def ban(policy: Policy, violations: Sequence[Violation]) -> None:
    """Put people on the list and out of every connected group of the community they are in.

    Must run in the transaction that writes the violations; a second time changes nothing.
    """
    final = [one for one in violations if one.step == Step.BAN]
    if not final:
        return
    Ban.objects.bulk_create([_ban(policy, one) for one in final], ignore_conflicts=True)
    drafts: list[Draft] = []
    for one in final:
        drafts += _out_of_all(one)
    enqueue(policy.workspace_id, drafts)


def _ban(policy: Policy, one: Violation) -> Ban:
    until = now() + timedelta(minutes=one.minutes) if one.minutes else None
    return Ban(
        violation_id=one.pk,
        workspace_id=policy.workspace_id,
        community_id=policy.community_id,
        member_id=one.member_id,
        until=until,
        at=now(),
    )


def _out_of_all(one: Violation) -> list[Draft]:
    """Orders for the other groups where the same person is, under each of their names there."""
    found = _places(one)
    supports = supports_of({group_id for group_id, _identity in found})
    return [
        Draft(
            key=order_key(one.pk, "ban", group_id, identity_id),
            group_id=group_id,
            deed=_deed(supports.get(group_id, {})),
            origin=Origin.MODERATION,
            origin_id=one.pk,
            identity_id=identity_id,
        )
        for group_id, identity_id in found
    ]


def _places(one: Violation) -> list[tuple[int, int]]:
    """The community's other connected groups where the person is, as (group, identity)."""
    rows = Participation.objects.filter(
        group__community_id=one.community_id,
        group__connection__isnull=False,
        identity__member_id=one.member_id,
    ).exclude(group_id=one.group_id)
    ordered = rows.order_by("group_id", "identity_id")
    return list(ordered.values_list("group_id", "identity_id")[:MOST_GROUPS])


def _deed(supports: dict[Ability, Support]) -> Deed:
    return Deed.REMOVE if supports.get(Ability.BAN) == Support.IMPOSSIBLE else Deed.BAN


def lift(violations: Sequence[Violation]) -> None:
    """Take people off the list and let them back into the groups they were put out of."""
    ids = [one.pk for one in violations]
    lifted = Ban.objects.filter(pk__in=ids, lifted_at=None)
    bans = list(lifted.values_list("pk", flat=True))
    lifted.update(lifted_at=now())
    for one in violations:
        if one.pk in bans:
            enqueue(one.workspace_id, _back_into_all(one))


def _back_into_all(one: Violation) -> list[Draft]:
    found = _places(one)
    supports = supports_of({group_id for group_id, _identity in found})
    return [
        Draft(
            key=order_key(one.pk, "unban", group_id, identity_id),
            group_id=group_id,
            deed=Deed.UNBAN,
            origin=Origin.MODERATION,
            identity_id=identity_id,
        )
        for group_id, identity_id in found
        if supports.get(group_id, {}).get(Ability.BAN) != Support.IMPOSSIBLE
    ]


def keep_out(group: Group, joins: Sequence[tuple[int, int]], members: dict[int, int]) -> int:
    """Put out whoever came although they are on the list; returns how many.

    `joins` are (message, identity), `members` identity → member. Must run in the transaction
    that stores the joins.
    """
    banned = banned_among(group.community_id, set(members.values()))
    drafts = [
        Draft(
            key=order_key(message_id, "back"),
            group_id=group.pk,
            deed=Deed.REMOVE,
            origin=Origin.MODERATION,
            identity_id=identity_id,
        )
        for message_id, identity_id in joins
        if members.get(identity_id) in banned
    ]
    return enqueue(group.workspace_id, drafts)


def banned_among(community_id: int, member_ids: Collection[int]) -> set[int]:
    """Which of these members are on the list of a community now."""
    found: set[int] = set()
    ids = sorted(member_ids)
    for at in range(0, len(ids), _AT_ONCE):
        rows = Ban.objects.filter(
            in_force(), community_id=community_id, member_id__in=ids[at : at + _AT_ONCE]
        )
        found.update(rows.values_list("member_id", flat=True))
    return found


def bans(viewer: Actor) -> list[Ban]:
    """The lists of all communities, the latest first; at most two hundred."""
    viewer.require(Right.SEE_MEMBERS)
    rows: QuerySet[Ban] = Ban.objects.filter(in_force(), workspace_id=viewer.workspace_id)
    return list(rows.select_related("community", "violation").order_by("-at", "-pk")[:MOST_LISTED])
