"""`weilu bench import`: a file on disk, read, counted and refreshed, by format."""

from __future__ import annotations

import csv
import json
import time
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path

from bench.accept import whole_path
from bench.setting import database
from bench.traffic import Event, events
from weilu.chat.ports import Kind


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


def _bring(made: Sequence[Event], name: str) -> tuple[float, int]:
    """Seconds from the file to finished roll-ups and findings, and how many were stored."""
    from weilu.chat.models import Message  # noqa: PLC0415 - needs Django set up
    from weilu.config.commands.importing import Wish, _import  # noqa: PLC0415 - as above
    from weilu.core.access import system  # noqa: PLC0415 - as above
    from weilu.core.people import home_workspace  # noqa: PLC0415 - as above

    file, write = FORMATS[name]
    with database() as folder:
        path = folder / file
        write(made, path)
        wish = Wish(group="bench", zone="UTC", community="", asks=False, quiet=True)
        start = time.perf_counter()
        _import(system(home_workspace().pk), [path], "", wish)
        return time.perf_counter() - start, Message.objects.count()


def run(count: int = 100_000, say: Callable[[str], None] = print) -> None:
    """Print each format's rate and its share of `accept` over the same messages in one group."""
    made = [e for e in events(count, groups=1) if e.item.kind == Kind.MESSAGE and e.item.text]
    base = whole_path(made, 1, "").rate
    say(f"accept                   {base:>10,.0f} events/s")
    for name in FORMATS:
        took, stored = _bring(made, name)
        say(f"{name:<25}{stored / took:>10,.0f} messages/s, {stored / took / base:.2f} of accept")
