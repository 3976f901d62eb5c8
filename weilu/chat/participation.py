"""The stage that keeps who is in which group (groups.Participation) up to date (B-4)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weilu.chat.columns import Columns, Ints
from weilu.chat.ports import Kind
from weilu.chat.stages import stage
from weilu.communities.models import Community
from weilu.core.changes import note_change
from weilu.groups.actions import NEVER, Activity, add_activity
from weilu.groups.models import Participation
from weilu.groups.seen import SEEN


def clear_participation(community_id: int) -> None:
    """Forget who did what in a community's groups."""
    Participation.objects.filter(group__community_id=community_id).delete()
    place = Community.objects.get(pk=community_id)
    note_change(place.workspace_id, SEEN.name)


@stage("participation", clear_participation)
def count_participation(columns: Columns) -> None:
    """Add what each identity did in each group."""
    someone = columns.identity > 0
    if not someone.any():
        return
    group, identity = columns.group[someone], columns.identity[someone]
    kind, sent = columns.kind[someone], columns.sent_ms[someone]
    # An identity fits 32 bits (roaring bitmaps hold it), so one key does for both.
    keys = (group << 32) | identity
    order = np.argsort(keys, kind="stable")
    keys, kind, sent = keys[order], kind[order], sent[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    joined, last_joined = _ends(kind == Kind.JOIN, sent, starts)
    there = kind == Kind.PRESENT
    if there.any():
        joined[np.logical_or.reduceat(there, starts)] = Participation.BEFORE_RECORDS
    _first_left, last_left = _ends(kind == Kind.LEAVE, sent, starts)
    spoke, last_spoke = _ends(kind == Kind.MESSAGE, sent, starts)
    messages, joins, leaves = (
        np.add.reduceat(kind == what, starts, dtype=np.int64)
        for what in (Kind.MESSAGE, Kind.JOIN, Kind.LEAVE)
    )
    pairs = keys[starts]
    add_activity(
        Activity(
            group_id=pairs >> 32,
            identity_id=pairs & 0xFFFFFFFF,
            messages=messages,
            joins=joins,
            leaves=leaves,
            joined_ms=joined,
            last_joined_ms=last_joined,
            last_left_ms=last_left,
            spoke_ms=spoke,
            last_spoke_ms=last_spoke,
            first_seen_ms=np.minimum.reduceat(sent, starts),
        )
    )
    note_change(columns.workspace_id, SEEN.name, ids=np.unique(identity).tolist())


def _ends(chosen: npt.NDArray[np.bool_], sent: Ints, starts: Ints) -> tuple[Ints, Ints]:
    """The first and the last moment of the chosen rows of each run; NEVER where there is none."""
    if not chosen.any():
        return np.full(len(starts), NEVER), np.full(len(starts), NEVER)
    first = np.minimum.reduceat(np.where(chosen, sent, -NEVER), starts)
    first[first == -NEVER] = NEVER
    return first, np.maximum.reduceat(np.where(chosen, sent, NEVER), starts)
