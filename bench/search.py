"""`weilu bench search`: how long a page of hits takes, for common and rare words."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

from bench.setting import database
from bench.traffic import START_MS, texts

CHUNK = 50_000
ROUNDS = 20
GROUPS = 50
# One message in this many holds a rare word.
RARE_EVERY = 20_011
RARE_ZH = "岩韵花香"
RARE_EN = "firmware"
STEP_MS = 90
QUERIES = (
    ("common, Chinese", "白茶"),
    ("common, English", "kernel"),
    ("common, two words", "白茶 kernel"),
    ("one character", "茶"),
    ("rare, Chinese", RARE_ZH),
    ("rare, English", RARE_EN),
    ("rare, part of a word", RARE_EN[:5]),
    ("absent, Chinese", "云腿月饼"),
    ("absent, English", "zeppelin"),
)


def run(
    messages: int = 1_000_000, address: str = "", say: Callable[[str], None] = print
) -> dict[str, float]:
    """Fill a fresh database, index it, ask; returns p95 in ms by kind of query.

    `address` is a PostgreSQL to use (emptied first) instead of SQLite.
    """
    # Django is set up only when a benchmark runs.
    from weilu.chat.search.index import update_index  # noqa: PLC0415 - as said above
    from weilu.core.access import system  # noqa: PLC0415 - as above

    with database(address):
        workspace_id = _fill(messages)
        began = time.perf_counter()
        update_index(workspace_id)
        took = time.perf_counter() - began
        say(f"indexed {messages:,} messages in {took:.1f} s, {messages / took:,.0f} a second")
        found: dict[str, float] = {}
        for kind, query in QUERIES:
            times, hits = _ask(system(workspace_id), query)
            p50 = statistics.median(times)
            found[kind] = sorted(times)[int(len(times) * 0.95)]
            say(f"{kind:22} {hits:3} hits   p50 {p50:7.1f} ms   p95 {found[kind]:7.1f} ms")
        return found


def _fill(messages: int) -> int:
    """Messages of one workspace, written as an import writes them; returns the workspace's id."""
    from django.db import connection, transaction  # noqa: PLC0415 - as above

    from weilu.chat.rows import insert_rows  # noqa: PLC0415 - as above
    from weilu.communities.models import Community  # noqa: PLC0415 - as above
    from weilu.core.models import Workspace  # noqa: PLC0415 - as above
    from weilu.groups.models import Group  # noqa: PLC0415 - as above

    workspace = Workspace.objects.create(name="bench")
    place = Community.objects.create(workspace=workspace, name="bench", time_zone="Asia/Shanghai")
    groups = [
        Group.objects.create(
            workspace=workspace, community=place, platform="other", name=f"group {number}"
        ).pk
        for number in range(GROUPS)
    ]
    for start in range(0, messages, CHUNK):
        count = min(CHUNK, messages - start)
        said = texts(count, seed=start + 1)
        rows = [
            _row(start + k + 1, workspace.pk, groups[(start + k) % GROUPS], text)
            for k, text in enumerate(said)
        ]
        with transaction.atomic():
            insert_rows(connection, rows, start + 1)
    return int(workspace.pk)


def _row(pk: int, workspace_id: int, group_id: int, text: str) -> tuple[object, ...]:
    if pk % RARE_EVERY == 0:
        text = f"{text} {RARE_ZH} {RARE_EN}"
    moment = START_MS + pk * STEP_MS
    return (pk, workspace_id, group_id, pk % 9973 + 1, 0, 0, 0, moment, 0, text, None, "")


def _ask(viewer: object, query: str) -> tuple[list[float], int]:
    """Milliseconds of each round, and the hits of the last."""
    from weilu.chat.search.find import Wanted, search  # noqa: PLC0415 - as above

    times = []
    hits = 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        hits = len(search(viewer, Wanted(query)).hits)  # type: ignore[arg-type]  # an Actor
        times.append((time.perf_counter() - began) * 1000)
    return times, hits
