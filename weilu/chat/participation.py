"""The stage that keeps who is in which group (groups.Participation) up to date (B-4)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weilu.chat.columns import Columns, Ints
from weilu.chat.ports import Kind
from weilu.chat.stages import stage
from weilu.groups.actions import Activity, add_activity
from weilu.groups.models import Participation

_NEVER = np.iinfo(np.int64).max


def clear_participation(community_id: int) -> None:
    """Forget who did what in a community's groups."""
    Participation.objects.filter(group__community_id=community_id).delete()


@stage("participation", clear_participation)
def count_participation(columns: Columns) -> None:
    """Add what each identity did in each group."""
    someone = columns.identity > 0
    if not someone.any():
        return
    group, identity = columns.group[someone], columns.identity[someone]
    kind, sent = columns.kind[someone], columns.sent_ms[someone]
    # An identity fits 32 bits (roaring bitmaps hold it), so one key does for both.
    pairs, inverse = np.unique((group << 32) | identity, return_inverse=True)
    size = len(pairs)
    spoke, joined, left = kind == Kind.MESSAGE, kind == Kind.JOIN, kind == Kind.LEAVE

    rows = zip(
        (pairs >> 32).tolist(),
        (pairs & 0xFFFFFFFF).tolist(),
        _count(inverse, spoke, size),
        _count(inverse, joined, size),
        _count(inverse, left, size),
        _first(inverse, sent, joined, size),
        _last(inverse, sent, joined, size),
        _last(inverse, sent, left, size),
        _first(inverse, sent, spoke, size),
        _last(inverse, sent, spoke, size),
        _first(inverse, sent, np.ones(len(sent), dtype=np.bool_), size),
        strict=True,
    )
    add_activity(list(map(Activity._make, rows)))


def _count(inverse: Ints, mask: npt.NDArray[np.bool_], size: int) -> list[int]:
    counted: list[int] = np.bincount(inverse[mask], minlength=size).tolist()
    return counted


def _first(inverse: Ints, sent: Ints, mask: npt.NDArray[np.bool_], size: int) -> list[int | None]:
    out = np.full(size, _NEVER, dtype=np.int64)
    np.minimum.at(out, inverse[mask], sent[mask])
    return _with_none(out, _NEVER)


def _last(inverse: Ints, sent: Ints, mask: npt.NDArray[np.bool_], size: int) -> list[int | None]:
    out = np.full(size, -_NEVER, dtype=np.int64)
    np.maximum.at(out, inverse[mask], sent[mask])
    return _with_none(out, -_NEVER)


def _with_none(numbers: Ints, never: int) -> list[int | None]:
    """The numbers as a list, None where nothing was seen."""
    out: list[int | None] = numbers.tolist()
    for k in np.flatnonzero(numbers == never).tolist():
        out[k] = None
    return out
