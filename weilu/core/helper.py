"""A second process that computes, so that what follows an import uses both cores of a machine.

It knows neither Django nor the database: it is handed a function and values, and hands back what
comes of them. Whatever happens to it, the same is worked out here instead: it changes how long
something takes, never what comes of it.
"""

from __future__ import annotations

import os
import pickle
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from select import select
from typing import IO, Any, TypeVar

import numpy.typing as npt

T = TypeVar("T")
Column = Sequence[Any] | npt.NDArray[Any]

# Of so few values half is not worth asking for.
WORTH_IT = 500
# An import may take 400 MB of memory: the helper takes some 90, and is there only while this
# process holds no more than the rest.
MOST_MB = 300
_LENGTH_BYTES = 8
_PAGE_BYTES = os.sysconf("SC_PAGE_SIZE")
_COMMAND = "import sys; sys.path[:] = {path!r}; from weilu.core.helper import serve; serve()"


class Helper:
    """Does half of a computation in a process of its own once it is started; before that, here.

    Not safe to share between threads.
    """

    def __init__(self) -> None:
        self.process: subprocess.Popen[bytes] | None = None
        self.has_begun = False

    def start(self) -> None:
        """Start the process, unless it runs or the machine has no second processor for it."""
        if self.process is not None or _processors() < 2:
            return
        with suppress(OSError):
            self.process = subprocess.Popen(  # noqa: S603 - our own code
                [sys.executable, "-c", _COMMAND.format(path=sys.path)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
            )

    @property
    def is_there(self) -> bool:
        """Whether a process takes half of what is asked; it needs a while to begin."""
        if self.process is None or self.process.stdout is None:
            return False
        if _megabytes() > MOST_MB:
            self.stop()
            return False
        if not self.has_begun and select([self.process.stdout], [], [], 0)[0]:
            self.has_begun = self._answer() is True
        return self.has_begun

    def over(self, function: Callable[..., T], columns: Sequence[Column], *rest: Any) -> list[T]:
        """What a function makes of columns: of all, or of both halves where that is worth it.

        The function takes the columns first, then the rest.
        """
        size = len(columns[0])
        if not self.is_there or size < WORTH_IT:
            return [function(*columns, *rest)]
        middle = size // 2
        here, there = [one[:middle] for one in columns], [one[middle:] for one in columns]
        return list(self.both(function, (*here, *rest), (*there, *rest)))

    def both(
        self, function: Callable[..., T], here: Sequence[Any], there: Sequence[Any]
    ) -> tuple[T, T]:
        """What a function makes of two sets of arguments, the second beside the first.

        The function must stand in a module and need nothing but its arguments.
        """
        if not self._ask(function, there):
            return function(*here), function(*there)
        mine = function(*here)
        its = self._answer()
        # What fails there fails here as well, where its trace can be read.
        return mine, function(*there) if isinstance(its, _Failed) else its

    def _ask(self, function: Callable[..., Any], there: Sequence[Any]) -> bool:
        """Send a question; False when there is nobody to ask."""
        if not self.is_there or self.process is None or self.process.stdin is None:
            return False
        try:
            _write(self.process.stdin, (function, tuple(there)))
        except OSError:
            self.stop()
            return False
        return True

    def _answer(self) -> Any:
        """The next answer; `_Failed` when the process is no more."""
        if self.process is None or self.process.stdout is None:
            return _Failed()
        try:
            return _read(self.process.stdout)
        except (OSError, EOFError, pickle.UnpicklingError):
            self.stop()
            return _Failed()

    def stop(self) -> None:
        """End the process and wait for its end; whatever is asked from now on is done here."""
        process, self.process, self.has_begun = self.process, None, False
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with suppress(OSError):
                    pipe.close()
        process.wait()


@contextmanager
def helping() -> Iterator[Helper]:
    """A helper, not yet started, that ends with the block."""
    one = Helper()
    try:
        yield one
    finally:
        one.stop()


NOBODY = Helper()
"""A helper that is never started: all is done here."""


def _processors() -> int:
    """How many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def _megabytes() -> int:
    """How much memory this process holds; 0 where the system does not tell."""
    try:
        with Path("/proc/self/statm").open() as told:
            return int(told.read().split()[1]) * _PAGE_BYTES >> 20
    except OSError:
        return 0


class _Failed:
    """Stands for an answer that could not be given."""


def serve() -> None:
    """Answer questions until there are no more; what the helper's process runs."""
    # Ctrl-C reaches all processes of a terminal: whoever asks ends this one.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    asked, answers = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    # Nothing that prints gets between the answers.
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    with suppress(EOFError, BrokenPipeError):
        _write(answers, True)  # noqa: FBT003 - the first word: it has begun
        while True:
            function, values = _read(asked)
            _write(answers, _worked_out(function, values))


def _worked_out(function: Callable[..., Any], values: Sequence[Any]) -> Any:
    try:
        return function(*values)
    except Exception:
        return _Failed()


def _write(pipe: IO[bytes], what: Any) -> None:
    body = pickle.dumps(what, protocol=pickle.HIGHEST_PROTOCOL)
    pipe.write(len(body).to_bytes(_LENGTH_BYTES, "big"))
    pipe.write(body)
    pipe.flush()


def _read(pipe: IO[bytes]) -> Any:
    """The next value; raises EOFError when there is none."""
    size = int.from_bytes(pipe.read(_LENGTH_BYTES), "big")
    body = pipe.read(size)
    if not size or len(body) < size:
        raise EOFError
    return pickle.loads(body)  # noqa: S301 - of our own process, by a pipe nobody else has
