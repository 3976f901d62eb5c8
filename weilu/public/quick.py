"""The quick way to the page of a join link: a visit counted, a page that was drawn before (B-2).

A code on a poster is scanned by hundreds in one minute. The page is the same for all whom a link
leads to one group in one language, but for the letters to say; so what Django answered once is
given again, and the visits of those who come while a transaction is under way are written together
in the next: each is answered when its own is durable. Whatever is not plainly such a visit takes
the usual way: a question with its answers, somebody who is signed in, another method.
"""

from __future__ import annotations

import itertools
import re
import time
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from typing import NamedTuple, TypeVar

from django.db import DatabaseError, InterfaceError, OperationalError, close_old_connections

from weilu.core.errors import NotFound
from weilu.core.rsgi import Answer, Headers, Line, Scope
from weilu.core.together import Together
from weilu.groups.joining.visiting import Coming, Door, Led, door_of, lead, link_of_code
from weilu.public.door import Sources, address_of
from weilu.public.join import LED, NOTE, is_machine

Key = TypeVar("Key")
Value = TypeVar("Value")

# How old what is known of a link may be; whether a group has room is asked each time.
KNOWN_FOR_S = 1.0
MOST_DOORS, MOST_PAGES, MOST_WAYS = 500, 2_000, 500
MOST_KEY_CHARS = 300
_PATH = re.compile(r"/j/([-\w]+)/", re.ASCII)
# Headers that the page may depend on; one that came in several lines is joined, as Django hears it.
_MATTERS = ("host", "x-forwarded-proto", "x-forwarded-host", "accept-language", "cookie")
_LETTERS = b"<strong>#%s</strong>"


class _Page(NamedTuple):
    """What was answered: headers, and the body around the letters to say."""

    headers: Headers
    before: bytes
    after: bytes | None


class _Asked(NamedTuple):
    """A visit to a link's address, as the server told of it."""

    code: str
    agent: str
    client: str
    passed: str


# Has a request answered the usual way, told something more of it; what is answered is not yet sent.
Draw = Callable[[Scope, Line, Mapping[str, object]], Awaitable[Answer]]

# The lines of a header.
Heard = Callable[[str], list[str]]


class QuickJoin:
    """Answers those requests for join links' pages that it can; `draw` is Django's way."""

    def __init__(self, draw: Draw, session_cookie: str) -> None:
        self.draw, self.sources = draw, Sources.of_house()
        self.session = f"{session_cookie}="
        # Known to the thread that leads visitors on, and to it alone.
        self.doors: OrderedDict[str, tuple[float, Door]] = OrderedDict()
        self.pages: OrderedDict[tuple[object, ...], _Page] = OrderedDict()
        # How a request reached us, of those that were answered with a page; numbered, never again
        # with the same number.
        self.ways: OrderedDict[str, int] = OrderedDict()
        self._numbers = itertools.count()
        # Where the database cannot be asked, no other visit has better luck.
        self.visits = Together(self._lead, (OperationalError, InterfaceError))

    async def answer(self, scope: Scope, line: Line) -> bool:
        """Answer a request; False when that is for the usual way to do."""
        found = _PATH.fullmatch(scope.path)
        if found is None or scope.method != "GET" or scope.query_string:
            return False
        said = scope.headers.get_all  # each look at the headers makes a copy of them
        way = _way(scope, said)
        if self.session in way or len(way) > MOST_KEY_CHARS:
            return False
        number = self.ways.get(way)
        if number is None:
            return await self._draw(scope, line, way, {})
        try:
            visit = await self.visits.ask(_asked(found[1], scope.client, said))
        except DatabaseError:
            visit = None
        if visit is None:
            return False
        door, led = visit
        page = self.pages.get(_key(number, door, led))
        if page is None:
            return await self._draw(scope, line, way, {LED: led})
        line.response_bytes(200, page.headers, _body(page, led))
        return True

    def close(self) -> None:
        """Wait until the visits that are being written are."""
        self.visits.close()

    def _lead(self, visits: Sequence[_Asked]) -> list[tuple[Door, Led] | None]:
        """Where visits lead; None for a link that is not known or asks a question first."""
        close_old_connections()
        doors = {code: self._door(code) for code in {one.code for one in visits}}
        mark = self.sources.marker()
        coming = [
            Coming(door, mark(agent, address_of(client), passed), "", is_machine(agent))
            for code, agent, client, passed in visits
            if (door := doors[code]) is not None
        ]
        led = iter(zip((one.door for one in coming), lead(coming) if coming else [], strict=True))
        return [None if doors[one.code] is None else next(led) for one in visits]

    def _door(self, code: str) -> Door | None:
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

    async def _draw(self, scope: Scope, line: Line, way: str, more: dict[str, object]) -> bool:
        """Have the page drawn and sent the usual way, and keep it."""
        note: list[tuple[Door, Led]] = []
        answer = await self.draw(scope, line, {NOTE: note, **more})
        line.response_bytes(*answer)
        page = _page(answer, note[0][1]) if note and answer.status == 200 else None
        if page is not None:
            number = self.ways.get(way)
            if number is None:
                number = next(self._numbers)
                _keep(self.ways, way, number, MOST_WAYS)
            _keep(self.pages, _key(number, *note[0]), page, MOST_PAGES)
        return True


def _way(scope: Scope, said: Heard) -> str:
    """All of a request that the page may depend on, besides the link and the visitor."""
    heard = map(",".join, map(said, _MATTERS))
    return "\n".join((scope.scheme, scope.server, scope.authority or "", *heard))


def _asked(code: str, client: str, said: Heard) -> _Asked:
    return _Asked(code, ",".join(said("user-agent")), client, ",".join(said("x-forwarded-for")))


def _key(number: int, door: Door, led: Led) -> tuple[object, ...]:
    target = led.target.id if led.target is not None else None
    return (number, door.link_id, door.stamp, target, led.nothing, bool(led.says))


def _page(answer: Answer, led: Led) -> _Page | None:
    """A page to give again; None for one that is only this visitor's."""
    if any(name.lower() == "set-cookie" for name, _value in answer.headers):
        return None
    if not led.says:
        return _Page(answer.headers, answer.body, None)
    before, mark, after = answer.body.partition(_LETTERS % led.says.encode())
    return _Page(answer.headers, before, after) if mark else None


def _body(page: _Page, led: Led) -> bytes:
    if page.after is None:
        return page.before
    return b"".join((page.before, _LETTERS % led.says.encode(), page.after))


def _keep(held: OrderedDict[Key, Value], key: Key, value: Value, most: int) -> None:
    """Keep something, letting go of what was kept first."""
    held[key] = value
    while len(held) > most:
        held.popitem(last=False)
