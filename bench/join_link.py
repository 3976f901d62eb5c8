"""`weilu bench join-link`: the public page of a join link under 64 connections.

Against the server's own empty answer and against an empty answer through Django (`/healthz`),
from the same server in the same run; and whether every visit that was answered was counted.
"""

from __future__ import annotations

import os
import re
import select
import signal
import socket
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from bench.setting import database
from weilu.core.rsgi import Line, Scope

if TYPE_CHECKING:
    from weilu.config.rsgi import Weilu

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
    """Answers a second, and the times of the answers in seconds, ascending.

    `client` is the part of a core that asking took: the load shares the machine with the server.
    """

    rate: float
    times: list[float]
    client: float

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
    empty, page = (
        statistics.median(e.rate for e, *_ in turns),
        statistics.median(p.rate for _, p, _ in turns),
    )
    client = statistics.median(p.client for _, p, _ in turns)
    say(f"empty answers, pages     {empty:>8,.0f} {page:,.0f} a second")
    say(f"a core taken by asking   {client:>8.2f}")
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


class Application:
    """Weilu, but for one address that answers nothing, which is what the server itself costs."""

    def __init__(self) -> None:
        self.weilu: Weilu | None = None

    async def __rsgi__(self, scope: Scope, line: Line) -> None:
        """Answer a request."""
        if scope.path == "/empty/":
            line.response_bytes(200, [("content-length", "0")], b"")
            return
        if self.weilu is None:
            from weilu.config.rsgi import application as weilu  # noqa: PLC0415 - in the server only

            self.weilu = weilu
        await self.weilu.__rsgi__(scope, line)


application = Application()


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
    """Ask for an address over CONNECTIONS connections that stay open, each as soon as answered.

    Bare sockets: a client that takes as much of the two cores as the server measures itself.
    """
    asking = [_Asking(path) for _ in range(min(CONNECTIONS, count))]
    times: list[float] = []
    with select.epoll() as ready:
        by_number = {one.socket.fileno(): one for one in asking}
        for number in by_number:
            ready.register(number, select.EPOLLIN)
        busy, start = time.process_time(), time.perf_counter()
        for asked, one in enumerate(asking, start=1):
            one.ask(asked)
        while len(times) < count:
            for number, _event in ready.poll():
                took = by_number[number].hear()
                if took is None:
                    continue
                times.append(took)
                if asked < count:
                    asked += 1
                    by_number[number].ask(asked)
        took, busy = time.perf_counter() - start, time.process_time() - busy
    for one in asking:
        one.socket.close()
    return Load(count / took, sorted(times), busy / took)


class _Asking:
    """One connection that asks again and again."""

    def __init__(self, path: str) -> None:
        self.socket = socket.create_connection(("127.0.0.1", PORT))
        self.head = (
            f"GET {path} HTTP/1.1\r\nHost: localhost:{PORT}\r\nAccept-Language: zh-CN\r\n"
            f"User-Agent: {_AGENT} "
        )
        self.got, self.begun = b"", 0.0

    def ask(self, number: int) -> None:
        """Ask as the visitor of this number."""
        self.got, self.begun = b"", time.perf_counter()
        self.socket.sendall(f"{self.head}{number}\r\n\r\n".encode())

    def hear(self) -> float | None:
        """Take in what has come; the seconds it took when that is the whole answer."""
        came = self.socket.recv(262_144)
        self.got += came
        head, end, body = self.got.partition(b"\r\n\r\n")
        size = _LENGTH.search(head + b"\r\n") if end else None
        if came and (size is None or len(body) < int(size[1])):
            return None
        if not head.startswith(b"HTTP/1.1 200"):
            message = f"{self.head.splitlines()[0]}: {head[:40]!r}"
            raise RuntimeError(message)
        return time.perf_counter() - self.begun
