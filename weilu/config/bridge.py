"""Django's pages behind an asynchronous server: each is made in a thread."""

from __future__ import annotations

import asyncio
import io
import logging
import sys
from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, Final, TypeVar

from weilu.core.rsgi import Answer, Headers, Line, Scope
from weilu.public.door import address_of

Environ = dict[str, Any]
Application = Callable[[Environ, Any], Iterable[bytes]]
T = TypeVar("T")

# More than one, so that a long download does not hold up the rest; few, as each thread has a
# connection to the database with pages at hand, and Python works at one page at a time anyway.
# Files arrive in threads of their own: they take as long as the network of whoever sends them.
AT_ONCE: Final = 2
# A form has arrived before a thread is taken for it.
_FORM_BYTES: Final = 64 * 1024
_PART_BYTES: Final = 256 * 1024

_log = logging.getLogger(__name__)


class Pages:
    """A WSGI application for an RSGI server."""

    def __init__(self, application: Application) -> None:
        self.application = application
        self._pages = ThreadPoolExecutor(AT_ONCE, "pages")
        self._uploads = ThreadPoolExecutor(AT_ONCE, "uploads")

    async def answer(self, scope: Scope, line: Line) -> None:
        """Answer a request; what the application makes part by part goes out so."""
        found = await self._made(scope, line, {}, is_whole=False)
        if found is not None:
            line.response_bytes(*found)

    async def whole(self, scope: Scope, line: Line, more: Mapping[str, object]) -> Answer:
        """The answer to a request, not yet sent; `more` is told to the application of it."""
        return await self._made(scope, line, more, is_whole=True) or Answer(500, [], b"")

    def close(self) -> None:
        """Wait for the pages that are being made."""
        self._pages.shutdown()
        self._uploads.shutdown()

    async def _made(
        self, scope: Scope, line: Line, more: Mapping[str, object], *, is_whole: bool
    ) -> Answer | None:
        loop = asyncio.get_running_loop()
        back = _Back(line, loop)
        try:
            begun, rest = await _begun(scope, line)
            body = io.BytesIO(begun) if rest is None else _arriving(begun, rest, loop)
            environ = environ_of(scope) | {"wsgi.input": body, **more}
            threads = self._pages if rest is None else self._uploads
            return await loop.run_in_executor(threads, self._make, environ, back, is_whole)
        except Exception:
            _log.exception("the page %s failed", scope.path)
            return None if back.is_used else Answer(500, [], b"")

    def _make(self, environ: Environ, back: _Back, is_whole: bool) -> Answer | None:  # noqa: FBT001
        """Have a page made, and send it if it comes in parts; for a thread."""
        said: list[tuple[int, Headers]] = []
        answer = self.application(
            environ, lambda status, headers, *_: said.append((int(status[:3]), headers))
        )
        try:
            status, headers = said[-1]
            if is_whole or not getattr(answer, "streaming", True):
                return Answer(status, headers, b"".join(answer))
            back.send(status, headers, answer)
        finally:
            if hasattr(answer, "close"):
                answer.close()
        return None


@dataclass(slots=True)
class _Back:
    """To whom asked, from a thread: it waits until each part is on its way."""

    line: Line
    loop: asyncio.AbstractEventLoop
    is_used: bool = False

    def send(self, status: int, headers: Headers, parts: Iterable[bytes]) -> None:
        """Send an answer part by part; small ones together."""
        self.is_used = True
        transport = self.line.response_stream(status, headers)
        held = bytearray()
        for part in parts:
            held += part
            if len(held) >= _PART_BYTES:
                _wait_for(_of(transport.send_bytes, bytes(held)), self.loop)
                held.clear()
        if held:
            _wait_for(_of(transport.send_bytes, bytes(held)), self.loop)


class _Arriving(io.RawIOBase):
    """The body of a request, read by a thread as it arrives."""

    def __init__(
        self, begun: bytes, rest: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop
    ) -> None:
        self._left, self._rest, self._loop = memoryview(begun), rest, loop

    def readable(self) -> bool:
        return True

    def readinto(self, into: Any) -> int:
        """Fill `into` with what has arrived, waiting for some; 0 at the end."""
        while not self._left:
            part = _wait_for(_next(self._rest), self._loop)
            if part is None:
                return 0
            self._left = memoryview(part)
        size = min(len(into), len(self._left))
        into[:size], self._left = self._left[:size], self._left[size:]
        return size


async def _begun(scope: Scope, line: Line) -> tuple[bytes, AsyncIterator[bytes] | None]:
    """A body's beginning, and what is still to come of it; None when that is all."""
    held = bytearray()
    if scope.method not in {"GET", "HEAD"}:
        rest = aiter(line)  # once: the server refuses a second time
        while (part := await _next(rest)) is not None:
            held += part
            if len(held) > _FORM_BYTES:
                return bytes(held), rest
    return bytes(held), None


def _arriving(
    begun: bytes, rest: AsyncIterator[bytes], loop: asyncio.AbstractEventLoop
) -> io.BufferedIOBase:
    return io.BufferedReader(_Arriving(begun, rest, loop), _PART_BYTES)


async def _next(parts: AsyncIterator[bytes]) -> bytes | None:
    try:
        return bytes(await anext(parts))
    except StopAsyncIteration:
        return None


async def _of(send: Callable[[bytes], Any], part: bytes) -> None:
    await send(part)


def _wait_for(work: Coroutine[Any, Any, T], loop: asyncio.AbstractEventLoop) -> T:
    return asyncio.run_coroutine_threadsafe(work, loop).result()


def environ_of(scope: Scope) -> Environ:
    """A request in the words of WSGI, but for its body.

    Header names with an underscore are left out: they would pass for those with a hyphen.
    """
    headers = scope.headers
    found: Environ = {}
    for name, value in headers.items():
        if "_" not in name:
            key = "HTTP_" + name.replace("-", "_").upper()
            glue = "; " if key == "HTTP_COOKIE" else ","
            found[key] = f"{found[key]}{glue}{value}" if key in found else value
    host, _colon, port = scope.server.rpartition(":")
    found.setdefault("HTTP_HOST", scope.authority or "")
    for name in ("CONTENT_TYPE", "CONTENT_LENGTH"):
        if (value := found.pop(f"HTTP_{name}", None)) is not None:
            found[name] = value
    return found | {
        "REQUEST_METHOD": scope.method,
        "SCRIPT_NAME": "",
        "PATH_INFO": scope.path.encode().decode("latin-1"),
        "QUERY_STRING": scope.query_string,
        "SERVER_NAME": host.strip("[]"),
        "SERVER_PORT": port,
        "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
        "REMOTE_ADDR": address_of(scope.client),
        "wsgi.version": (1, 0),
        "wsgi.url_scheme": scope.scheme,
        "wsgi.errors": sys.stderr,
        "wsgi.multithread": True,
        "wsgi.multiprocess": True,
        "wsgi.run_once": False,
    }
