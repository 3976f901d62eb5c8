"""`weilu bench import`: a file on disk, read, counted and refreshed, by format."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from bench.accept import whole_path
from bench.setting import database
from bench.traffic import Event, events
from weilu.chat.ports import Kind
from weilu.core.jobs import Run
from weilu.core.models import Job


def _moment(event: Event) -> datetime:
    return datetime.fromtimestamp(event.item.sent_ms / 1000, UTC)


def _irc(made: Sequence[Event], path: Path) -> None:
    """One line a message, with the whole date."""
    with path.open("w", encoding="utf-8") as file:
        for e in made:
            file.write(f"{_moment(e):%Y-%m-%d %H:%M:%S} <{e.item.account}> {e.item.text}\n")


def _whatsapp(made: Sequence[Event], path: Path) -> None:
    with path.open("w", encoding="utf-8") as file:
        for e in made:
            file.write(f"[{_moment(e):%d/%m/%Y, %H:%M:%S}] {e.item.name}: {e.item.text}\n")


def _telegram(made: Sequence[Event], path: Path) -> None:
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


def _discord(made: Sequence[Event], path: Path) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, quoting=csv.QUOTE_ALL)
        table.writerow(["AuthorID", "Author", "Date", "Content", "Attachments", "Reactions"])
        table.writerows(
            [e.item.account[1:], e.item.name, _moment(e).isoformat(), e.item.text, "", ""]
            for e in made
        )


FORMATS: dict[str, tuple[str, Callable[[Sequence[Event], Path], None]]] = {
    "irc": ("bench.log", _irc),
    "whatsapp": ("_chat.txt", _whatsapp),
    "telegram": ("result.json", _telegram),
    "discord_csv": ("bench.csv", _discord),
}


# After which job a person sees what: the numbers, and all of the community page.
_NUMBERS, _PAGE = "run_import", "refresh_groups"
_WARM = 2000


@dataclass(frozen=True, slots=True)
class Cost:
    """Seconds from the start, and of the processor."""

    wall: float
    busy: float

    @classmethod
    def now(cls) -> Cost:
        """Both clocks."""
        return cls(time.perf_counter(), time.process_time())

    def since(self, start: Cost) -> Cost:
        """What went by from a moment to this one."""
        return Cost(self.wall - start.wall, self.busy - start.busy)


@contextmanager
def _noted(ends: dict[str, Cost]) -> Iterator[None]:
    """Note when jobs end."""
    from weilu.core.jobs import JOBS  # noqa: PLC0415 - needs Django set up

    before = dict(JOBS)

    def noting(name: str, run: Run) -> Run:
        def noted(job: Job) -> datetime | None:
            try:
                return run(job)
            finally:
                ends[name] = Cost.now()

        return noted

    JOBS.update({name: noting(name, before[name]) for name in (_NUMBERS, _PAGE)})
    try:
        yield
    finally:
        JOBS.update(before)


def _bring(made: Sequence[Event], name: str) -> tuple[dict[str, Cost], int]:
    """What it took from the file to the numbers, the page and the end; how many were stored."""
    from weilu.chat.models import Message  # noqa: PLC0415 - needs Django set up
    from weilu.config.commands.importing import Wish, _import  # noqa: PLC0415 - as above
    from weilu.core.access import system  # noqa: PLC0415 - as above
    from weilu.core.people import home_workspace  # noqa: PLC0415 - as above

    file, write = FORMATS[name]
    ends: dict[str, Cost] = {}
    with database() as folder, _noted(ends):
        path = folder / file
        write(made, path)
        wish = Wish("bench", "UTC", first_day="", community="", asks=False, quiet=True)
        start = Cost.now()
        _import(system(home_workspace().pk), [path], "", wish)
        ends["all"] = Cost.now()
        return {end: cost.since(start) for end, cost in ends.items()}, Message.objects.count()


def run(count: int = 100_000, say: Callable[[str], None] = print) -> None:
    """Print each format's rate and its share of `accept` over the same messages in one group.

    Tables that a process loads once are loaded before. The share of processor time is hardly
    disturbed by other work on the machine.
    """
    made = [e for e in events(count, groups=1) if e.item.kind == Kind.MESSAGE and e.item.text]
    base = whole_path(made, 1, "")
    say(f"accept        {base.rate:>10,.0f} events/s, {base.busy_us:.1f} µs of the processor each")
    for name in FORMATS:
        _bring(made[:_WARM], name)
        ends, stored = _bring(made, name)
        for end, until in ((_NUMBERS, "numbers"), (_PAGE, "page"), ("all", "all")):
            cost = ends[end]
            each = cost.busy / stored * 1e6
            say(
                f"{name:<12}to {until:<8}{stored / cost.wall:>8,.0f} messages/s, "
                f"{stored / cost.wall / base.rate:.2f} of accept; "
                f"{each:.1f} µs each, {base.busy_us / each:.2f}"
            )
