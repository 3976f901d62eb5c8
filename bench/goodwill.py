"""`weilu bench goodwill`: everybody's goodwill anew from five million events, against other ways.

The running score was booked day by day, as talk comes in; working everybody out anew from ledgers
must give the same floats, and a loop over members, one thing after the other, the same numbers.
Last, half of the days are carried, as happens to what is very old.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from bench.setting import database
from weilu.members.rules.exchange import Exchange, Rows, nothing

if TYPE_CHECKING:
    from weilu.members.actions.ledgers import Today
    from weilu.members.rules.goodwill import Model

EVENTS = 5_000_000
EACH = 250
GROUPS, DAYS, BATCHES = 20, 180, 18
FIRST_DAY = 20_000
AIM = 20.0


def run(
    count: int = EVENTS, address: str = "", say: Callable[[str], None] = print
) -> dict[str, float]:
    """Book `count` events in batches of a day, work out anew, loop; returns seconds and a ratio."""
    from weilu.members.actions import ledgers as work  # noqa: PLC0415 - Django is set up only now
    from weilu.members.actions import scores  # noqa: PLC0415 - as above

    with database(address):
        members = max(count // EACH, 50)
        workspace, groups = _fill(members)
        today = work.Today(FIRST_DAY + DAYS, dict.fromkeys(groups, 1))
        seconds = _book(workspace, groups, members, count)
        say(f"booked in {BATCHES} batches      {seconds:7.1f} s   {count / seconds:,.0f} events/s")
        began = time.perf_counter()
        scores.rescore_stale(workspace, today)
        say(f"running scores, written   {time.perf_counter() - began:7.1f} s")
        found = _compare(workspace, today, say)
        return found | _carry(workspace, say)


def _book(workspace: int, groups: list[int], members: int, count: int) -> float:
    """Book made-up exchange in batches of some days; seconds."""
    from django.db import transaction  # noqa: PLC0415 - Django is set up only now

    from weilu.members.actions import ledgers as work  # noqa: PLC0415 - as above
    from weilu.members.rules.exchange import Exchange, rows_of, together  # noqa: PLC0415 - as above

    rng = np.random.default_rng(11)
    kinds = np.array([1, 2, 3, 4, 5, 6, 6, 6, 3, 4], dtype=np.int64)
    size, days = count // BATCHES, DAYS // BATCHES
    began = time.perf_counter()
    for batch in range(BATCHES):
        kind = kinds[rng.integers(0, len(kinds), size)]
        partner = np.where(kind == Exchange.PRESENT, 0, rng.zipf(1.3, size) % members + 1)
        rows = rows_of(
            who=rng.integers(1, members + 1, size),
            kind=kind,
            day=FIRST_DAY + batch * days + rng.integers(0, days, size),
            group=np.array(groups)[rng.integers(0, GROUPS, size)],
            partner=partner,
            times=rng.integers(1, 4, size),
        )
        with transaction.atomic():
            work.hold(workspace)
            work.book(workspace, together([rows]))
    return time.perf_counter() - began


def _compare(workspace: int, today: Today, say: Callable[[str], None]) -> dict[str, float]:
    """Everybody anew from ledgers, and by a loop, against what is stored."""
    from weilu.members.actions import ledgers as work  # noqa: PLC0415 - Django is set up only now
    from weilu.members.models import Goodwill  # noqa: PLC0415 - as above
    from weilu.members.rules.goodwill import bases, points_of  # noqa: PLC0415 - as above

    stored = dict(Goodwill.objects.values_list("pk", "base"))
    model = work.numbers_of(workspace).model
    anew: dict[int, float] = {}
    columnar, loop, events = 0.0, 0.0, 0
    worst = 0.0
    chunks = work.ledgers(workspace)
    while True:
        began = time.process_time()
        ids, rows = next(chunks, ([], nothing()))
        if not ids:
            break
        found = bases(rows, len(ids), model, today.communities).base.tolist()
        columnar += time.process_time() - began
        anew |= dict(zip(ids, found, strict=True))
        events += len(rows)
        began = time.process_time()
        plain = _loop(rows, len(ids), today, model)
        loop += time.process_time() - began
        worst = max(
            worst,
            *(abs(p - points_of(b, today.day, model)) for p, b in zip(plain, found, strict=True)),
        )
    same = all(stored.get(pk, 0.0) == base for pk, base in anew.items())
    say(
        f"{events:,} rows of {len(anew):,} members: {'equal' if same else 'NOT EQUAL'} to the"
        f" running score; the loop differs by {worst:.1e} at most"
    )
    say(f"anew, read and all        {columnar:7.2f} s of processor")
    say(
        f"loop over members         {loop:7.2f} s of processor,"
        f" {loop / columnar:.1f} times as long (aim {AIM:.0f})"
    )
    return {"anew_s": columnar, "loop_s": loop, "ratio": loop / columnar, "same": float(same)}


def _carry(workspace: int, say: Callable[[str], None]) -> dict[str, float]:
    """Carry the first half of the days; how many bytes ledgers took and take, and the seconds."""
    from weilu.members.actions.carrying import carry  # noqa: PLC0415 - Django is set up only now
    from weilu.members.rules.folding import Edges  # noqa: PLC0415 - as above

    before, began = _bytes(), time.process_time()
    changed = carry(workspace, Edges(FIRST_DAY + DAYS // 2))
    seconds, after = time.process_time() - began, _bytes()
    say(
        f"half of the days carried   {seconds:6.2f} s of processor for {changed:,} ledgers,"
        f" {after / before:.2f} of the bytes left"
    )
    return {"carry_s": seconds, "left": after / before}


def _bytes() -> int:
    from django.db.models import Sum  # noqa: PLC0415 - Django is set up only now
    from django.db.models.functions import Length  # noqa: PLC0415 - as above

    from weilu.members.models import Ledger  # noqa: PLC0415 - as above

    size: int = Ledger.objects.aggregate(size=Sum(Length("body")))["size"]
    return size


def _loop(rows: Rows, size: int, today: Today, model: Model) -> list[float]:
    """The plain way: one member after the other, one thing after the other."""
    from weilu.members.rules.goodwill import Happened, score  # noqa: PLC0415 - Django is set up

    edges = np.searchsorted(rows["who"], np.arange(size + 1)).tolist()
    found = []
    for k in range(size):
        happened = [
            Happened(Exchange(kind), day, partner, times, today.communities[group])
            for _who, kind, day, group, partner, times in rows[edges[k] : edges[k + 1]].tolist()
        ]
        found.append(score(happened, today.day, model).points)
    return found


def _fill(members: int) -> tuple[int, list[int]]:
    from weilu.communities.models import Community  # noqa: PLC0415 - Django is set up only now
    from weilu.core.models import Workspace  # noqa: PLC0415 - as above
    from weilu.groups.models import Group  # noqa: PLC0415 - as above
    from weilu.members.models import Identity, Member  # noqa: PLC0415 - as above

    space = Workspace.objects.create(name="bench")
    place = Community.objects.create(workspace=space, name="c", time_zone="UTC")
    groups = [
        Group.objects.create(workspace=space, community=place, platform="qq", name=f"g{n}").pk
        for n in range(GROUPS)
    ]
    ids = range(1, members + 1)
    Member.objects.bulk_create(
        [Member(id=pk, workspace=space, name=f"m{pk}", name_folded=f"m{pk}") for pk in ids],
        batch_size=2000,
    )
    Identity.objects.bulk_create(
        [
            Identity(id=pk, workspace=space, member_id=pk, platform="qq", account=f"m{pk}",
                     name=f"m{pk}")
            for pk in ids
        ],
        batch_size=2000,
    )  # fmt: skip
    return space.pk, groups
