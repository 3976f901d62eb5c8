"""The live board in a browser whose stream breaks: it says so, asks, and goes back to it."""

from __future__ import annotations

import json
from collections.abc import Callable

import pytest
from playwright.sync_api import Browser, Page, Route, expect
from pytest_django.live_server_helper import LiveServer

from tests.browser.visitor import Visitor, visitor
from weilu.core.people import create_first_link

pytestmark = [pytest.mark.browser, pytest.mark.django_db(transaction=True)]
LIVE = "Live: new things appear by themselves."
LOST = "The connection was lost; trying again."


class Stream:
    """What stands in for the stream: it tells a part and ends, is refused, or says nothing."""

    def __init__(self) -> None:
        self.words = "first"
        self.is_there = True
        self.asked = 0

    def answer(self, route: Route) -> None:
        """One connection; browsers come again after one that ends."""
        self.asked += 1
        if not self.is_there:
            # As a proxy answers for a process that is not there.
            route.fulfill(status=502)
            return
        part = json.dumps({"said": f"<ul><li>{self.words}</li></ul>"})
        body = f"retry: 600000\n\ndata: {part}\n\nevent: beat\ndata: 1\n\n"
        origin = route.request.headers.get("origin", "*")
        headers = {
            "Access-Control-Allow-Origin": origin,
            "Access-Control-Allow-Credentials": "true",
        }
        route.fulfill(body=body, content_type="text/event-stream", headers=headers)


def opened(browser: Browser, server: LiveServer, stream: Stream) -> tuple[Visitor, Page]:
    one = visitor(browser, server.url, locale="en-GB", width=1280)
    one.page.route("**/live/stream/", stream.answer)
    one.go(f"/start/{create_first_link()}")
    one.page.clock.install()
    one.page.goto(server.url + "/live/")
    return one, one.page


def said(page: Page) -> str:
    return page.locator(".live-state").inner_text()


def until(page: Page, is_so: Callable[[], bool]) -> None:
    """Let the page's clock run until something is so."""
    for _ in range(300):
        if is_so():
            return
        page.clock.run_for(1000)
        # What it asks for is answered in real time.
        page.wait_for_timeout(50)
    pytest.fail(said(page))


def test_a_board_whose_stream_is_gone_asks_and_goes_back_to_it(
    browser: Browser, live_server: LiveServer
) -> None:
    stream = Stream()
    _one, page = opened(browser, live_server, stream)
    expect(page.locator('[data-part="said"]')).to_have_text("first")
    # The stream has ended with its body: the browser itself would come again in ten minutes.
    expect(page.locator(".live-state")).to_have_text(LOST)
    stream.is_there = False
    # Silent for longer than a beat takes: the page takes it for dead and asks for the parts.
    until(page, lambda: said(page) == LIVE)
    expect(page.locator('[data-part="said"]')).not_to_have_text("first")
    asked = stream.asked
    stream.is_there, stream.words = True, "again"
    until(page, lambda: "again" in page.locator('[data-part="said"]').inner_text())
    assert stream.asked > asked
    page.close()


def test_a_board_held_still_stays_so_while_its_stream_breaks(
    browser: Browser, live_server: LiveServer
) -> None:
    stream = Stream()
    _one, page = opened(browser, live_server, stream)
    expect(page.locator('[data-part="said"]')).to_have_text("first")
    page.get_by_role("button", name="Hold still").click()
    stream.words = "meanwhile"
    until(page, lambda: stream.asked > 1)
    expect(page.locator('[data-part="said"]')).to_have_text("first")
    page.get_by_role("button", name="Go on").click()
    expect(page.locator('[data-part="said"]')).to_have_text("meanwhile")
    page.close()


def test_who_is_signed_out_is_told_and_nothing_is_asked_again(
    browser: Browser, live_server: LiveServer
) -> None:
    stream = Stream()
    _one, page = opened(browser, live_server, stream)
    expect(page.locator('[data-part="said"]')).to_have_text("first")
    page.context.clear_cookies()
    stream.is_there = False
    until(page, lambda: said(page).startswith("You are signed out."))
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.clock.run_for(120_000)
    page.wait_for_timeout(200)
    assert asked == []
    page.close()


def rows(*keys: str) -> dict[str, str]:
    """What is said, the newest first."""
    items = "".join(f'<li data-key="{key}"><p>words {key}</p></li>' for key in keys)
    return {"said": f'<ol class="live-list">{items}</ol>'}


def test_rows_that_stay_stay_in_place_and_nothing_moves_under_a_pointer(
    browser: Browser, live_server: LiveServer
) -> None:
    stream = Stream()
    stream.is_there = False
    _one, page = opened(browser, live_server, stream)
    parts = rows("1")
    page.route("**/live/now/", lambda route: route.fulfill(json=parts))
    heard = page.locator('[data-part="said"]')
    until(page, lambda: "words 1" in heard.inner_text())
    page.evaluate("document.querySelector('[data-key=\"1\"]').isKept = true")
    parts = rows("2", "1")
    until(page, lambda: "words 2" in heard.inner_text())
    assert page.evaluate("document.querySelector('[data-key=\"1\"]').isKept")
    assert heard.inner_text().split() == ["words", "2", "words", "1"]
    page.hover('[data-key="1"]')
    parts = rows("3", "2")
    until(page, lambda: said(page) == "It holds still while you point at it.")
    assert "words 3" not in heard.inner_text()
    page.mouse.move(0, 0)
    expect(page.locator('[data-key="3"]')).to_be_visible()
    assert heard.inner_text().split() == ["words", "3", "words", "2"]
    page.close()
