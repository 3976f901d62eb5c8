"""Messages as columns: what stages see instead of objects."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS


@dataclass(frozen=True, slots=True)
class Columns:
    """New messages of one community, in id order, as parallel columns; never empty.

    `day` is the local day (days since 1970-01-01), `hour` the local hour (0-23). `text` is empty
    where messages are only counted: nothing that counts looks at what was said.
    """

    workspace_id: int
    community_id: int
    id: Ints
    group: Ints
    identity: Ints
    kind: Ints
    flags: Ints
    sent_ms: Ints
    day: Ints
    hour: Ints
    text: Sequence[str]

    def __len__(self) -> int:
        return len(self.id)


@lru_cache(maxsize=65536)
def _offset_ms(hour: int, zone: str) -> int:
    """Milliseconds to add to UTC in the hour that starts at `hour` × 3,600 s."""
    moment = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(hours=hour)
    offset = moment.astimezone(ZoneInfo(zone)).utcoffset()
    return int(offset.total_seconds() * 1000) if offset else 0


def local_ms(sent_ms: Ints, zone: str) -> Ints:
    """UTC milliseconds as milliseconds of the wall clock in `zone`.

    Exact for zones that change on the full hour of UTC, which all have done since 1970 but for
    a few half-hour changes; those are off for the rest of that one hour.
    """
    if not len(sent_ms):
        return sent_ms
    hours = sent_ms // HOUR_MS
    low, high = int(hours.min()), int(hours.max())
    first = _offset_ms(low, zone)
    # No zone changes twice within four weeks and comes back to where it was.
    if high - low < 24 * 28 and _offset_ms(high, zone) == first:
        return sent_ms + first
    unique, inverse = np.unique(hours, return_inverse=True)
    offsets = np.array([_offset_ms(int(h), zone) for h in unique], dtype=np.int64)
    shifted: Ints = sent_ms + offsets[inverse]
    return shifted


def days_and_hours(sent_ms: Ints, zone: str) -> tuple[Ints, Ints]:
    """Local day numbers and local hours of UTC milliseconds."""
    local = local_ms(sent_ms, zone)
    return local // DAY_MS, local % DAY_MS // HOUR_MS


def day_start_ms(day: int, zone: str) -> int:
    """UTC milliseconds at which a local day begins (its first existing moment)."""
    start = date(1970, 1, 1) + timedelta(days=day)
    moment = datetime(start.year, start.month, start.day, tzinfo=ZoneInfo(zone))
    return int(moment.timestamp() * 1000)
