"""The Matrix connector against a real Synapse, by the gateway's own ways."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import TypeVar

import pytest
from PIL import Image

from weilu.chat.live.connections import connect
from weilu.chat.live.gateway import config_of
from weilu.chat.live.performing import perform
from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import CONNECTORS, Config
from weilu.chat.ports.orders import Order
from weilu.chat.ports.sessions import Session, StepState
from weilu.chat.tests.live import run_gateway
from weilu.connectors.matrix.session import MatrixSession
from weilu.connectors.matrix.tests.homeserver import Homeserver
from weilu.connectors.matrix.tests.room import Visitor, open_room
from weilu.core.errors import GivenUp
from weilu.core.tests.cast import Person
from weilu.groups.models import CapabilityRow, Connection, Group, JoinAsk
from weilu.members.models import Identity

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.synapse]
T = TypeVar("T")


@pytest.fixture
def keeper(synapse: Homeserver) -> Visitor:
    """The person who runs the rooms."""
    return Visitor(synapse, "keeper")


@pytest.fixture
def bot(synapse: Homeserver) -> Visitor:
    """The account Weilu speaks with."""
    return Visitor(synapse, "weilu")


@pytest.fixture
def room(keeper: Visitor, bot: Visitor) -> str:
    """A room with both in it."""
    return open_room(keeper, bot)


def connection_of(person: Person, bot: Visitor, **more: str) -> Connection:
    answers = {"homeserver": bot.server.url, "token": bot.token, **more}
    return connect(person.actor, connector="matrix", name="Tea house", answers=answers)


def texts() -> list[str]:
    said = Message.objects.filter(kind=0).order_by("sent_ms", "pk")
    return list(said.values_list("text", flat=True))


def with_session(bot: Visitor, do: Callable[[Session], Awaitable[T]]) -> T:
    """Open a session without a gateway and do something with it."""

    async def main() -> T:
        config = Config(1, {"homeserver": bot.server.url, "token": bot.token})
        async with CONNECTORS.connectors["matrix"].open(config) as session:
            return await do(session)

    return asyncio.run(main())


def ordered(bot: Visitor, deed: Deed, room: str, **more: object) -> str:
    order = Order(f"k-{deed}-{len(room)}-{abs(hash(str(more)))}", deed, room, **more)  # type: ignore[arg-type]  # fields by name
    return with_session(bot, lambda session: perform(session, order)).external_id


def test_a_burst_is_read_whole_over_a_restart_in_its_middle(
    room: str, keeper: Visitor, bot: Visitor, owner: Person
) -> None:
    """300 messages, far more than one answer holds; the gateway is stopped after some of them."""
    connection_of(owner, bot)
    keeper.say(room, "before")
    run_gateway(lambda: "before" in texts())
    for n in range(150):
        keeper.say(room, f"burst {n}")
    run_gateway(lambda: Message.objects.filter(text__startswith="burst").exists())
    for n in range(150, 300):
        keeper.say(room, f"burst {n}")
    run_gateway(lambda: "burst 299" in texts())
    assert [t for t in texts() if t.startswith("burst")] == [f"burst {n}" for n in range(300)]
    group = Group.objects.get(external_key=room)
    assert (group.name, group.platform) == ("Tea lovers", "matrix")


def test_what_happens_in_a_room_is_told(
    room: str, keeper: Visitor, bot: Visitor, synapse: Homeserver, owner: Person
) -> None:
    guest = Visitor(synapse, "guest")
    connection_of(owner, bot)
    run_gateway(lambda: Connection.objects.get().cursor != {})
    guest.join(room)
    first = guest.say(room, "Is this tea green?")
    keeper.say(room, "> quoted\n\nYes", **{"m.relates_to": {"m.in_reply_to": {"event_id": first}}})
    edit = {"m.new_content": {"msgtype": "m.text", "body": "Is it oolong?"},
            "m.relates_to": {"rel_type": "m.replace", "event_id": first}}  # fmt: skip
    guest.say(room, "* Is it oolong?", **edit)
    gone = guest.say(room, "Never mind")
    run_gateway(lambda: Message.objects.filter(external_id=gone).exists())
    guest.call("PUT", f"/rooms/{room}/redact/{gone}/t1", {})
    guest.leave(room)
    run_gateway(lambda: Message.objects.filter(kind=2, identity__account=guest.user_id).exists())
    rows = Message.objects.filter(identity_id=_identity(guest)).order_by("sent_ms", "pk")
    assert list(rows.values_list("kind", "text")) == [
        (1, ""), (0, "Is it oolong?"), (5, "Is it oolong?"), (0, "Never mind"), (6, ""), (2, ""),
    ]  # fmt: skip
    assert Message.objects.get(text="Yes").answers == first
    assert Message.objects.get(text="Never mind").flags & Message.Flag.RECALLED


def _identity(visitor: Visitor) -> int:
    return Identity.objects.filter(account=visitor.user_id).values_list("pk", flat=True)[0]


def test_orders_of_the_queue_are_carried_out_once(
    room: str, keeper: Visitor, bot: Visitor, synapse: Homeserver, owner: Person
) -> None:
    guest = Visitor(synapse, "guest")
    connection_of(owner, bot)
    guest.join(room)
    spam = guest.say(room, "Add me for cheap tea")
    run_gateway(lambda: Message.objects.filter(external_id=spam).exists())
    group = Group.objects.get(external_key=room)
    who, what = _identity(guest), Message.objects.get(external_id=spam).pk

    def draft(key: str, deed: Deed, **more: object) -> Draft:
        return Draft(key, group.pk, deed, Origin.MODERATION, **more)  # type: ignore[arg-type]  # by name

    enqueue(
        group.workspace_id,
        [
            draft("k-recall", Deed.RECALL, message_id=what, reason="An advertisement"),
            draft("k-warn", Deed.SEND, text="Please do not advertise here.", identity_id=who),
            draft("k-mute", Deed.MUTE, identity_id=who, seconds=600),
        ],
    )
    run_gateway(lambda: set(Outgoing.objects.values_list("state", flat=True)) == {"sent"})
    assert keeper.event(room, spam)["content"] == {}
    assert not guest.may_say(room)
    # The process died before it could write down that it was sent: the server knows the id.
    Outgoing.objects.filter(key="k-warn").update(state="waiting")
    run_gateway(lambda: set(Outgoing.objects.values_list("state", flat=True)) == {"sent"})
    warnings = [
        event
        for event in keeper.messages(room)
        if event["sender"] == bot.user_id and event["type"] == "m.room.message"
    ]
    assert len(warnings) == 1


def test_every_ability_is_there(
    room: str, keeper: Visitor, bot: Visitor, synapse: Homeserver, tmp_path: Path
) -> None:
    guest = Visitor(synapse, "guest")
    guest.join(room)
    ordered(bot, Deed.MUTE, room, account=guest.user_id)
    assert not guest.may_say(room)
    ordered(bot, Deed.UNMUTE, room, account=guest.user_id)
    assert guest.may_say(room)
    ordered(bot, Deed.REMOVE, room, account=guest.user_id)
    assert not guest.may_say(room)
    ordered(bot, Deed.REMOVE, room, account=guest.user_id, reason="again")
    guest.join(room)
    ordered(bot, Deed.BAN, room, account=guest.user_id)
    assert keeper.state(room, "m.room.member", guest.user_id)["membership"] == "ban"
    ordered(bot, Deed.UNBAN, room, account=guest.user_id)
    assert keeper.state(room, "m.room.member", guest.user_id)["membership"] == "leave"
    ordered(bot, Deed.ANNOUNCE, room, text="Spring tea is here")
    assert keeper.state(room, "m.room.topic")["topic"] == "Spring tea is here"
    picture = tmp_path / "tea.png"
    Image.new("RGB", (4, 4), "green").save(picture)
    sent = ordered(bot, Deed.SEND, room, text="Look", picture=picture)
    kinds = [e["content"]["msgtype"] for e in keeper.messages(room)[:2]]  # type: ignore[index]  # wire data
    assert kinds == ["m.text", "m.image"]
    ordered(bot, Deed.RECALL, room, message=sent)
    assert keeper.event(room, sent)["content"] == {}


def test_people_who_knock_are_let_in_or_turned_away(
    room: str, keeper: Visitor, bot: Visitor, synapse: Homeserver, owner: Person
) -> None:
    connection_of(owner, bot)
    keeper.put_state(room, "m.room.join_rules", {"join_rule": "knock"})
    first, second = Visitor(synapse, "first"), Visitor(synapse, "second")
    first.knock(room, "I drink tea")
    second.knock(room, "Buy my watches")
    run_gateway(lambda: JoinAsk.objects.count() == 2)
    ask = JoinAsk.objects.get(account=first.user_id)
    assert ask.words == "I drink tea"
    other = JoinAsk.objects.get(account=second.user_id)
    group = Group.objects.get(external_key=room)
    enqueue(
        group.workspace_id,
        [
            Draft("k-yes", group.pk, Deed.APPROVE, Origin.STAFF, ask_id=ask.pk),
            Draft("k-no", group.pk, Deed.DECLINE, Origin.STAFF, ask_id=other.pk),
        ],
    )
    run_gateway(lambda: set(Outgoing.objects.values_list("state", flat=True)) == {"sent"})
    first.join(room)
    assert first.may_say(room)
    assert keeper.state(room, "m.room.member", second.user_id)["membership"] == "leave"


def test_the_doctor_says_what_is_missing(
    room: str, keeper: Visitor, bot: Visitor, owner: Person
) -> None:
    steps = with_session(bot, lambda session: session.examine())
    assert {step.state for step in steps} == {StepState.FINE}
    levels = keeper.state(room, "m.room.power_levels")
    keeper.put_state(room, "m.room.power_levels", {**levels, "kick": 100})
    keeper.put_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    failed = [
        (step.name % step.values, step.abilities)
        for step in with_session(bot, lambda session: session.examine())
        if step.state == StepState.FAILED
    ]
    assert [name for name, _ in failed] == ["Read Tea lovers", "Rights in Tea lovers"]
    assert failed[1][1] == ("remove",)
    rows = CapabilityRow.objects.filter(connection=connection_of(owner, bot))
    assert set(rows.values_list("support", flat=True)) == {"automatic"}


def test_lists_and_links(room: str, keeper: Visitor, bot: Visitor) -> None:
    async def look(session: Session) -> tuple[list[str], list[str], str]:
        assert isinstance(session, MatrixSession)
        groups = [chat.key for chat in await session.groups()]
        people = [person.account for person in await session.members(room)]
        return groups, people, await session.invite_link(room)

    groups, people, link = with_session(bot, look)
    assert (groups, people) == ([room], [keeper.user_id])
    assert link == f"https://matrix.to/#/{room}?via=localhost"


def test_a_wrong_token_stops_the_connection_and_says_why(
    bot: Visitor, owner: Person, room: str
) -> None:
    line = connection_of(owner, bot, token="syt_wrong")
    run_gateway(lambda: Connection.objects.get(pk=line.pk).state == "stopped")
    assert Connection.objects.get(pk=line.pk).fault == "unauthorised"
    with pytest.raises(GivenUp, match="connection_gone"):
        config_of(10**9, str)


def test_an_invitation_of_the_owner_is_followed_and_of_nobody_else(
    keeper: Visitor, bot: Visitor, synapse: Homeserver, owner: Person
) -> None:
    connection_of(owner, bot, inviters=keeper.user_id)
    other = Visitor(synapse, "other")
    theirs = str(other.call("POST", "/createRoom", {"invite": [bot.user_id]})["room_id"])
    ours = str(keeper.call("POST", "/createRoom", {"invite": [bot.user_id]})["room_id"])
    run_gateway(lambda: Group.objects.filter(external_key=ours).exists())
    assert not Group.objects.filter(external_key=theirs).exists()
