"""The Matrix connector against a real Synapse, by the gateway's own ways."""

from __future__ import annotations

import signal
from pathlib import Path

import pytest
from PIL import Image

from weilu.chat.live import rolling
from weilu.chat.live.gateway import config_of
from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.live.rolls import listed_at
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.records import Kind
from weilu.chat.ports.sessions import StepState
from weilu.chat.staging import count_waiting
from weilu.chat.tests.live import STILL_S, run_gateway, wait_for
from weilu.connectors.matrix.session import MatrixSession
from weilu.connectors.matrix.tests.homeserver import Homeserver
from weilu.connectors.matrix.tests.house import (
    connection_of,
    fetched,
    heard,
    identity_of,
    is_all_sent,
    is_heard,
    killed_in_the_end,
    ordered,
    texts,
    with_session,
)
from weilu.connectors.matrix.tests.room import Visitor, open_room
from weilu.core.errors import GivenUp
from weilu.core.tests.cast import Person
from weilu.groups.models import CapabilityRow, Connection, Group, JoinAsk, Participation
from weilu.members.models import Identity, Member

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.synapse]
BURST = 300


@pytest.fixture
def keeper(synapse: Homeserver) -> Visitor:
    """The person who runs the rooms."""
    return Visitor(synapse, "keeper")


@pytest.fixture
def bot(synapse: Homeserver) -> Visitor:
    """The account Weilu speaks with."""
    return Visitor(synapse, "weilu")


@pytest.fixture
def guest(synapse: Homeserver) -> Visitor:
    """Somebody who comes to a room."""
    return Visitor(synapse, "guest")


@pytest.fixture
def room(keeper: Visitor, bot: Visitor) -> str:
    """A room with both in it."""
    return open_room(keeper, bot)


def test_a_burst_is_read_whole_though_the_process_is_killed_in_its_middle(
    room: str, keeper: Visitor, bot: Visitor, owner: Person
) -> None:
    """Killed while messages pour in, away for a third of them: far more than one answer holds."""
    connection_of(owner, bot)

    def stored() -> int:
        return Message.objects.filter(text__startswith="burst").count()

    with killed_in_the_end():
        wait_for(lambda: Connection.objects.get().cursor != {})
        for n in range(100):
            keeper.say(room, f"burst {n}")
        wait_for(lambda: stored() > 0)
    assert 0 < stored() <= 100
    for n in range(100, 200):
        keeper.say(room, f"burst {n}")
    with killed_in_the_end():
        for n in range(200, BURST):
            keeper.say(room, f"burst {n}")
        wait_for(lambda: stored() > 100)
    run_gateway(lambda: is_heard(f"burst {BURST - 1}"))
    assert [t for t in texts() if t.startswith("burst")] == [f"burst {n}" for n in range(BURST)]
    group = Group.objects.get(external_key=room)
    assert (group.name, group.platform) == ("Tea lovers", "matrix")


def test_what_was_done_when_the_process_was_killed_is_not_done_again(
    room: str, keeper: Visitor, bot: Visitor, guest: Visitor, synapse: Homeserver, owner: Person
) -> None:
    """Each order kills the process after Synapse has done it and before that is written down."""
    rude, spammer = Visitor(synapse, "rude"), Visitor(synapse, "spammer")
    connection_of(owner, bot)
    for one in (guest, rude, spammer):
        one.join(room)
    spam = spammer.say(room, "Add me for cheap tea")
    run_gateway(lambda: is_heard("Add me for cheap tea"))
    group = Group.objects.get(external_key=room)
    what = Message.objects.get(external_id=spam).pk

    def draft(key: str, deed: Deed, **more: object) -> Draft:
        return Draft(key, group.pk, deed, Origin.MODERATION, **more)  # type: ignore[arg-type]  # by name

    orders = [
        draft("k-warn", Deed.SEND, text="No advertising here, please."),
        draft("k-recall", Deed.RECALL, message_id=what, reason="An advertisement"),
        draft("k-mute", Deed.MUTE, identity_id=identity_of(guest), seconds=600),
        draft("k-remove", Deed.REMOVE, identity_id=identity_of(rude)),
        draft("k-ban", Deed.BAN, identity_id=identity_of(spammer)),
    ]
    enqueue(group.workspace_id, orders)
    for n in range(len(orders)):
        # The one left over from the last death comes first, the next one kills again.
        with killed_in_the_end(dies_after=1 if n == 0 else 2) as process:
            assert process.wait(STILL_S) == -signal.SIGKILL
    run_gateway(is_all_sent)
    assert Outgoing.objects.count() == len(orders)
    done = [
        (event["type"], event.get("state_key", ""))
        for event in reversed(keeper.messages(room))
        if event["sender"] == bot.user_id and event.get("state_key") != bot.user_id
    ]
    assert done == [
        ("m.room.message", ""), ("m.room.redaction", ""), ("m.room.power_levels", ""),
        ("m.room.member", rude.user_id), ("m.room.member", spammer.user_id),
    ]  # fmt: skip
    assert keeper.event(room, spam)["content"] == {}
    assert not guest.may_say(room)
    found = (keeper.membership(room, rude), keeper.membership(room, spammer))
    assert found == ("leave", "ban")


def test_what_happens_in_a_room_is_told(
    room: str, keeper: Visitor, bot: Visitor, guest: Visitor, owner: Person
) -> None:
    connection_of(owner, bot)
    run_gateway(lambda: Connection.objects.get().cursor != {})
    guest.join(room)
    first = guest.say(room, "Is this tea green?")
    keeper.say(room, "> quoted\n\nYes", **{"m.relates_to": {"m.in_reply_to": {"event_id": first}}})

    def edit(text: str) -> dict[str, object]:
        new = {"msgtype": "m.text", "body": text}
        return {
            "m.new_content": new,
            "m.relates_to": {"rel_type": "m.replace", "event_id": first},
        }

    guest.say(room, "* Is it oolong?", **edit("Is it oolong?"))
    # A server takes an edit of somebody else's message, too.
    keeper.say(room, "* Buy watches", **edit("Buy watches"))
    gone = guest.say(room, "Never mind")
    run_gateway(lambda: Message.objects.filter(external_id=gone).exists())
    guest.call("PUT", f"/rooms/{room}/redact/{gone}/t1", {})
    guest.leave(room)
    run_gateway(lambda: Message.objects.filter(kind=2, identity__account=guest.user_id).exists())
    rows = Message.objects.filter(identity_id=identity_of(guest)).order_by("sent_ms", "pk")
    assert list(rows.values_list("kind", "text")) == [
        (1, ""), (0, "Is it oolong?"), (5, "Is it oolong?"), (0, "Never mind"), (6, ""), (2, ""),
    ]  # fmt: skip
    assert Message.objects.get(text="Yes").answers == first
    assert Message.objects.get(text="Never mind").flags & Message.Flag.RECALLED


def test_names_stay_what_they_are_over_a_restart(
    room: str, bot: Visitor, guest: Visitor, owner: Person
) -> None:
    """A server that goes on from a cursor tells no names again."""
    connection_of(owner, bot)
    guest.join(room)
    guest.rename(room, "Ada\x00")
    guest.say(room, "one")
    run_gateway(lambda: is_heard("one"))
    guest.say(room, "two")
    run_gateway(lambda: is_heard("two"))
    assert Identity.objects.get(account=guest.user_id).name == "Ada"
    assert Group.objects.get().name == "Tea lovers"
    assert {chat.name for chat in with_session(bot, MatrixSession.groups)} == {"Tea lovers"}
    natures = dict(Identity.objects.values_list("account", "member__nature"))
    assert (natures[bot.user_id], natures[guest.user_id]) == ("bot", "person")


def test_what_was_said_before_our_account_was_put_out_is_read(
    room: str, keeper: Visitor, bot: Visitor
) -> None:
    keeper.say(room, "start")
    _, cursor = heard(bot, {}, "start")
    for n in range(60):
        keeper.say(room, f"m{n}")
    keeper.say(room, "last words")
    keeper.put_out(room, bot)
    items, cursor = heard(bot, cursor, "last words")
    assert [i.text for i in items if i.kind == Kind.MESSAGE] == [
        *[f"m{n}" for n in range(60)], "last words",
    ]  # fmt: skip
    assert [(i.account, i.is_bot) for i in items if i.kind == Kind.LEAVE] == [(bot.user_id, True)]
    with pytest.raises(GivenUp, match="not_in_group"):
        ordered(bot, Deed.SEND, room, text="Hello?")


def test_a_cursor_that_the_server_does_not_know_is_given_up(
    room: str, keeper: Visitor, bot: Visitor
) -> None:
    keeper.say(room, "start")
    items, cursor = heard(bot, {"since": "nonsense"}, "start")
    assert "start" in [i.text for i in items]
    # Of another account: where that one stood says nothing about this one.
    elsewhere = {**cursor, "account": "@other:example.org https://example.org"}
    assert "start" in [i.text for i in heard(bot, elsewhere, "start")[0]]


def test_every_ability_is_there(
    room: str, keeper: Visitor, bot: Visitor, guest: Visitor, tmp_path: Path
) -> None:
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
    assert keeper.membership(room, guest) == "ban"
    ordered(bot, Deed.UNBAN, room, account=guest.user_id)
    assert keeper.membership(room, guest) == "leave"
    ordered(bot, Deed.ANNOUNCE, room, text="Spring tea is here")
    assert keeper.state(room, "m.room.topic")["topic"] == "Spring tea is here"
    picture = tmp_path / "tea.png"
    Image.new("RGB", (4, 4), "green").save(picture)
    sent = ordered(bot, Deed.SEND, room, text="Look", picture=picture)
    kinds = [e["content"]["msgtype"] for e in keeper.messages(room)[:2]]  # type: ignore[index]  # wire data
    assert kinds == ["m.text", "m.image"]
    shown = keeper.messages(room)[1]["content"]["url"]  # type: ignore[index]  # wire data
    assert fetched(bot, str(shown)) == picture.read_bytes()
    with pytest.raises(GivenUp, match="too_long"):
        fetched(bot, str(shown), most=10)
    with pytest.raises(GivenUp, match="gone"):
        fetched(bot, f"{shown}x")
    ordered(bot, Deed.RECALL, room, message=sent)
    assert keeper.event(room, sent)["content"] == {}
    with pytest.raises(GivenUp, match="gone"):
        ordered(bot, Deed.SEND, room, text="Look", picture=tmp_path / "gone.png")


def test_a_moderator_who_was_muted_is_a_moderator_again(
    room: str, keeper: Visitor, bot: Visitor, guest: Visitor
) -> None:
    guest.join(room)
    levels = keeper.state(room, "m.room.power_levels")
    users = levels["users"]
    assert isinstance(users, dict)
    raised = {**levels, "users": {**users, guest.user_id: 50}}
    keeper.put_state(room, "m.room.power_levels", raised)
    ordered(bot, Deed.MUTE, room, account=guest.user_id, seconds=60)
    assert not guest.may_say(room)
    ordered(bot, Deed.UNMUTE, room, account=guest.user_id)
    assert keeper.state(room, "m.room.power_levels") == raised


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

    def answer(key: str, deed: Deed, ask: JoinAsk) -> Draft:
        return Draft(key, group.pk, deed, Origin.STAFF, ask_id=ask.pk)

    answers = [answer("k-yes", Deed.APPROVE, ask), answer("k-no", Deed.DECLINE, other)]
    enqueue(group.workspace_id, answers)
    run_gateway(is_all_sent)
    first.join(room)
    assert first.may_say(room)
    assert keeper.membership(room, second) == "leave"
    # Who was turned away may ask again; who goes away again is not dragged in.
    second.knock(room, "I do drink tea")
    run_gateway(lambda: JoinAsk.objects.filter(account=second.user_id).count() == 2)
    second.leave(room)
    with pytest.raises(GivenUp, match="gone"):
        ordered(bot, Deed.APPROVE, room, account=second.user_id)
    assert keeper.membership(room, second) == "leave"


def test_the_doctor_says_what_is_missing(
    room: str, keeper: Visitor, bot: Visitor, owner: Person
) -> None:
    # Whoever made a room has every right, though no number says so.
    bot.open(name="Our own", preset="private_chat")
    steps = with_session(bot, MatrixSession.examine)
    assert {step.state for step in steps} == {StepState.FINE}
    levels = keeper.state(room, "m.room.power_levels")
    keeper.put_state(room, "m.room.power_levels", {**levels, "kick": 100})
    keeper.put_state(room, "m.room.encryption", {"algorithm": "m.megolm.v1.aes-sha2"})
    failed = [
        (step.name % step.values, step.abilities, step.values.get("needed"))
        for step in with_session(bot, MatrixSession.examine)
        if step.state == StepState.FAILED
    ]
    assert failed == [
        ("Read Tea lovers", (), None), ("Rights in Tea lovers", ("remove",), "100"),
    ]  # fmt: skip
    rows = CapabilityRow.objects.filter(connection=connection_of(owner, bot))
    assert set(rows.values_list("support", flat=True)) == {"automatic"}


def test_lists_and_links(room: str, keeper: Visitor, bot: Visitor, guest: Visitor) -> None:
    guest.join(room)
    assert [chat.key for chat in with_session(bot, MatrixSession.groups)] == [room]
    people = with_session(bot, lambda session: session.members(room))
    assert {(one.account, one.is_staff, one.is_self) for one in people} == {
        (keeper.user_id, True, False), (guest.user_id, False, False), (bot.user_id, True, True),
    }  # fmt: skip
    link = with_session(bot, lambda session: session.invite_link(room))
    assert link == f"https://matrix.to/#/{room}?via=localhost"


def test_who_is_in_a_room_is_known_without_a_word(
    room: str,
    keeper: Visitor,
    bot: Visitor,
    guest: Visitor,
    owner: Person,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    guest.join(room)
    monkeypatch.setattr(rolling, "FIRST_S", 0.5)
    connection_of(owner, bot)
    run_gateway(lambda: listed_at(Connection.objects.get().cursor, room) > 0)
    while count_waiting():
        pass
    group = Group.objects.get(external_key=room)
    rows = Participation.objects.filter(group=group, messages=0, last_left_ms=None)
    accounts = set(rows.values_list("identity__account", flat=True))
    assert accounts == {keeper.user_id, guest.user_id, bot.user_id}
    staff = Member.objects.filter(is_staff=True).values_list("pk", "staff_reasons")
    names = {one.account: one.member_id for one in Identity.objects.all()}
    assert dict(staff) == {
        names[keeper.user_id]: ["platform_admin"], names[bot.user_id]: ["own_account"],
    }  # fmt: skip


def test_a_wrong_token_stops_the_connection_and_says_why(bot: Visitor, owner: Person) -> None:
    line = connection_of(owner, bot, token="syt_wrong")
    run_gateway(lambda: Connection.objects.get(pk=line.pk).state == "stopped")
    assert Connection.objects.get(pk=line.pk).fault == "unauthorised"
    with pytest.raises(GivenUp, match="connection_gone"):
        config_of(10**9, str)


def test_an_invitation_of_the_owner_is_followed_and_of_nobody_else(
    keeper: Visitor, bot: Visitor, guest: Visitor, owner: Person
) -> None:
    connection_of(owner, bot, inviters=keeper.user_id)
    theirs = guest.open(invite=[bot.user_id])
    # The owner is in this room, and the state shown with the invitation is the owner's.
    trap = guest.open(invite=[keeper.user_id])
    keeper.join(trap)
    levels = guest.state(trap, "m.room.power_levels")
    guest.put_state(trap, "m.room.power_levels", {**levels, "users": {keeper.user_id: 100}})
    keeper.put_state(trap, "m.room.name", {"name": "Chat"})
    guest.invite(trap, bot)
    ours = keeper.open(invite=[bot.user_id])
    run_gateway(lambda: Group.objects.filter(external_key=ours).exists())
    assert [guest.membership(one, bot) for one in (theirs, trap)] == ["invite", "invite"]
    assert list(Group.objects.values_list("external_key", flat=True)) == [ours]
