"""Set-up of a fresh copy with nothing but Python: environment, libraries, assets, languages.

`python scripts/setup.py run` for use, `... test` for tests too. Each step leaves a stamp of what
it was made from in `.venv`, so that a second run does nothing.
"""

# ruff: noqa: INP001, T201, S603, TID251 - a script: prints, starts commands, reads its environment
from __future__ import annotations

import hashlib
import importlib.util
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
SYNAPSE = VENV / "synapse"
CLEAN = {k: v for k, v in os.environ.items() if k not in {"PYTHONPATH", "PYTHONHOME"}}
# Front-end files from npm and the compiled catalogues; one process, because starting is the price.
PREPARE = "from weilu.config import assets, catalogue\nassets.fetch()\ncatalogue.compile_all()"


class SetUpFailed(Exception):
    """A step failed; the text says which, and what to do."""


def digest(paths: Iterable[Path]) -> str:
    """A hash over the names and contents of files, in order."""
    found = hashlib.sha256(sys.version.encode())
    for path in paths:
        found.update(str(path.relative_to(ROOT)).encode())
        found.update(path.read_bytes() if path.is_file() else b"")
    return found.hexdigest()


def step(name: str, say: str, made_from: Iterable[Path], do: Callable[[], None]) -> None:
    """Do it unless its stamp tells that it was done from the same files."""
    stamp = VENV / f".stamp-{name}"
    wanted = digest(made_from)
    if stamp.exists() and stamp.read_text(encoding="ascii") == wanted:
        return
    print(f"· {say} …", flush=True)
    do()
    stamp.write_text(wanted, encoding="ascii")


def run(*command: str | Path) -> None:
    """Run a command quietly; raises SetUpFailed with its output when it fails."""
    done = subprocess.run(
        [str(c) for c in command],
        cwd=ROOT,
        env=CLEAN,
        text=True,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        check=False,
    )
    if done.returncode:
        shown = " ".join(
            Path(str(c)).name if Path(str(c)).is_absolute() else str(c) for c in command
        )
        raise SetUpFailed(f"This step failed: {shown}\n\n{done.stdout.strip()[-4000:]}")


def make_environment() -> None:
    """The virtual environment; it is made anew when its Python is gone or too old."""
    if importlib.util.find_spec("ensurepip") is None:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        raise SetUpFailed(
            "This Python lacks the module that makes environments (venv).\n"
            f"Debian and Ubuntu: sudo apt install python{version}-venv, then the same again."
        )
    if not _is_sound():
        print("· Making the environment …", flush=True)
        run(sys.executable, "-m", "venv", "--clear", VENV)


def _is_sound() -> bool:
    check = "import sys, pip; sys.exit(sys.version_info < (3, 11))"
    try:
        return (
            subprocess.run([PYTHON, "-c", check], capture_output=True, check=False).returncode == 0
        )
    except OSError:
        return False


def pip(*arguments: str) -> None:
    """Install with the environment's own pip."""
    run(PYTHON, "-m", "pip", "install", "--disable-pip-version-check", *arguments)


def install_synapse() -> None:
    """A real Matrix server for the tests, in an environment of its own."""
    lock = ROOT / "requirements" / "synapse.lock"

    def make() -> None:
        run(sys.executable, "-m", "venv", "--clear", SYNAPSE)
        quiet = "--disable-pip-version-check"
        python = SYNAPSE / "bin" / "python"
        run(python, "-m", "pip", "install", quiet, "--require-hashes", "-r", str(lock))

    step("synapse", "Installing a Matrix server for the tests", [lock], make)


def main(kind: str) -> int:
    """Bring everything up to date; 0, or 1 after a sentence that says what is missing."""
    started = time.monotonic()
    lock = ROOT / "requirements" / ("dev.lock" if kind == "test" else "run.lock")
    project = ROOT / "pyproject.toml"
    try:
        make_environment()
        # What is installed for tests serves for use as well; nothing is taken away again.
        full = VENV / ".stamp-libraries-test"
        if kind == "test" or not full.exists():
            say = "Installing the libraries (a minute or two)"
            step(f"libraries-{kind}", say, [lock], lambda: pip("--require-hashes", "-r", str(lock)))
        step(
            "project",
            "Installing Weilu itself",
            [project],
            lambda: pip("--no-deps", "--no-build-isolation", "-e", str(ROOT)),
        )
        if kind == "test":
            install_synapse()
        # Both look for themselves whether anything has changed.
        run(PYTHON, "-c", PREPARE)
    except SetUpFailed as failure:
        print(f"\n{failure}\n", file=sys.stderr)
        return 1
    if time.monotonic() - started > 5:
        print(f"· Ready after {time.monotonic() - started:.0f} s.", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1] if len(sys.argv) > 1 else "run"))
