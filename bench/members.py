"""`weilu bench members`: list, search, filters and a profile with a million members.

Each is asked as its page does; the first page of the list must cost what page 1,000 costs.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from bench.segments import People, _fill
from bench.setting import database

ROUNDS = 7
PAGE = 50
FAR = 1000
AIM_MS = 100.0


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds in the database and of the processor (medians), and how many statements."""

    sql: float
    work: float
    statements: int


def run(
    count: int = 1_000_000, address: str = "", say: Callable[[str], None] = print
) -> dict[str, Cost]:
    """Fill a fresh database and ask; `address`: a PostgreSQL, which is emptied."""
    from django.db import connection  # noqa: PLC0415 - Django is set up only now

    with database(address):
        workspace_id, tags, _field, groups = _fill(People(count))
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute("ANALYZE")
        found: dict[str, Cost] = {}
        for name, ask in _questions(workspace_id, tags, groups, count):
            one = found[name] = _cost(ask)
            say(
                f"{name:24} {one.sql:8.1f} ms in SQL   {one.sql / AIM_MS:5.2f} of the aim,"
                f" {one.work / AIM_MS:.2f} by processor time   {one.statements} statements"
            )
        say(f"a page of the list takes {found['by messages'].statements} statements, aim 8")
        far, first = found["by messages, page 1,000"], found["by messages"]
        say(f"page 1,000 against the first: {far.sql / first.sql:.2f}")
        return found


def _cost(ask: Callable[[], object]) -> Cost:
    from django.db import connection  # noqa: PLC0415 - as above

    spent: list[float] = []

    def timed(execute: Callable[..., object], *rest: object) -> object:
        start = time.perf_counter()
        try:
            return execute(*rest)
        finally:
            spent.append(time.perf_counter() - start)

    rounds = []
    for _ in range(ROUNDS):
        spent.clear()
        began = time.process_time()
        with connection.execute_wrapper(timed):
            ask()
        rounds.append((sum(spent) * 1000, (time.process_time() - began) * 1000))
    sql, work = (statistics.median(column) for column in zip(*rounds, strict=True))
    return Cost(sql, work, len(spent))


def _questions(
    workspace_id: int, tags: list[int], groups: list[int], count: int
) -> Iterator[tuple[str, Callable[[], object]]]:
    """What is asked, by name."""
    from weilu.core.access import system  # noqa: PLC0415 - as above
    from weilu.insight.people.listing import Listing, Wanted, todays_of  # noqa: PLC0415 - as above

    viewer = system(workspace_id)
    today = todays_of(viewer)

    def page(wanted: Wanted, sort: str = "messages", after: int | None = None) -> object:
        return Listing(viewer, wanted, today).page(
            sort=sort, descending=True, after_id=after, limit=PAGE + 1
        )

    after = _edge(FAR * PAGE)
    yield "by messages", lambda: page(Wanted())
    yield "by messages, page 1,000", lambda: page(Wanted(), after=after)
    yield "by goodwill", lambda: page(Wanted(), "goodwill")
    yield "by name", lambda: page(Wanted(), "name")
    yield "by last word", lambda: page(Wanted(), "last")
    yield "counted", lambda: Listing(viewer, Wanted(), today).count()
    yield "a common name", lambda: page(Wanted(name="m99"))
    yield "a rare name", lambda: page(Wanted(name=f"m{count // 3}"))
    yield "nobody's name", lambda: page(Wanted(name="nobody"))
    yield "with a common tag", lambda: page(Wanted(tag_id=tags[1]))
    yield "with a rare tag", lambda: page(Wanted(tag_id=tags[-1]))
    yield "of a group", lambda: page(Wanted(group_id=groups[3]))
    yield "silent", lambda: page(Wanted(state="silent"))
    yield "staff", lambda: page(Wanted(who="staff"))
    yield "a profile", lambda: _profile(workspace_id, count // 2)


def _edge(place: int) -> int:
    """The member so far down the list by messages."""
    from weilu.insight.models import MemberTotals  # noqa: PLC0415 - as above

    rows = MemberTotals.objects.order_by("-messages", "-member_id").values_list("pk", flat=True)
    return int(rows[place])


def _profile(workspace_id: int, member_id: int) -> None:
    """Ask what a member's page and its later parts ask of their record and of what was counted."""
    from weilu.core.access import system  # noqa: PLC0415 - as above
    from weilu.insight.people.history import history  # noqa: PLC0415 - as above
    from weilu.insight.people.profile import profile  # noqa: PLC0415 - as above
    from weilu.insight.people.record import Record  # noqa: PLC0415 - as above
    from weilu.members.queries import member  # noqa: PLC0415 - as above

    viewer = system(workspace_id)
    record = Record(member(viewer, member_id))
    found = profile(viewer, record)
    history(record)
    _shown = (found.stage, found.weeks, found.asking, found.hours, found.words, found.partners)
