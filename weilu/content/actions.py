"""Changing how much may be promotion (D-2)."""

from __future__ import annotations

from weilu.communities.models import Community
from weilu.content.models import PromotionPolicy
from weilu.content.rules import MOST_DAYS, Policy
from weilu.core.access import Actor, Right
from weilu.core.errors import Invalid, NotFound


def set_policy(actor: Actor, *, community: Community, policy: Policy) -> None:
    """Keep a community's own limits.

    Only who may overrule the guard may loosen it (`Right.OVERRIDE`). Raises Invalid
    (`promotion_percents`, `promotion_days`), NotFound for another workspace's community.
    """
    actor.require(Right.OVERRIDE)
    if not 1 <= policy.warn_percent <= policy.hold_percent <= 100:
        raise Invalid("promotion_percents", field="hold_percent")
    if not 1 <= policy.days <= MOST_DAYS:
        raise Invalid("promotion_days", field="days")
    if community.workspace_id != actor.workspace_id:
        raise NotFound
    PromotionPolicy.objects.update_or_create(
        community=community,
        defaults={
            "warn_percent": policy.warn_percent,
            "hold_percent": policy.hold_percent,
            "days": policy.days,
        },
    )
