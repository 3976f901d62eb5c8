"""Whom to ask to keep newcomers company: those who move others, and are about (H-1, C-6)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now_ms
from weilu.groups.models import Participation
from weilu.insight.models import Influence
from weilu.service.models import Companion
from weilu.service.rules.companions import ABOUT_MS

# Of so many who move others most, those are chosen who are about in the community.
LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Candidate:
    """Somebody to ask, with what speaks for them: newcomers met who stayed, questions answered."""

    member_id: int
    name: str
    met: int
    stayed: int
    answered: int


def may_ask(
    viewer: Actor, community: Community, companions: Sequence[Companion], limit: int
) -> list[Candidate]:
    """At most `limit` members who could keep newcomers of a community company; two statements.

    Those whose newcomers stayed come first, then who answers most. Staff and machines are none.
    """
    viewer.require(Right.SEE_MEMBERS)
    taken = {one.identity.member_id for one in companions}
    rows = Influence.objects.filter(
        workspace_id=viewer.workspace_id, member__is_staff=False
    ).select_related("member")
    moving = {one.pk: one for one in rows.order_by("-points", "-pk")[:LOOKED_AT]}
    about = (
        Participation.objects.filter(
            group__community=community, identity__member_id__in=moving.keys() - taken
        )
        .values_list("identity__member_id")
        .annotate(spoke=Max("last_spoke_ms"))
        .filter(spoke__gt=now_ms() - ABOUT_MS)
    )
    found = [moving[member_id] for member_id, _spoke in about]
    found.sort(key=lambda one: (-one.stayed, -one.answered, -one.points, one.pk))
    return [
        Candidate(one.pk, one.member.name, one.met, one.stayed, one.answered)
        for one in found[:limit]
    ]
