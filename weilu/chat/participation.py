"""The stage that keeps who is in which group (groups.Participation) up to date (B-4)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weilu.chat.columns import Columns, Ints
from weilu.chat.ports import Kind
from weilu.chat.stages import stage
from weilu.communities.models import Community
from weilu.core.changes import note_change
from weilu.groups.actions import add_activity
from weilu.groups.models import Participation
from weilu.groups.seen import SEEN

_NEVER = np.iinfo(np.int64).max


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
        before = np.logical_or.reduceat(there, starts).tolist()
        none_heard = Participation.BEFORE_RECORDS
        joined = [none_heard if b else at for b, at in zip(before, joined, strict=True)]
    _first_left, last_left = _ends(kind == Kind.LEAVE, sent, starts)
    spoke, last_spoke = _ends(kind == Kind.MESSAGE, sent, starts)
    pairs = keys[starts]
    rows = zip(
        (pairs >> 32).tolist(),
        (pairs & 0xFFFFFFFF).tolist(),
        *(
            np.add.reduceat(kind == what, starts, dtype=np.int64).tolist()
            for what in (Kind.MESSAGE, Kind.JOIN, Kind.LEAVE)
        ),
        joined,
        last_joined,
        last_left,
        spoke,
        last_spoke,
        np.minimum.reduceat(sent, starts).tolist(),
        strict=True,
    )
    add_activity(list(rows))
    note_change(columns.workspace_id, SEEN.name, ids=np.unique(identity).tolist())


def _ends(
    chosen: npt.NDArray[np.bool_], sent: Ints, starts: Ints
) -> tuple[list[int | None], list[int | None]]:
    """The first and the last moment of the chosen rows of each run; None where there is none."""
    if not chosen.any():
        none: list[int | None] = [None] * len(starts)
        return none, none
    first: list[int | None] = np.minimum.reduceat(np.where(chosen, sent, _NEVER), starts).tolist()
    last: list[int | None] = np.maximum.reduceat(np.where(chosen, sent, -_NEVER), starts).tolist()
    for k in np.flatnonzero(~np.logical_or.reduceat(chosen, starts)).tolist():
        first[k] = last[k] = None
    return first, last
