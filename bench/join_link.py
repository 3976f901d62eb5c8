"""`weilu bench join-link`: the public page of a join link under 64 connections.

Against the server's own empty answer and against an empty answer through Django (`/healthz`),
from the same server in the same run; and whether every visit that was answered was counted.
"""

from __future__ import annotations

import asyncio
import os
import re
import signal
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from bench.setting import database

CONNECTIONS = 64
VISITS = 4000
TARGETS = 3
TURNS = 3
PORT = 8479
AIM, AIM_SPREAD = 0.4, 4.0
_PATIENCE_S = 60.0
_AGENT = "Mozilla/5.0 (Linux; Android 14) AppleWebKit/537.36 Mobile Safari/537.36"
_LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Load:
    """Answers a second, and the times of the answers in seconds, ascending."""

    rate: float
    times: list[float]

    def at(self, share: float) -> float:
        """The time within which this share was answered."""
        return self.times[min(int(len(self.times) * share), len(self.times) - 1)]


def run(count: int = VISITS, say: Callable[[str], None] = print) -> dict[str, float]:
    """Visit a link `count` times in each turn; returns the ratio and the spread of the times."""
    from weilu.groups.models import Scan  # noqa: PLC0415 - Django is set up only now

    with database() as folder:
        code = _link()
        with _server(folder):
            # Neither stands still while the other is measured.
            paths = ("/empty/", f"/j/{code}/", "/healthz")
            turns = [tuple(_load(path, count) for path in paths) for _ in range(TURNS)]
        ratio = statistics.median(page.rate / empty.rate for empty, page, _plain in turns)
        django = statistics.median(page.rate / plain.rate for _empty, page, plain in turns)
        spread = statistics.median(page.at(0.99) / page.at(0.5) for _, page, _plain in turns)
        lost = TURNS * count - Scan.objects.count()
    say(f"of the empty answer      {ratio:>8.3f}   aim {AIM}")
    say(f"of Django's empty answer {django:>8.3f}")
    say(f"p99 by p50               {spread:>8.2f}   aim {AIM_SPREAD}")
    say(f"visits answered, lost    {TURNS * count:>8,} {lost}")
    return {"ratio": ratio, "django": django, "spread": spread, "lost": float(lost)}


def _link() -> str:
    """A link that leads to three groups with room; its code."""
    from weilu.communities.models import Community  # noqa: PLC0415 - as above
    from weilu.core.clock import now  # noqa: PLC0415 - as above
    from weilu.core.models import Workspace  # noqa: PLC0415 - as above
    from weilu.groups.models import Group, JoinLink, JoinTarget  # noqa: PLC0415 - as above

    space = Workspace.objects.create(name="bench")
    place = Community.objects.create(workspace=space, name="bench", time_zone="Asia/Shanghai")
    link = JoinLink.objects.create(
        workspace=space, community=place, name="counter", created_at=now()
    )
    for number in range(TARGETS):
        group = Group.objects.create(
            workspace=space, community=place, platform="other", name=f"group {number}"
        )
        JoinTarget.objects.create(
            link=link, group=group, address=f"https://example.org/{number}", most=10**6,
            code_set_at=now(), position=number,
        )  # fmt: skip
    return link.code


@contextmanager
def _server(folder: Path) -> Iterator[None]:
    """The web server over the benchmark's database, as `weilu up` starts it."""
    from django.conf import settings  # noqa: PLC0415 - as above
    from django.core.management import call_command  # noqa: PLC0415 - as above

    from weilu.config.commands.up import web_command  # noqa: PLC0415 - as above
    from weilu.config.options import Options  # noqa: PLC0415 - as above

    (folder / "weilu.db").symlink_to(folder / "bench.db")
    call_command("collectstatic", interactive=False, verbosity=0)
    (folder / "static").symlink_to(Path(settings.STATIC_ROOT).resolve())
    home = {"WEILU_HOME": str(folder), "WEILU_DATABASE": "", "WEILU_PORT": str(PORT)}
    root = str(Path(__file__).resolve().parents[1])
    command = web_command(Options(home=folder, port=PORT))
    command[-1] = "bench.join_link:application"
    server = subprocess.Popen(  # noqa: S603 - the command is our own
        command,
        env={**os.environ, **home, "PYTHONPATH": root},  # noqa: TID251 - handed on
        cwd=root,
        stdout=sys.stderr,
    )
    try:
        _wait(server)
        yield
    finally:
        server.send_signal(signal.SIGTERM)
        server.wait(_PATIENCE_S)


def application(environ: dict[str, object], start: Callable[..., object]) -> object:
    """Weilu, but for one address that answers nothing, which is what the server itself costs."""
    if environ["PATH_INFO"] == "/empty/":
        start("200 OK", [("Content-Length", "0")])
        return [b""]
    from weilu.config.wsgi import application as weilu  # noqa: PLC0415 - in the server only

    return weilu(environ, start)


def _wait(server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + _PATIENCE_S
    while time.monotonic() < until and server.poll() is None:
        try:
            _load("/empty/", 1)
        except OSError:
            time.sleep(0.2)
        else:
            return
    message = "the web server did not start"
    raise RuntimeError(message)


def _load(path: str, count: int) -> Load:
    """Ask for an address over CONNECTIONS connections that stay open."""
    return asyncio.run(_ask_all(path, count))


async def _ask_all(path: str, count: int) -> Load:
    times: list[float] = []
    waiting = iter(range(count))
    start = time.perf_counter()
    await asyncio.gather(
        *(_ask_in_turn(path, waiting, times) for _ in range(min(CONNECTIONS, count)))
    )
    return Load(count / (time.perf_counter() - start), sorted(times))


async def _ask_in_turn(path: str, waiting: Iterator[int], times: list[float]) -> None:
    reader, writer = await asyncio.open_connection("127.0.0.1", PORT)
    try:
        for number in waiting:
            head = (
                f"GET {path} HTTP/1.1\r\nHost: localhost:{PORT}\r\n"
                f"User-Agent: {_AGENT} {number}\r\nAccept-Language: zh-CN\r\n\r\n"
            )
            start = time.perf_counter()
            writer.write(head.encode())
            answer = await reader.readuntil(b"\r\n\r\n")
            size = _LENGTH.search(answer)
            await reader.readexactly(int(size[1]) if size else 0)
            times.append(time.perf_counter() - start)
            if not answer.startswith(b"HTTP/1.1 200"):
                message = f"{path}: {answer[:40]!r}"
                raise RuntimeError(message)
    finally:
        writer.close()
