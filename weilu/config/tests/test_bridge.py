"""Requests and answers between the web server and Django."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import pytest

from weilu.config import bridge
from weilu.config.bridge import Pages, environ_of
from weilu.core.tests.serving import Request, Way

Start = Callable[..., object]


class Answered:
    """What an application returns; knows whether it was closed."""

    def __init__(self, *parts: bytes, streaming: bool, fails: bool = False) -> None:
        self.parts, self.streaming, self.fails = parts, streaming, fails
        self.is_closed = False

    def __iter__(self) -> Iterator[bytes]:
        yield from self.parts
        if self.fails:
            raise ValueError

    def close(self) -> None:
        self.is_closed = True


def ask(application: Callable[[dict[str, Any], Start], Any], request: Request, way: Way) -> Way:
    pages = Pages(application)
    try:
        asyncio.run(pages.answer(request, way))
    finally:
        pages.close()
    return way


def test_a_whole_answer_goes_out_at_once() -> None:
    made = Answered(b"a", b"b", streaming=False)

    def application(_environ: dict[str, Any], start: Start) -> Answered:
        start("201 Created", [("x", "y")])
        return made

    way = ask(application, Request(), Way())
    assert (way.status, way.headers, way.sent) == (201, [("x", "y")], [b"ab"])
    assert made.is_closed


def test_a_long_answer_goes_out_in_parts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_PART_BYTES", 4)
    made = Answered(b"ab", b"cd", b"efghij", b"k", streaming=True)

    def application(_environ: dict[str, Any], start: Start) -> Answered:
        start("200 OK", [])
        return made

    assert ask(application, Request(), Way()).sent == [b"abcd", b"efghij", b"k"]
    assert made.is_closed


@pytest.mark.parametrize("streaming", [True, False])
def test_an_answer_that_fails_is_said_and_closed(
    streaming: bool, caplog: pytest.LogCaptureFixture
) -> None:
    made = Answered(b"a", streaming=streaming, fails=True)

    def application(_environ: dict[str, Any], start: Start) -> Answered:
        start("200 OK", [])
        return made

    way = ask(application, Request("/x"), Way())
    assert way.status == (200 if streaming else 500)
    assert made.is_closed
    assert "/x" in caplog.text


def test_a_file_is_read_as_it_arrives(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(bridge, "_FORM_BYTES", 1)
    heard: list[object] = []

    def application(environ: dict[str, Any], start: Start) -> list[bytes]:
        body = environ["wsgi.input"]
        heard.extend([body.read(3), body.readline(), body.read(), body.read(1)])
        start("200 OK", [])
        return [b""]

    ask(application, Request(method="POST"), Way([b"ab", b"", b"cd\nef", b"gh"]))
    assert heard == [b"abc", b"d\n", b"efgh", b""]


def test_a_form_has_arrived_before_its_page_is_made() -> None:
    def application(environ: dict[str, Any], start: Start) -> list[bytes]:
        start("200 OK", [])
        return [environ["wsgi.input"].getvalue()]

    assert ask(application, Request(method="POST"), Way([b"ab", b"cd"])).sent == [b"abcd"]


class Slow(Way):
    """A way on which a file's end does not come before it is told to."""

    def __init__(self, may_end: asyncio.Event) -> None:
        super().__init__([b"x" * (bridge._FORM_BYTES + 1)])
        self.may_end = may_end

    async def arriving(self) -> AsyncIterator[bytes]:
        """The file, but for its end."""
        yield self.parts[0]
        await self.may_end.wait()


def test_files_that_come_slowly_hold_up_no_page() -> None:
    def application(environ: dict[str, Any], start: Start) -> list[bytes]:
        environ["wsgi.input"].read()
        start("200 OK", [])
        return [b"done"]

    async def run() -> None:
        pages, may_end = Pages(application), asyncio.Event()
        slow = [Slow(may_end) for _ in range(bridge.AT_ONCE + 1)]
        uploads = [asyncio.ensure_future(pages.answer(Request(method="POST"), w)) for w in slow]
        page = Way()
        await pages.answer(Request(), page)
        assert page.body == b"done"
        assert not any(way.status for way in slow)
        may_end.set()
        await asyncio.gather(*uploads)
        assert all(way.body == b"done" for way in slow)
        pages.close()

    asyncio.run(run())


def test_a_request_in_the_words_of_wsgi() -> None:
    said = [
        ("host", "weilu.example"), ("content-type", "text/plain"), ("content-length", "3"),
        ("cookie", "a=1"), ("cookie", "b=2"), ("x-forwarded-for", "192.0.2.1"),
        ("x_forwarded_for", "forged"), ("accept", "a"), ("accept", "b"),
    ]  # fmt: skip
    request = Request("/j/围炉/", "POST", "a=%26", said, "[2001:db8::1]:99", "[::1]:8000")
    environ = environ_of(request)
    assert environ["HTTP_COOKIE"] == "a=1; b=2"
    assert environ["HTTP_X_FORWARDED_FOR"] == "192.0.2.1"
    assert environ["HTTP_ACCEPT"] == "a,b"
    assert (environ["CONTENT_TYPE"], environ["CONTENT_LENGTH"]) == ("text/plain", "3")
    assert environ["PATH_INFO"].encode("latin-1").decode() == "/j/围炉/"
    assert (environ["REMOTE_ADDR"], environ["SERVER_NAME"]) == ("2001:db8::1", "::1")
    assert (environ["SERVER_PORT"], environ["QUERY_STRING"]) == ("8000", "a=%26")
    assert environ_of(Request(said=[], authority="h2.example"))["HTTP_HOST"] == "h2.example"
