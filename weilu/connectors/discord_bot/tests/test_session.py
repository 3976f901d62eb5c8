"""Discord sessions in simcord's emulation of Discord."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from pathlib import Path

import discord
import pytest
from PIL import Image
from simcord.backend import serializers

from weilu.chat.live.performing import perform
from weilu.chat.ports.abilities import Ability, Deed
from weilu.chat.ports.orders import Order
from weilu.chat.ports.records import Form
from weilu.chat.ports.sessions import StepState
from weilu.connectors.discord_bot import client
from weilu.connectors.discord_bot.tests.hall import Box, Hall, opened
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError


def play(scene: Callable[[Hall], Awaitable[None]], **options: discord.Permissions) -> None:
    """Play a scene in the hall."""

    async def main() -> None:
        async with opened(**options) as hall:
            # Comings before the scene are not part of it.
            while not hall.bot.came.empty():
                hall.bot.came.get_nowait()
            hall.bot.came.put_nowait(None)
            await scene(hall)

    asyncio.run(main())


def order(hall: Hall, deed: Deed, **more: object) -> Awaitable[object]:
    made = Order("k1", deed, str(hall.tea.id), **more)  # type: ignore[arg-type]  # fields by name
    return perform(hall.session(), made)


def test_talk_and_what_becomes_of_it() -> None:
    async def scene(hall: Hall) -> None:
        box = Box()
        async with hall.listening(box):
            await hall.wait_for(lambda: box.cursor != {})
            first = await hall.ada.send(hall.tea, f"Is this green, {hall.bo.mention}? @everyone")
            second = await hall.bo.send(hall.tea, "Yes", reply_to=first)
            await hall.ada.edit(first, "Is this black?")
            await hall.bo.react(first, "👍")
            await hall.ada.delete(first)
            await hall.wait_for(lambda: len(box.items) == 5)
        said, reply, edit, sign, gone = box.items
        assert (said.account, said.name, said.text) == (
            str(hall.ada.id), "ada", "Is this green, @bo? @everyone",
        )  # fmt: skip
        assert (said.external_id, said.sent_ms) == (
            str(first.id), int(first.created_at.timestamp() * 1000),
        )  # fmt: skip
        assert (reply.external_id, reply.reply_to) == (str(second.id), str(first.id))
        assert (edit.kind, edit.text, edit.external_id) == (5, "Is this black?", str(first.id))
        assert (sign.kind, sign.text, sign.reply_to) == (7, "👍", str(first.id))
        assert (gone.kind, gone.external_id) == (6, str(first.id))
        chat = box.parcels[-1].arrivals[0].chat
        assert (chat.key, chat.name) == (str(hall.tea.id), "Tea house / green")
        assert box.cursor == {f"m:{hall.tea.id}": str(second.id)}

    play(scene)


def test_people_come_go_and_change_their_names() -> None:
    async def scene(hall: Hall) -> None:
        box = Box()
        async with hall.listening(box):
            await hall.wait_for(lambda: box.cursor != {})
            cai = hall.guild.add_member(hall.env.create_user("cai"))
            await hall.env.settle()
            hall.env.backend.edit_member(hall.guild.id, cai.id, {"nick": "Cai ✿"})
            hall.guild.remove_member(cai)
            await hall.env.settle()
            await hall.wait_for(lambda: len(box.items) == 3)
        came, named, went = box.items
        assert (came.kind, came.name, came.account) == (1, "cai", str(cai.id))
        assert (named.kind, named.name, named.target) == (3, "cai", "Cai ✿")
        assert (went.kind, went.account) == (2, str(cai.id))
        assert went.external_id == came.external_id.replace("j", "l")

    play(scene)


def test_threads_are_talk_in_their_channel_and_answered_where_it_was_said() -> None:
    async def scene(hall: Hall) -> None:
        box = Box()
        async with hall.listening(box):
            await hall.wait_for(lambda: box.cursor != {})
            channel = hall.bot.get_channel(hall.tea.id)
            assert isinstance(channel, discord.TextChannel)
            thread = await channel.create_thread(
                name="Kettles", type=discord.ChannelType.public_thread
            )
            inside = hall.tea.threads[0]
            asked = await hall.ada.send(inside, "Which kettle?")
            await hall.wait_for(lambda: any(i.text == "Which kettle?" for i in box.items))
            number = f"{thread.id}-{asked.id}"
            assert box.items[-1].external_id == number
            await order(hall, Deed.SEND, text="Iron", reply_to=number)
            await hall.wait_for(lambda: any(i.text == "Iron" for i in box.items))
            assert box.items[-1].reply_to == number
            await order(hall, Deed.RECALL, message=number)
            await hall.wait_for(lambda: any(i.kind == 6 for i in box.items))
            assert {a.chat.key for p in box.parcels for a in p.arrivals} == {str(hall.tea.id)}

    play(scene)


def test_what_was_missed_is_read_first_also_in_threads() -> None:
    async def scene(hall: Hall) -> None:
        first = await hall.ada.send(hall.tea, "m0")
        channel = hall.bot.get_channel(hall.tea.id)
        assert isinstance(channel, discord.TextChannel)
        await channel.create_thread(name="Kettles", type=discord.ChannelType.public_thread)
        for number in range(1, 231):
            where = hall.tea.threads[0] if number % 10 == 0 else hall.tea
            hall.env.backend.create_message(where.id, hall.ada.id, f"m{number}")
        await hall.env.settle()
        while not hall.bot.came.empty():
            hall.bot.came.get_nowait()
        box = Box()
        async with hall.listening(box, {f"m:{hall.tea.id}": str(first.id)}):
            await hall.bot.on_connect()
            await hall.wait_for(lambda: len(box.items) >= 230)
            await hall.bo.send(hall.tea, "live")
            await hall.wait_for(lambda: box.items[-1].text == "live")
        assert [i.text for i in box.items] == [f"m{n}" for n in range(1, 231)] + ["live"]

    play(scene)


def test_a_session_that_begins_anew_reads_what_was_between() -> None:
    async def scene(hall: Hall) -> None:
        box = Box()
        async with hall.listening(box):
            await hall.ada.send(hall.tea, "one")
            await hall.wait_for(lambda: [i.text for i in box.items] == ["one"])
            await hall.ada.send(hall.tea, "two")
            # What the gateway did not tell, because the session with it was lost.
            while not hall.bot.came.empty():
                hall.bot.came.get_nowait()
            await hall.bot.on_connect()
            await hall.wait_for(lambda: "two" in [i.text for i in box.items])

    play(scene)


def test_more_than_can_wait_is_read_back_from_history(monkeypatch: pytest.MonkeyPatch) -> None:
    async def scene(hall: Hall) -> None:
        first = await hall.ada.send(hall.tea, "m0")
        while not hall.bot.came.empty():
            hall.bot.came.get_nowait()
        monkeypatch.setattr(client, "MOST_WAITING", 5)
        for number in range(1, 31):
            hall.env.backend.create_message(hall.tea.id, hall.ada.id, f"m{number}")
        await hall.env.settle()
        assert hall.bot.came.qsize() == 6
        box = Box()
        async with hall.listening(box, {f"m:{hall.tea.id}": str(first.id)}):
            await hall.wait_for(lambda: len({i.external_id for i in box.items}) == 30)
            await hall.ada.send(hall.tea, "live")
            await hall.wait_for(lambda: box.items[-1].text == "live")

    play(scene)


def test_doubles_disorder_and_huge_messages() -> None:
    async def scene(hall: Hall) -> None:
        box = Box()
        async with hall.listening(box):
            await hall.wait_for(lambda: box.cursor != {})
            older = await hall.ada.send(hall.tea, "older")
            newer = await hall.ada.send(hall.tea, "newer")
            await hall.wait_for(lambda: len(box.items) == 2)
            backend = hall.env.backend
            kept = backend.messages[hall.tea.id][older.id]
            payload = serializers.message_payload(backend, kept)
            backend.emit("MESSAGE_CREATE", payload)
            backend.emit("MESSAGE_CREATE", {**payload, "id": "5", "content": "x" * 1_000_000})
            await hall.wait_for(lambda: len(box.items) == 4)
        assert [i.external_id for i in box.items] == [
            str(older.id), str(newer.id), str(older.id), "5",
        ]  # fmt: skip
        assert len(box.items[-1].text) == 1_000_000
        assert box.cursor == {f"m:{hall.tea.id}": str(newer.id)}

    play(scene)


def test_what_could_not_be_stored_ends_the_session_and_comes_again() -> None:
    async def scene(hall: Hall) -> None:
        box = Box()
        async with hall.listening(box):
            await hall.wait_for(lambda: box.cursor != {})
        cursor, box = box.cursor, Box(failures=1)
        async with hall.listening(box) as task:
            await hall.ada.send(hall.tea, "first")
            with pytest.raises(OSError, match="no room"):
                await task
        async with hall.listening(box, cursor):
            await hall.bot.on_connect()
            await hall.wait_for(lambda: [i.text for i in box.items] == ["first"])

    play(scene)


def test_sending_announcing_and_recalling(tmp_path: Path) -> None:
    picture = tmp_path / "tea.png"
    Image.new("RGB", (4, 4)).save(picture)

    async def scene(hall: Hall) -> None:
        box = Box()
        async with hall.listening(box):
            spam = await hall.ada.send(hall.tea, "buy")
            done = await perform(hall.session(), Order(
                "k" * 64, Deed.SEND, str(hall.tea.id), text="Look @everyone", picture=picture,
                reply_to=str(spam.id),
            ))  # fmt: skip
            sent = hall.tea.last_message
            assert sent is not None
            assert (str(sent.id), sent.content, len(sent.attachments)) == (
                done.external_id, "Look @everyone", 1,
            )  # fmt: skip
            assert not sent.mention_everyone
            await order(hall, Deed.ANNOUNCE, text="Spring tea")
            assert [m.content for m in hall.tea.pinned_messages()] == ["Spring tea"]
            for _twice in range(2):
                await order(hall, Deed.RECALL, message=str(spam.id))
            assert "buy" not in [m.content for m in hall.tea.history()]
            with pytest.raises(GivenUp, match="too_long"):
                await order(hall, Deed.SEND, text="x" * 2001)
            await hall.wait_for(lambda: any(i.text == "Spring tea" for i in box.items))
            own = [i for i in box.items if i.is_bot and i.kind == 0]
            assert [(i.text, i.form) for i in own] == [
                ("Look @everyone", Form.PICTURE), ("Spring tea", Form.TEXT),
            ]  # fmt: skip

    play(scene)


def test_orders_about_people() -> None:
    async def scene(hall: Hall) -> None:
        ada, bo = str(hall.ada.id), str(hall.bo.id)
        kept = hall.env.backend.guilds[hall.guild.id]
        await order(hall, Deed.MUTE, account=ada, seconds=600)
        member = hall.ada.member
        assert member is not None
        assert member.timed_out_until is not None
        await order(hall, Deed.MUTE, account=ada, seconds=10**9)
        await order(hall, Deed.UNMUTE, account=ada)
        assert kept.members[hall.ada.id].timed_out_until is None
        for _twice in range(2):
            await order(hall, Deed.REMOVE, account=ada)
        assert hall.ada.id not in kept.members
        with pytest.raises(GivenUp, match="gone"):
            await order(hall, Deed.MUTE, account=ada, seconds=1)
        await order(hall, Deed.BAN, account=bo)
        assert hall.guild.get_ban(hall.bo) is not None
        for _twice in range(2):
            await order(hall, Deed.UNBAN, account=bo)
        assert hall.guild.get_ban(hall.bo) is None
        with pytest.raises(GivenUp, match="not_possible"):
            await order(hall, Deed.APPROVE, request="1", account=bo)

    play(scene)


@pytest.mark.parametrize(
    ("status", "code", "kind", "fault"),
    [
        (403, 50013, GivenUp, "no_rights"),
        (403, 50001, GivenUp, "not_in_group"),
        (404, 10003, GivenUp, "not_in_group"),
        (400, 50035, GivenUp, "not_possible"),
        (413, 40005, GivenUp, "too_long"),
        (413, 0, GivenUp, "too_long"),
        (401, 0, TryLater, "unauthorised"),
        (500, 0, Unsure, "timeout"),
    ],
)
def test_refusals(status: int, code: int, kind: type[WeiluError], fault: str) -> None:
    async def scene(hall: Hall) -> None:
        hall.env.inject_error("POST", "/channels/*/messages", status=status, code=code)
        with pytest.raises(WeiluError) as caught:
            await order(hall, Deed.SEND, text="Hi")
        assert (type(caught.value), str(caught.value)) == (kind, fault)

    play(scene)


def test_the_doctor() -> None:
    async def scene(hall: Hall) -> None:
        steps = await hall.session().examine()
        found = {s.name: (s.state, s.abilities) for s in steps}
        # The emulation says that neither intent is switched on in the portal.
        assert found["Read what is said"] == (StepState.FAILED, (Ability.RECEIVE,))
        assert found["See who comes and goes"][0] == StepState.FAILED
        state, abilities = found["Rights in %(group)s"]
        assert (state, len(abilities)) == (StepState.FAILED, 2)
        assert set(abilities) == {Ability.REMOVE, Ability.BAN}
        assert steps[-1].values["rights"] == "kick_members, ban_members"

    may = discord.Permissions.all()
    may.update(administrator=False, kick_members=False, ban_members=False)
    play(scene, rights=may)


def test_groups_members_and_a_link() -> None:
    async def scene(hall: Hall) -> None:
        one = hall.session()
        assert [(g.key, g.name) for g in await one.groups()] == [
            (str(hall.tea.id), "Tea house / green")
        ]
        listed = await one.members(str(hall.tea.id))
        assert [p.is_bot for p in listed if p.is_self] == [True]
        people = {p.name: p.is_staff for p in listed if not p.is_self}
        assert people == {"ada": False, "bo": False, "Tea house Owner": True}
        assert (await one.invite_link(str(hall.tea.id))).startswith("https://discord.gg/")

    play(scene)
