"""A request as the web server hands it over, for tests."""

from __future__ import annotations

from collections.abc import AsyncIterator
from dataclasses import dataclass, field

from weilu.core.rsgi import Headers


class Said:
    """Headers of a request."""

    def __init__(self, headers: Headers) -> None:
        self.headers = headers

    def get_all(self, name: str) -> list[str]:
        return [value for key, value in self.headers if key == name]

    def items(self) -> Headers:
        return self.headers


@dataclass
class Request:
    """A request but for its body."""

    path: str = "/"
    method: str = "GET"
    query_string: str = ""
    said: Headers = field(default_factory=lambda: [("host", "localhost")])
    client: str = "198.51.100.1:4242"
    server: str = "127.0.0.1:80"
    scheme: str = "http"
    http_version: str = "1.1"
    authority: str | None = None

    @property
    def headers(self) -> Said:
        return Said(self.said)


@dataclass
class Way:
    """The way back: keeps what was answered."""

    parts: list[bytes] = field(default_factory=list)
    status: int = 0
    headers: Headers = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    is_read: bool = False

    @property
    def body(self) -> bytes:
        return b"".join(self.sent)

    def __aiter__(self) -> AsyncIterator[bytes]:
        assert not self.is_read, "the body is there once"
        self.is_read = True
        return self.arriving()

    async def arriving(self) -> AsyncIterator[bytes]:
        """The parts of the body."""
        for part in self.parts:
            yield part

    def response_bytes(self, status: int, headers: Headers, body: bytes) -> None:
        assert not self.status, "answered twice"
        self.status, self.headers, self.sent = status, headers, [body]

    def response_stream(self, status: int, headers: Headers) -> Way:
        assert not self.status, "answered twice"
        self.status, self.headers = status, headers
        return self

    async def send_bytes(self, data: bytes) -> None:
        self.sent.append(data)
