"""What was said of late that looks doubtful, and in which groups: the same in several is an echo.

Kept in the database, so that every gateway knows what another heard, also after a restart. Bounded
by a day and by number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from django.db import connection, transaction

from weilu.core.bulk import upsert
from weilu.core.clock import now, now_ms
from weilu.core.jobs import job, schedule
from weilu.core.lookup import Lookup
from weilu.core.models import Job
from weilu.moderation.models import Saying
from weilu.moderation.rules.folding import fold, fold_all

ECHO_MS = 24 * 3_600_000
# What was noted so lately is not written again.
FRESH_MS = 3_600_000
# What so many groups heard within that time need not be noted of another: it is an echo anyway.
MANY_PLACES = 8
LEAST_CHARS = 6
KEPT = 50_000
_AT_ONCE = 500

# What was said, in which group, when.
Said = tuple[str, int, int]

_SAYINGS = Lookup(
    lambda workspace_id, cores: Saying.objects.filter(
        workspace_id=workspace_id, core__in=cores
    ).values_list("core", "group_id", "at_ms")
)


def core_of(text: str) -> int:
    """What a text says whatever its digits and Latin letters: advertisers change the number.

    A number of 63 bits; 0 for what is too short to mean anything.
    """
    return _core(fold(text))


def _core(folded: str) -> int:
    core = "".join(sign for sign in folded if not sign.isascii())
    if len(core) < LEAST_CHARS:
        return 0
    return int.from_bytes(blake2b(core.encode(), digest_size=8).digest()) >> 1


def heard_elsewhere(workspace_id: int, said: Sequence[Said]) -> list[int]:
    """Note sayings; in how many other groups each was said within a day of it, in their order.

    Of `MANY_PLACES` within an hour on it may be more. Must run in the transaction that stores
    them; a second time changes nothing.
    """
    cores = list(map(_core, fold_all([text for text, _group, _at in said])))
    wanted = sorted({core for core in cores if core})
    if not wanted:
        return [0] * len(said)
    places = _known(workspace_id, wanted)
    found, fresh = [], {}
    for core, (_text, group, at) in zip(cores, said, strict=True):
        here = places.setdefault(core, {})
        others = [one for place, one in here.items() if place != group]
        found.append(sum(abs(at - one) <= ECHO_MS for one in others) if core else 0)
        is_told = sum(0 <= at - one < FRESH_MS for one in others) >= MANY_PLACES
        if core and not is_told and at - here.get(group, at - ECHO_MS) >= FRESH_MS:
            here[group] = fresh[core, group] = at
    if fresh:
        _write(workspace_id, fresh)
    return found


def _known(workspace_id: int, cores: Sequence[int]) -> dict[int, dict[int, int]]:
    """When what was last said where, by core and group."""
    found: dict[int, dict[int, int]] = {}
    for first in range(0, len(cores), _AT_ONCE):
        for core, group, at in _SAYINGS(workspace_id, cores[first : first + _AT_ONCE]):
            found.setdefault(core, {})[group] = at
    return found


def _write(workspace_id: int, fresh: dict[tuple[int, int], int]) -> None:
    # In one order, so that two gateways do not wait for each other. PostgreSQL empties the table
    # that rows arrive in where no transaction is open.
    with transaction.atomic(savepoint=False):
        upsert(
            connection,
            Saying._meta.db_table,
            ("workspace_id", "core", "group_id", "at_ms"),
            [(workspace_id, core, group, at) for (core, group), at in sorted(fresh.items())],
            conflict="(workspace_id, core, group_id) DO UPDATE SET at_ms = excluded.at_ms",
        )
    later = now() + timedelta(hours=1)
    schedule("clear_sayings", workspace_id=workspace_id, due_at=later)


@job("clear_sayings")
def clear_sayings(one: Job) -> datetime | None:
    """Forget what was said more than a day ago, and the oldest of too many."""
    rows = Saying.objects.filter(workspace_id=one.workspace_id)
    rows.filter(at_ms__lt=now_ms() - ECHO_MS).delete()
    newest = rows.order_by("-at_ms").values_list("at_ms", flat=True)
    limit = newest[KEPT : KEPT + 1].first()
    if limit is not None:
        rows.filter(at_ms__lte=limit).delete()
    return now() + timedelta(hours=1) if rows.exists() else None
