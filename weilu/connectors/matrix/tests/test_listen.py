"""Listening to a server that cuts, doubles, refuses, stops half-way and talks rubbish."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from urllib.parse import parse_qs, unquote, urlsplit

import pytest

from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Parcel
from weilu.connectors.matrix.connector import MatrixConnector
from weilu.core.errors import TryLater, WeiluError

OWN = "@weilu:x"
Json = dict[str, object]
NAMED: dict[str, Json] = {
    "/state/m.room.name": {"name": "Tea lovers"},
    "/joined_members": {"joined": {"@a:x": {"display_name": "Ada"}}},
    "/account/whoami": {"user_id": OWN},
}


def said(number: int, text: str = "") -> Json:
    return {
        "type": "m.room.message", "sender": "@a:x", "event_id": f"${number}",
        "origin_server_ts": number, "content": {"msgtype": "m.text", "body": text or f"m{number}"},
    }  # fmt: skip


def news(batch: str, events: Sequence[object], *, limited: bool = False, **more: object) -> Json:
    """The answer to a sync: what is new in one room."""
    timeline = {"events": events, "limited": limited, "prev_batch": "p0"}
    room = {"timeline": timeline, "state": {"events": []}, "ephemeral": {"events": []},
            "account_data": {"events": []}}  # fmt: skip
    rooms = {"join": {"!tea": room} if events else {}, "invite": {}, "leave": {}, **more}
    return {
        "next_batch": batch, "rooms": rooms, "device_one_time_keys_count": {},
        "to_device": {"events": []}, "presence": {"events": []}, "account_data": {"events": []},
        "device_lists": {"changed": [], "left": []},
    }  # fmt: skip


class _Over(Exception):
    """The script has come to its end."""


@dataclass
class Server:
    """Answers from a script: syncs in turn, pages by their token, the rest by the path's end."""

    syncs: list[Json | int]
    pages: dict[str, Json | int] = field(default_factory=dict)
    joins: list[Json | int] = field(default_factory=list)
    asked: list[str] = field(default_factory=list)

    def answer(self, target: str) -> Json | int:
        """The answer, or the status of a refusal; 0 hangs up."""
        parts = urlsplit(target)
        path, query = unquote(parts.path), parse_qs(parts.query)
        if path.endswith("/sync"):
            self.asked.append(query.get("since", [""])[0])
            return self.syncs.pop(0) if self.syncs else 0
        if path.endswith("/messages"):
            return self.pages[query["from"][0]]
        if "/join/" in path:
            return self.joins.pop(0)
        return next((v for end, v in NAMED.items() if path.rstrip("/").endswith(end)), 404)

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """One request a connection."""
        head = await reader.readuntil(b"\r\n\r\n")
        found = self.answer(head.split(b" ")[1].decode())
        if found != 0:
            status, body = (200, found) if isinstance(found, dict) else (found, REFUSALS[found])
            raw = json.dumps(body).encode()
            kind = "Content-Type: application/json\r\nConnection: close\r\n"
            writer.write(
                f"HTTP/1.1 {status} X\r\n{kind}Content-Length: {len(raw)}\r\n\r\n".encode()
            )
            writer.write(raw)
            await writer.drain()
        writer.close()


REFUSALS: dict[int, Json] = {
    403: {"errcode": "M_FORBIDDEN", "error": "x"},
    404: {"errcode": "M_NOT_FOUND", "error": "x"},
    429: {"errcode": "M_LIMIT_EXCEEDED", "error": "x", "retry_after_ms": 9000},
    500: {"errcode": "M_UNKNOWN", "error": "x"},
}


@dataclass
class Box:
    """Keeps parcels, or fails to."""

    parcels: list[Parcel] = field(default_factory=list)
    keep: Callable[[Parcel], None] = lambda _parcel: None

    async def put(self, parcel: Parcel) -> None:
        self.keep(parcel)
        self.parcels.append(parcel)

    def texts(self) -> list[str]:
        return [one.item.text for parcel in self.parcels for one in parcel.arrivals]


def listen(server: Server, cursor: dict[str, str], box: Box, inviters: str = "") -> Exception:
    """Listen until it fails, which every script makes it do; returns the failure."""

    async def main() -> Exception:
        host = await asyncio.start_server(server.serve, "127.0.0.1", 0)
        url = f"http://127.0.0.1:{host.sockets[0].getsockname()[1]}"
        config = Config(1, {"homeserver": url, "token": "t", "inviters": inviters}, cursor)
        try:
            async with MatrixConnector().open(config) as session:
                await session.listen(box)
        except (WeiluError, _Over) as error:
            return error
        finally:
            host.close()
            await host.wait_closed()
        raise AssertionError

    return asyncio.run(main())


def page(events: Sequence[object], end: str | None) -> Json:
    return {"chunk": list(events), "start": "p", **({"end": end} if end else {})}


def test_a_cut_timeline_is_followed_over_pages_even_over_empty_ones() -> None:
    pages: dict[str, Json | int] = {
        "p0": page([said(5), said(4)], "p1"), "p1": page([], "p2"),
        "p2": page([said(3), {"type": "rubbish"}, said(2)], None),
    }  # fmt: skip
    box = Box()
    listen(Server([news("s2", [said(6), said(7)], limited=True)], pages), {"since": "s1"}, box)
    assert box.texts() == ["m2", "m3", "m4", "m5", "m6", "m7"]
    assert box.parcels[0].cursor["since"] == "s2"
    first = box.parcels[0].arrivals[0]
    assert (first.chat.name, first.item.name) == ("Tea lovers", "Ada")


@pytest.mark.parametrize(("status", "code"), [(429, "rate_limited"), (500, "platform_down"),
                                              (0, "timeout")])  # fmt: skip
def test_a_page_that_fails_leaves_the_cursor_where_it_was(status: int, code: str) -> None:
    box = Box()
    pages: dict[str, Json | int] = {"p0": page([said(5)], "p1"), "p1": status}
    error = listen(Server([news("s2", [said(6)], limited=True)], pages), {"since": "s1"}, box)
    assert isinstance(error, TryLater)
    assert str(error) == code
    assert box.parcels == []


def test_a_past_that_is_not_shown_any_more_keeps_nothing_else_back() -> None:
    box = Box()
    pages: dict[str, Json | int] = {"p0": page([said(5)], "p1"), "p1": 403}
    listen(Server([news("s2", [said(6)], limited=True)], pages), {"since": "s1"}, box)
    assert box.texts() == ["m5", "m6"]


def test_nothing_is_asked_on_before_what_came_is_stored() -> None:
    def fail(_parcel: Parcel) -> None:
        raise _Over

    server = Server([news("s2", [said(1)]), news("s3", [said(2)])])
    assert isinstance(listen(server, {"since": "s1"}, Box(keep=fail)), _Over)
    assert server.asked == ["s1"]


def test_doubles_keep_their_ids_and_rubbish_and_a_megabyte_go_by() -> None:
    long = "茶" * 350_000
    garbage: list[object] = [
        {"type": "m.room.message", "sender": 5, "content": []}, {"type": "m.room.member"},
        {**said(8), "origin_server_ts": 2**53}, {**said(9), "content": {"body": 5}},
    ]  # fmt: skip
    server = Server([news("s2", [said(1), *garbage]), news("s3", [said(1), said(2, long)])])
    box = Box()
    listen(server, {"since": "s1"}, box)
    ids = [one.item.external_id for parcel in box.parcels for one in parcel.arrivals]
    assert ids == ["$1", "$8", "$9", "$1", "$2"]
    assert len(box.texts()[-1]) == 350_000
    # Hung up on, the library asks once more.
    assert server.asked == ["s1", "s2", "s3", "s3"]


def invitation(sender: str) -> Json:
    event = {"type": "m.room.member", "state_key": OWN, "sender": sender,
             "content": {"membership": "invite"}}  # fmt: skip
    return {"!new": {"invite_state": {"events": [event]}}}


def test_an_invitation_is_kept_with_the_cursor_until_it_is_followed() -> None:
    box = Box()
    syncs: list[Json | int] = [
        news("s2", [], invite=invitation("@owner:x")), news("s3", []), news("s4", []),
    ]  # fmt: skip
    server = Server(syncs, joins=[500, {"room_id": "!new"}])
    listen(server, {"since": "s1"}, box, inviters="@owner:x")
    assert [parcel.cursor["invited"] for parcel in box.parcels] == ["!new", "!new", ""]
    assert server.joins == []


def test_a_process_that_died_before_it_entered_enters_after_all() -> None:
    server = Server([news("s3", [])], joins=[{"room_id": "!new"}])
    listen(server, {"since": "s2", "invited": "!new"}, Box(), inviters="@owner:x")
    assert server.joins == []


def test_an_invitation_that_was_withdrawn_is_forgotten() -> None:
    box = Box()
    syncs: list[Json | int] = [news("s2", [], invite=invitation("@owner:x")), news("s3", [])]
    listen(Server(syncs, joins=[403]), {"since": "s1"}, box, inviters="@owner:x")
    assert [parcel.cursor["invited"] for parcel in box.parcels] == ["!new", ""]
