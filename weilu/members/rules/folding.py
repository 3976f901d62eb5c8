"""What keeps ledgers from growing for ever: exchange of long ago is carried as one row (C-4).

Rows from before a day, the edge, are carried: those of one kind with one person become a single
row on day CARRIED, in no group. So how often and with how many different people stays what it is;
only the day is gone, and with it points, of which after LIVES half-lives less than a thousandth
is left.

Carrying adds up and does nothing else. So the carried sum of rows is the sum of carried rows: what
is booked or taken away later is carried the same way and meets what was carried before. Nothing
can come out below zero that would not without, and the order does not matter. Carrying up to a
day and then to a later one is carrying to the later one.
"""

from __future__ import annotations

import numpy as np

from weilu.members.rules.exchange import Rows, together
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


def carried(rows: Rows, edge: int) -> Rows:
    """The rows `together`, those from before the edge carried."""
    out = rows.copy()
    old = out["day"].astype(np.int64) < edge
    out["day"][old] = CARRIED
    out["group"][old] = 0
    return together([out])
