"""What an import brought, as the counts that scripts rely on (K-4)."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db.models import Count, Max, Min, Q

from weilu.chat.imports.queries import people_brought
from weilu.chat.models import Batch, Import, ImportBundle, Message
from weilu.chat.ports import Kind


def result(run: Import) -> dict[str, Any]:
    """The counts scripts rely on."""
    bundles = list(ImportBundle.objects.filter(run=run))
    done = [b for b in bundles if b.state == ImportBundle.State.DONE]
    chats = [c for b in done for c in b.found.get("chats", [])]
    kinds = _stored_kinds(done)
    failed = sum(b.state == ImportBundle.State.FAILED for b in bundles)
    unreadable = len(run.problems) + sum(b.problem_count for b in bundles)
    return {
        "files": sum(b.found.get("files", 0) for b in done),
        "groups": len({g for b in done for g in b.answers.get("group_ids", [])}),
        "people": people_brought(done),
        "messages": kinds.get(Kind.MESSAGE, 0),
        "duplicates": sum(b.duplicates for b in done),
        "joins": kinds.get(Kind.JOIN, 0),
        "leaves": kinds.get(Kind.LEAVE, 0),
        "unreadable": max(unreadable, failed),
        "first": _iso(min((c["first_ms"] for c in chats), default=None)),
        "last": _iso(max((c["last_ms"] for c in chats), default=None)),
    }


def _stored_kinds(bundles: list[ImportBundle]) -> dict[int, int]:
    """How many messages, joins and leaves bundles brought."""
    sources = [b.pk for b in bundles]
    batches = Batch.objects.filter(source_id__in=sources)
    span = batches.aggregate(first=Min("first_id"), last=Max("first_id"), most=Max("count"))
    if span["first"] is None:
        return {}
    rows = Message.objects.filter(
        pk__gte=span["first"], pk__lt=span["last"] + span["most"], source_id__in=sources
    )
    # Counted as they pass: grouped, SQLite would hold and sort all of them in memory.
    wanted = (Kind.MESSAGE, Kind.JOIN, Kind.LEAVE)
    sums = rows.aggregate(**{k.name: Count("pk", filter=Q(kind=k)) for k in wanted})
    return {int(k): sums[k.name] for k in wanted}


def _iso(moment_ms: int | None) -> str | None:
    if moment_ms is None:
        return None
    return datetime.fromtimestamp(moment_ms / 1000, UTC).isoformat().replace("+00:00", "Z")
