"""discord.py's own HTTP side against a small server: waiting, trying again, and not twice."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import discord
import pytest
from aiohttp import web

from weilu.chat.live.performing import perform
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Order
from weilu.connectors.discord_bot import failures
from weilu.connectors.discord_bot.connector import DiscordConnector
from weilu.connectors.discord_bot.session import DiscordSession
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

TOKEN = "secret.token.of-the-bot"
USER = {"id": "42", "username": "weilu", "discriminator": "0", "avatar": None, "bot": True}
FLAGS = (1 << 15) | (1 << 19)
sleep = asyncio.sleep


@dataclass
class Rest:
    """What the server is asked; `answers` to messages come first, then all is well.

    An answer is status, JSON and headers; None hangs up, a number waits that long.
    """

    answers: list[tuple[int, object, dict[str, str]] | float | None] = field(default_factory=list)
    sent: list[dict[str, Any]] = field(default_factory=list)

    async def me(self, request: web.Request) -> web.Response:
        """Who the token belongs to."""
        if request.headers["Authorization"] != f"Bot {TOKEN}":
            return _json({"message": "401: Unauthorized", "code": 0}, status=401)
        return _json(USER)

    async def application(self, _request: web.Request) -> web.Response:
        """The bot's application."""
        team = {"id": "1", "name": "W", "description": "", "icon": None, "summary": "",
                "bot_public": False, "bot_require_code_grant": False, "verify_key": "",
                "owner": USER, "flags": FLAGS}  # fmt: skip
        return _json(team)

    async def message(self, request: web.Request) -> web.StreamResponse:
        """A message is sent."""
        self.sent.append(await request.json())
        answer = self.answers.pop(0) if self.answers else (200, None, {})
        if answer is None:
            assert request.transport is not None
            request.transport.close()
            return web.Response()
        if isinstance(answer, float):
            await sleep(answer)
            return web.Response(status=204)
        status, body, headers = answer
        if isinstance(body, str):
            return web.Response(text=body, status=status, headers=headers)
        made = {"id": "900", "channel_id": "5", "author": USER, "content": "Hi", "type": 0,
                "timestamp": "2026-01-01T00:00:00+00:00", "edited_timestamp": None, "tts": False,
                "mention_everyone": False, "mentions": [], "mention_roles": [], "attachments": [],
                "embeds": [], "pinned": False}  # fmt: skip
        return _json(body if body is not None else made, status=status,
                                 headers=headers)  # fmt: skip

    async def pin(self, _request: web.Request) -> web.StreamResponse:
        """A message is to be pinned; Discord cannot just now."""
        return web.Response(status=503)


def _json(
    body: object, status: int = 200, headers: Mapping[str, str] | None = None
) -> web.Response:
    """JSON as Discord sends it: the library reads no other type."""
    head = {"Content-Type": "application/json", **(headers or {})}
    return web.Response(body=json.dumps(body).encode(), status=status, headers=head)


@asynccontextmanager
async def signed_in(
    rest: Rest, monkeypatch: pytest.MonkeyPatch, token: str = TOKEN
) -> AsyncIterator[DiscordSession]:
    """A session whose REST side is the small server."""
    app = web.Application()
    app.router.add_get("/users/@me", rest.me)
    app.router.add_get("/oauth2/applications/@me", rest.application)
    app.router.add_post("/channels/5/messages", rest.message)
    app.router.add_put("/channels/5/{pins:.+}", rest.pin)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    base = f"http://127.0.0.1:{runner.addresses[0][1]}"
    monkeypatch.setattr(discord.http.Route, "BASE", base)
    try:
        async with DiscordConnector().open(Config(1, {"token": token})) as session:
            assert isinstance(session, DiscordSession)
            yield session
    finally:
        await runner.cleanup()


def say(rest: Rest, monkeypatch: pytest.MonkeyPatch, deed: Deed = Deed.SEND) -> str:
    """Send a message; the id of what came of it. Waits between tries take no time."""

    async def quick(_seconds: float, result: object = None) -> object:
        await sleep(0)
        return result

    async def main() -> str:
        async with signed_in(rest, monkeypatch) as session:
            monkeypatch.setattr(asyncio, "sleep", quick)
            order = Order("k" * 64, deed, "5", text="Hi")
            return (await perform(session, order)).external_id

    return asyncio.run(main())


def test_a_limit_that_is_short_is_waited_for_and_the_message_is_the_same() -> None:
    with pytest.MonkeyPatch.context() as patch:
        body = {"message": "You are being rate limited.", "retry_after": 0.01, "global": False}
        rest = Rest([(429, body, {"Via": "1.1", "Retry-After": "1"})])
        assert say(rest, patch) == "900"
    nonces = [(one["nonce"], one["enforce_nonce"]) for one in rest.sent]
    assert len(nonces) == 2
    assert len(set(nonces)) == 1
    assert len(nonces[0][0]) == 25


def test_a_limit_that_is_long_is_told_to_the_queue(monkeypatch: pytest.MonkeyPatch) -> None:
    body = {"message": "You are being rate limited.", "retry_after": 100.0, "global": False}
    rest = Rest([(429, body, {"Via": "1.1"})])
    with pytest.raises(TryLater) as caught:
        say(rest, monkeypatch)
    assert (str(caught.value), caught.value.after) == ("rate_limited", timedelta(seconds=100))
    assert len(rest.sent) == 1


def test_what_is_said_and_not_pinned_is_not_said_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = Rest()
    with pytest.raises(Unsure, match="platform_down"):
        say(rest, monkeypatch, Deed.ANNOUNCE)
    assert len(rest.sent) == 1


def test_a_server_that_fails_once_is_asked_again(monkeypatch: pytest.MonkeyPatch) -> None:
    rest = Rest([(502, {}, {}), (500, {}, {})])
    assert say(rest, monkeypatch) == "900"
    assert len({one["nonce"] for one in rest.sent}) == 1


@pytest.mark.parametrize(
    ("answers", "kind", "code"),
    [
        ([(500, {}, {})] * 5, Unsure, "timeout"),
        ([(503, {}, {})], Unsure, "timeout"),
        ([(400, {"code": 50035, "message": "Invalid"}, {})], GivenUp, "not_possible"),
        ([(403, {"code": 50013, "message": "Missing Permissions"}, {})], GivenUp, "no_rights"),
        ([(404, "not JSON", {})], GivenUp, "gone"),
        ([(401, {"code": 0, "message": "401: Unauthorized"}, {})], TryLater, "unauthorised"),
        ([(200, "garbage", {})], Unsure, "bad_answer"),
        ([(200, [1], {})], Unsure, "bad_answer"),
        ([None], Unsure, "timeout"),
        ([5.0], Unsure, "timeout"),
    ],
)
def test_failures(
    answers: list[tuple[int, object, dict[str, str]] | float | None],
    kind: type[WeiluError],
    code: str,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(failures, "CALL_S", 0.5)
    monkeypatch.setattr(failures.asked, "__kwdefaults__", {"says": False, "within_s": 0.5})
    with pytest.raises(WeiluError) as caught:
        say(Rest(list(answers)), monkeypatch)
    assert (type(caught.value), str(caught.value)) == (kind, code)
    assert TOKEN not in repr(caught.value.__cause__)


def test_a_token_that_is_not_accepted_and_a_discord_that_is_not_there(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async def enter(token: str, base: str = "") -> None:
        async with signed_in(Rest(), monkeypatch, token):
            pass

    with pytest.raises(GivenUp, match="unauthorised"):
        asyncio.run(enter("wrong"))

    async def away() -> None:
        monkeypatch.setattr(discord.http.Route, "BASE", "http://127.0.0.1:9")
        async with DiscordConnector().open(Config(1, {"token": TOKEN})):
            pass

    with pytest.raises(TryLater, match="unreachable"):
        asyncio.run(away())


def test_intents_that_are_switched_on(monkeypatch: pytest.MonkeyPatch) -> None:
    async def look() -> list[tuple[str, str]]:
        async with signed_in(Rest(), monkeypatch) as session:
            return [(step.name, step.state.value) for step in await session.examine()]

    assert asyncio.run(look())[:3] == [
        ("Sign in as %(account)s", "fine"), ("Read what is said", "fine"),
        ("See who comes and goes", "fine"),
    ]  # fmt: skip
