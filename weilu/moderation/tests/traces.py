"""What keeping order comes to hold of one person, for the tests of erasing."""

from __future__ import annotations

from typing import Any

from weilu.communities.models import Reading, Rules
from weilu.core.clock import now
from weilu.insight.models import Sign
from weilu.moderation.models import Appeal, Ban, Report, Violation


def leave_order(violation: Violation, names: tuple[str, str]) -> None:
    """What followed a violation, and what the person reported and read, under two names."""
    name, other = names
    community, pk = violation.community, violation.member_id
    where: dict[str, Any] = {"workspace_id": violation.workspace_id, "at": now()}
    Appeal.objects.create(violation=violation, words=f"I am {name}", **where)
    Ban.objects.create(violation=violation, community=community, member_id=pk, **where)
    Report.objects.create(community=community, message_id=1, reporter_id=pk, **where)
    Report.objects.create(community=community, words="x", name=name, **where)
    Report.objects.create(community=community, words=f"{other} shouts", **where)
    rules = Rules.objects.create(community=community, version=1, **where)
    Reading.objects.create(rules=rules, name=name.casefold(), at=now())
    Sign.objects.create(
        id=violation.pk,
        workspace_id=violation.workspace_id,
        group_id=violation.group_id,
        member_id=pk,
        kind="complaint",
        sent_ms=0,
    )
