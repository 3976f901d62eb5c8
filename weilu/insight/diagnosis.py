"""The diagnosis of a community: facts of every group, every check, findings kept (J-2)."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import NotFound
from weilu.groups.models import Group
from weilu.insight.checks.base import Finding, Outcome, Severity
from weilu.insight.checks.registry import examine, to_plain
from weilu.insight.facts import facts_of
from weilu.insight.models import FindingRow


def diagnose(community: Community) -> None:
    """Look at every group of a community and keep what is found, what is well, what is unknown.

    A finding that stays keeps the moment it was first made and what the operator said of it;
    one that gets worse opens again.
    """
    facts = facts_of(community)
    moment = now()
    for one in facts:
        outcomes = examine(one, facts)
        with transaction.atomic():
            known = {
                row.check_code: row
                for row in FindingRow.objects.select_for_update().filter(group_id=one.group)
            }
            FindingRow.objects.filter(group_id=one.group).exclude(
                check_code__in=[o.check for o in outcomes]
            ).delete()
            for outcome in outcomes:
                _keep(community, one.group, outcome, known.get(outcome.check), moment)


def _keep(
    community: Community,
    group_id: int,
    outcome: Outcome,
    old: FindingRow | None,
    moment: datetime,
) -> None:
    """Write one outcome; severity −1 stands for "not enough data"."""
    severity = int(outcome.severity) if isinstance(outcome, Finding) else -1
    body = to_plain(outcome)
    if old is None:
        FindingRow.objects.create(
            workspace_id=community.workspace_id,
            group_id=group_id,
            check_code=outcome.check,
            severity=severity,
            body=body,
            since=moment,
            computed_at=moment,
        )
        return
    if severity > old.severity:
        old.state = FindingRow.State.OPEN
        if old.severity < Severity.NOTICE:
            old.since = moment
    old.severity, old.body, old.computed_at = severity, body, moment
    old.save()


def findings(
    viewer: Actor, *, group: Group | None = None, least: int = Severity.NOTICE
) -> list[FindingRow]:
    """Findings of the workspace or one group, gravest first, then oldest."""
    viewer.require(Right.SEE_NUMBERS)
    rows = FindingRow.objects.filter(workspace_id=viewer.workspace_id, severity__gte=least)
    if group is not None:
        rows = rows.filter(group=group)
    return list(
        rows.select_related("group", "group__community").order_by("-severity", "since", "pk")
    )


def open_findings(viewer: Actor) -> list[FindingRow]:
    """What Today asks for: findings nobody has dealt with or put off, gravest first."""
    moment = now()
    return [
        row
        for row in findings(viewer)
        if row.state == FindingRow.State.OPEN
        or (row.state == FindingRow.State.LATER and row.later_until and row.later_until <= moment)
    ]


def handle(
    actor: Actor, *, finding_id: int, state: FindingRow.State, later_until: datetime | None = None
) -> None:
    """Say that a finding is dealt with, put off, or open again; raises NotFound."""
    actor.require(Right.HANDLE_FINDINGS)
    changed = FindingRow.objects.filter(pk=finding_id, workspace_id=actor.workspace_id).update(
        state=state, later_until=later_until, handled_by_id=actor.user_id
    )
    if not changed:
        raise NotFound


def as_json(row: FindingRow) -> dict[str, Any]:
    """A finding for programs: group, check, severity, since, and everything the check says."""
    return {
        "group": row.group.name,
        "check": row.check_code,
        "severity": row.severity,
        "since": row.since.isoformat(),
        **row.body,
    }
