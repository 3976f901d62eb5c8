"""Jobs of insight: what follows an import, and the hourly look at everything."""

from __future__ import annotations

from datetime import datetime

from weilu.core.jobs import job, renew
from weilu.core.models import Job
from weilu.insight.refresh import refresh_groups


@job("refresh_groups")
def refresh_groups_job(one: Job) -> datetime | None:
    """Do what follows new messages in the groups of the payload."""
    refresh_groups(one.payload["group_ids"], lambda _done: _keep(one))
    return None


def _keep(one: Job) -> None:
    renew(one)
