"""Who is in a group, and who came and went for real (B-4)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
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
from weilu.insight.packing import pack_people
from weilu.insight.rules.stay import RECONNECT_GAP, Spell, real_moves
from weilu.members.queries import People, people

SILENT_AFTER_MS = 60 * DAY_MS
# Counted in one look-up and stored in one transaction.
_GROUPS_AT_ONCE = 100


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


@dataclass(slots=True)
class _Count:
    """Who is there of a group, or of all: members present, ever seen, and when each last spoke.

    `latest` is the last thing known of it: silence is measured from there.
    """

    present: set[int] = field(default_factory=set)
    ever: set[int] = field(default_factory=set)
    spoke: dict[int, int] = field(default_factory=dict)
    latest: int = 0

    def add(self, other: _Count) -> None:
        """Take those of a group in; who is in two counts once."""
        self.present |= other.present
        self.ever |= other.ever
        for member, moment in other.spoke.items():
            self.spoke[member] = max(self.spoke.get(member, 0), moment)
        self.latest = max(self.latest, other.latest)


def refresh_standing(community: Community) -> None:
    """Count the people of every group of a community and of the whole."""
    known = people(community.workspace_id)
    whole = _Count()
    groups = list(
        Group.objects.filter(community=community).order_by("pk").values_list("pk", flat=True)
    )
    for at in range(0, len(groups), _GROUPS_AT_ONCE):
        some = groups[at : at + _GROUPS_AT_ONCE]
        standings = []
        for group_id, rows in _presences(some):
            counted = _counted(rows, known)
            standings.append(_standing(community, group_id, counted))
            whole.add(counted)
        with transaction.atomic():
            # A group may have come from another community: its row there goes too.
            Standing.objects.filter(group_id__in=some).delete()
            Standing.objects.bulk_create(standings)
    with transaction.atomic():
        Standing.objects.filter(community=community, group=None).delete()
        _standing(community, None, whole).save(force_insert=True)


def _presences(group_ids: Sequence[int]) -> Iterator[tuple[int, list[_Presence]]]:
    """Groups with who took part in each, read one after the other; those of nobody come last."""
    rows = Participation.objects.filter(group_id__in=group_ids).order_by("group_id")
    columns = ("group_id", "identity_id", "last_spoke_ms", "last_joined_ms", "last_left_ms")
    held = rows.values_list(*columns).iterator(chunk_size=5000)
    empty = set(group_ids)
    for group_id, mine in groupby(held, key=itemgetter(0)):
        empty.discard(group_id)
        yield group_id, [_Presence(*row[1:]) for row in mine]
    yield from ((one, []) for one in sorted(empty))


def _counted(rows: Sequence[_Presence], known: People) -> _Count:
    """Who is there of a group; bots left out, but for what they tell of its last moment."""
    found = _Count(latest=max((row.spoke or 0 for row in rows), default=0))
    for row in rows:
        member = known.moved.get(row.identity, row.identity)
        if member in known.bots:
            continue
        found.ever.add(member)
        if row.is_present:
            found.present.add(member)
        found.spoke[member] = max(found.spoke.get(member, 0), row.spoke or 0)
    return found


def _standing(community: Community, group_id: int | None, one: _Count) -> Standing:
    """A standing, not yet stored."""
    quiet_since = one.latest - SILENT_AFTER_MS
    silent = sum(one.spoke.get(m, 0) < quiet_since or not one.spoke.get(m) for m in one.present)
    return Standing(
        community=community,
        group_id=group_id,
        present=len(one.present),
        ever=len(one.ever),
        silent=silent,
        who_is_there=_packed(one.present),
        who_ever_was=_packed(one.ever),
        at=now(),
    )


def _packed(members: set[int]) -> bytes:
    return pack_people(np.array(sorted(members), dtype=np.int64))


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
    open_from = day_of(span[1]) - RECONNECT_GAP.days + 1 if moves.are_dropped_mostly else None
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
                    is_settled=open_from is None or day < open_from,
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
