"""Who is who in the demo, as its talk shows them."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import QuerySet, Sum
from pyroaring import BitMap

from weilu.communities.models import Community
from weilu.groups.models import Group, Participation
from weilu.insight.demo.words import CLERK, OWNER
from weilu.members.models import Member


@dataclass(frozen=True, slots=True)
class Cast:
    """Staff by account; people who have not gone quiet, who said most first; and everybody."""

    staff: dict[str, int]
    regulars: list[int]
    everybody: BitMap


STAFF = (OWNER, CLERK)
_WHO = ("identity__account", "identity__member_id")
# Who has said nothing for so long is no regular any more.
_QUIET_MS = 21 * 86_400_000


def cast_of(community: Community) -> Cast:
    """The cast of a community."""
    rows = Participation.objects.filter(
        group__community=community, identity__member__merged_into=None
    )
    people = rows.filter(identity__member__nature=Member.Nature.PERSON)
    newest = people.order_by("-last_spoke_ms").exclude(last_spoke_ms=None)
    edge = (newest.values_list("last_spoke_ms", flat=True).first() or 0) - _QUIET_MS
    lively = people.filter(identity__member__is_staff=False, last_spoke_ms__gte=edge)
    return Cast(
        staff=dict(rows.filter(identity__account__in=STAFF).values_list(*_WHO)),
        regulars=_loudest(lively),
        everybody=BitMap(rows.values_list("identity__member_id", flat=True)),
    )


def loudest_in(group: Group, cast: Cast) -> list[int]:
    """The regulars of one group, who said most there first."""
    said = set(cast.regulars)
    return [pk for pk in _loudest(Participation.objects.filter(group=group)) if pk in said]


def _loudest(rows: QuerySet[Participation]) -> list[int]:
    counted = rows.values("identity__member_id").annotate(said=Sum("messages"))
    ordered = counted.filter(said__gt=0).order_by("-said", "identity__member_id")
    return list(ordered.values_list("identity__member_id", flat=True))
