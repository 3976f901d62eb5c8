"""What others may ask about promotion: policies, and what groups have seen lately (D-2)."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from weilu.chat.counting import count_heard
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.communities.models import Community
from weilu.content.models import PromotionPolicy
from weilu.content.rules import (
    Policy,
    Seen,
    Verdict,
    enough_to_tell,
    verdict,
    what_follows,
    what_members_saw,
)
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.groups.models import Group

# Pages count to here; a share of so many that is not exact is small anyway.
SHOWN_BOUND = 400
SPOKEN = (Deed.SEND.value, Deed.ANNOUNCE.value)
# On its way, and what may have arrived: members have seen it, or will have in a moment.
_UNDER_WAY = (
    Outgoing.State.SENDING,
    Outgoing.State.ASKED,
    Outgoing.State.STOPPING,
    Outgoing.State.UNSURE,
)


@dataclass(frozen=True, slots=True)
class Standing:
    """How a group stands with promotion, and what one more would be."""

    seen: Seen
    policy: Policy

    @property
    def now(self) -> Verdict:
        """What the share is as it stands; where talk is unknown it cannot be told."""
        return verdict(self.seen, self.policy) if self.seen.is_known else Verdict.FINE

    @property
    def next(self) -> Verdict:
        """What one more promotion would be."""
        return what_follows(self.seen, self.policy)


def policies_of(community_ids: Collection[int]) -> dict[int, Policy]:
    """The policy of every community asked for."""
    rows = PromotionPolicy.objects.filter(community_id__in=set(community_ids))
    own = {r.community_id: Policy(r.warn_percent, r.hold_percent, r.days) for r in rows}
    return {pk: own.get(pk, Policy()) for pk in community_ids}


def policy_of(viewer: Actor, community: Community) -> Policy:
    """The policy of one community."""
    viewer.require(Right.SEE_NUMBERS)
    return policies_of([community.pk])[community.pk]


def standings(viewer: Actor, groups: Collection[Group]) -> dict[int, Standing]:
    """How groups of the workspace stand with promotion, by group id; five statements or fewer.

    Groups of another workspace are left out.
    """
    viewer.require(Right.SEE_NUMBERS)
    mine = [one for one in groups if one.workspace_id == viewer.workspace_id]
    return standings_at(mine, now(), SHOWN_BOUND)


def standings_at(
    groups: Collection[Group], moment: datetime, least_bound: int
) -> dict[int, Standing]:
    """How groups stand at a moment; counts to `least_bound`, or as far as the answer can change."""
    policies = policies_of({one.community_id for one in groups})
    by_days: dict[int, list[Group]] = {}
    for one in groups:
        by_days.setdefault(policies[one.community_id].days, []).append(one)
    found: dict[int, Standing] = {}
    for days, same in by_days.items():
        since = moment - timedelta(days=days)
        sent = _sent(same, since)
        bounds = {
            one.pk: max(
                least_bound, enough_to_tell(sent.get(one.pk, (0, 0))[0], policies[one.community_id])
            )
            for one in same
        }
        heard = count_heard(bounds, since, moment)
        for one in same:
            promotions, ours = sent.get(one.pk, (0, 0))
            seen = what_members_saw(
                promotions,
                ours,
                heard[one.pk],
                bounds[one.pk],
                is_heard=one.connection_id is not None,
            )
            found[one.pk] = Standing(seen, policies[one.community_id])
    return found


def _sent(groups: Collection[Group], since: datetime) -> dict[int, tuple[int, int]]:
    """How many promotions, and how many messages of ours in all, by group."""
    left = Q(state=Outgoing.State.SENT, ended_at__gte=since)
    going = Q(state__in=_UNDER_WAY, begun_at__gte=since)
    rows = Outgoing.objects.filter(
        left | going, group_id__in=[one.pk for one in groups], deed__in=SPOKEN
    )
    counted = rows.values_list("group_id").annotate(
        promotions=Count("pk", filter=Q(is_promotion=True)), sent=Count("pk")
    )
    return {pk: (promotions, sent) for pk, promotions, sent in counted.order_by()}
