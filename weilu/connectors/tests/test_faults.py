"""Platforms that fail: every connector says the same of the same, and nothing is said twice.

A connector that has no stand here fails a test: a new one is tried with all of it.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from contextlib import suppress
from datetime import timedelta

import pytest

from weilu.chat.live.performing import perform
from weilu.chat.ports.abilities import Deed
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import FAULTS, Inbox, Order, Parcel
from weilu.chat.ports.sessions import (
    FetchesPictures,
    Invites,
    ListsGroups,
    ListsMembers,
    Recalls,
    Sends,
    Session,
)
from weilu.connectors.tests.stands import SECRET, STANDS, Stand, http
from weilu.core.errors import GivenUp, TryLater, Unsure, WeiluError

Call = Callable[[Session, Stand], Awaitable[object]]
every_stand = pytest.mark.parametrize("stand", STANDS, ids=lambda one: one.connector)

NONSENSE: tuple[object, ...] = (
    None, 5, "x", [], [[]], {}, {"ok": True}, {"ok": True, "result": []},
    {"status": "ok", "retcode": 0, "data": 5}, {"data": [None, 5, {}], "next": 5},
    {"errcode": []}, {"joined_rooms": 5}, {"joined": []}, {"chunk": 5},
    {"ok": True, "result": [5, None, {"update_id": "x"}]},
    {"errcode": 0, "group_chat_list": 5}, {"errcode": 0, "group_chat_list": [5, {}]},
    {"errcode": 0, "group_chat": {"member_list": [5, {"userid": []}]}},
)  # fmt: skip
BREAKS: dict[str, bytes | None] = {
    "500": http(500, b"<html>Internal error</html>"),
    "502": http(502, b""),
    "503": http(503, {"error": "x"}, Retry_After="Thu, 32 Foo 2026 99:00:00 GMT"),
    "silence": None,
    "hung_up": b"",
    "half_an_answer": b'HTTP/1.1 200 OK\r\nContent-Length: 99\r\n\r\n{"ok',
    "half_a_head": b"HTTP/1.1 200 OK\r\nContent-Le",
    "no_http": b"\x00\xff" * 100,
    "garbage": http(200, b"garbage"),
    "not_utf8": http(200, b"\xff\xfe["),
    "deep": http(200, b"[" * 100_000),
    "a_megabyte": http(200, b"x" * 1_000_000),
    "elsewhere": http(302, b"", Location="http://127.0.0.1:9/"),
}


def order(stand: Stand, deed: Deed) -> Order:
    """An order in the stand's own ids."""
    return Order(
        "k1", deed, stand.group, text="Hi", account=stand.account,
        message=stand.message if deed == Deed.RECALL else "",
    )  # fmt: skip


async def _groups(one: Session, _stand: Stand) -> object:
    assert isinstance(one, ListsGroups)
    return await one.groups()


async def _members(one: Session, stand: Stand) -> object:
    assert isinstance(one, ListsMembers)
    return await one.members(stand.group)


async def _link(one: Session, stand: Stand) -> object:
    assert isinstance(one, Invites)
    return await one.invite_link(stand.group)


async def _picture(one: Session, stand: Stand) -> object:
    assert isinstance(one, FetchesPictures)
    return await one.picture("mxc://x/abc" if stand.connector == "matrix" else "abc", 1 << 24)


async def _listen(one: Session, _stand: Stand) -> object:
    # Where nothing is wrong it would listen for ever.
    with suppress(TimeoutError):
        async with asyncio.timeout(0.1):
            await one.listen(_Box())
    return None


class _Box(Inbox):
    async def put(self, parcel: Parcel) -> None:
        """Take anything."""


def calls_of(one: Session, stand: Stand) -> dict[str, Call]:
    """What the session can be asked over the wire."""
    kinds: list[tuple[str, type, Call]] = [
        ("groups", ListsGroups, _groups), ("members", ListsMembers, _members),
        ("link", Invites, _link),
    ]  # fmt: skip
    found = {name: call for name, kind, call in kinds if isinstance(one, kind)}
    if stand.connector in {"matrix", "telegram"}:
        found["picture"] = _picture
    if stand.connector == "telegram":
        # A bot cannot ask which groups it is in.
        del found["groups"]
    if stand.connector in {"matrix", "telegram", "wecom", "satori_qq"}:
        found["listen"] = _listen
    return found


def deeds_of(one: Session) -> dict[str, Call]:
    """The orders that every platform knows, as far as this one does."""
    kinds: list[tuple[Deed, type]] = [(Deed.SEND, Sends), (Deed.RECALL, Recalls)]
    deeds = [deed for deed, kind in kinds if isinstance(one, kind)]

    def carried_out(deed: Deed) -> Call:
        return lambda session, stand: perform(session, order(stand, deed))

    return {deed.value: carried_out(deed) for deed in deeds}


def failures(
    stand: Stand,
    broken: bytes | None,
    patch: pytest.MonkeyPatch,
    *,
    orders_only: bool = False,
    **fine: object,
) -> dict[str, WeiluError]:
    """What each call says of it; a crash is a failed test."""

    async def main() -> dict[str, WeiluError]:
        async with stand.opened(broken, patch, **stand.before, **fine) as session:
            found = await tried(deeds_of(session), session)
        if not orders_only:
            async with stand.opened(broken, patch, **fine) as session:
                found |= await tried(calls_of(session, stand), session)
        return found

    async def tried(calls: Mapping[str, Call], session: Session) -> dict[str, WeiluError]:
        found = {}
        for name, call in calls.items():
            try:
                await call(session, stand)
            except WeiluError as error:
                found[name] = error
        return found

    said = asyncio.run(main())
    assert SECRET not in repr([(one, one.__cause__) for one in said.values()])
    return said


def test_every_connector_has_a_stand() -> None:
    every = CONNECTORS.connectors
    families = {"satori_qq" if name.startswith("satori") else name for name in every}
    assert {one.connector for one in STANDS} == families


@every_stand
def test_who_asks_to_wait_is_waited_for(stand: Stand, monkeypatch: pytest.MonkeyPatch) -> None:
    found = failures(stand, stand.slow, monkeypatch)
    assert "send" in found
    for name, error in found.items():
        assert isinstance(error, TryLater), name
        if name != "picture":
            wait = timedelta(seconds=stand.wait_s)
            assert (str(error), error.after) == ("rate_limited", wait), name


@every_stand
@pytest.mark.parametrize("how", BREAKS)
def test_what_may_have_happened_is_not_done_again_without_care(
    stand: Stand, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = failures(stand, BREAKS[how], monkeypatch)
    drops_doubles = CONNECTORS.connectors[stand.connector].keeps_keys
    for name, error in found.items():
        assert str(error) in FAULTS, name
        is_said_again = isinstance(error, TryLater) and name == "send" and not drops_doubles
        # Who is sent elsewhere was not listened to.
        is_said_again = is_said_again and how != "elsewhere"
        assert isinstance(error, TryLater | Unsure), (name, repr(error))
        assert not is_said_again, repr(error)
    # Some take any answer of 2xx for a yes, as they document.
    assert "send" in found or stand.connector == "webhook"


@every_stand
def test_answers_of_other_shapes_break_nothing(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    for one in NONSENSE:
        for name, error in failures(stand, http(200, one), monkeypatch).items():
            assert str(error) in FAULTS, (name, one)
            assert name != "send" or not isinstance(error, GivenUp), (one, repr(error))


@every_stand
def test_a_token_that_was_revoked_is_the_connections_trouble(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    found = failures(stand, stand.revoked, monkeypatch)
    assert {str(error) for error in found.values()} <= {"unauthorised", "gone"}
    for deed in {"send", "recall"} & found.keys():
        # What is to be done waits until somebody has mended it.
        assert isinstance(found[deed], TryLater), deed


@every_stand
def test_a_group_that_is_not_there_any_more_ends_what_was_to_be_done_in_it(
    stand: Stand, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone = failures(stand, stand.vanished, monkeypatch, orders_only=True)["send"]
    assert (type(gone), str(gone) in {"gone", "not_in_group"}) == (GivenUp, True)
    out = failures(stand, stand.outside, monkeypatch, orders_only=True, **stand.more_fine)["send"]
    assert (type(out), str(out) in {"gone", "not_in_group", "no_rights"}) == (GivenUp, True)


@every_stand
@pytest.mark.parametrize("how", ["slow", "revoked", *BREAKS])
def test_a_session_that_cannot_be_opened_says_why(
    stand: Stand, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = getattr(stand, how, None) if how in {"slow", "revoked"} else BREAKS[how]

    async def main() -> None:
        async with stand.shut().opened(broken, monkeypatch):
            pass

    if not stand.fine:
        asyncio.run(main())
        return
    with pytest.raises(WeiluError) as caught:
        asyncio.run(main())
    expected = {"slow": "rate_limited", "revoked": "unauthorised"}.get(how)
    assert str(caught.value) in ({expected} if expected else FAULTS)
    assert expected == "unauthorised" or isinstance(caught.value, TryLater)


@every_stand
@pytest.mark.parametrize("how", ["slow", "revoked", *BREAKS])
def test_the_doctor_speaks_whatever_happens(
    stand: Stand, how: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    broken = getattr(stand, how, None) if how in {"slow", "revoked"} else BREAKS[how]

    async def main() -> list[str]:
        async with stand.opened(broken, monkeypatch) as session:
            try:
                return [step.name for step in await session.examine()]
            except WeiluError as error:
                return [str(error)] if str(error) in FAULTS else []

    assert asyncio.run(main())
