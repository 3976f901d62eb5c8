"""`weilu up`: everything at once; makes the data folder, then keeps all processes running."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

import typer

from weilu.config.commands import fail, ready
from weilu.config.commands.folder import clear_leftovers, running
from weilu.config.commands.link import address
from weilu.config.options import Options
from weilu.config.speech import gettext as _

LONGEST_WAIT_S = 30.0
STOP_WITHIN_S = 15.0
# Who has run this long did not fail at the start: the next restart is quick again.
SOUND_AFTER_S = 60.0
WANTED_EVERY_S = 3.0
# Of Linux's own <sys/prctl.h>.
PR_SET_PDEATHSIG = 1


@dataclass(slots=True)
class Child:
    """A process that is started again whenever it ends, later each time."""

    name: str
    command: Sequence[str]
    process: subprocess.Popen[bytes] | None = None
    started: float = 0.0
    failures: int = 0
    next_start: float = field(default=0.0)
    # Asked while it does not run; one that is not wanted is asked again after a while.
    is_wanted: Callable[[], bool] = field(default=lambda: True)

    def tend(self, moment: float) -> None:
        """Start the process when it is due; when it has ended, say so and set the next start."""
        if self.process is None:
            if moment >= self.next_start and not self.is_wanted():
                self.next_start = moment + WANTED_EVERY_S
            elif moment >= self.next_start:
                # A session of its own: Ctrl-C reaches the parent, which stops all in order.
                self.process = subprocess.Popen(  # noqa: S603 - our own commands
                    self.command,
                    start_new_session=True,
                    preexec_fn=end_with_parent(),  # noqa: PLW1509 - one system call, no lock
                )
                self.started = moment
            return
        code = self.process.poll()
        if code is None:
            return
        self._end_rest(self.process.pid)
        self.failures = 1 if moment - self.started > SOUND_AFTER_S else self.failures + 1
        wait = wait_after(self.failures)
        typer.echo(
            _("The %(name)s ended (code %(code)s); starting it again in %(wait)s s.")
            % {"name": self.name, "code": code, "wait": f"{wait:g}"},
            err=True,
        )
        self.process = None
        self.next_start = moment + wait

    def ask_to_stop(self) -> None:
        """Send SIGTERM when it runs."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()

    def see_off(self, until: float) -> None:
        """Wait for its end; past the moment `until`, end it and all it started."""
        if self.process is None:
            return
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(timeout=max(until - time.monotonic(), 0.1))
        self._end_rest(self.process.pid)
        self.process.wait()

    @staticmethod
    def _end_rest(group: int) -> None:
        """End what is left of a process and of all it started.

        A web server's own processes outlive it when it is killed, and would answer beside the next.
        """
        with suppress(ProcessLookupError):
            os.killpg(group, signal.SIGKILL)


def end_with_parent() -> Callable[[], None] | None:
    """What has a new process told to stop when this one dies, were it killed; None elsewhere.

    Linux does so by itself, asked by `prctl`; the call is looked up here, before the fork.
    """
    if not sys.platform.startswith("linux"):
        return None
    prctl: Callable[[int, int], int] = ctypes.CDLL(None).prctl

    def ask() -> None:
        prctl(PR_SET_PDEATHSIG, signal.SIGTERM)

    return ask


def wait_after(failures: int) -> float:
    """Seconds before the start after the n-th failure in a row: 0.5, doubling, at most 30."""
    return float(min(0.5 * 2.0 ** (failures - 1), LONGEST_WAIT_S))


def up() -> None:
    """Start Weilu: the web server, the live board, a worker and a gateway, until Ctrl-C."""
    options = ready()
    with running(options):
        _refuse_taken_ports(options)
        prepare(options)
        clear_leftovers(options.base)
        # Tables may have taken a while; the web server shares its port with whoever has it by now.
        _refuse_taken_ports(options)
        _keep_running(options)
    typer.echo(_("Weilu has stopped."), err=True)


def _keep_running(options: Options) -> None:
    """Keep all processes running until told to stop."""
    children = [
        Child(_("web server"), web_command(options)),
        Child(_("worker"), [sys.executable, "-m", "weilu.config.cli", "work"]),
        Child(_("live board"), stream_command(options)),
        Child(_("gateway"), [sys.executable, "-m", "weilu.config.cli", "gateway"]),
        Child(
            _("host of bots"),
            [sys.executable, "-m", "weilu.config.cli", "gateway", "--host", "nonebot"],
            is_wanted=has_bots,
        ),
    ]
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
        # Under nohup a terminal may close, and nothing ends.
        if signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, lambda *_: stop.set())
    greeting = threading.Thread(target=_greet, args=(options, stop), daemon=True)
    greeting.start()
    try:
        while not stop.wait(0.2):
            for child in children:
                child.tend(time.monotonic())
    finally:
        for child in children:
            child.ask_to_stop()
        until = time.monotonic() + STOP_WITHIN_S
        for child in children:
            child.see_off(until)


def has_bots() -> bool:
    """Whether a connection is switched on that needs NoneBot's process; no, when nobody knows."""
    from django.db import DatabaseError, close_old_connections  # noqa: PLC0415 - after ready()

    from weilu.chat.live.connections import is_host_wanted  # noqa: PLC0415 - as above
    from weilu.chat.ports.connectors import Host  # noqa: PLC0415 - as above

    close_old_connections()
    try:
        return is_host_wanted(Host.NONEBOT)
    except DatabaseError:
        return False


def prepare(options: Options) -> None:
    """Make the data folder, the tables and the static files; safe to run again."""
    options.base.mkdir(parents=True, exist_ok=True)
    options.base.chmod(0o700)
    from django.core.management import call_command  # noqa: PLC0415 - after ready()

    from weilu.config.migrating import bring_up_to_date  # noqa: PLC0415 - as above

    bring_up_to_date(options)
    if not is_collected(options):
        call_command("collectstatic", interactive=False, verbosity=0)


def is_collected(options: Options) -> bool:
    """Whether the collected static files are those of this version: none is newer."""
    manifest = options.base / "static" / "staticfiles.json"
    if not manifest.is_file():
        return False
    package = Path(__file__).resolve().parents[2]
    made = manifest.stat().st_mtime
    folders = [p for p in package.rglob("static") if p.is_dir()]
    folders.append(Path(sys.prefix) / ".stamp-project")
    return all(one.stat().st_mtime <= made for f in folders for one in _files(f))


def _files(path: Path) -> list[Path]:
    if path.is_dir():
        return [p for p in path.rglob("*") if p.is_file()]
    return [path] if path.exists() else []


def web_command(options: Options) -> list[str]:
    """The web server's command line."""
    return _granian(
        options, "rsgi", "weilu.config.rsgi:application", options.port, options.web_workers
    )


def stream_command(options: Options) -> list[str]:
    """The command line of the process that keeps streams open for whoever watches."""
    command = _granian(options, "asginl", "weilu.config.asgi:application", options.stream_port, 1)
    # A stream ends when whoever watches leaves: at a stop nobody waits for that.
    return [*command[:-1], "--workers-kill-timeout", "2", command[-1]]


def _granian(
    options: Options,
    interface: str,
    application: str,
    port: int,
    workers: int,
) -> list[str]:
    return [
        str(Path(sys.executable).with_name("granian")),
        *("--interface", interface),
        *("--host", options.host),
        *("--port", str(port)),
        *("--workers", str(workers)),
        "--no-ws",
        "--respawn-failed-workers",
        *("--log-level", "warning"),
        application,
    ]


def _refuse_taken_ports(options: Options) -> None:
    for port, setting in (
        (options.port, "WEILU_PORT"),
        (options.stream_port, "WEILU_LIVE_PORT"),
    ):
        if error := _why_taken(options.host, port):
            fail(
                _(
                    "Weilu cannot listen on %(host)s:%(port)s: %(error)s.\n"
                    "If it runs already, open it in the browser or stop it first. Otherwise choose"
                    " another port: %(setting)s=%(next)s"
                )
                % {
                    "host": options.host,
                    "port": port,
                    "error": error,
                    "setting": setting,
                    # Two on is where the live board's stream would be.
                    "next": port + 10 if port < 65_000 else port - 10,
                }
            )


def _why_taken(host: str, port: int) -> str:
    """Why nothing can listen there; "" when it can."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as door:
        door.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            door.bind((host, port))
        except OSError as error:
            return error.strerror or str(error)
    return ""


def _greet(options: Options, stop: threading.Event) -> None:
    """Once the server answers, say where it is; on the first run with the set-up link."""
    home = address(options, "").removesuffix("start/")
    local = address(options.model_copy(update={"public_url": ""}), "").removesuffix("start/")
    while not stop.wait(0.1):
        try:
            urlopen(f"{local}healthz", timeout=2).close()  # noqa: S310 - our own address
        except URLError as error:
            if getattr(error, "code", None) is None:
                continue
        except OSError:
            continue
        break
    else:
        return
    typer.echo("\n  " + _("Weilu 围炉 is ready: %(address)s") % {"address": home} + "\n")
    from weilu.core.people import create_first_link, has_anybody_signed_in  # noqa: PLC0415

    if not has_anybody_signed_in():
        typer.echo("  " + _("Open this link to begin; it works once, within a day:"))
        typer.echo(f"\n  {address(options, create_first_link())}\n")
    typer.echo("  " + _("Ctrl-C stops it.") + "\n")
    sys.stdout.flush()
