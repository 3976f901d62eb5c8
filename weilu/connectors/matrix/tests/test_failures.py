"""A homeserver that misbehaves: each answer becomes the right kind of failure."""

from __future__ import annotations

import asyncio
import json
from datetime import timedelta

import pytest

from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Order
from weilu.connectors.matrix.connector import MatrixConnector
from weilu.connectors.matrix.failures import asked
from weilu.connectors.matrix.session import address_of
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

WHO = b'{"user_id": "@weilu:x"}'
ORDER = Order("k1", Deed.SEND, "!tea", text="Hi")


def answer(status: int, body: bytes, more: str = "") -> bytes:
    head = f"HTTP/1.1 {status} X\r\nContent-Type: application/json\r\n{more}"
    return f"{head}Content-Length: {len(body)}\r\nConnection: close\r\n\r\n".encode() + body


def send_to(*answers: bytes, is_in: str = "!tea") -> WeiluError | None:
    """Send through a server that gives these answers in turn; b"" hangs up without one."""
    left = [answer(200, WHO), *answers]
    # Whoever is refused asks whether it is in the room at all.
    rooms = json.dumps({"joined_rooms": [is_in]}).encode()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        length = [
            int(x.split(b":")[1])
            for x in head.split(b"\r\n")
            if x[:15].lower() == b"content-length:"
        ]
        await reader.readexactly(sum(length))
        writer.write(answer(200, rooms) if b"/joined_rooms" in head else left.pop(0))
        await writer.drain()
        writer.close()

    async def main() -> WeiluError | None:
        server = await asyncio.start_server(serve, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        config = Config(1, {"homeserver": f"http://127.0.0.1:{port}", "token": "secret-token"})
        try:
            async with MatrixConnector().open(config) as session:
                await session.send(ORDER)  # type: ignore[attr-defined]  # a Sends, too
        except WeiluError as error:
            return error
        finally:
            server.close()
            await server.wait_closed()
        return None

    return asyncio.run(main())


def test_sent() -> None:
    assert send_to(answer(200, b'{"event_id": "$1"}')) is None


@pytest.mark.parametrize(
    ("reply", "kind", "code"),
    [
        (answer(403, b'{"errcode": "M_FORBIDDEN", "error": "no"}'), GivenUp, "no_rights"),
        (answer(404, b'{"errcode": "M_NOT_FOUND", "error": "no"}'), GivenUp, "gone"),
        (answer(413, b'{"errcode": "M_TOO_LARGE", "error": "no"}'), GivenUp, "too_long"),
        (answer(401, b'{"errcode": "M_UNKNOWN_TOKEN", "error": "x"}'), TryLater, "unauthorised"),
        (answer(400, b'{"errcode": "M_BAD_JSON", "error": "no"}'), GivenUp, "not_possible"),
        (answer(400, b'{"errcode": "M_INVALID_PARAM", "error": "no"}'), GivenUp, "bad_setting"),
        (
            answer(403, b'{"errcode": "M_RESOURCE_LIMIT_EXCEEDED", "error": "x"}'),
            TryLater,
            "platform_down",
        ),
        (answer(404, b"<html>No such page</html>"), TryLater, "bad_answer"),
        (answer(500, b'{"errcode": "M_UNKNOWN", "error": "x"}'), TryLater, "platform_down"),
        (answer(502, b"<html>Bad gateway</html>"), TryLater, "platform_down"),
        (answer(200, b"garbage"), TryLater, "bad_answer"),
        (answer(200, b'{"event_id": 5}'), TryLater, "bad_answer"),
        (b"", Unsure, "timeout"),
        (b"HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{", Unsure, "timeout"),
    ],
)
def test_failures(reply: bytes, kind: type[WeiluError], code: str) -> None:
    error = send_to(reply)
    assert (type(error), str(error)) == (kind, code)
    assert "secret-token" not in repr(error)


def test_a_server_that_asks_to_wait_says_how_long() -> None:
    body = b'{"errcode": "M_LIMIT_EXCEEDED", "error": "slow", "retry_after_ms": 1500}'
    error = send_to(answer(429, body))
    assert isinstance(error, TryLater)
    assert (str(error), error.after) == ("rate_limited", timedelta(seconds=1.5))


def test_nobody_listens() -> None:
    async def main() -> None:
        config = Config(1, {"homeserver": "http://127.0.0.1:9", "token": "t"})
        async with MatrixConnector().open(config):
            pass

    with pytest.raises(TryLater, match="unreachable"):
        asyncio.run(main())


def test_newer_servers_say_how_long_to_wait_in_the_header() -> None:
    body = b'{"errcode": "M_LIMIT_EXCEEDED", "error": "slow"}'
    error = send_to(answer(429, body, "Retry-After: 7\r\n"))
    assert isinstance(error, TryLater)
    assert (str(error), error.after) == ("rate_limited", timedelta(seconds=7))


def test_an_answer_that_does_not_come_is_not_waited_for() -> None:
    async def main(*, writes: bool) -> None:
        await asked(asyncio.get_running_loop().create_future(), writes=writes, within_s=0)

    with pytest.raises(Unsure, match="timeout"):
        asyncio.run(main(writes=True))
    with pytest.raises(TryLater, match="timeout"):
        asyncio.run(main(writes=False))


def test_a_room_that_refuses_because_we_are_not_in_it_is_told_apart() -> None:
    refusal = answer(403, b'{"errcode": "M_FORBIDDEN", "error": "no"}')
    error = send_to(refusal, is_in="!other")
    assert (type(error), str(error)) == (GivenUp, "not_in_group")


@pytest.mark.parametrize(
    "address", ["http://", "http://a b", "ftp://x.example", "https://me@x.example"]
)
def test_an_address_that_cannot_be_one_is_a_wrong_setting(address: str) -> None:
    async def main() -> None:
        async with MatrixConnector().open(Config(1, {"homeserver": address, "token": "t"})):
            pass

    with pytest.raises(GivenUp, match="bad_setting"):
        asyncio.run(main())


def test_an_address_without_a_scheme_is_a_safe_one() -> None:
    assert address_of(" matrix.example.org/ ") == "https://matrix.example.org"
    for one in ("http://127.0.0.1:8008", "https://[::1]:8448", "https://x.example/matrix"):
        assert address_of(f"{one}/") == one
