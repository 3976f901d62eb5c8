"""The stage that keeps who is in which group (groups.Participation) up to date (B-4)."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weilu.chat.columns import Columns, Ints
from weilu.chat.ports import Kind
from weilu.chat.stages import stage
from weilu.groups.actions import Activity, add_activity

_NEVER = np.iinfo(np.int64).max


@stage("participation")
def count_participation(columns: Columns) -> None:
    """Add what each identity did in each group."""
    someone = columns.identity > 0
    if not someone.any():
        return
    group, identity = columns.group[someone], columns.identity[someone]
    kind, sent = columns.kind[someone], columns.sent_ms[someone]
    pairs, inverse = np.unique(np.stack([group, identity]), axis=1, return_inverse=True)
    inverse = inverse.reshape(-1)
    size = pairs.shape[1]
    spoke, joined, left = kind == Kind.MESSAGE, kind == Kind.JOIN, kind == Kind.LEAVE

    rows = zip(
        pairs[0].tolist(),
        pairs[1].tolist(),
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
    add_activity([Activity(*row) for row in rows])


def _count(inverse: Ints, mask: npt.NDArray[np.bool_], size: int) -> list[int]:
    counted: list[int] = np.bincount(inverse[mask], minlength=size).tolist()
    return counted


def _first(inverse: Ints, sent: Ints, mask: npt.NDArray[np.bool_], size: int) -> list[int | None]:
    out = np.full(size, _NEVER, dtype=np.int64)
    np.minimum.at(out, inverse[mask], sent[mask])
    return [None if v == _NEVER else v for v in out.tolist()]


def _last(inverse: Ints, sent: Ints, mask: npt.NDArray[np.bool_], size: int) -> list[int | None]:
    out = np.full(size, -_NEVER, dtype=np.int64)
    np.maximum.at(out, inverse[mask], sent[mask])
    return [None if v == -_NEVER else v for v in out.tolist()]
