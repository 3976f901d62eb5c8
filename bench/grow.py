"""`weilu bench grow`: does appending slow down as the table grows? Random ids, append path only."""

from __future__ import annotations

import random
import time
from collections.abc import Callable

import numpy as np

from bench.accept import _groups, _workspace
from bench.setting import database
from bench.traffic import texts

BATCH = 2000
PER_PART = 1_000_000


def run(
    count: int = 8,
    address: str = "",
    say: Callable[[str], None] = print,
    part: int = PER_PART,
) -> None:
    """Print the rate of each successive part of `part` messages, and last over first."""
    from django.db import connection, transaction  # noqa: PLC0415 - needs Django set up

    from weilu.chat.rows import insert_rows  # noqa: PLC0415 - as above

    rng, random_ids = np.random.default_rng(1), random.Random(1)
    said = texts(100_000)
    rates = []
    with database(address):
        groups = [p.group_id for p in _groups(5000).values()]  # type: ignore[attr-defined]
        workspace, first = _workspace(), 1
        for number in range(count):
            group = np.minimum((5000 * rng.random(part) ** 2.2).astype(int), 4999).tolist()
            sent = 1_760_000_000_000 + number * part * 90 + np.cumsum(rng.integers(0, 180, part))
            rows = [
                (
                    first + k,
                    workspace,
                    groups[g],
                    g + 1,
                    0,
                    0,
                    0,
                    ms,
                    0,
                    said[k % len(said)],
                    f"{random_ids.getrandbits(62):x}",
                    "",
                )
                for k, (g, ms) in enumerate(zip(group, sent.tolist(), strict=True))
            ]
            first += part
            start = time.perf_counter()
            for at in range(0, part, BATCH):
                values = list(zip(*rows[at : at + BATCH], strict=True))
                with transaction.atomic():
                    insert_rows(connection, values, rows[at][0])
            rates.append(part / (time.perf_counter() - start))
            say(f"part {number + 1:>2} of {part:,}: {rates[-1]:>10,.0f} rows/s")
    say(f"last / first             {rates[-1] / rates[0]:>10.2f}")
