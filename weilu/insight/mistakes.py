"""The six usual mistakes in a community, from what the checks keep of its groups (J-3)."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, F, Q, Window
from django.db.models.functions import RowNumber

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.insight.checks import (
    more_is_better,
    not_a_community,
    one_admin,
    selling_at_once,
    unfit_product,
    useful_daily,
)
from weilu.insight.checks.base import Severity
from weilu.insight.models import FindingRow

# In the order of the handbook.
MISTAKES = (
    not_a_community.CHECK,
    more_is_better.CHECK,
    unfit_product.CHECK,
    selling_at_once.CHECK,
    useful_daily.CHECK,
    one_admin.CHECK,
)


@dataclass(frozen=True, slots=True)
class Mistake:
    """One of the six: in how many groups it is made, avoided, not known; the gravest as a row."""

    check: str
    made: int
    avoided: int
    unknown: int
    gravest: FindingRow | None


def mistakes_of(viewer: Actor, community: Community) -> list[Mistake]:
    """All six in order, from two statements; a community without groups makes none."""
    viewer.require(Right.SEE_NUMBERS)
    if community.workspace_id != viewer.workspace_id:
        raise NotFound
    rows = FindingRow.objects.filter(
        workspace_id=viewer.workspace_id, group__community=community, check_code__in=MISTAKES
    )
    counts = {
        row["check_code"]: (row["made"], row["avoided"], row["unknown"])
        for row in rows.order_by()
        .values("check_code")
        .annotate(
            made=Count("pk", filter=Q(severity__gte=Severity.NOTICE)),
            avoided=Count("pk", filter=Q(severity=Severity.NONE)),
            unknown=Count("pk", filter=Q(severity__lt=Severity.NONE)),
        )
    }
    place = Window(
        RowNumber(), partition_by=[F("check_code")], order_by=[F("severity").desc(), F("pk")]
    )
    first = rows.select_related("group").annotate(place=place).filter(place=1)
    gravest = {row.check_code: row for row in first}
    return [Mistake(check, *counts.get(check, (0, 0, 0)), gravest.get(check)) for check in MISTAKES]
