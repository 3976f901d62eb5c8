"""`weilu bench memory`: the most memory an import takes, whatever the size of the file."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from pathlib import Path

from bench.traffic import START_MS, texts

AIM_MB = 400
# As many messages a day as a very busy group has, so that a file of 1 GB spans years.
STEP_MS = 40_000
PEOPLE = 2000
_PART = 20_000
_MEGABYTE = 1024
_LOOK_S = 0.05


def _messages(count: int) -> Iterator[dict[str, object]]:
    """Messages as Telegram writes them, made a part at a time."""
    for begin in range(0, count, _PART):
        for k, text in enumerate(texts(min(_PART, count - begin), seed=begin + 1), begin):
            sent = START_MS - (count - k) * STEP_MS
            # A heavy tail of speakers, and texts that do not come back as they are.
            person = int(PEOPLE * ((k * 2654435761 % 65_536) / 65_536) ** 3)
            yield {
                "id": k + 1,
                "type": "message",
                "date": f"{datetime.fromtimestamp(sent / 1000, UTC):%Y-%m-%dT%H:%M:%S}",
                "date_unixtime": str(sent // 1000),
                "from": f"user {person}",
                "from_id": f"user{person}",
                "text": f"{text} {k % 9973}",
                "text_entities": [{"type": "plain", "text": f"{text} {k % 9973}"}],
            }


def write(path: Path, count: int) -> None:
    """A Telegram export of so many messages, written as it is made."""
    with path.open("w", encoding="utf-8") as file:
        file.write('{"name": "bench", "type": "private_supergroup", "id": 1, "messages": [\n')
        for k, one in enumerate(_messages(count)):
            file.write((",\n" if k else "") + json.dumps(one, ensure_ascii=False, indent=1))
        file.write("\n]}\n")


def _held(pid: int, what: str) -> int:
    """Megabytes a process holds, or has held at most; 0 when it has ended."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith(what)) // _MEGABYTE


def _children(pid: int) -> list[int]:
    """Processes that a process has started and that have not ended."""
    try:
        return [int(one) for one in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _watched(command: list[str], environment: dict[str, str]) -> tuple[int, str]:
    """The most memory a command and what it started held, in MB, and what it printed."""
    most = 0
    with subprocess.Popen(  # noqa: S603 - our own command
        command, env=environment, stdout=subprocess.PIPE, text=True
    ) as child:
        while child.poll() is None:
            # The system keeps a peak itself: of the process alone nothing is missed between looks.
            together = sum(_held(pid, "VmRSS:") for pid in (child.pid, *_children(child.pid)))
            most = max(most, _held(child.pid, "VmHWM:"), together)
            time.sleep(_LOOK_S)
        told = child.stdout.read() if child.stdout else ""
    return most, told


def run(count: int = 3_500_000, say: Callable[[str], None] = print) -> None:
    """Print the most memory the import of a file of about 1 GB took, and the aim."""
    folder = Path(tempfile.mkdtemp(prefix="weilu-bench-"))
    try:
        path = folder / "result.json"
        write(path, count)
        say(f"{count:,} messages, {path.stat().st_size / 1e6:,.0f} MB of Telegram export")
        root = str(Path(__file__).resolve().parents[1])
        command = [sys.executable, "-m", "weilu.config.cli", "import", str(path)]
        most, told = _watched(
            [*command, "--group", "bench", "--tz", "UTC", "--yes", "--json"],
            {**os.environ, "WEILU_HOME": str(folder / "home"), "PYTHONPATH": root},  # noqa: TID251 - a child's
        )
        say(f"stored {json.loads(told)['messages']:,} messages")
        say(f"at most {most:,} MB, {most / AIM_MB:.2f} of the aim")
    finally:
        shutil.rmtree(folder, ignore_errors=True)
