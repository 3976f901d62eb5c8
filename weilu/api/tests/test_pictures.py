"""Pictures pushed to a webhook: read for codes, judged, dropped; nothing is fetched from inside."""

from __future__ import annotations

import base64
import time
from datetime import UTC, datetime

import pytest
from django.conf import settings
from pytest_django.live_server_helper import LiveServer

from weilu.api.tests.calls import call, event, webhook
from weilu.chat.models import Message, Picture
from weilu.chat.pictures import queue
from weilu.chat.pictures.tests.drawn import drawn
from weilu.chat.ports.records import INLINE, Form, Inbound, Kind
from weilu.chat.tests.live import run_gateway
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.groups.models import Connection
from weilu.moderation import live
from weilu.moderation.models import Doubt

pytestmark = pytest.mark.django_db(transaction=True)
INVITE = "https://weixin.qq.com/g/AwYAAexample"


@pytest.fixture(autouse=True)
def _fresh() -> None:
    live.forget()


@pytest.fixture
def line(owner: Person) -> Connection:
    """A webhook connection."""
    return webhook(owner.actor)


def shown(number: str, **picture: str) -> dict[str, object]:
    """A message of a newcomer's that shows a picture, said just now."""
    moment = datetime.fromtimestamp(int(time.time()), UTC).isoformat()
    new = {"id": "u-9", "name": "New"}
    return event(number=number, time=moment, member=new, picture=picture)


def encoded(data: bytes) -> str:
    return base64.b64encode(data).decode()


def ended(count: int) -> bool:
    return Picture.objects.exclude(state="waiting").count() == count


def test_a_picture_that_comes_along_is_read_judged_and_dropped(line: Connection) -> None:
    poster = shown("p-1", base64=encoded(drawn(INVITE)))
    assert call(line, "events", {"events": [poster]}) == (200, {"received": 1})
    assert call(line, "events", {"events": [poster]}) == (200, {"received": 1})
    waiting = Picture.objects.get()
    assert (waiting.state, waiting.media, waiting.data is None) == ("waiting", "", False)
    run_gateway(lambda: ended(1))
    drain()
    read = Picture.objects.get()
    assert (read.state, read.codes, read.data) == ("read", [INVITE], None)
    said = Message.objects.get(external_id="p-1")
    assert said.form == Form.PICTURE
    doubt = Doubt.objects.get()
    assert (doubt.pk, doubt.kind, doubt.seen) == (said.pk, "qr", INVITE)


def test_a_picture_is_fetched_from_where_it_may_be(
    line: Connection, live_server: LiveServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside = f"{live_server.url}/static/no-such.png"
    call(line, "events", {"events": [shown("p-1", url=inside)]})
    run_gateway(lambda: ended(1))
    assert Picture.objects.get().state == "failed"
    assert settings.WEBHOOKS_PRIVATE is False
    # Allowed, it is asked for; there it is not found.
    monkeypatch.setattr(settings, "WEBHOOKS_PRIVATE", True)
    asked: list[str] = []

    async def fetched(address: str, most: int, *, allows_private: bool) -> bytes:
        asked.append(address)
        assert allows_private
        return drawn(INVITE)[:most]

    monkeypatch.setattr("weilu.connectors.webhook.session.fetched", fetched)
    call(line, "events", {"events": [shown("p-2", url=inside)]})
    run_gateway(lambda: ended(2))
    assert asked == [inside]
    assert list(Picture.objects.order_by("pk").values_list("state", "codes")) == [
        ("failed", []), ("read", [INVITE]),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("picture", "place"),
    [
        ({}, "events[1].picture"),
        ({"url": "https://x.example.org/a.png", "base64": "aGk="}, "events[1].picture"),
        ({"url": "file:///etc/passwd"}, "events[1].picture.url"),
        ({"base64": "not base64"}, "events[1].picture.base64"),
        ({"base64": encoded(b"<svg xmlns='http://www.w3.org/2000/svg'/>")},
         "events[1].picture.base64"),
    ],
)  # fmt: skip
def test_what_is_no_picture_is_refused_with_its_place(
    line: Connection, picture: dict[str, str], place: str
) -> None:
    status, said = call(line, "events", {"events": [event(), shown("p", **picture)]})
    assert (status, said["place"]) == (422, place)  # type: ignore[index]  # JSON
    assert not Message.objects.exists()


def test_no_more_wait_than_are_kept(line: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(queue, "MOST_INLINE", 2)
    picture = encoded(drawn("Table 12"))
    call(line, "events", {"events": [shown(f"p-{n}", base64=picture) for n in range(4)]})
    assert (Message.objects.count(), Picture.objects.count()) == (4, 2)


def test_what_another_platform_calls_a_picture_stops_nothing(line: Connection) -> None:
    call(line, "events", {"events": [event()]})
    group_id = Message.objects.values_list("group_id", flat=True)[0]
    bad = Inbound(
        Kind.MESSAGE, 5, "u", "U", external_id="x", form=Form.PICTURE, media=f"{INLINE}###"
    )
    assert queue.is_looked_at(bad)
    queue.note_pictures(line.workspace_id, line.pk, [(group_id, bad)])
    assert bytes(Picture.objects.values_list("data", flat=True)[0] or b"") == b""
    long = INLINE + "a" * queue.INLINE_CHARS
    assert not queue.is_looked_at(
        Inbound(Kind.MESSAGE, 5, "u", "U", external_id="y", form=Form.PICTURE, media=long)
    )
