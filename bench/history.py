"""`weilu bench history`: roll-ups and bitmaps against DuckDB over the raw rows as Parquet."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
import numpy as np
import numpy.typing as npt

from bench.accept import _groups, _workspace
from bench.setting import database

if TYPE_CHECKING:
    from weilu.insight.scope import Scope

MONTHS, GROUPS, PER_GROUP = 12, 500, 200
MONTH_DAYS, DAY_MS, START_DAY = 30, 86_400_000, 20_000
CHUNK = 500_000
ASKED, TURNS = 10, 7
# Weeks as DuckDB numbers them: the first day of 1970 was a Thursday.
_THURSDAY = 3
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


# Active people by day; people by (week they began, weeks later).
Answer = tuple[dict[int, int], dict[tuple[int, int], int]]


def _from_rollups(scope: Scope) -> Answer:
    """Active people a day and who of each week's newcomers was there in every later week.

    As the pages read and count them.
    """
    from weilu.insight.rules.retention import Period, cohort_table  # noqa: PLC0415 - as above
    from weilu.insight.scope import spoke_between  # noqa: PLC0415 - needs Django set up

    spoke = spoke_between(scope, None, scope.last_day)
    table = cohort_table(spoke, period=Period.WEEK, first_weekday=_THURSDAY)
    return (
        {day: len(people) for day, people in spoke.items()},
        {
            (cohort.start // 7, later): people
            for cohort in table.cohorts
            for later, people in enumerate(cohort.counts)
            if people
        },
    )


def _from_rows(connection: duckdb.DuckDBPyConnection, group: int) -> Answer:
    """The same by DuckDB over the raw rows."""
    days = connection.execute(
        "SELECT sent_ms // 86400000, count(DISTINCT identity) FROM rows"
        " WHERE community_group = $group GROUP BY 1",
        {"group": group},
    ).fetchall()
    weeks = connection.execute(
        "WITH w AS (SELECT DISTINCT sent_ms // 604800000 AS week, identity"
        " FROM rows WHERE community_group = $group),"
        " began AS (SELECT identity, min(week) AS first FROM w GROUP BY 1)"
        " SELECT first, week - first, count(*) FROM w JOIN began USING (identity) GROUP BY 1, 2",
        {"group": group},
    ).fetchall()
    return dict(days), {(first, later): people for first, later, people in weeks}


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
        rows = count // MONTHS * MONTHS
        say(f"messages                 {rows:>12,}")
        say(f"Parquet, bytes a message {sealed / rows:>12.1f}")
        say(f"roll-ups, bytes a message{_rollup_bytes() / rows:>12.1f}")
        compare(_workspace(), community, groups[:: GROUPS // ASKED], folder, say)


def compare(
    workspace: int, community: int, groups: list[int], folder: Path, say: Callable[[str], None]
) -> None:
    """Ask both for some groups, in turns; the median of several turns stands for each.

    Each side has read the group once in the first turn, which is told apart; a single look lasts
    a millisecond, and whatever else the machine does would decide.
    """
    from django.db import connection  # noqa: PLC0415 - needs Django set up

    from weilu.insight.scope import Scope  # noqa: PLC0415 - as above

    duck = duckdb.connect()
    duck.execute("SET enable_object_cache = true")
    duck.execute(f"CREATE VIEW rows AS SELECT * FROM read_parquet('{folder}/*.parquet')")
    same, first, later, worked = True, list[float](), list[float](), list[float]()
    for group in groups:
        scope = Scope(workspace, community, "UTC", 0, 10**6, (group,))
        # What SQLite has read of other groups is forgotten, as on a page nobody looked at.
        connection.close()
        connection.ensure_connection()
        turns = []
        for _ in range(TURNS):
            start, began = time.perf_counter(), time.process_time()
            ours = _from_rollups(scope)
            middle, halfway = time.perf_counter(), time.process_time()
            theirs = _from_rows(duck, group)
            end, ended = time.perf_counter(), time.process_time()
            turns.append((middle - start, end - middle, halfway - began, ended - halfway))
            same = same and ours == theirs
        first.append(turns[0][1] / turns[0][0])
        mine, other, my_work, other_work = map(statistics.median, zip(*turns[1:], strict=True))
        later.append(other / mine)
        worked.append(other_work / my_work)
    say(f"answers equal            {'yes' if same else 'NO':>12}")
    say(f"one group, times faster  {statistics.median(later):>12.1f}")
    say(f"  least and most         {min(later):>12.1f} {max(later):.1f}")
    say(f"  by processor time      {statistics.median(worked):>12.1f}")
    say(f"  at the first look      {statistics.median(first):>12.1f}")
