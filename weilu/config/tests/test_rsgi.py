"""The web server as it is run: visits that were answered are kept though it is killed."""

from __future__ import annotations

import asyncio
import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection

from weilu.communities.models import Community
from weilu.config.commands.up import web_command
from weilu.config.options import Options
from weilu.core.clock import now
from weilu.core.models import Workspace
from weilu.groups.models import Group, JoinLink, JoinTarget, Scan

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(os.environ.get("WEILU_TEST_DATABASE", "") != "", reason="shares a file"),
]
ROOT = Path(__file__).resolve().parents[3]


@pytest.fixture
def link(workspace: Workspace) -> JoinLink:
    """A link to a group with room for a few, and another for all."""
    place = Community.objects.create(workspace=workspace, name="Tea", time_zone="Asia/Shanghai")
    made = JoinLink.objects.create(
        workspace=workspace, community=place, name="counter", created_at=now()
    )
    for most in (50, 9999):
        group = Group.objects.create(
            workspace=workspace, community=place, platform="wechat", name=f"g{most}"
        )
        JoinTarget.objects.create(
            link=made, group=group, address="https://example.org", most=most, position=most,
            code_set_at=now(),
        )  # fmt: skip
    return made


class Server:
    """The web server over the tests' database, a process and its worker."""

    def __init__(self, home: Path) -> None:
        with socket.socket() as door:
            door.bind(("127.0.0.1", 0))
            self.port: int = door.getsockname()[1]
        home.mkdir()
        (home / "t.db").symlink_to(connection.settings_dict["NAME"])
        environ = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "weilu.config.settings_test",
            "PYTHONPATH": str(ROOT),
            "WEILU_HOME": str(home),
        }
        command = web_command(Options(home=home, port=self.port))
        self.process = subprocess.Popen(command, env=environ, start_new_session=True)  # noqa: S603

    def kill(self) -> None:
        """End it and its worker at once, whatever they are doing."""
        if self.process.poll() is None:
            os.killpg(self.process.pid, signal.SIGKILL)
            self.process.wait()

    async def ask(self, path: str, visitor: int) -> bytes:
        """The answer's head and body; raises OSError when there is none."""
        return await self._send(f"GET {path}", f"User-Agent: Phone {visitor}", b"")

    async def post(self, path: str, body: bytes, kind: str) -> bytes:
        """The same, to a form that is sent in."""
        told = f"Content-Type: {kind}\r\nContent-Length: {len(body)}"
        return await self._send(f"POST {path}", told, body)

    async def _send(self, what: str, told: str, body: bytes) -> bytes:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            writer.write(
                f"{what} HTTP/1.1\r\nHost: localhost\r\n{told}\r\n"
                "Connection: close\r\n\r\n".encode()
            )
            writer.write(body)
            return await reader.read()
        finally:
            writer.close()

    async def wait(self) -> None:
        """Return once it answers."""
        until = time.monotonic() + 60
        while time.monotonic() < until:
            try:
                if b"200 OK" in await self.ask("/healthz", 0):
                    return
            except OSError:
                await asyncio.sleep(0.1)
        pytest.fail("the web server did not start")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    made = Server(tmp_path / "weilu-test-home")
    yield made
    made.kill()


def test_forms_and_files_reach_django(server: Server, db: None) -> None:
    """They are read as far as the mark against forged forms, which they lack."""
    file = b'--x\r\nContent-Disposition: form-data; name="f"; filename="f.txt"\r\n\r\n'
    file += b"y" * 50_000 + b"\r\n--x--\r\n"
    bodies = [
        (b"", "application/x-www-form-urlencoded"),
        (b"login=a&password=b", "application/x-www-form-urlencoded"),
        (file, "multipart/form-data; boundary=x"),
    ]

    async def send() -> list[bytes]:
        await server.wait()
        return [await server.post("/account/login/", body, kind) for body, kind in bodies]

    for answer in asyncio.run(send()):
        assert answer.startswith(b"HTTP/1.1 403")
        assert answer.endswith(b"</html>\n")


def test_every_visit_that_was_answered_is_kept_when_the_server_is_killed(
    link: JoinLink, server: Server
) -> None:
    answered: list[int] = []
    coming = iter(range(1, 100_000))

    async def visit() -> None:
        for visitor in coming:
            try:
                answer = await server.ask(f"/j/{link.code}/", visitor)
            except OSError:
                return
            if answer.startswith(b"HTTP/1.1 200") and answer.endswith(b"</html>\n"):
                answered.append(visitor)
            if len(answered) >= 300:
                server.kill()

    async def rush() -> None:
        await server.wait()
        await asyncio.gather(*(visit() for _ in range(16)))

    asyncio.run(rush())
    kept = Scan.objects.filter(link=link, is_repeat=False)
    assert len(answered) >= 300
    assert len(answered) <= kept.count() <= len(answered) + 16
    # What was taken of the room is what was kept: no place is lost, none is given twice.
    for target in link.targets.all():
        assert target.shown == kept.filter(target=target).count()
    assert JoinTarget.objects.get(most=50).shown == 50
