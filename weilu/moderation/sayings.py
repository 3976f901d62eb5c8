"""What was said of late that looks doubtful, and in which groups: the same in several is an echo.

Kept in the database, so that every gateway knows what another heard, also after a restart. Bounded
by a day and by number.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from hashlib import blake2b

from weilu.core.clock import now, now_ms
from weilu.core.jobs import job, schedule
from weilu.core.models import Job
from weilu.moderation.models import Saying
from weilu.moderation.rules.folding import fold

ECHO_MS = 24 * 3_600_000
# What was noted so lately is not written again.
FRESH_MS = 3_600_000
LEAST_CHARS = 6
KEPT = 50_000
_AT_ONCE = 500

# What was said, in which group, when.
Said = tuple[str, int, int]


def core_of(text: str) -> int:
    """What a text says whatever its digits and Latin letters: advertisers change the number.

    A number of 63 bits; 0 for what is too short to mean anything.
    """
    core = "".join(sign for sign in fold(text) if not sign.isascii())
    if len(core) < LEAST_CHARS:
        return 0
    return int.from_bytes(blake2b(core.encode(), digest_size=8).digest()) >> 1


def heard_elsewhere(workspace_id: int, said: Sequence[Said]) -> list[int]:
    """Note sayings; in how many other groups each was said within a day of it, in their order.

    Must run in the transaction that stores them; a second time changes nothing.
    """
    cores = [core_of(text) for text, _group, _at in said]
    wanted = sorted({core for core in cores if core})
    if not wanted:
        return [0] * len(said)
    places = _known(workspace_id, wanted)
    found, fresh = [], {}
    for core, (_text, group, at) in zip(cores, said, strict=True):
        here = places.setdefault(core, {})
        others = [one for place, one in here.items() if place != group]
        found.append(sum(abs(at - one) <= ECHO_MS for one in others) if core else 0)
        if core and at - here.get(group, at - ECHO_MS) >= FRESH_MS:
            here[group] = fresh[core, group] = at
    if fresh:
        _write(workspace_id, fresh)
    return found


def _known(workspace_id: int, cores: Sequence[int]) -> dict[int, dict[int, int]]:
    """When what was last said where, by core and group."""
    found: dict[int, dict[int, int]] = {}
    for first in range(0, len(cores), _AT_ONCE):
        some = cores[first : first + _AT_ONCE]
        rows = Saying.objects.filter(workspace_id=workspace_id, core__in=some)
        for core, group, at in rows.values_list("core", "group_id", "at_ms"):
            found.setdefault(core, {})[group] = at
    return found


def _write(workspace_id: int, fresh: dict[tuple[int, int], int]) -> None:
    # In one order, so that two gateways do not wait for each other.
    rows = [
        Saying(workspace_id=workspace_id, core=core, group_id=group, at_ms=at)
        for (core, group), at in sorted(fresh.items())
    ]
    Saying.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["workspace", "core", "group_id"],
        update_fields=["at_ms"],
        batch_size=_AT_ONCE,
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
