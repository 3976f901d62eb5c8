"""What is still being worked out: after an import, or where a community is counted anew (K-4).

The messages of an import are counted while it reads; who is who, conversations, themes and
findings follow as jobs. Until they are through, a page shows less than there is, and says so.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.db.models import Value

from weilu.core.access import Actor, Right
from weilu.core.models import Job, LogRow
from weilu.events.chat import HistoryImported
from weilu.groups.models import Group

# An import's event is among the newest rows that nobody has delivered yet.
_ROWS_LOOKED_AT = 500
REFRESH, RECOUNT = "refresh_groups", "recount_community"


@dataclass(frozen=True, slots=True)
class Underway:
    """Work that has not ended: how much of it is done, None before it has begun.

    `counts_anew` says that the numbers themselves are among it, not only what follows them.
    """

    share: float | None
    counts_anew: bool


def underway(viewer: Actor, groups: Iterable[Group] | None = None) -> Underway | None:
    """What is being worked out for some groups, or anywhere in the workspace; None for nothing.

    One statement.
    """
    viewer.require(Right.SEE_NUMBERS)
    ids, places = None, None
    if groups is not None:
        both = [(one.pk, one.community_id) for one in groups]
        ids, places = {pk for pk, _ in both}, {str(pk) for _, pk in both}
    shares: list[float | None] = []
    counts_anew = False
    for name, key, payload in _open(viewer.workspace_id):
        if name == RECOUNT:
            if places is not None and key not in places:
                continue
            counts_anew = True
        elif ids is not None and ids.isdisjoint(payload.get("group_ids", ())):
            continue
        shares.append(payload.get("done"))
    if not shares:
        return None
    known = [one for one in shares if one is not None]
    # What has not begun is still to do: the share is of all of it.
    return Underway(sum(known) / len(shares) if known else None, counts_anew)


def share_followed(workspace_id: int, import_id: int) -> float | None:
    """How much of what follows an import is worked out, 1 when all is; None: it failed last time.

    What failed is tried again later.
    """
    for name, key, payload in _open(workspace_id):
        if name == HistoryImported.__name__ and payload["import_id"] == import_id:
            return 0.0
        if name == REFRESH and key == key_of_import(import_id):
            failed = Job.objects.filter(
                workspace_id=workspace_id, name=name, key=key, state=Job.State.DUE
            ).exclude(error="")
            return None if failed.exists() else float(payload.get("done", 0.0))
    return 1.0


def key_of_import(import_id: int) -> str:
    """The key of the job that works out what follows an import."""
    return f"import {import_id}"


def _open(workspace_id: int) -> list[tuple[str, str, dict[str, Any]]]:
    """Name, key and payload of the jobs to do, and of imports whose jobs nobody has written yet."""
    jobs = Job.objects.filter(
        workspace_id=workspace_id, name__in=(REFRESH, RECOUNT), state=Job.State.DUE
    )
    newest = LogRow.objects.filter(done_at=None).order_by("-pk").values("pk")[:_ROWS_LOOKED_AT]
    told = LogRow.objects.filter(
        pk__in=newest, workspace_id=workspace_id, name=HistoryImported.__name__
    )
    both = jobs.values_list("name", "key", "payload").union(
        told.values_list("name", Value(""), "payload"), all=True
    )
    return list(both)
