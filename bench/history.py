"""`weilu bench history`: roll-ups and bitmaps against DuckDB over the raw rows as Parquet."""

from __future__ import annotations

import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import numpy as np
import numpy.typing as npt

from bench.accept import _groups, _workspace
from bench.setting import database

MONTHS, GROUPS, PER_GROUP = 12, 500, 200
MONTH_DAYS, DAY_MS, START_DAY = 30, 86_400_000, 20_000
CHUNK = 500_000
Ints = npt.NDArray[np.int64]


def _month(number: int, count: int, groups: list[int]) -> dict[str, Ints]:
    """A month of messages, sorted by (group, time)."""
    rng = np.random.default_rng(number)
    place = np.minimum((GROUPS * rng.random(count) ** 2.2).astype(np.int64), GROUPS - 1)
    person = place * PER_GROUP + (PER_GROUP * rng.random(count) ** 3).astype(np.int64) + 1
    start = (START_DAY + number * MONTH_DAYS) * DAY_MS
    sent = start + rng.integers(0, MONTH_DAYS * DAY_MS, count)
    order = np.lexsort((sent, place))
    return {
        "community_group": np.array(groups, dtype=np.int64)[place[order]],
        "identity": person[order],
        "sent_ms": sent[order],
    }


def _count(month: dict[str, Ints], workspace: int, community: int) -> None:
    """Through the counting stage, as messages that come in are."""
    from django.db import transaction  # noqa: PLC0415 - needs Django set up

    from weilu.chat.columns import Columns, days_and_hours  # noqa: PLC0415 - as above
    from weilu.insight.stages import count_days  # noqa: PLC0415 - as above

    for at in range(0, len(month["sent_ms"]), CHUNK):
        group, who, sent = (column[at : at + CHUNK] for column in month.values())
        zero = np.zeros(len(sent), dtype=np.int64)
        day, hour = days_and_hours(sent, "UTC")
        with transaction.atomic():
            count_days(
                Columns(workspace, community, zero, group, who, zero, zero, sent, day, hour, ())
            )


def _from_rollups(group: int) -> tuple[dict[int, int], dict[int, int]]:
    """Active people a day, and people of the first week still there in each later week."""
    from pyroaring import BitMap  # noqa: PLC0415 - only here

    from weilu.insight.models import GroupDay  # noqa: PLC0415 - needs Django set up
    from weilu.insight.packing import unpack_people  # noqa: PLC0415 - as above

    a_day: dict[int, int] = {}
    weeks: dict[int, BitMap] = {}
    for day, blob in GroupDay.objects.filter(group_id=group).values_list("day", "people"):
        people = unpack_people(blob)
        a_day[day] = len(people)
        weeks[day // 7] = weeks.get(day // 7, BitMap()) | people
    cohort = weeks[min(weeks)]
    return a_day, {week: len(cohort & people) for week, people in weeks.items()}


def _from_rows(group: int, files: str) -> tuple[dict[int, int], dict[int, int]]:
    """The same by DuckDB over the raw rows."""
    days = duckdb.execute(
        "SELECT sent_ms // 86400000, count(DISTINCT identity) FROM read_parquet($files)"
        " WHERE community_group = $group GROUP BY 1",
        {"files": files, "group": group},
    ).fetchall()
    weeks = duckdb.execute(
        "WITH w AS (SELECT DISTINCT sent_ms // 604800000 AS week, identity"
        " FROM read_parquet($files) WHERE community_group = $group),"
        " c AS (SELECT identity FROM w WHERE week = (SELECT min(week) FROM w))"
        " SELECT week, count(c.identity) FROM w LEFT JOIN c USING (identity) GROUP BY 1",
        {"files": files, "group": group},
    ).fetchall()
    return dict(days), dict(weeks)


def _rollup_bytes() -> int:
    from django.db import connection  # noqa: PLC0415 - needs Django set up

    with connection.cursor() as cursor:
        total = 0
        for table in ("insight_groupday", "insight_communityday"):
            cursor.execute(
                f"SELECT coalesce(sum(length(people) + length(counts) + length(hours) + 28), 0)"
                f" FROM {table}"
            )
            total += int(cursor.fetchone()[0])
    return total


def _write(month: dict[str, Ints], path: Path) -> None:
    duckdb.execute(f"COPY (SELECT * FROM month) TO '{path}' (FORMAT parquet, COMPRESSION zstd)")


def run(count: int = 2_000_000, say: Callable[[str], None] = print) -> None:
    """Print bytes a message, whether answers are equal, and how much faster roll-ups answer."""
    with database() as folder:
        places = _groups(GROUPS)
        groups = [p.group_id for p in places.values()]  # type: ignore[attr-defined]
        community = next(iter(places.values())).community_id  # type: ignore[attr-defined]
        for number in range(MONTHS):
            month = _month(number, count // MONTHS, groups)
            _write(month, folder / f"month-{number:02}.parquet")
            _count(month, _workspace(), community)
        sealed = sum(p.stat().st_size for p in folder.glob("*.parquet"))
        files = str(folder / "*.parquet")
        rows = count // MONTHS * MONTHS
        say(f"messages                 {rows:>12,}")
        say(f"Parquet, bytes a message {sealed / rows:>12.1f}")
        say(f"roll-ups, bytes a message{_rollup_bytes() / rows:>12.1f}")
        same, ratios = True, []
        for group in groups[:: GROUPS // 5]:
            start = time.perf_counter()
            ours = _from_rollups(group)
            middle = time.perf_counter()
            theirs = _from_rows(group, files)
            ratios.append((time.perf_counter() - middle) / (middle - start))
            same = same and ours == theirs
        say(f"answers equal            {'yes' if same else 'NO':>12}")
        say(f"one group, times faster  {sorted(ratios)[len(ratios) // 2]:>12.1f}")
