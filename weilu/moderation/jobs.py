"""Jobs of moderation: looking through the history of groups."""

from __future__ import annotations

import time
from datetime import datetime

from weilu.core.jobs import job, renew
from weilu.core.models import Job
from weilu.groups.models import Group
from weilu.moderation.checking import check_group
from weilu.moderation.models import Check

_LOOK_UP_S = 1.0


@job("check_junk")
def check_junk(one: Job) -> datetime | None:
    """Look through the history of one group."""
    group = (
        Group.objects.filter(pk=int(one.key), workspace_id=one.workspace_id)
        .select_related("community")
        .first()
    )
    if group is None:
        return None
    last = 0.0

    def progress(done: float) -> None:
        nonlocal last
        if time.monotonic() - last >= _LOOK_UP_S:
            last = time.monotonic()
            renew(one)
            Check.objects.filter(group=group).update(done=done)

    Check.objects.get_or_create(group=group, defaults={"workspace_id": group.workspace_id})
    check_group(group, progress)
    return None
