"""When a person is erased, the communities they were in are counted anew without them."""

from __future__ import annotations

from weilu.core.jobs import schedule
from weilu.core.models import Job
from weilu.groups.models import Participation
from weilu.members.traces import COUNTING, ERASERS, Person

_JOBS = ("recount_community", "refresh_groups")


def have_recounted(person: Person) -> dict[str, int]:
    """Have the communities counted anew that they were in."""
    rows = Participation.objects.filter(identity_id__in=person.identity_ids)
    communities = set(rows.values_list("group__community_id", flat=True))
    for pk in sorted(communities):
        schedule("recount_community", workspace_id=person.workspace_id, key=str(pk))
    return {"communities": len(communities)}


def is_counting(person: Person) -> bool:
    """Whether a community of the workspace is still to be counted anew."""
    return Job.objects.filter(
        workspace_id=person.workspace_id, name__in=_JOBS, state=Job.State.DUE
    ).exists()


ERASERS["insight"] = have_recounted
COUNTING.append(is_counting)
