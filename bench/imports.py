"""`weilu bench import`: a file on disk until its numbers stand and its page is finished."""

from __future__ import annotations

import csv
import json
import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bench.accept import whole_path
from bench.setting import database
from bench.traffic import Event as Said
from bench.traffic import events
from weilu.chat.ports import Kind

if TYPE_CHECKING:
    from multiprocessing.synchronize import Event


def _moment(event: Said) -> datetime:
    return datetime.fromtimestamp(event.item.sent_ms / 1000, UTC)


def _irc(made: Sequence[Said], path: Path) -> None:
    """One line a message, with the whole date."""
    with path.open("w", encoding="utf-8") as file:
        for e in made:
            file.write(f"{_moment(e):%Y-%m-%d %H:%M:%S} <{e.item.account}> {e.item.text}\n")


def _whatsapp(made: Sequence[Said], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for e in made:
            file.write(f"[{_moment(e):%d/%m/%Y, %H:%M:%S}] {e.item.name}: {e.item.text}\n")


def _telegram(made: Sequence[Said], path: Path) -> None:
    said = [
        {
            "id": k,
            "type": "message",
            "date": f"{_moment(e):%Y-%m-%dT%H:%M:%S}",
            "date_unixtime": str(e.item.sent_ms // 1000),
            "from": e.item.name,
            "from_id": f"user{e.item.account[1:]}",
            "text": e.item.text,
            "text_entities": [{"type": "plain", "text": e.item.text}],
        }
        for k, e in enumerate(made, start=1)
    ]
    whole = {"name": "bench", "type": "private_supergroup", "id": 1, "messages": said}
    path.write_text(json.dumps(whole, ensure_ascii=False, indent=1), "utf-8")


def _discord(made: Sequence[Said], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, quoting=csv.QUOTE_ALL)
        table.writerow(["AuthorID", "Author", "Date", "Content", "Attachments", "Reactions"])
        table.writerows(
            [e.item.account[1:], e.item.name, _moment(e).isoformat(), e.item.text, "", ""]
            for e in made
        )


FORMATS: dict[str, tuple[str, Callable[[Sequence[Said], Path], None]]] = {
    "irc": ("bench.log", _irc),
    "whatsapp": ("_chat.txt", _whatsapp),
    "telegram": ("result.json", _telegram),
    "discord_csv": ("bench.csv", _discord),
}


# The small import that loads what a process loads once.
_WARM = 2000
_LOOK_S = 0.02
_SOON = timedelta(seconds=20)
# A worker that has died is not waited for.
_AT_MOST_S = 1800.0
_TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds on the wall, and of the processor: the worker's, and those of its helper."""

    wall: float
    worker: float
    helper: float

    @classmethod
    def now(cls, worker: int) -> Cost:
        """The clocks of a worker; its helper's time counts once that has ended."""
        fields = Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()
        own, helper = (sum(map(int, fields[at : at + 2])) / _TICKS for at in (11, 13))
        return cls(time.perf_counter(), own, helper)

    def since(self, start: Cost) -> Cost:
        """What went by from a moment to this one."""
        return Cost(self.wall - start.wall, self.worker - start.worker, self.helper - start.helper)


def _work(kept: dict[str, Any], stop: Event, file: Path) -> None:
    """A worker as `weilu work` runs it, on the benchmark's database."""
    import django  # noqa: PLC0415 - the child sets itself up
    from django.conf import settings  # noqa: PLC0415 - as above

    settings.DATABASES["default"] = kept
    settings.MEDIA_ROOT = file.parent
    django.setup()
    from weilu.config.commands.work import labour  # noqa: PLC0415 - after setup

    labour(stop.is_set, stop.wait, file)


@contextmanager
def _worker(file: Path) -> Iterator[int]:
    """A worker in a process of its own; its process id."""
    from django.db import connections  # noqa: PLC0415 - Django is set up by then

    context = multiprocessing.get_context("spawn")
    stop, kept = context.Event(), dict(connections.settings["default"])
    working = context.Process(target=_work, args=(kept, stop, file))
    working.start()
    try:
        yield working.pid or 0
    finally:
        stop.set()
        working.join(20)
        working.kill()
        working.join()


def _until(done: Callable[[], object]) -> None:
    """Wait for the worker; raises TimeoutError when it seems to be dead."""
    begun = time.monotonic()
    while not done():
        if time.monotonic() - begun > _AT_MOST_S:
            raise TimeoutError
        time.sleep(_LOOK_S)


def _is_calm() -> bool:
    """Whether nothing is left that the worker would do soon for what came before."""
    from weilu.core.clock import now  # noqa: PLC0415 - Django is set up by then
    from weilu.core.models import Job, LogRow  # noqa: PLC0415 - as above

    soon = Job.objects.filter(state=Job.State.DUE, due_at__lte=now() + _SOON)
    return not soon.exists() and not LogRow.objects.filter(done_at=None).exists()


def _bring(path: Path, name: str, worker: int) -> tuple[Cost, Cost]:
    """What a file takes until the numbers stand, and until the page is finished.

    As on the import page: somebody gives a file and says yes to what is shown of it.
    """
    from weilu.chat.imports import actions  # noqa: PLC0415 - Django is set up by then
    from weilu.chat.models import Import, ImportBundle  # noqa: PLC0415 - as above
    from weilu.communities.models import Community  # noqa: PLC0415 - as above
    from weilu.core.access import system  # noqa: PLC0415 - as above
    from weilu.core.people import home_workspace  # noqa: PLC0415 - as above
    from weilu.insight.underway import share_followed  # noqa: PLC0415 - as above

    actor = system(home_workspace().pk)
    place = Community.objects.create(workspace_id=actor.workspace_id, name=name, time_zone="UTC")
    start = Cost.now(worker)
    run = actions.create_import(actor, paths=[path], zone="UTC", community=place)
    mine = Import.objects.filter(pk=run.pk)
    actions.look_later(actor, run=run)
    _until(lambda: mine.filter(state=Import.State.READY).exists())
    said = {
        one.pk: {"groups": {0: name}, "day_order": one.guesses.get("day_order", "")}
        for one in ImportBundle.objects.filter(run=run)
    }
    actions.answer(actor, run=run, zone="UTC", bundles=said)
    actions.start_import(actor, run=run, community=place)
    _until(lambda: mine.filter(state=Import.State.DONE).exists())
    numbers = Cost.now(worker).since(start)
    _until(lambda: share_followed(actor.workspace_id, run.pk) == 1)
    return numbers, Cost.now(worker).since(start)


def _measured(made: Sequence[Said], name: str) -> tuple[Cost, Cost, int]:
    """The costs of a format over a fresh database, and how many messages it stored."""
    from weilu.chat.models import Message  # noqa: PLC0415 - Django is set up by then

    file, write = FORMATS[name]
    with database() as folder, _worker(folder / "bench.db") as worker:
        for folder_name, some in (("warm", made[:_WARM]), ("whole", made)):
            (folder / folder_name).mkdir()
            write(some, folder / folder_name / file)
        _bring(folder / "warm" / file, "warm", worker)
        _until(_is_calm)
        warm = Message.objects.count()
        numbers, page = _bring(folder / "whole" / file, "whole", worker)
        return numbers, page, Message.objects.count() - warm


def run(count: int = 100_000, say: Callable[[str], None] = print) -> None:
    """Print each format's rate and its share of `accept` over the same messages in one group.

    A worker as `weilu up` runs it does the work; tables that it loads once are loaded before. The
    share of processor time is hardly disturbed by other work on the machine: once of all
    processes together, once of the worker alone, for the helper computes beside it.
    """
    made = [e for e in events(count, groups=1) if e.item.kind == Kind.MESSAGE and e.item.text]
    base = whole_path(made, 1, "")
    say(f"accept        {base.rate:>10,.0f} events/s, {base.busy_us:.1f} µs of the processor each")
    for name in FORMATS:
        *costs, stored = _measured(made, name)
        for cost, until in zip(costs, ("numbers", "page"), strict=True):
            both, own = ((cost.worker + cost.helper) / stored, cost.worker / stored)
            say(
                f"{name:<12}to {until:<8}{stored / cost.wall:>8,.0f} messages/s, "
                f"{stored / cost.wall / base.rate:.2f} of accept; by processor: "
                f"{both * 1e6:.1f} µs each, {base.busy_us / both / 1e6:.2f}; "
                f"of the worker {own * 1e6:.1f}, {base.busy_us / own / 1e6:.2f}"
            )
