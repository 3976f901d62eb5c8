"""What keeps ledgers from growing for ever: exchange of long ago is carried as one row (C-4).

Rows from before a day, the edge, are carried: those of one kind with one person become a single
row on day CARRIED, in no group. So how often and with how many different people stays what it is;
only the day is gone, and with it points, of which after LIVES half-lives less than a thousandth
is left.

Every group has an edge of its own, by the day that is today where it is: history that ended long
ago would otherwise lose its days to a younger community.

Carrying adds up and does nothing else. So the carried sum of rows is the sum of carried rows: what
is booked or taken away later is carried the same way and meets what was carried before. Nothing
can come out below zero that would not without, and the order does not matter. Carrying up to a
day and then to a later one is carrying to the later one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np

from weilu.members.rules.exchange import Ints, Rows, together
from weilu.members.rules.goodwill import CARRIED, Model

LIVES = 10
# Whatever else reads ledgers (who moves others, prizes, circles) looks back a year at most.
LEAST_DAYS = 730
# The edge moves on so many days at a time, so that ledgers are seldom written anew for it.
STEP_DAYS = 91


def edge_of(today: int, model: Model) -> int:
    """The day from which on rows keep their day, given today; 0: all do."""
    kept = max(LEAST_DAYS, LIVES * model.half_life_days)
    return max(0, int(today - kept)) // STEP_DAYS * STEP_DAYS


@dataclass(frozen=True, slots=True)
class Edges:
    """The edge of each group: `day`, but for groups that have another one `apart`; 0: none."""

    day: int = 0
    apart: Mapping[int, int] = field(default_factory=dict)

    @classmethod
    def made(cls, day: int, of: Mapping[int, int]) -> Edges:
        """Edges of some groups, `day` for all others: what is equal is written in one way."""
        return cls(day, {group: own for group, own in sorted(of.items()) if own != day})

    def of(self, group: int) -> int:
        """The edge of a group."""
        return self.apart.get(group, self.day)

    def of_rows(self, rows: Rows) -> Ints:
        """The edge for each row."""
        found = np.full(len(rows), self.day, dtype=np.int64)
        if self.apart:
            groups = np.array(sorted(self.apart), dtype=np.int64)
            days = np.array([self.apart[group] for group in groups.tolist()], dtype=np.int64)
            mine = rows["group"].astype(np.int64)
            at = np.minimum(np.searchsorted(groups, mine), len(groups) - 1)
            known = groups[at] == mine
            found[known] = days[at[known]]
        return found

    def latest_with(self, other: Edges) -> Edges:
        """The later edge of every group."""
        groups = self.apart.keys() | other.apart.keys()
        of = {group: max(self.of(group), other.of(group)) for group in groups}
        return Edges.made(max(self.day, other.day), of)

    def later_than(self, other: Edges, groups: Iterable[int]) -> dict[tuple[int, int], list[int]]:
        """Groups whose edge is later than another, by (their edge, the other one).

        Where that is so of any group that is not told apart, they are in it even without one.
        """
        found: dict[tuple[int, int], list[int]] = {}
        if self.day > other.day:
            found[self.day, other.day] = []
        for group in groups:
            here, there = self.of(group), other.of(group)
            if here > there:
                found.setdefault((here, there), []).append(group)
        return found


def carried(rows: Rows, edges: Edges) -> Rows:
    """The rows `together`, those from before the edge of their group carried."""
    out = rows.copy()
    old = out["day"].astype(np.int64) < edges.of_rows(out)
    out["day"][old] = CARRIED
    out["group"][old] = 0
    return together([out])
