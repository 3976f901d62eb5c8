"""Members placed in tiers from evidence, by a job into a table by member (A-3)."""

from __future__ import annotations

import json
from collections.abc import Sequence

from django.db import connection, transaction

from weilu.core.bulk import upsert
from weilu.core.changes import note_change
from weilu.insight.models import Influence, MemberTotals
from weilu.insight.worth.spending import number_fields, spending, spending_field
from weilu.members.mirror.known import TIERS
from weilu.members.models import Goodwill, Member, TierPlace
from weilu.members.queries import people
from weilu.members.rules.tiers import Signs, place, shares

_COLUMNS = ("member_id", "workspace_id", "tier", "confidence", "reasons")


def refresh_tiers(workspace_id: int) -> int:
    """Place everybody who was ever seen; returns how many. Replaces what was stored."""
    people_here = Member.objects.filter(
        workspace_id=workspace_id, nature=Member.Nature.PERSON, is_staff=False, merged_into=None
    )
    ids = set(people_here.values_list("pk", flat=True).iterator(chunk_size=10_000))
    seen = MemberTotals.objects.filter(workspace_id=workspace_id)
    field = spending_field(number_fields(workspace_id))
    spent = spending(workspace_id, field, people(workspace_id))
    listed = sorted((set(seen.values_list("pk", flat=True)) | set(spent)) & ids)
    influence = dict(
        Influence.objects.filter(workspace_id=workspace_id).values_list("pk", "points")
    )
    answers = dict(
        Influence.objects.filter(workspace_id=workspace_id).values_list("pk", "answered")
    )
    levels = dict(Goodwill.objects.filter(workspace_id=workspace_id).values_list("pk", "level"))
    moves = shares({pk: influence.get(pk, 0.0) for pk in listed})
    wealth = shares({pk: n for pk, n in spent.items() if pk in ids})
    rows = []
    for pk in listed:
        found = place(Signs(moves[pk], answers.get(pk, 0), levels.get(pk, 0), wealth.get(pk)))
        reasons = json.dumps(list(found.reasons))
        rows.append((pk, workspace_id, found.tier, found.confidence, reasons))
    return _store(workspace_id, rows)


def _store(workspace_id: int, rows: Sequence[tuple[object, ...]]) -> int:
    kept = {row[0] for row in rows}
    with transaction.atomic():
        mine = TierPlace.objects.filter(workspace_id=workspace_id)
        gone = [pk for pk in mine.values_list("pk", flat=True) if pk not in kept]
        for at in range(0, len(gone), 500):
            mine.filter(pk__in=gone[at : at + 500]).delete()
        changing = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[2:])
        upsert(
            connection, "members_tierplace", _COLUMNS, rows,
            conflict=f"(member_id) DO UPDATE SET {changing}",
        )  # fmt: skip
        note_change(workspace_id, TIERS.name)
    return len(rows)
