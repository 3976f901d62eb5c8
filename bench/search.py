"""`weilu bench search`: how long a page of hits takes, for common and rare words."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable

import numpy as np
import numpy.typing as npt

from bench.setting import database
from bench.traffic import START_MS

CHUNK = 65_536
ROUNDS = 20
GROUPS = 50
PEOPLE = 9973
# Distinct words of each language, as common as their rank says (Zipf).
WORDS = 40_000
# One message in this many holds a rare word.
RARE_EVERY = 20_011
RARE_ZH = "岩韵花香"
RARE_EN = "firmware"
STEP_MS = 90
# Kind, words, which filters: a group, a person, a fortnight in the middle.
QUERIES = (
    ("common, Chinese", "白茶", ""),
    ("common, English", "kernel", ""),
    ("common, two words", "白茶 kernel", ""),
    ("common, one character", "茶", ""),
    ("common, in a group", "白茶", "group"),
    ("common, of a person", "kernel", "person"),
    ("common, in a period", "kernel", "days"),
    ("phrase, Chinese", "白茶到货", ""),
    ("rare, Chinese", RARE_ZH, ""),
    ("rare, English", RARE_EN, ""),
    ("rare, part of a word", RARE_EN[:5], ""),
    ("rare, in a group", RARE_EN, "group"),
    ("rare, of a person", RARE_ZH, "person"),
    ("rare and common", f"{RARE_ZH} kernel", ""),
    ("absent, Chinese", "云腿月饼", ""),
    ("absent, English", "zeppelin", ""),
)


def run(
    count: int = 10_000_000, address: str = "", say: Callable[[str], None] = print
) -> dict[str, float]:
    """Fill a fresh database, index it, ask; returns p95 in ms by kind of query.

    `address` is a PostgreSQL to use (emptied first) instead of SQLite.
    """
    # Django is set up only when a benchmark runs.
    from weilu.chat.search.index import update_index  # noqa: PLC0415 - as said above
    from weilu.chat.search.merge import merge_segments  # noqa: PLC0415 - as above
    from weilu.core.access import system  # noqa: PLC0415 - as above

    with database(address):
        workspace_id, groups = _fill(count)
        began = time.perf_counter()
        update_index(workspace_id)
        took = time.perf_counter() - began
        say(f"indexed {count:,} messages in {took:.1f} s, {took / count * 1e6:.1f} µs a message")
        began = time.perf_counter()
        while merge_segments(workspace_id):
            pass
        say(f"merged in {(time.perf_counter() - began) / count * 1e6:.1f} µs a message")
        say(f"the index takes {_index_bytes() / count:.1f} bytes a message")
        found: dict[str, float] = {}
        for kind, query, filtered in QUERIES:
            times, hits, about = _ask(system(workspace_id), _wanted(query, filtered, groups, count))
            p50 = statistics.median(times)
            found[kind] = sorted(times)[int(len(times) * 0.95)]
            say(
                f"{kind:22} {hits:3} hits of about {about:9,}"
                f"   p50 {p50:7.1f} ms   p95 {found[kind]:7.1f} ms"
            )
        return found


def _index_bytes() -> int:
    """What the bodies of the index take, without the database's own overhead."""
    from django.db.models import Sum  # noqa: PLC0415 - as above
    from django.db.models.functions import Length  # noqa: PLC0415 - as above

    from weilu.chat.models import SearchPart  # noqa: PLC0415 - as above

    return int(SearchPart.objects.aggregate(held=Sum(Length("body")))["held"] or 0)


def _vocabulary() -> list[str]:
    """Words of both languages in turn, the words asked for among the common ones."""
    rng = np.random.default_rng(7)
    chinese = rng.integers(0x4E00, 0x4E00 + 3000, (WORDS, 2)).tolist()
    english = rng.integers(ord("a"), ord("z") + 1, (WORDS, 7)).tolist()
    words = ["白茶", " kernel ", "茶", "到货"]
    for zh, en in zip(chinese, english, strict=True):
        words += ["".join(map(chr, zh)), f" {''.join(map(chr, en))} "]
    return words


def _texts(count: int, seed: int, words: npt.NDArray[np.object_]) -> list[str]:
    """Messages of a few words each; the word of rank k is said about 1/k as often as the first."""
    rng = np.random.default_rng(seed)
    sizes = np.clip(rng.lognormal(1.8, 0.7, count).astype(int), 1, 60)
    ranks = np.exp(rng.random(int(sizes.sum())) * np.log(len(words))).astype(int) - 1
    picked = words[ranks].tolist()
    ends = np.cumsum(sizes).tolist()
    return ["".join(picked[low:high]) for low, high in zip([0, *ends], ends, strict=False)]


def _fill(messages: int) -> tuple[int, list[int]]:
    """Messages of one workspace in bulk; returns the ids of the workspace and its groups."""
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
    words = np.array(_vocabulary(), dtype=object)
    for start in range(0, messages, CHUNK):
        said = _texts(min(CHUNK, messages - start), start + 1, words)
        rows = [
            _row(start + k + 1, workspace.pk, groups[(start + k) % GROUPS], text)
            for k, text in enumerate(said)
        ]
        with transaction.atomic():
            insert_rows(connection, list(zip(*rows, strict=True)), start + 1)
    return int(workspace.pk), groups


def _row(pk: int, workspace_id: int, group_id: int, text: str) -> tuple[object, ...]:
    if pk % RARE_EVERY == 0:
        text = f"{text} {RARE_ZH} {RARE_EN}"
    moment = START_MS + pk * STEP_MS
    return (pk, workspace_id, group_id, pk % PEOPLE + 1, 0, 0, 0, moment, 0, text, None, "")


def _wanted(query: str, filtered: str, groups: list[int], count: int) -> object:
    """The search, with the filter named."""
    from pyroaring import BitMap  # noqa: PLC0415 - as above

    from weilu.chat.search.find import Wanted  # noqa: PLC0415 - as above

    middle = START_MS + count // 2 * STEP_MS
    rare = RARE_EVERY * max(1, count // RARE_EVERY // 2)
    return Wanted(
        query,
        group_ids=(groups[(rare - 1) % GROUPS],) if filtered == "group" else (),
        identities=BitMap([rare % PEOPLE + 1]) if filtered == "person" else None,
        first_ms=middle - count // 100 * STEP_MS if filtered == "days" else None,
        end_ms=middle if filtered == "days" else None,
    )


def _ask(viewer: object, wanted: object) -> tuple[list[float], int, int]:
    """Milliseconds of each round, and the hits of the last."""
    from weilu.chat.search.find import search  # noqa: PLC0415 - as above

    times = []
    hits = about = 0
    for _ in range(ROUNDS):
        began = time.perf_counter()
        found = search(viewer, wanted)  # type: ignore[arg-type]  # an Actor and a Wanted
        times.append((time.perf_counter() - began) * 1000)
        hits, about = len(found.hits), found.about
    return times, hits, about
