"""In which groups somebody is, and where and when they spoke there, from one reading of rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weilu.chat.columns import DAY_MS, local_ms
from weilu.groups.models import Participation


@dataclass(frozen=True, slots=True)
class InGroup:
    """What a member did in one group, all their identities together; 0 for never."""

    group_id: int
    name: str
    zone: str
    messages: int
    joined_ms: int
    left_ms: int
    first_ms: int
    last_ms: int

    @property
    def has_left(self) -> bool:
        """Whether nothing was seen of them since they left."""
        return self.left_ms > max(self.last_ms, self.joined_ms)


@dataclass(frozen=True, slots=True)
class Place:
    """Where an identity of the member spoke, and between which local days."""

    group_id: int
    zone: str
    first_day: int
    last_day: int
    identities: tuple[int, ...]


def participations_of(ids: Sequence[int]) -> list[Participation]:
    """What identities did in groups, with group and community, in order of both; one statement."""
    rows = Participation.objects.filter(identity_id__in=ids)
    joined = rows.select_related("group", "group__community")
    return list(joined.order_by("group_id", "identity_id"))


def groups_in(rows: Sequence[Participation]) -> list[InGroup]:
    """What identities of one member did in each group together, most messages first."""
    merged: dict[int, InGroup] = {}
    for row in rows:
        merged[row.group_id] = _with(merged.get(row.group_id), row)
    return sorted(merged.values(), key=lambda one: (-one.messages, one.name, one.group_id))


def _with(old: InGroup | None, row: Participation) -> InGroup:
    joined = [row.joined_ms] if row.joined_ms else []
    return InGroup(
        group_id=row.group_id,
        name=row.group.name,
        zone=row.group.community.time_zone,
        messages=row.messages + (old.messages if old else 0),
        joined_ms=min([*joined, old.joined_ms] if old and old.joined_ms else joined or [0]),
        left_ms=max(row.last_left_ms or 0, old.left_ms if old else 0),
        first_ms=min(row.first_seen_ms, old.first_ms) if old else row.first_seen_ms,
        last_ms=max(row.last_spoke_ms or 0, row.last_joined_ms or 0, old.last_ms if old else 0),
    )


def places_in(rows: Sequence[Participation]) -> list[Place]:
    """Where identities of one member ever spoke."""
    merged: dict[int, Place] = {}
    for row in rows:
        if row.spoke_ms is None or row.last_spoke_ms is None:
            continue
        zone = row.group.community.time_zone
        span = local_ms(np.array([row.spoke_ms, row.last_spoke_ms], dtype=np.int64), zone) // DAY_MS
        first, last = int(span[0]), int(span[1])
        old = merged.get(row.group_id)
        merged[row.group_id] = Place(
            row.group_id,
            zone,
            min(first, old.first_day) if old else first,
            max(last, old.last_day) if old else last,
            (*(old.identities if old else ()), row.identity_id),
        )
    return list(merged.values())
