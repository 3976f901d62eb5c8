"""A callback, the gateway and the list together: who comes is stored once, a task is settled."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from weilu.chat.live.connections import connect
from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.records import Kind
from weilu.chat.tests.live import run_gateway
from weilu.connectors.wecom import session
from weilu.connectors.wecom.tests.server import COMPANY, SECRET, WeCom, member, running
from weilu.connectors.wecom.tests.test_callbacks import LEFT, posted, sealed
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection, Group

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def wecom(monkeypatch: pytest.MonkeyPatch) -> Iterator[WeCom]:
    """A small WeCom on a loop of its own, as the gateway has its own."""
    monkeypatch.setattr(session, "ROUND_S", 0.02)
    monkeypatch.setattr(session, "TASKS_S", 0.05)
    one = WeCom({"g1": {"name": "Tea", "owner": "boss", "member_version": "v1"}})
    one.groups["g1"]["member_list"] = [member("boss", 100, type=1), member("lin", 200)]
    loop, is_up, stop = asyncio.new_event_loop(), threading.Event(), asyncio.Event()

    async def serve() -> None:
        async with running(one, monkeypatch):
            is_up.set()
            await stop.wait()

    thread = threading.Thread(target=loop.run_until_complete, args=(serve(),))
    thread.start()
    assert is_up.wait(10)
    yield one
    loop.call_soon_threadsafe(stop.set)
    thread.join(10)
    loop.close()


def joined() -> list[str]:
    joins = Message.objects.filter(kind=int(Kind.JOIN))
    return sorted(str(one.external_id) for one in joins)


def test_from_the_callback_to_the_receipt(owner: Person, wecom: WeCom) -> None:
    answers = {"company": COMPANY, "secret": SECRET}
    line = connect(owner.actor, connector="wecom", name="WeCom", answers=answers)
    run_gateway(lambda: len(joined()) == 2)
    # While no gateway runs somebody comes; the door keeps the callback until one does.
    wecom.groups["g1"]["member_list"].append(member("cy", 400))
    wecom.groups["g1"]["member_version"] = "v2"
    assert posted(line, *sealed(line, LEFT.replace("del_member", "add_member"))) == 200
    run_gateway(lambda: len(joined()) == 3)
    assert joined() == ["jboss-100", "jcy-400", "jlin-200"]
    cursor = Connection.objects.get().cursor
    assert cursor["read:g1"] == cursor["rung:g1"] == "1793498400-add_member-v2"
    group = Group.objects.get()
    draft = Draft(
        key="k", group_id=group.pk, deed=Deed.SEND, origin=Origin.MODERATION, text="Good morning"
    )
    enqueue(group.workspace_id, [draft])
    run_gateway(lambda: Outgoing.objects.get().state == Outgoing.State.ASKED)
    wecom.results["task-g1"] = [{"chat_id": "g1", "status": 1, "send_time": 900}]
    run_gateway(lambda: Outgoing.objects.get().state == Outgoing.State.SENT)
    tasks = [path for path, _body in wecom.asked if path.endswith("add_msg_template")]
    assert len(tasks) == 1
