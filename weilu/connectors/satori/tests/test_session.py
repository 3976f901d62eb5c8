"""Satori sessions against satori-python's server."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

import pytest
from satori.const import EventType
from satori.model import (
    Channel,
    ChannelType,
    EmojiObject,
    Login,
    LoginStatus,
    Member,
    MessageObject,
    User,
)
from satori.server import Server
from starlette.responses import Response

from weilu.chat.live.performing import perform
from weilu.chat.ports.abilities import Ability, Deed
from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Order, Parcel
from weilu.chat.ports.records import Inbound, Platform
from weilu.chat.ports.sessions import Session, Step, StepState
from weilu.connectors.satori import api
from weilu.connectors.satori.connector import SatoriConnector
from weilu.connectors.satori.session import SatoriSession
from weilu.connectors.satori.tests.club import BORN_MS, OWN, ROOM, SIDE, TOKEN, Club, serving
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

T = TypeVar("T")
KNOWN = {f"c:{ROOM}": str(BORN_MS)}
Do = Callable[[Session, Server], Awaitable[T]]


class Box:
    """Keeps parcels; fails as often as it is told; full when `until` is in it."""

    def __init__(self, until: str, failures: int = 0) -> None:
        self.parcels: list[Parcel] = []
        self.until = until
        self.failures = failures
        self.began = asyncio.Event()
        self.full = asyncio.Event()

    async def put(self, parcel: Parcel) -> None:
        if self.failures and parcel.arrivals:
            self.failures -= 1
            raise OSError("no room")
        self.parcels.append(parcel)
        self.began.set()
        if any(item.text == self.until for item in self.items):
            self.full.set()

    @property
    def items(self) -> list[Inbound]:
        return [arrival.item for parcel in self.parcels for arrival in parcel.arrivals]

    @property
    def cursor(self) -> dict[str, str]:
        return {k: v for parcel in self.parcels for k, v in parcel.cursor.items()}


def with_session(club: Club, do: Do[T], cursor: Mapping[str, str] | None, /, **settings: str) -> T:
    """Do something with a session on the club's server."""

    async def main() -> T:
        async with asyncio.timeout(20), serving(club) as (server, url):
            answers = {"server": url, "token": TOKEN, **settings}
            config = Config(1, answers, cursor or {})
            connector = SatoriConnector("satori_qq", "QQ", Platform.QQ)
            async with connector.open(config) as session:
                return await do(session, server)

    return asyncio.run(main())


async def listening(session: Session, box: Box, meanwhile: Callable[[], Awaitable[object]]) -> None:
    """Listen until the box is full; raises what the session raises."""
    task = asyncio.create_task(session.listen(box))
    full = asyncio.create_task(box.full.wait())
    try:
        while not box.began.is_set() and not task.done():
            await asyncio.sleep(0.01)
        await meanwhile()
        await asyncio.wait({task, full}, return_when=asyncio.FIRST_COMPLETED, timeout=10)
        if task.done():
            task.result()
        assert box.full.is_set(), box.items
    finally:
        full.cancel()
        task.cancel()
        with suppress(asyncio.CancelledError, Exception):
            await task


def heard(club: Club, *events: object, cursor: Mapping[str, str] | None = None) -> Box:
    """What a session hands in up to a message "end" that is told after the events."""
    box = Box("end")

    async def listen(session: Session, server: Server) -> None:
        async def tell() -> None:
            for one in (*events, club.told("end")):
                if isinstance(one, str):
                    await asyncio.gather(*(c.connection.send_text(one) for c in server.connections))
                else:
                    await server.post(one)  # type: ignore[arg-type]  # an event

        await listening(session, box, tell)

    with_session(club, listen, cursor)
    return box


def ordered(club: Club, deed: Deed, **more: object) -> str:
    order = Order("k1", deed, ROOM, **more)  # type: ignore[arg-type]  # fields by name

    async def do(session: Session, _server: Server) -> str:
        assert isinstance(session, SatoriSession)
        await session.learn_places()
        return (await perform(session, order)).external_id

    return with_session(club, do, None)


def test_messages_and_what_becomes_of_them() -> None:
    club = Club()
    first, reply = club.say("Is this green? &lt;3"), club.say('<quote id="m1"/>Yes <at id="7"/>')
    edited = MessageObject("m1", "Is this black?", channel=first.channel, user=first.user)
    private = club.event(EventType.MESSAGE_CREATED, club.say("psst"))
    private.channel = Channel("p", ChannelType.DIRECT)
    box = heard(
        club,
        club.event(EventType.MESSAGE_CREATED, first),
        club.event(EventType.MESSAGE_CREATED, reply, user=User("8", "Bo", is_bot=True)),
        club.event(EventType.MESSAGE_UPDATED, edited),
        club.event(EventType.MESSAGE_DELETED, first, operator=User("8", "Bo")),
        club.event(EventType.REACTION_ADDED, first, user=User("8", "Bo"),
                   emoji=EmojiObject("👍")),
        private,
        cursor={f"c:{ROOM}": str(BORN_MS + 60_000)},
    )  # fmt: skip
    assert [
        (i.kind, i.account, i.text, i.external_id, i.reply_to, i.is_bot) for i in box.items
    ] == [
        (0, "7", "Is this green? <3", "m1", "", False),
        (0, "8", "Yes @7", "m2", "m1", True),
        (5, "7", "Is this black?", "m1", "", False),
        (6, "8", "", "m1", "", False),
        (7, "8", "👍", f"rm1-8-👍-{BORN_MS}", "m1", False),
        (0, "7", "end", "m4", "", False),
    ]
    chat = box.parcels[-1].arrivals[-1].chat
    assert (chat.platform, chat.key, chat.name) == (Platform.QQ, ROOM, "Tea room")
    assert box.items[0].sent_ms == BORN_MS + 1000
    assert {k: v for k, v in box.cursor.items() if k != f"c:{SIDE}"} == {
        "sn": "6", f"c:{ROOM}": str(BORN_MS + 4000), f"g:{ROOM}": "500", f"g:{SIDE}": "500",
    }  # fmt: skip


def test_people_come_go_and_ask() -> None:
    club = Club()
    ada, bo = User("9", "Cai"), User("8", "Bo")
    ask = MessageObject("r1", "I like <b>tea</b>")
    box = heard(
        club,
        club.event(EventType.GUILD_MEMBER_ADDED, user=ada, member=Member(nick="C"), channel=None),
        club.event(EventType.GUILD_MEMBER_REMOVED, user=ada, operator=bo),
        club.event(EventType.GUILD_MEMBER_REMOVED, user=ada, operator=ada),
        club.event(EventType.GUILD_MEMBER_REQUEST, user=ada, message=None, channel=None),
        club.event(EventType.GUILD_MEMBER_REQUEST, ask, user=ada, member=Member()),
    )
    assert [(i.kind, i.name, i.target, i.external_id) for i in box.items[:3]] == [
        (1, "C", "", f"j9-{BORN_MS}"), (2, "Cai", "Bo", f"l9-{BORN_MS}"),
        (2, "Cai", "", f"l9-{BORN_MS}"),
    ]  # fmt: skip
    assert {a.chat.key for parcel in box.parcels for a in parcel.arrivals} == {ROOM}
    asked = [r for parcel in box.parcels for r in parcel.requests]
    assert [(r.request, r.account, r.words, r.chat.key) for r in asked] == [
        ("r1", "9", "I like tea", ROOM)
    ]


def test_the_server_gives_again_what_came_after_the_last_event_that_was_stored() -> None:
    club, box = Club(), Box("end")

    async def listen(session: Session, server: Server) -> None:
        for n in range(3):
            await server.post(club.event(EventType.GUILD_MEMBER_ADDED, user=User(f"9{n}")))
        await server.post(club.told("end"))
        await listening(session, box, _nothing)

    with_session(club, listen, {"sn": "1"})
    assert [i.account for i in box.items if i.kind == 1] == ["92"]


async def _nothing() -> None:
    return


def test_garbage_other_accounts_and_large_messages() -> None:
    club = Club()
    other = club.told("not for us")
    other.login = Login(platform="club", user=User("10002"))
    ready = '{"op": 0, "body": {"type": "message-created"}}'
    garbage = ["{", "[]", "null", '{"op": 7}', '{"op": 0}', '{"op": 0, "body": []}', ready,
               '{"op": 0, "body": {"type": ["x"], "channel": 5}}', "[" * 100_000]  # fmt: skip
    box = heard(club, *garbage, other, club.told("x" * 1_000_000))
    assert [(i.account, len(i.text)) for i in box.items] == [("7", 1_000_000), ("7", 3)]


def test_doubles_and_disorder_keep_their_ids_and_times() -> None:
    club = Club()
    older, newer = club.told("older"), club.told("newer")
    box = heard(club, newer, older, newer, older)
    said = [(i.text, i.external_id, i.sent_ms) for i in box.items]
    known = {"older": ("m1", BORN_MS + 1000), "newer": ("m2", BORN_MS + 2000)}
    assert said[:4] == [(text, *known[text]) for text in ("newer", "older", "newer", "older")]


def test_a_clock_that_runs_ahead_moves_no_cursor() -> None:
    club = Club()
    future = club.told("future")
    assert future.message is not None
    assert future.message.created_at is not None
    future.message.created_at += timedelta(days=30_000)
    assert int(heard(club, future).cursor[f"c:{ROOM}"]) == BORN_MS + 2000


def test_what_could_not_be_stored_comes_again() -> None:
    club = Club()

    async def fails(session: Session, server: Server) -> None:
        with pytest.raises(OSError, match="no room"):
            await listening(session, Box("", failures=1), lambda: server.post(club.told("first")))

    with_session(club, fails, KNOWN | {f"c:{SIDE}": "1"})
    assert [i.text for i in heard(club, cursor=KNOWN).items][:1] == ["first"]


def test_a_lost_line_ends_the_session_after_all_that_came() -> None:
    club, box = Club(), Box("never")

    async def lose(session: Session, server: Server) -> None:
        async def hang_up() -> None:
            await server.post(club.told("one"))
            await server.connections[0].connection.close()

        with pytest.raises(TryLater, match="unreachable"):
            await listening(session, box, hang_up)

    with_session(club, lose, None)
    assert [i.text for i in box.items] == ["one"]


def test_every_order(tmp_path: Path) -> None:
    club = Club(asks={"r1", "r2"})
    club.say("buy")
    assert ordered(club, Deed.SEND, text="No <b>, please", reply_to="m1") == "m2"
    assert club.said[-1].content == '<quote id="m1"/>No &lt;b&gt;, please'
    picture = tmp_path / "tea.png"
    picture.write_bytes(b"PNG")
    ordered(club, Deed.SEND, text="Look", picture=picture)
    assert club.said[-1].content == '<img src="data:image/png;base64,UE5H"/>Look'
    for _twice in range(2):
        ordered(club, Deed.RECALL, message="m1")
        ordered(club, Deed.REMOVE, account="7")
    assert "m1" not in [m.id for m in club.said]
    ordered(club, Deed.MUTE, account="8", seconds=600)
    assert club.muted == {"8": 600_000}
    ordered(club, Deed.UNMUTE, account="8")
    assert club.muted == {"8": 0}
    ordered(club, Deed.BAN, account="8")
    assert (set(club.people), club.banned) == ({OWN}, {"8"})
    ordered(club, Deed.APPROVE, request="r1", account="9")
    ordered(club, Deed.DECLINE, request="r2", account="9", reason="Full")
    assert (club.asks, club.calls[-1][1]["comment"]) == (set(), "Full")
    for deed in (Deed.UNBAN, Deed.ANNOUNCE):
        with pytest.raises(GivenUp, match="not_possible"):
            ordered(club, deed, account="8", text="x")


def test_what_our_account_says_is_handed_in() -> None:
    club, box = Club(), Box("Welcome <3")

    async def talk(session: Session, _server: Server) -> None:
        assert isinstance(session, SatoriSession)
        order = Order("k", Deed.SEND, ROOM, text="Welcome <3")
        await listening(session, box, lambda: session.send(order))

    with_session(club, talk, None)
    assert [(i.account, i.is_bot, i.external_id) for i in box.items] == [(OWN, True, "m1")]


@pytest.mark.parametrize(
    ("answer", "kind", "code"),
    [
        (Response(status_code=429, headers={"Retry-After": "7"}), TryLater, "rate_limited"),
        (Response(status_code=500), Unsure, "timeout"),
        (Response(status_code=502), Unsure, "timeout"),
        (Response(status_code=401), TryLater, "unauthorised"),
        (Response(status_code=403), GivenUp, "no_rights"),
        (Response(status_code=400), GivenUp, "not_possible"),
        (Response("action is not supported", 404), GivenUp, "not_possible"),
        (Response("channel", 404), GivenUp, "gone"),
        (Response(status_code=302, headers={"Location": "/v1/x"}), Unsure, "timeout"),
        (Response("garbage"), Unsure, "bad_answer"),
        (Response(b"\xff\xfe["), Unsure, "bad_answer"),
        (Response(headers={"Content-Length": "99"}), Unsure, "timeout"),
        (TimeoutError(), Unsure, "timeout"),
    ],
)
def test_failures_of_sending(
    answer: Response | Exception, kind: type[WeiluError], code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(api, "CALL_S", 2.0)
    club = Club(answers={"message.create": [answer]})
    with pytest.raises(WeiluError) as caught:
        ordered(club, Deed.SEND, text="Hi")
    assert (type(caught.value), str(caught.value)) == (kind, code)
    assert TOKEN not in repr(caught.value.__cause__)


def test_failures_of_what_may_be_done_again() -> None:
    club = Club(may_lead=False, answers={"message.delete": [Response(status_code=500)]})
    with pytest.raises(TryLater, match="platform_down"):
        ordered(club, Deed.RECALL, message="m1")
    with pytest.raises(GivenUp, match="no_rights"):
        ordered(club, Deed.MUTE, account="7", seconds=1)


def examined(club: Club, **settings: str) -> list[Step]:
    async def look(session: Session, _server: Server) -> list[Step]:
        return list(await session.examine())

    return with_session(club, look, None, **settings)


def test_the_doctor() -> None:
    names = [(s.name, s.state.value) for s in examined(Club())]
    assert names == [("Reach the server", "fine"), ("Sign in as %(account)s", "fine")]
    some = examined(Club(features=["message.create", "guild.member.kick", "guild.plain"]))
    lacks = [s for s in some if s.state == StepState.FAILED]
    assert [s.abilities for s in lacks] == [
        (Ability.RECALL, Ability.HISTORY, Ability.MUTE, Ability.APPROVE, Ability.MEMBER_LIST),
    ]  # fmt: skip
    assert some[2].abilities == (
        Ability.RECEIVE, Ability.SEND_TEXT, Ability.REMOVE, Ability.BAN,
    )  # fmt: skip
    away = examined(Club(presence=LoginStatus.OFFLINE))
    assert away[-1].state == StepState.FAILED


def test_which_account_is_meant() -> None:
    two = Club(also=[Login(platform="kook", user=User("10001"))])
    for clear in ("club", "club:10001"):
        assert examined(two, login=clear)[-1].values == {"account": "Weilu"}
    for unclear in ("", "10001", "discord"):
        with pytest.raises(GivenUp, match="bad_setting"):
            examined(two, login=unclear)


def test_settings_that_cannot_be_right_and_servers_that_are_not_there() -> None:
    for wrong, kind, code in (
        ({"server": "127.0.0.1:5140"}, GivenUp, "bad_setting"),
        ({"server": "http://127.0.0.1:9"}, TryLater, "unreachable"),
        ({"token": "wrong"}, TryLater, "unauthorised"),
    ):
        with pytest.raises(kind, match=code):
            examined(Club(), **wrong)


def test_members_and_groups() -> None:
    async def lists(one: Session, _server: Server) -> tuple[object, object]:
        assert isinstance(one, SatoriSession)
        groups = [(g.key, g.name) for g in await one.groups()]
        with pytest.raises(GivenUp, match="not_possible"):
            await one.members(SIDE)
        return groups, [(p.account, p.name) for p in await one.members(ROOM) if not p.is_self]

    rooms = [(ROOM, "Tea room"), (SIDE, "Side room")]
    assert with_session(Club(), lists, None) == (rooms, [("7", "Ada"), ("8", "Bo")])
