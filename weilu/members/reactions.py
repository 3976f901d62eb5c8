"""What members does about its own events: a segment's company follows who comes in (C-8)."""

from __future__ import annotations

from collections.abc import Sequence
from zoneinfo import ZoneInfo

from weilu.core.clock import now
from weilu.core.reactions import on
from weilu.events.members import SegmentChanged
from weilu.members.actions.company_rules import follow_segment
from weilu.members.models import CompanyRule


@on(SegmentChanged)
def follow_company(events: Sequence[SegmentChanged]) -> None:
    """Give whoever came into a segment that is kept company a guide."""
    ids = {one.segment_id for one in events}
    for rule in CompanyRule.objects.filter(pk__in=ids).select_related("workspace").order_by("pk"):
        today = now().astimezone(ZoneInfo(rule.workspace.time_zone)).date()
        follow_segment(rule.pk, today)
