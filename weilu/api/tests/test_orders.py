"""Orders to a webhook that fetches them, end to end through the gateway."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import pytest
from django.conf import settings

from weilu.api.tests.calls import TIME, call, event, webhook
from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.tests.live import run_gateway
from weilu.core.clock import now
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection, Group

pytestmark = pytest.mark.django_db(transaction=True)


def send(group: Group, key: str, **more: object) -> None:
    """Something that moderation wants out, which no quiet hours stop."""
    base = {"key": key, "group_id": group.pk, "deed": Deed.SEND, "origin": Origin.MODERATION}
    enqueue(group.workspace_id, [Draft(**(base | {"text": f"Words {key}"} | more))])  # type: ignore[arg-type]  # as Draft


def handed_over(one: Connection, count: int) -> None:
    asked = Outgoing.objects.filter(state=Outgoing.State.ASKED)
    run_gateway(lambda: asked.count() == count)


def test_orders_are_fetched_until_their_receipt(
    owner: Person, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr(settings, "MEDIA_ROOT", tmp_path)
    (tmp_path / "tea.png").write_bytes(b"not really")
    one, other = webhook(owner.actor), webhook(owner.actor, "Their app")
    call(one, "events", {"events": [event(text="hi")]})
    call(other, "events", {"events": [event(text="hi")]})
    group = Group.objects.get(connection=one)
    send(group, "k1", picture="tea.png")
    send(group, "k2")
    send(Group.objects.get(connection=other), "k3")
    handed_over(one, 3)
    status, said = call(one, "orders")
    assert status == 200
    picture = {"media_type": "image/png", "base64": "bm90IHJlYWxseQ=="}
    first = {"key": "k1", "type": "send", "group": "g-1", "text": "Words k1", "picture": picture}
    assert said == {
        "orders": [first, {"key": "k2", "type": "send", "group": "g-1", "text": "Words k2"}]
    }
    assert call(one, "orders") == (200, said)
    receipts = {
        "receipts": [
            {"key": "k1", "result": "done", "time": TIME},
            {"key": "k2", "result": "refused", "time": TIME},
            # Of another connection: changes nothing.
            {"key": "k3", "result": "done", "time": TIME},
        ]
    }
    for _twice in range(2):
        assert call(one, "receipts", receipts) == (200, {"received": 3})
        assert call(one, "orders") == (200, {"orders": []})
    assert dict(Outgoing.objects.values_list("key", "state")) == {
        "k1": "sent", "k2": "failed", "k3": "asked",
    }  # fmt: skip


def test_what_has_expired_is_not_handed_out(owner: Person) -> None:
    one = webhook(owner.actor)
    call(one, "events", {"events": [event(text="hi")]})
    send(Group.objects.get(), "k1", expires_at=now() + timedelta(hours=1))
    handed_over(one, 1)
    Outgoing.objects.update(expires_at=now() - timedelta(seconds=1))
    assert call(one, "orders") == (200, {"orders": []})
