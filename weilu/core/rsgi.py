"""What the web server hands to the application; the words are those of the RSGI specification."""

from __future__ import annotations

from collections.abc import AsyncIterator, Awaitable
from typing import NamedTuple, Protocol

Headers = list[tuple[str, str]]


class Said(Protocol):
    """Headers of a request; names are lower case."""

    def get_all(self, name: str) -> list[str]:
        """The values of one: it may come more than once."""

    def items(self) -> Headers:
        """All of them."""


class Scope(Protocol):
    """A request but for its body; `server` and `client` are addresses with ports."""

    http_version: str
    server: str
    client: str
    scheme: str
    method: str
    path: str
    query_string: str
    authority: str | None

    @property
    def headers(self) -> Said:
        """What was said with it."""


class Transport(Protocol):
    """An answer that goes out part by part."""

    def send_bytes(self, data: bytes) -> Awaitable[None]:
        """Send a part; waits while whoever asked is slower."""


class Line(Protocol):
    """The way back to who asked; the specification calls it the protocol."""

    def __aiter__(self) -> AsyncIterator[bytes]:
        """The request's body as it arrives."""

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        """Answer."""

    def response_stream(self, status: int, headers: Headers) -> Transport:
        """Begin an answer that goes out part by part."""


class Answer(NamedTuple):
    """What is answered to a request."""

    status: int
    headers: Headers
    body: bytes
