"""The quick way to the page of a join link: a visit counted, a page that was drawn before (B-2).

A code on a poster is scanned by hundreds in one minute. The page is the same for all whom a link
leads to one group in one language, but for the letters to say; so what Django answered once is
given again, with the visit counted in its own transaction each time. Whatever is not plainly such
a visit takes the usual way: a question with its answers, somebody who is signed in, another method.
"""

from __future__ import annotations

import re
import time
from collections import OrderedDict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import DatabaseError, close_old_connections

from weilu.core.errors import NotFound
from weilu.groups.joining.visiting import Coming, Door, Led, door_of, lead, link_of_code
from weilu.public.door import source_in
from weilu.public.join import LED, NOTE, is_machine

Environ = dict[str, Any]
Headers = Sequence[tuple[str, str]]
Start = Callable[..., object]
Application = Callable[[Environ, Start], Iterable[bytes]]

# How old what is known of a link may be; whether a group has room is asked each time.
KNOWN_FOR_S = 1.0
MOST_DOORS, MOST_PAGES, MOST_WAYS = 500, 2_000, 500
MOST_KEY_CHARS = 300
_PATH = re.compile(r"/j/([-\w]+)/", re.ASCII)
_LETTERS = b"<strong>#%s</strong>"


@dataclass(frozen=True, slots=True)
class _Page:
    """What was answered: headers, and the body around the letters to say."""

    headers: Headers
    before: bytes
    after: bytes | None


@dataclass
class QuickJoin:
    """A WSGI application in front of another: the pages of join links, or else the other's."""

    application: Application
    session_cookie: str
    doors: OrderedDict[str, tuple[float, Door]] = field(default_factory=OrderedDict)
    pages: OrderedDict[tuple[object, ...], _Page] = field(default_factory=OrderedDict)
    # How a request reached us, of those that were answered with a page.
    ways: OrderedDict[tuple[str, ...], None] = field(default_factory=OrderedDict)

    def __call__(self, environ: Environ, start: Start) -> Iterable[bytes]:
        """Answer a request."""
        code = self._code(environ)
        if code is None:
            return self.application(environ, start)
        way = _way(environ)
        if way not in self.ways:
            return self._drawn(environ, start, way)
        close_old_connections()
        try:
            door = self._door(code)
            if door is None:
                return self.application(environ, start)
            is_bot = is_machine(environ.get("HTTP_USER_AGENT", ""))
            (led,) = lead([Coming(door, source_in(environ), "", is_bot)])
        except DatabaseError:
            return self.application(environ, start)
        page = self.pages.get(_key(way, door, led))
        if page is None:
            return self._drawn({**environ, LED: led}, start, way)
        return _given(page, led, start)

    def _code(self, environ: Environ) -> str | None:
        """The code of a plain visit; None for all else."""
        if environ["REQUEST_METHOD"] != "GET" or environ.get("QUERY_STRING"):
            return None
        found = _PATH.fullmatch(environ["PATH_INFO"])
        if found is None or f"{self.session_cookie}=" in environ.get("HTTP_COOKIE", ""):
            return None
        return found[1] if sum(map(len, _way(environ))) <= MOST_KEY_CHARS else None

    def _door(self, code: str) -> Door | None:
        """Where a link leads; None when it is not known or asks a question first."""
        moment = time.monotonic()
        known = self.doors.get(code)
        if known is None or moment - known[0] > KNOWN_FOR_S:
            try:
                known = (moment, door_of(link_of_code(code)))
            except NotFound:
                self.doors.pop(code, None)
                return None
            _keep(self.doors, code, known, MOST_DOORS)
        door = known[1]
        return None if door.link.question and door.answers else door

    def _drawn(self, environ: Environ, start: Start, way: tuple[str, ...]) -> Iterable[bytes]:
        """Have the page drawn the usual way, and keep it."""
        note: list[tuple[Door, Led]] = []
        said: list[tuple[str, Headers]] = []

        def hear(status: str, headers: Headers, *rest: object) -> object:
            said.append((status, headers))
            return start(status, headers, *rest)

        answer = self.application({**environ, NOTE: note}, hear)
        if not note or not said or not said[0][0].startswith("200"):
            return answer
        body = b"".join(answer)
        if hasattr(answer, "close"):
            answer.close()
        (door, led), headers = note[0], said[0][1]
        page = _page(headers, body, led)
        if page is not None:
            _keep(self.ways, way, None, MOST_WAYS)
            _keep(self.pages, _key(way, door, led), page, MOST_PAGES)
        return [body]


def _way(environ: Environ) -> tuple[str, ...]:
    """All of a request that the page may depend on, besides the link and the visitor."""
    names = (
        "HTTP_HOST", "wsgi.url_scheme", "HTTP_X_FORWARDED_PROTO", "HTTP_X_FORWARDED_HOST",
        "HTTP_ACCEPT_LANGUAGE", "HTTP_COOKIE", "SERVER_PORT",
    )  # fmt: skip
    return tuple(environ.get(name, "") for name in names)


def _key(way: tuple[str, ...], door: Door, led: Led) -> tuple[object, ...]:
    target = led.target.pk if led.target is not None else None
    return (*way, door.link.pk, door.stamp, target, bool(led.says))


def _page(headers: Headers, body: bytes, led: Led) -> _Page | None:
    """A page to give again; None for one that is only this visitor's."""
    if any(name.lower() == "set-cookie" for name, _value in headers):
        return None
    if not led.says:
        return _Page(headers, body, None)
    before, mark, after = body.partition(_LETTERS % led.says.encode())
    return _Page(headers, before, after) if mark else None


def _given(page: _Page, led: Led, start: Start) -> Iterable[bytes]:
    body = page.before
    if page.after is not None:
        body = b"".join((page.before, _LETTERS % led.says.encode(), page.after))
    start("200 OK", list(page.headers))
    return [body]


def _keep(held: OrderedDict[Any, Any], key: object, value: object, most: int) -> None:
    """Keep something, letting go of what was kept first."""
    held[key] = value
    while len(held) > most:
        held.popitem(last=False)
