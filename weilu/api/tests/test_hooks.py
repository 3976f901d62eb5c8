"""Calls to a webhook: what is stored, what is refused, and that the documentation is right."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import time
from pathlib import Path

import pytest
from django.db import OperationalError
from django.test import Client
from pytest_django.live_server_helper import LiveServer

from weilu.api.tests.calls import call, event, headers, secret_of, webhook
from weilu.chat.live.arrivals import Arrivals
from weilu.chat.live.connections import switch
from weilu.chat.live.keys import remake
from weilu.chat.models import Message
from weilu.chat.ports.records import Kind
from weilu.chat.staging import count_waiting
from weilu.core.errors import NotAllowed, NotFound
from weilu.core.tests.cast import Person
from weilu.core.vault import seal, unseal
from weilu.groups.models import Connection, Group, JoinAsk, Participation
from weilu.members.models import Identity

DOCS = Path(__file__).resolve().parents[3] / "docs" / "connect" / "webhook.md"
pytestmark = pytest.mark.django_db


def test_events_of_every_kind_are_stored(owner: Person) -> None:
    one = webhook(owner.actor)
    bo = {"id": "u-2", "name": "Bo"}
    sent = [
        event(),
        event("join", "j", member=bo, source="QR at the till", invited_by="Lin"),
        event("reaction", "r", member=bo, message="m-1", text="👍"),
        event("edit", "e", message="m-1", text="Good evening"),
        event(number="m-2", member=bo, text="buy!", form="picture", reply_to="m-1"),
        event("recall", "c", message="m-2"),
        event("rename", "n", member=bo, name="Bo the second"),
        event("leave", "l", member=bo, removed_by="Lin"),
        event("join_request", "q-1", member={"id": "u-3", "name": "Cy"}, text="Please"),
    ]
    assert call(one, "events", {"events": sent}) == (200, {"received": 9})
    group = Group.objects.get()
    assert (group.name, group.connection_id, group.platform) == ("Tea friends", one.pk, "other")
    kinds = set(Message.objects.values_list("kind", flat=True))
    assert {int(k) for k in (Kind.MESSAGE, Kind.JOIN, Kind.LEAVE, Kind.RENAME)} <= kinds
    first = Message.objects.get(external_id="m-1")
    assert first.text == "Good evening"
    assert Message.objects.get(external_id="m-2").flags & int(Message.Flag.RECALLED)
    ask = JoinAsk.objects.get()
    assert (ask.external_id, ask.account, ask.words) == ("q-1", f"{one.pk}/u-3", "Please")
    count_waiting()
    assert Participation.objects.count() == 2


def test_what_comes_again_counts_once(owner: Person) -> None:
    one = webhook(owner.actor)
    sent = {"events": [event(text="hi"), event("join", "m-1")]}
    assert call(one, "events", sent) == call(one, "events", sent) == (200, {"received": 2})
    assert Message.objects.count() == 2


def test_ids_of_two_connections_are_not_mixed_up(owner: Person) -> None:
    first, second = webhook(owner.actor), webhook(owner.actor, "Their app")
    for one in (first, second):
        assert call(one, "events", {"events": [event(text="hi")]})[0] == 200
    assert set(Group.objects.values_list("connection_id", flat=True)) == {first.pk, second.pk}
    assert Message.objects.count() == Identity.objects.count() == 2


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b"{", ""),
        (b"[]", ""),
        (b"\xff\x00", ""),
        (b"[" * 100_000, ""),
        ({"events": []}, "events"),
        ({"events": [event(), event(time="yesterday")]}, "events[1].time"),
        ({"events": [event(time="2026-11-01T10:00:00")]}, "events[0].time"),
        ({"events": [event(), event(), event("dance")]}, "events[2].type"),
        ({"events": [event(colour="red")]}, "events[0]"),
        ({"events": [event(group={"id": ""})]}, "events[0].group.id"),
        ({"events": [event(), event(number="x" * 121)]}, "events[1].id"),
        ({"events": [event()] * 501}, "events"),
    ],
)
def test_bad_bodies_are_refused_whole_with_the_place(
    owner: Person, body: object, place: str
) -> None:
    one = webhook(owner.actor)
    status, said = call(one, "events", body)
    assert status == 422
    assert isinstance(said, dict)
    assert said.get("place", "") == place
    assert said["message"].startswith(f"{place}: " if place else "")
    assert not Message.objects.exists()
    assert not Group.objects.exists()


def test_unsigned_forged_old_and_foreign_calls_learn_nothing(owner: Person) -> None:
    one, other = webhook(owner.actor), webhook(owner.actor, "Their app")
    body = b'{"events": []}'
    good = headers(secret_of(one), body)
    mac = good["Weilu-Signature"]
    bad: list[dict[str, str]] = [
        {},
        {"Weilu-Timestamp": good["Weilu-Timestamp"]},
        {**good, "Weilu-Signature": mac[:-1] + ("0" if mac[-1] != "0" else "1")},
        {**good, "Weilu-Signature": mac[3:]},
        {**good, "Weilu-Signature": "v1=é"},
        {**good, "Weilu-Timestamp": "soon"},
        {**good, "Weilu-Timestamp": str(int(good["Weilu-Timestamp"]) + 1)},
        headers(secret_of(other), body),
        headers("", body),
        headers(secret_of(one), body, int(time.time()) - 310),
        headers(secret_of(one), body, int(time.time()) + 310),
    ]
    for signed in bad:
        assert call(one, "events", body, signed=signed) == (401, None)
    assert call(one, "events", body, signed=good)[0] == 422
    assert call(one, "events", b"x" + body, signed=good) == (401, None)


def test_the_signature_comes_before_the_parser(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    def never(*_args: object) -> None:
        raise AssertionError("parsed before it was known to be genuine")

    monkeypatch.setattr("weilu.connectors.webhook.connector.read", never)
    assert call(webhook(owner.actor), "events", b"{}", signed={}) == (401, None)


def test_too_much_is_refused_before_it_is_read(owner: Person) -> None:
    one = webhook(owner.actor)
    assert call(one, "events", b"x" * 1_000_001) == (413, None)
    assert call(one, "events", b"x" * 1_000_000)[0] == 422


def test_a_body_without_a_length_is_said_to_lack_it(owner: Person) -> None:
    one = webhook(owner.actor)
    signed = headers(secret_of(one), b"{}") | {"Transfer-Encoding": "chunked"}
    assert call(one, "events", b"{}", signed=signed) == (411, None)


def test_no_door_where_there_is_no_webhook(owner: Person) -> None:
    one = webhook(owner.actor)
    assert call(one, "nowhere", b"{}")[0] == 404
    assert call(one, "events")[0] == 405
    assert Client().delete(f"/api/hooks/{one.hook}/events").status_code == 405
    assert Client().post("/api/hooks/guess/events").status_code == 404
    switch(owner.actor, connection=one, is_on=False)
    assert call(one, "events", {"events": [event()]}) == (404, None)
    Connection.objects.filter(pk=one.pk).update(is_on=True, connector="telegram")
    assert call(one, "events", {"events": [event()]}) == (404, None)


def test_what_could_not_be_stored_is_asked_for_again(
    owner: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = webhook(owner.actor)

    def locked(*_args: object) -> None:
        raise OperationalError("database is locked")

    with monkeypatch.context() as broken:
        broken.setattr(Arrivals, "store", locked)
        assert call(one, "events", {"events": [event()]}) == (503, None)
    assert not Message.objects.exists()
    assert call(one, "events", {"events": [event()]})[0] == 200


def test_a_replaced_secret_works_for_a_day(owner: Person) -> None:
    old = webhook(owner.actor)
    new = remake(owner.actor, connection=old)
    assert secret_of(new) != secret_of(old)
    body = b'{"events": []}'
    assert call(new, "events", body)[0] == 422
    assert call(new, "events", body, signed=headers(secret_of(old), body))[0] == 422
    stored = unseal(new.sealed) | {"secret:before:until": str(int(time.time() * 1000) - 1)}
    Connection.objects.filter(pk=new.pk).update(sealed=seal(stored))
    assert call(new, "events", body, signed=headers(secret_of(old), body)) == (401, None)
    assert call(new, "events", body)[0] == 422


def test_only_who_connects_makes_secrets(owner: Person, operator: Person, stranger: Person) -> None:
    one = webhook(owner.actor)
    for person, refusal in ((operator, NotAllowed), (stranger, NotFound)):
        with pytest.raises(refusal):
            remake(person.actor, connection=one)
    assert Connection.objects.get(pk=one.pk).sealed == one.sealed


def test_the_description_names_every_call() -> None:
    answer = Client().get("/api/openapi.json")
    said = answer.json()
    assert said["openapi"] == "3.1.0"
    paths = {path: set(item) - {"parameters"} for path, item in said["paths"].items()}
    assert paths == {
        "/api/hooks/{hook}/events": {"post"},
        "/api/hooks/{hook}/orders": {"get"},
        "/api/hooks/{hook}/receipts": {"post"},
    }
    text = answer.content.decode()
    for name in re.findall(r"#/components/schemas/(\w+)", text):
        assert name in said["components"]["schemas"]
    kinds = said["components"]["schemas"]["Events"]["properties"]["events"]["items"]
    assert set(kinds["discriminator"]["mapping"]) == {
        "message", "edit", "recall", "reaction", "join", "leave", "rename", "join_request",
    }  # fmt: skip


@pytest.mark.skipif(not (shutil.which("curl") and shutil.which("openssl")), reason="needs curl")
def test_the_documented_example_works_as_it_stands(owner: Person, live_server: LiveServer) -> None:
    one = webhook(owner.actor)
    example = re.search(r"```sh\n(.*?)```", DOCS.read_text(encoding="utf-8"), re.DOTALL)
    assert example
    script = example[1].replace("YOUR-HOOK", one.hook).replace("YOUR-SECRET", secret_of(one))
    script = script.replace("https://weilu.example.org", live_server.url)
    for _twice in range(2):
        done = subprocess.run(  # noqa: S603 - the documentation's own words
            ["/bin/sh", "-eu", "-c", script],
            capture_output=True,
            text=True,
            check=False,
            timeout=30,
            env={"PATH": os.environ["PATH"], "no_proxy": "*"},  # noqa: TID251 - for a process
        )
        assert (done.returncode, done.stdout) == (0, '{"received":1}'), done.stderr
    message = Message.objects.get()
    assert (message.external_id, message.text) == ("m-1", "Good morning")


def test_events_in_disorder_and_from_a_wrong_clock_are_stored_once(owner: Person) -> None:
    one = webhook(owner.actor)
    sent = [
        event(number="late", time="2026-11-01T12:00:00+08:00", text="second"),
        event(number="early", time="2026-11-01T09:00:00+08:00", text="first"),
        event(number="future", time="2999-01-01T00:00:00Z", text="third"),
    ]
    assert call(one, "events", {"events": sent}) == (200, {"received": 3})
    assert call(one, "events", {"events": sent[::-1]})[0] == 200
    said = Message.objects.order_by("sent_ms")
    assert list(said.values_list("text", flat=True)) == ["first", "second", "third"]
    assert abs(said[2].sent_ms - int(time.time() * 1000)) < 60_000
