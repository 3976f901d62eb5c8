"""A real Synapse on a port of its own, thrown away after the tests."""

from __future__ import annotations

import hmac
import json
import re
import secrets
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.error import URLError
from urllib.request import Request, urlopen

PYTHON = Path(sys.prefix) / "synapse" / "bin" / "python"
# A test server must not slow its own tests down.
LIMITS = """
rc_message: {per_second: 10000, burst_count: 10000}
rc_registration: {per_second: 10000, burst_count: 10000}
rc_login:
  address: {per_second: 10000, burst_count: 10000}
  account: {per_second: 10000, burst_count: 10000}
  failed_attempts: {per_second: 10000, burst_count: 10000}
rc_joins:
  local: {per_second: 10000, burst_count: 10000}
rc_invites:
  per_room: {per_second: 10000, burst_count: 10000}
  per_user: {per_second: 10000, burst_count: 10000}
  per_issuer: {per_second: 10000, burst_count: 10000}
rc_admin_redaction: {per_second: 10000, burst_count: 10000}
"""


@dataclass(frozen=True, slots=True)
class Homeserver:
    """A running server and how to make accounts on it."""

    url: str
    secret: str

    def account(self, name: str) -> tuple[str, str]:
        """A new account: its Matrix ID and access token."""
        path, password = "/_synapse/admin/v1/register", secrets.token_hex(8)
        nonce = str(self.call("GET", path)["nonce"])
        words = "\0".join([nonce, name, password, "notadmin"]).encode()
        body = {
            "nonce": nonce,
            "username": name,
            "password": password,
            "admin": False,
            "mac": hmac.new(self.secret.encode(), words, "sha1").hexdigest(),
        }
        answer = self.call("POST", path, body)
        return str(answer["user_id"]), str(answer["access_token"])

    def call(
        self, method: str, path: str, body: object = None, token: str = ""
    ) -> dict[str, object]:
        """A request to the server, as the owner of a token; raises HTTPError."""
        headers = {"Content-Type": "application/json"}
        if token:
            headers["Authorization"] = f"Bearer {token}"
        data = json.dumps(body or {}).encode() if method != "GET" else None
        request = Request(self.url + path, data=data, headers=headers, method=method)  # noqa: S310
        with urlopen(request, timeout=30) as answer:  # noqa: S310 - our own server
            found: dict[str, object] = json.load(answer)
        return found


@contextmanager
def running(folder: Path) -> Iterator[Homeserver]:
    """A server that keeps its data in `folder`; raises RuntimeError when it is not installed."""
    if not PYTHON.exists():
        message = (
            f"The Matrix tests need a real server, Synapse, in {PYTHON.parent.parent}, and it is"
            " not there. `make test` installs it (python scripts/setup.py test)."
        )
        raise RuntimeError(message)
    config = folder / "homeserver.yaml"
    _run(folder, "synapse.app.homeserver", "--server-name", "localhost",
         "--config-path", str(config), "--data-directory", str(folder),
         "--generate-config", "--report-stats=no")  # fmt: skip
    port = _free_port()
    written = config.read_text(encoding="utf-8")
    config.write_text(_changed(written, port), encoding="utf-8")
    secret = re.findall(r'^registration_shared_secret: "(.*)"$', written, re.MULTILINE)[0]
    command = [str(PYTHON), "-m", "synapse.app.homeserver", "--config-path", str(config)]
    with (folder / "output.txt").open("wb") as output:
        process = subprocess.Popen(command, cwd=folder, stdout=output, stderr=output)  # noqa: S603
        try:
            server = Homeserver(f"http://127.0.0.1:{port}", secret)
            _await(server, process)
            yield server
        finally:
            process.terminate()
            process.wait(20)


def _changed(config: str, port: int) -> str:
    """The generated configuration, on our port, open to nobody else."""
    fresh = re.sub(r"port: \d+", f"port: {port}", config)
    fresh = re.sub(r"bind_addresses: .*", "bind_addresses: ['127.0.0.1']", fresh)
    fresh = re.sub(r"names: \[client, federation\]", "names: [client]", fresh)
    fresh = re.sub(r"trusted_key_servers:\n(  - .*\n)+", "trusted_key_servers: []\n", fresh)
    return fresh + LIMITS + "suppress_key_server_warning: true\n"


def _await(server: Homeserver, process: subprocess.Popen[bytes]) -> None:
    for _ in range(600):
        try:
            server.call("GET", "/_matrix/client/versions")
        except (URLError, OSError):
            if process.poll() is not None:
                message = "Synapse ended while starting"
                raise RuntimeError(message) from None
            time.sleep(0.1)
        else:
            return
    message = "Synapse does not answer"
    raise RuntimeError(message)


def _run(folder: Path, module: str, *arguments: str) -> None:
    command = [str(PYTHON), "-m", module, *arguments]
    done = subprocess.run(  # noqa: S603 - our own server
        command, cwd=folder, capture_output=True, text=True, check=False
    )
    if done.returncode:
        message = f"{module} failed: {done.stdout[-800:]}{done.stderr[-800:]}"
        raise RuntimeError(message)


def _free_port() -> int:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        return int(door.getsockname()[1])
