"""Who stands where: every member of a workspace has a place, a number from 0 on.

An identity has the place of the member that bears its id; `home` leads from there to the place of
whom it belongs to, which is another one only after a merge.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pyroaring import BitMap

from weilu.members.models import MOVED, Identity
from weilu.members.reading import ask_ids, bitmap, numbers_of, rows_of

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]
Floats = npt.NDArray[np.float64]

# Room for members who come later; when it is full, the copy is made anew.
ROOM = 20_000


class Disorder(Exception):
    """What happened cannot be followed; the copy must be made anew."""


class Places:
    """The places of a workspace's members, those who came late behind the others.

    `size` places are taken; arrays over places are longer by the room that is left.
    """

    def __init__(self, workspace_id: int) -> None:
        self.workspace_id = workspace_id
        sql = "SELECT id FROM members_member WHERE workspace_id = %s"
        self._ordered = numbers_of(ask_ids(sql, [workspace_id]))
        self._late: dict[int, int] = {}
        self.size = len(self._ordered)
        self.room = self.size + ROOM
        self.ids: Ints = np.concatenate([self._ordered, np.zeros(ROOM, dtype=np.int64)])
        self.home = np.arange(self.room, dtype=np.int32)
        self._moved: Ints = np.zeros(0, dtype=np.int64)
        rows = Identity.objects.filter(MOVED, workspace_id=workspace_id)
        self._settle(list(rows.values_list("id", "member_id")))

    @property
    def nbytes(self) -> int:
        """Memory it takes."""
        return int(self.ids.nbytes + self._ordered.nbytes + self.home.nbytes)

    def find(self, ids: Ints) -> Ints:
        """The places of members by id; -1 for who is not of the workspace."""
        if len(self._ordered):
            at = np.minimum(np.searchsorted(self._ordered, ids), len(self._ordered) - 1)
            found: Ints = np.where(self._ordered[at] == ids, at, -1)
        else:
            found = np.full(len(ids), -1, dtype=np.int64)
        if self._late:
            for k in np.flatnonzero(found < 0).tolist():
                found[k] = self._late.get(int(ids[k]), -1)
        return found

    def homes(self, identities: Ints) -> Ints:
        """The places of the members behind identities; -1 for those nobody knows."""
        at = self.find(identities)
        found: Ints = np.where(at >= 0, self.home[at], -1).astype(np.int64)
        return found

    def behind(self, places: Ints) -> Ints:
        """All identities of the members at these places, as ids."""
        own = places[self.home[places] == places]
        moved = self._moved[np.isin(self.home[self._moved], places)]
        found: Ints = self.ids[np.concatenate([own, moved])]
        return found

    def members(self, holds: Bools) -> BitMap:
        """The members at the places where it holds."""
        return bitmap(self.ids[np.flatnonzero(holds)])

    def follow(self, ids: Ints) -> tuple[Ints, Ints]:
        """Read anew who these are; the places of who came, and of who moved: old and new ones."""
        fresh = self._arrive(ids[self.find(ids) < 0])
        known = np.unique(self.find(ids))
        known = known[known >= 0]
        before = self.home[known].astype(np.int64)
        rows = rows_of(
            "SELECT id, member_id FROM members_identity WHERE workspace_id = %s",
            [self.workspace_id],
            "id",
            self.ids[known],
        )
        # Whoever has no identity any more belongs to themselves.
        self.home[known] = known
        self._settle(rows)
        after = self.home[known].astype(np.int64)
        moved = after != before
        return fresh, np.unique(np.concatenate([before[moved], after[moved]]))

    def _arrive(self, ids: Ints) -> Ints:
        """Give those a place who are new; raises Disorder when there is no room."""
        rows = rows_of(
            "SELECT id FROM members_member WHERE workspace_id = %s", [self.workspace_id], "id", ids
        )
        new = sorted({row[0] for row in rows})
        places = np.arange(self.size, self.size + len(new), dtype=np.int64)
        if self.size + len(new) > self.room:
            raise Disorder
        self.ids[places] = new
        self._late.update(zip(new, places.tolist(), strict=True))
        self.size += len(new)
        return places

    def _settle(self, rows: Sequence[tuple[int, int]]) -> None:
        """Take down to whom identities belong, given as (identity, member)."""
        pairs = np.array(rows, dtype=np.int64).reshape(-1, 2)
        identity, member = self.find(pairs[:, 0]), self.find(pairs[:, 1])
        if (identity < 0).any() or (member < 0).any():
            raise Disorder
        self.home[identity] = member
        self._moved = np.flatnonzero(self.home != np.arange(self.room, dtype=np.int32))
