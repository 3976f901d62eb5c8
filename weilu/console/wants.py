"""What waits for a person, place by place: the dots of the navigation, in one statement."""

from __future__ import annotations

from enum import StrEnum

from django.db.models import Exists, Q

from weilu.chat.live.queries import needs_decision, overdue_tasks, troubled_connections
from weilu.core.access import Actor, Right
from weilu.core.failures import failed_jobs, parked_deliveries
from weilu.core.models import Workspace
from weilu.insight.alerts import open_alerts
from weilu.moderation.appeals import waiting_appeals
from weilu.moderation.reports import waiting_reports


class Want(StrEnum):
    """A reason to look at a place."""

    FAILED = "failed"
    DECISION = "decision"
    OVERDUE = "overdue"
    TROUBLE = "trouble"
    APPEAL = "appeal"
    REPORT = "report"
    ALERT = "alert"


def wants_of(actor: Actor | None) -> frozenset[Want]:
    """What waits for the actor to look; nothing of what they may not see."""
    if actor is None:
        return frozenset()
    asked: dict[str, Exists | Q] = {}
    if actor.may(Right.SEE_FAILURES):
        parked, failed = parked_deliveries(actor), failed_jobs(actor)
        asked["failed"] = Q(Exists(parked.order_by())) | Q(Exists(failed.order_by()))
    if actor.may(Right.SEE_MEMBERS):
        asked["decision"] = Exists(needs_decision(actor))
        asked["overdue"] = Exists(overdue_tasks(actor))
        asked["appeal"] = Exists(waiting_appeals(actor))
        asked["alert"] = Exists(open_alerts(actor))
        asked["report"] = Exists(waiting_reports(actor))
    if actor.may(Right.CONNECT):
        asked["trouble"] = Exists(troubled_connections(actor))
    if not asked:
        return frozenset()
    row = Workspace.objects.filter(pk=actor.workspace_id).values(**asked).first() or {}
    return frozenset(Want(name) for name, is_so in row.items() if is_so)
