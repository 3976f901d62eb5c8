"""The live board over HTTP and as a stream."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from typing import cast

import pytest
from asgiref.sync import sync_to_async
from django.db import connection
from django.http import StreamingHttpResponse
from django.test import AsyncClient, Client

from weilu.chat.live.arrivals import Arrivals
from weilu.chat.live.queue import enqueue
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import Arrival, Parcel
from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.tests.live import connected, draft, group_of
from weilu.chat.tests.platform import GROUP, RecordingPlatform
from weilu.console import idle
from weilu.core.access import Role
from weilu.core.clock import now, now_ms
from weilu.core.models import Seat, Workspace
from weilu.core.tests.cast import Person, person
from weilu.groups.models import Connection

pytestmark = pytest.mark.django_db(transaction=True)
STREAM = "/live/stream/"


@pytest.fixture
def line(monkeypatch: pytest.MonkeyPatch, workspace: Workspace) -> Connection:
    """A connection with a group in which something was said."""
    platform = RecordingPlatform()
    monkeypatch.setitem(CONNECTORS.connectors, platform.name, platform)
    made = connected(person(workspace, "boss", Role.OWNER).actor, platform)
    group_of(made)
    hear(made, (Kind.JOIN, "ming", ""), (Kind.MESSAGE, "ming", "white <b>tea</b>"))
    return made


def hear(line: Connection, *items: tuple[Kind, str, str]) -> None:
    number = Message.objects.count()
    parcel = [
        Arrival(GROUP, Inbound(kind, now_ms() - 1000 + n, who, who, text, f"$e{number + n}"))
        for n, (kind, who, text) in enumerate(items)
    ]
    Arrivals().store([(line.pk, Parcel(parcel))])


def signed_in(one: Person) -> AsyncClient:
    client = AsyncClient()
    client.cookies = one.client().cookies
    return client


async def aside(do: Callable[..., object], *arguments: object) -> None:
    """Do something with the database in a thread that keeps no connection."""

    def done() -> None:
        do(*arguments)
        connection.close()

    await asyncio.to_thread(done)


@asynccontextmanager
async def watching() -> AsyncGenerator[None]:
    """A story with a stream in it; what Django's own thread has opened is closed in the end."""
    try:
        async with asyncio.timeout(20):
            yield
    finally:
        await sync_to_async(close_here)()


def close_here() -> None:
    """Close the connection of the thread this runs in."""
    connection.close()


async def events(answer: object) -> AsyncGenerator[str]:
    """The events of a stream, one by one."""
    async for event in cast("StreamingHttpResponse", answer).streaming_content:  # type: ignore[union-attr]
        yield event.decode()


def test_the_page_shows_what_was_heard_and_done(line: Connection, operator: Person) -> None:
    enqueue(line.workspace_id, [draft(group_of(line), "k1")])
    page = operator.client().get("/live/").content.decode()
    assert "white &lt;b&gt;tea&lt;/b&gt;" in page
    assert "joined" in page
    assert "Send a message" in page
    assert "1 waits to leave" in page
    assert "Our house" in page
    assert "http://testserver:8422/live/stream/" in page


def test_what_was_taken_away_says_so_and_stays_readable(line: Connection, operator: Person) -> None:
    hear(line, (Kind.MESSAGE, "spam", "buy now"), (Kind.MESSAGE, "reed", "never mind"))
    ad, own = Message.objects.order_by("-pk")[1], Message.objects.order_by("-pk")[0]
    recalled = Message.Flag.RECALLED
    Message.objects.filter(pk__in=[ad.pk, own.pk]).update(flags=recalled)
    recall = draft(group_of(line), "k1", deed=Deed.RECALL)
    recall = replace(recall, message_id=ad.pk, identity_id=ad.identity_id)
    enqueue(line.workspace_id, [recall])
    Outgoing.objects.update(state="sent", begun_at=now())
    page = operator.client().get("/live/").content.decode()
    assert "buy now <em" in page
    assert page.count("taken away</em>") == 1
    assert "never mind" not in page
    assert "taken back by its sender" in page
    assert '<span class="live-whom">spam</span>' in page
    around = operator.client().get(f"/messages/{ad.pk}/").content.decode()
    assert "buy now <em" in around
    assert "never mind" not in around


def test_comings_and_goings_say_how_and_through_whom(line: Connection, operator: Person) -> None:
    hear(
        line,
        (Kind.JOIN, "lan", "scan <1>"),
        (Kind.LEAVE, "lan", ""),
        (Kind.LEAVE, "ming", "Boss & co"),
    )
    page = operator.client().get("/live/").content.decode()
    assert "joined · scan &lt;1&gt;" in page
    assert "removed by Boss &amp; co" in page
    assert "left" in page


def test_what_has_a_time_to_come_is_not_about_to_leave(line: Connection, operator: Person) -> None:
    later = draft(group_of(line), "k1")
    enqueue(line.workspace_id, [replace(later, due_at=now() + timedelta(hours=1))])
    page = operator.client().get("/live/").content.decode()
    assert "1 for later" in page
    assert "waits to leave" not in page


def test_what_is_old_or_of_others_is_not_shown(line: Connection, operator: Person) -> None:
    day = 86_400_000
    old = Inbound(Kind.MESSAGE, now_ms() - 2 * day, "ming", "ming", "yesterdays", "$old")
    Arrivals().store([(line.pk, Parcel([Arrival(GROUP, old)]))])
    stranger = person(Workspace.objects.create(name="other"), "sue", Role.OWNER)
    assert "tea" not in stranger.client().get("/live/now/").content.decode()
    page = operator.client().get("/live/").content.decode()
    assert "tea" in page
    assert "yesterdays" not in page


def test_the_page_costs_the_same_however_much_was_said(
    line: Connection, operator: Person, django_assert_max_num_queries: pytest.FixtureRequest
) -> None:
    client = operator.client()
    hear(line, *[(Kind.MESSAGE, f"u{n}", f"word {n}") for n in range(300)])
    with django_assert_max_num_queries(14):  # type: ignore[operator]  # pytest-django's fixture
        page = client.get("/live/").content.decode()
    assert page.count("<li") < 70
    assert "word 299" in page


def test_without_a_worker_the_board_and_today_say_so(
    operator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    client = operator.client()
    monkeypatch.setattr(idle, "silence_s", lambda: 7300.0)
    for page in ("/live/", "/"):
        shown = client.get(page).content.decode()
        assert "No worker has run for 2\N{NO-BREAK SPACE}h" in shown
        assert "weilu work" in shown
    monkeypatch.setattr(idle, "silence_s", lambda: 0.0)
    for page in ("/live/", "/"):
        assert "No worker" not in client.get(page).content.decode()


def test_a_stream_tells_what_changed(line: Connection, operator: Person) -> None:
    watcher = signed_in(operator)

    async def story() -> None:
        answer = await watcher.get(STREAM, headers={"Origin": "http://testserver:8420"})
        assert answer["Content-Type"] == "text/event-stream"
        assert answer["Access-Control-Allow-Origin"] == "http://testserver:8420"
        stream = events(answer)
        first = json.loads((await anext(stream)).removeprefix("data: "))
        assert set(first) == {"said", "done", "lines"}
        await aside(hear, line, (Kind.MESSAGE, "lan", "fresh oolong"))
        while True:
            event = await anext(stream)
            if event.startswith("data: "):
                break
        changed = json.loads(event.removeprefix("data: "))
        assert "fresh oolong" in changed["said"]
        await stream.aclose()

    async def main() -> None:
        async with watching():
            await story()

    asyncio.run(main())


def test_strangers_and_other_pages_read_no_stream(line: Connection, operator: Person) -> None:
    watcher = signed_in(operator)

    async def story() -> tuple[int, str | None]:
        nobody = await AsyncClient().get(STREAM)
        other = await watcher.get(STREAM, headers={"Origin": "http://evil.example"})
        return nobody.status_code, other.headers.get("Access-Control-Allow-Origin")

    async def main() -> tuple[int, str | None]:
        async with watching():
            return await story()

    assert asyncio.run(main()) == (401, None)


def test_the_web_server_keeps_no_stream(operator: Person) -> None:
    assert operator.client().get(STREAM).status_code == 421
    assert Client().get(STREAM).status_code == 421


def test_who_was_put_out_sees_no_more(
    line: Connection, operator: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("weilu.console.live.views.ASK_EVERY_S", 0.0)

    watcher = signed_in(operator)

    async def story() -> int:
        answer = await watcher.get(STREAM)
        await aside(Seat.objects.filter(user=operator.user).delete)
        return len([event async for event in events(answer)])

    async def main() -> int:
        async with watching():
            return await story()

    assert asyncio.run(main()) == 0
