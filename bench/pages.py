"""`weilu bench pages`: do pages slow down as messages pile up? Same people and days throughout."""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from bench.accept import _groups, _workspace
from bench.setting import database
from bench.traffic import START_MS, texts

DAYS, GROUPS, PEOPLE, CHUNK = 90, 20, 2000, 100_000
SIZES = (10_000, 1_000_000)
REPEATS = 15
# Addresses of files without their checksums, which only an installed Weilu has collected.
_STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}


def _fill(size: int) -> None:
    """`size` messages of PEOPLE over DAYS and GROUPS, through the acceptor."""
    from weilu.chat.accept import Acceptor  # noqa: PLC0415 - needs Django set up
    from weilu.chat.ports import Inbound, Kind  # noqa: PLC0415 - as above
    from weilu.chat.search.index import update_index  # noqa: PLC0415 - as above
    from weilu.communities.models import Community  # noqa: PLC0415 - as above
    from weilu.core.worker import drain  # noqa: PLC0415 - as above
    from weilu.insight.standing import refresh_standing  # noqa: PLC0415 - as above
    from weilu.insight.totals import refresh_totals  # noqa: PLC0415 - as above

    places, rng, said = _groups(GROUPS), np.random.default_rng(1), texts(20_000)
    acceptor = Acceptor(_workspace(), "wechat")
    sent = START_MS + np.linspace(0, DAYS * 86_400_000 - 1, size).astype(np.int64)
    # Everybody speaks once before anybody speaks twice, so every size has the same people.
    who = np.concatenate([np.arange(PEOPLE), rng.integers(0, PEOPLE, max(0, size - PEOPLE))])
    for at in range(0, size, CHUNK):
        some = who[at : at + CHUNK].tolist()
        items = [
            Inbound(
                int(Kind.MESSAGE), ms, f"u{n}", f"user {n}", said[(at + k) % len(said)], f"{at + k}"
            )
            for k, (n, ms) in enumerate(zip(some, sent[at : at + CHUNK].tolist(), strict=True))
        ]
        for cut in range(0, len(items), 2000):
            part = items[cut : cut + 2000]
            homes = [places[int(i.account[1:]) % GROUPS] for i in part]
            acceptor.accept(homes, part)  # type: ignore[arg-type]  # GroupPlaces
    acceptor.finish()
    drain()
    # What an import leaves behind, but for who answers whom.
    workspace = _workspace()
    refresh_totals(workspace)
    for community in Community.objects.filter(workspace_id=workspace):
        refresh_standing(community)
    update_index(workspace)


def _pages() -> dict[str, str]:
    from weilu.communities.models import Community  # noqa: PLC0415 - needs Django set up

    pk = Community.objects.values_list("pk", flat=True).get()
    return {
        "today": "/",
        "community": f"/communities/{pk}/",
        "groups": f"/communities/{pk}/groups/",
        "members": "/members/",
        "messages": "/messages/",
        "search": "/messages/?q=白茶",
    }


@dataclass(frozen=True, slots=True)
class Cost:
    """A page: milliseconds in SQL, in all and of the processor (medians), statements."""

    page: str
    sql: float
    whole: float
    work: float
    statements: int


def _measure(size: int) -> Iterator[Cost]:
    """What each page costs."""
    from django.db import connection  # noqa: PLC0415 - needs Django set up
    from django.test import Client  # noqa: PLC0415 - as above
    from django.test.utils import override_settings  # noqa: PLC0415 - as above

    from weilu.core.access import Role  # noqa: PLC0415 - as above
    from weilu.core.models import Seat, User, Workspace  # noqa: PLC0415 - as above

    with database(), override_settings(ALLOWED_HOSTS=["testserver"], STORAGES=_STORAGES):
        _fill(size)
        user = User.objects.create_user("bench", "bench@example.org")
        Seat.objects.create(workspace=Workspace.objects.get(), user=user, role=Role.OWNER)
        client = Client()
        client.force_login(user, backend="allauth.account.auth_backends.AuthenticationBackend")
        spent: list[float] = []

        def timed(execute: Callable[..., object], *rest: object) -> object:
            start = time.perf_counter()
            try:
                return execute(*rest)
            finally:
                spent.append(time.perf_counter() - start)

        for name, address in _pages().items():
            runs = []
            for _ in range(REPEATS + 1):
                spent.clear()
                start, began = time.perf_counter(), time.process_time()
                with connection.execute_wrapper(timed):
                    answer = client.get(address)
                    assert answer.status_code == 200, f"{address}: {answer.status_code}"  # noqa: S101
                whole, work = time.perf_counter() - start, time.process_time() - began
                runs.append((sum(spent), whole, work))
            sql, whole, work = (
                statistics.median(column) * 1e3 for column in zip(*runs[1:], strict=True)
            )
            yield Cost(name, sql, whole, work, len(spent))


def run(count: int = 0, say: Callable[[str], None] = print) -> None:
    """Print each page at each size (`count`: one size more), and the last over the first."""
    sizes = sorted({*SIZES, count}) if count >= SIZES[-1] else (SIZES[0], count or SIZES[-1])
    first: dict[str, Cost] = {}
    for size in sizes:
        for one in _measure(size):
            small = first.setdefault(one.page, one)
            say(
                f"{size:>12,} {one.page:<10} SQL {one.sql:>7.1f} ms, whole {one.whole:>7.1f} ms,"
                f" processor {one.work:>7.1f} ms, {one.statements:>3} statements,"
                f" {one.whole / small.whole:.2f} of the smallest,"
                f" {one.work / small.work:.2f} by processor time"
            )
