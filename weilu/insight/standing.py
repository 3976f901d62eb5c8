"""Who is in a group, and who came and went for real (B-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import NamedTuple

import numpy as np
from django.db import transaction

from weilu.chat.columns import DAY_MS, local_ms
from weilu.chat.ports import Kind
from weilu.chat.timeline import read_timeline
from weilu.communities.models import Community
from weilu.core.clock import now
from weilu.groups.models import Group, Participation
from weilu.insight.models import MoveDay, Standing
from weilu.insight.rules.stay import Spell, real_moves
from weilu.members.queries import People, people

SILENT_AFTER_MS = 60 * DAY_MS


class _Presence(NamedTuple):
    """One identity's row of Participation, as far as presence goes."""

    identity: int
    spoke: int | None
    joined: int | None
    left: int | None

    @property
    def is_present(self) -> bool:
        """Still in, as far as is known: never seen to leave, or seen again since."""
        return self.left is None or max(self.spoke or 0, self.joined or 0) > self.left


def refresh_standing(community: Community) -> None:
    """Count the people of every group of a community and of the whole."""
    known = people(community.workspace_id)
    total_present: set[int] = set()
    total_ever: set[int] = set()
    total_spoke: dict[int, int] = defaultdict(int)
    latest = 0
    for group in Group.objects.filter(community=community).order_by("pk"):
        rows = _presences(group.pk)
        present, ever, spoke = _counted(rows, known)
        newest = max((r.spoke or 0 for r in rows), default=0)
        latest = max(latest, newest)
        _store(community, group, present, ever, spoke, newest)
        total_present |= present
        total_ever |= ever
        for member, moment in spoke.items():
            total_spoke[member] = max(total_spoke[member], moment)
    _store(community, None, total_present, total_ever, total_spoke, latest)


def _presences(group_id: int) -> list[_Presence]:
    rows = Participation.objects.filter(group_id=group_id).values_list(
        "identity_id", "last_spoke_ms", "last_joined_ms", "last_left_ms"
    )
    return [_Presence(*row) for row in rows.iterator(chunk_size=5000)]


def _counted(rows: Sequence[_Presence], known: People) -> tuple[set[int], set[int], dict[int, int]]:
    """Members present, members ever seen, and when each last spoke; bots left out."""
    present: set[int] = set()
    ever: set[int] = set()
    spoke: dict[int, int] = defaultdict(int)
    for row in rows:
        member = known.moved.get(row.identity, row.identity)
        if member in known.bots:
            continue
        ever.add(member)
        if row.is_present:
            present.add(member)
        spoke[member] = max(spoke[member], row.spoke or 0)
    return present, ever, spoke


def _store(
    community: Community,
    group: Group | None,
    present: set[int],
    ever: set[int],
    spoke: dict[int, int],
    latest: int,
) -> None:
    """Write one standing; silence is measured from the last thing known of the group."""
    quiet_since = latest - SILENT_AFTER_MS
    silent = sum(spoke.get(m, 0) < quiet_since or not spoke.get(m) for m in present)
    with transaction.atomic():
        # A group may have come from another community: its row there goes too.
        mine = {"group": group} if group else {"community": community, "group": None}
        Standing.objects.filter(**mine).delete()
        Standing.objects.create(
            community=community,
            group=group,
            present=len(present),
            ever=len(ever),
            silent=silent,
            at=now(),
        )


def refresh_moves(group: Group, span: tuple[int, int]) -> None:
    """Count the real joins, returns and leaves of a group anew over everything known of it."""
    known = people(group.workspace_id)
    timeline = read_timeline(group.pk, span[0], span[1] + 1, (Kind.JOIN, Kind.LEAVE))
    spells = presence_spells(
        zip(
            known.of_array(timeline.identity).tolist(),
            timeline.kind.tolist(),
            timeline.sent_ms.tolist(),
            strict=True,
        )
    )
    zone = group.community.time_zone

    def day_of(moment: int) -> int:
        return int(local_ms(np.array([moment]), zone)[0] // DAY_MS)

    moves = real_moves(
        {m: s for m, s in spells.items() if m not in known.bots}, day_of=day_of, until_ms=span[1]
    )
    days = sorted(set(moves.joins) | set(moves.returns) | set(moves.leaves))
    with transaction.atomic():
        MoveDay.objects.filter(group=group).delete()
        MoveDay.objects.bulk_create(
            [
                MoveDay(
                    group=group,
                    day=day,
                    joins=moves.joins[day],
                    returns=moves.returns[day],
                    leaves=moves.leaves[day],
                )
                for day in days
            ],
            batch_size=500,
        )


def presence_spells(rows: Iterable[tuple[int, int, int]]) -> dict[int, list[Spell]]:
    """Joins and leaves in order of time as spells per member."""
    spells: dict[int, list[Spell]] = defaultdict(list)
    for member, kind, moment in rows:
        if not member:
            continue
        mine = spells[member]
        if kind == Kind.JOIN:
            mine.append(Spell(moment, None))
        elif mine and mine[-1].left_ms is None:
            mine[-1] = Spell(mine[-1].joined_ms, moment)
        else:
            mine.append(Spell(None, moment))
    return spells
