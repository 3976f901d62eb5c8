"""Orders that are posted, to a server that answers well, badly, late, half and not at all."""

from __future__ import annotations

import asyncio
import hashlib
import hmac
import json
import socket
from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from aiohttp import ClientTimeout, web
from django.conf import settings

from weilu.chat.live.performing import perform
from weilu.chat.ports.abilities import NEEDS, Ability, Deed, Support
from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Done, Order
from weilu.chat.ports.sessions import Session, Step, StepState
from weilu.connectors import outward
from weilu.connectors.outward import checked, is_public
from weilu.connectors.webhook.connector import WebhookConnector
from weilu.connectors.webhook.session import failure
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
SECRET = "very-secret"
MOMENT = datetime(2026, 11, 26, 12, tzinfo=UTC)
ORDER = Order("k-1", Deed.MUTE, "7/g-1", account="7/u-1", seconds=600, reason="Ads")


@pytest.fixture(autouse=True)
def inside(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WEBHOOKS_PRIVATE", True)


def config(address: str, **cursor: str) -> Config:
    return Config(7, {"address": address, "secret": SECRET}, cursor)


def posted(handler: Handler, order: Order = ORDER) -> Done:
    """What came of an order that a server handled."""
    done: Done = with_server(handler, lambda session: perform(session, order))
    return done


def with_server(handler: Handler, do: Callable[[Session], Awaitable[Any]], **cursor: str) -> Any:
    async def main() -> Any:
        runner = web.ServerRunner(web.Server(handler))  # type: ignore[arg-type]  # BaseRequest
        await runner.setup()
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        try:
            address = f"http://127.0.0.1:{runner.addresses[0][1]}/weilu"
            async with WebhookConnector().open(config(address, **cursor)) as session:
                return await do(session)
        finally:
            await runner.cleanup()

    return asyncio.run(main())


def answering(status: int, body: str = "", **headers: str) -> Handler:
    async def handler(_request: web.Request) -> web.StreamResponse:
        return web.Response(status=status, text=body, headers=headers)

    return handler


def test_an_order_is_signed_and_bears_its_key() -> None:
    seen: list[tuple[dict[str, str], bytes]] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append((dict(request.headers), await request.read()))
        return web.json_response({"id": "x-9"})

    assert posted(handler) == Done("x-9")
    [(headers, body)] = seen
    assert json.loads(body) == {
        "key": "k-1", "type": "mute", "group": "g-1", "member": "u-1", "seconds": 600,
        "reason": "Ads",
    }  # fmt: skip
    assert headers["Idempotency-Key"] == "k-1"
    said = headers["Weilu-Timestamp"].encode() + b"." + body
    mac = hmac.new(SECRET.encode(), said, hashlib.sha256).hexdigest()
    assert headers["Weilu-Signature"] == f"v1={mac}"
    assert SECRET not in str(headers)


@pytest.mark.parametrize("deed", list(Deed))
def test_every_deed_is_posted(deed: Deed) -> None:
    seen: list[str] = []

    async def handler(request: web.Request) -> web.StreamResponse:
        seen.append((await request.json())["type"])
        return web.Response(status=204)

    assert posted(handler, Order("k", deed, "7/g-1")) == Done()
    assert seen == [deed.value]


def test_accepted_is_not_done() -> None:
    assert posted(answering(202)) == Done("7/k-1", awaits_person=True)


@pytest.mark.parametrize(
    ("status", "headers", "said", "expected"),
    [
        (429, {"Retry-After": "90"}, "", TryLater("rate_limited", after=timedelta(seconds=90))),
        (429, {}, "", TryLater("rate_limited", after=timedelta(minutes=1))),
        (503, {"Retry-After": "Thu, 26 Nov 2026 12:00:30 GMT"}, "",
         TryLater("platform_down", after=timedelta(seconds=30))),
        (503, {"Retry-After": "Thu, 26 Nov 2020 12:00:30 GMT"}, "",
         TryLater("platform_down", after=timedelta(seconds=1))),
        (500, {"Retry-After": "99999999999999999999"}, "",
         TryLater("platform_down", after=timedelta(hours=1))),
        (500, {"Retry-After": "soon"}, "", TryLater("platform_down", after=timedelta(seconds=10))),
        (401, {}, "", TryLater("unauthorised", after=timedelta(minutes=1))),
        (302, {"Location": "http://127.0.0.1/"}, "",
         TryLater("bad_answer", after=timedelta(minutes=1))),
        (404, {}, "", GivenUp("gone")),
        (410, {}, "not_in_group", GivenUp("not_in_group")),
        (413, {}, "", GivenUp("too_long")),
        (501, {}, "", GivenUp("not_possible")),
        (400, {}, "too_old", GivenUp("too_old")),
        (400, {}, "crashed", GivenUp("not_possible")),
    ],
)  # fmt: skip
def test_what_answers_mean(
    status: int, headers: dict[str, str], said: str, expected: WeiluError
) -> None:
    with time_machine.travel(MOMENT, tick=False):
        found = failure(status, headers, said)
    assert (type(found), str(found)) == (type(expected), str(expected))
    assert getattr(found, "after", None) == getattr(expected, "after", None)


def test_the_error_of_the_body_counts_and_a_redirect_is_not_followed() -> None:
    with pytest.raises(GivenUp, match="no_rights"):
        posted(answering(400, '{"error": "no_rights", "more": 1}'))
    with pytest.raises(TryLater, match="bad_answer"):
        posted(answering(302, Location="/elsewhere"))


@pytest.mark.parametrize("body", ["[" * 50_000, '{"id": 5}', "\ufffd", "x" * 1_000_000])
def test_an_answer_that_is_odd_is_still_an_answer(body: str) -> None:
    assert posted(answering(200, body)) == Done()


def test_silence_and_half_answers_leave_it_open(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(outward, "_TIMEOUT", ClientTimeout(total=0.05))

    async def late(_request: web.Request) -> web.StreamResponse:
        await asyncio.sleep(0.5)
        return web.Response()

    async def cut(request: web.Request) -> web.StreamResponse:
        assert request.transport is not None
        request.transport.write(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{")
        request.transport.close()
        return web.Response()

    for handler in (late, cut):
        with pytest.raises(Unsure, match="timeout"):
            posted(handler)


def test_nobody_there_is_tried_again() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        address = f"http://127.0.0.1:{taken.getsockname()[1]}/"

        async def main() -> None:
            async with WebhookConnector().open(config(address)) as session:
                await perform(session, ORDER)

        with pytest.raises(TryLater, match="unreachable"):
            asyncio.run(main())


@pytest.mark.parametrize(
    "address",
    [
        "http://shop.example.org/", "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/",
        "https://[::ffff:10.0.0.1]/", "https://[64:ff9b::7f00:1]/", "https://169.254.169.254/",
        "https://2130706433/", "https://0x7f.1/", "https://127.1/", "https://me:pw@example.org/",
        "ftp://example.org/", "https://", "nonsense", "https://example.org:99999/", "https://[x/",
    ],
)  # fmt: skip
def test_addresses_that_are_refused(address: str) -> None:
    with pytest.raises(GivenUp, match="bad_setting"):
        checked(address, allows_private=False)


def test_addresses_that_are_taken() -> None:
    for address in ("https://shop.example.org/weilu?a=b", "https://8.8.8.8:8443/"):
        assert checked(address, allows_private=False) == address
    assert checked("http://127.0.0.1:9/", allows_private=True)
    assert [is_public(a) for a in ("8.8.8.8", "0.0.0.1", "224.0.0.1", "fe80::1%eth0", "x")] == [
        True, False, False, False, False,
    ]  # fmt: skip


def test_a_name_that_leads_inside_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "WEBHOOKS_PRIVATE", False)

    async def main() -> None:
        async with WebhookConnector().open(config("https://localhost:9/")) as session:
            await perform(session, ORDER)

    with pytest.raises(GivenUp, match="bad_setting"):
        asyncio.run(main())


def test_the_doctor() -> None:
    async def examined(session: Session) -> list[Step]:
        return list(await session.examine())

    well = with_server(answering(200), examined, heard="1")
    assert [s.state for s in well] == [StepState.FINE, StepState.FINE]
    ill = with_server(answering(403), examined)
    assert [s.state for s in ill] == [StepState.WARNING, StepState.FAILED]
    assert "secret" in ill[1].mend

    async def fetching() -> list[Step]:
        async with WebhookConnector().open(config("")) as session:
            assert await perform(session, ORDER) == Done("7/k-1", awaits_person=True)
            return list(await session.examine())

    assert [s.state for s in asyncio.run(fetching())] == [StepState.WARNING, StepState.SKIPPED]


def test_every_ability_has_its_row() -> None:
    rows = {one.ability: one.support for one in WebhookConnector().capabilities}
    assert set(rows) == set(Ability)
    assert all(rows[ability] == Support.AUTOMATIC for ability in NEEDS.values())


@pytest.mark.parametrize(
    ("answer", "most", "error"),
    [
        (answering(200, "x" * 50), 50, ""),
        (answering(200, "x" * 51), 50, "too_long"),
        (answering(404), 50, "gone"),
        (answering(302, Location="http://127.0.0.1/"), 50, "gone"),
        (answering(429), 50, "platform_down"),
        (answering(503), 50, "platform_down"),
    ],
)
def test_a_file_is_fetched_as_far_as_it_may_be_long(answer: Handler, most: int, error: str) -> None:
    async def fetch(session: Session) -> bytes:
        address = session.config.settings["address"]  # type: ignore[attr-defined]  # its own field
        return await outward.fetched(address, most, allows_private=True)

    if not error:
        assert with_server(answer, fetch) == b"x" * 50
        return
    with pytest.raises((GivenUp, TryLater), match=error):
        with_server(answer, fetch)


@pytest.mark.parametrize("address", ["http://127.0.0.1/x", "https://localhost/x", "ftp://x.cn/x"])
def test_nothing_is_fetched_from_inside(address: str) -> None:
    with pytest.raises(GivenUp, match="bad_setting"):
        asyncio.run(outward.fetched(address, 9, allows_private=False))


@pytest.mark.parametrize(
    "host",
    [
        "①②⑦.⓪.⓪.①",
        "¹²⁷.⁰.⁰.¹",
        "127。0。0。1",
        "127.0.0.1\u00ad",
        "[::127.0.0.1]",
        "[64:ff9b:1::7f00:1]",
    ],
)
def test_an_address_inside_is_one_however_it_is_written(host: str) -> None:
    with pytest.raises(GivenUp, match="bad_setting"):
        checked(f"https://{host}/x", allows_private=False)
