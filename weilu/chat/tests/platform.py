"""A platform that records what it is asked to do, and fails, doubles or dies as it is told."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from dataclasses import dataclass, field, replace
from datetime import date

from weilu.chat.ports.abilities import Ability, Capability, Limit, Support
from weilu.chat.ports.connectors import Config, Host, Setting
from weilu.chat.ports.orders import Arrival, Done, Inbox, Order, Parcel
from weilu.chat.ports.records import ChatRef, Inbound, Kind, Platform
from weilu.chat.ports.sessions import Person, Step, StepState
from weilu.core.errors import GivenUp

GROUP = ChatRef(Platform.MATRIX, "!tea", "Tea lovers")
BORN_MS = 1_700_000_000_000


def said(number: int, text: str, account: str = "u1", chat: ChatRef = GROUP) -> Arrival:
    """A message with an id of its own, a second after the one before."""
    item = Inbound(
        kind=Kind.MESSAGE,
        sent_ms=BORN_MS + number * 1000,
        account=account,
        name=account.upper(),
        text=text,
        external_id=f"$m{number}",
    )
    return Arrival(chat, item)


@dataclass
class Stage:
    """What the platform knows and does; shared by the connector and its sessions.

    `parcels` are handed in as soon as a session listens, each once and in order; `failures` are
    raised by the next orders, first come first served, None: carried out.
    """

    parcels: list[Parcel] = field(default_factory=list)
    failures: list[Exception | None] = field(default_factory=list)
    refusals: list[Exception] = field(default_factory=list)
    orders: list[Order] = field(default_factory=list)
    opened: list[Config] = field(default_factory=list)
    handed: int = 0
    awaits_person: bool = False
    pictures: dict[str, bytes] = field(default_factory=dict)
    welcomes: list[tuple[str, str]] = field(default_factory=list)
    marks: list[tuple[str, str]] = field(default_factory=list)
    fetched: list[str] = field(default_factory=list)
    withdrawn: list[str] = field(default_factory=list)
    # Who is in the groups, by key; a failure in place of a list is raised.
    lists: dict[str, list[Person] | Exception] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)


@dataclass
class RecordingSession:
    """A session that can do everything."""

    stage: Stage
    welcome_name: str = "%NAME%"

    async def invite_link(self, group: str, mark: str = "") -> str:
        """A link that bears its mark; an order to fail makes it fail."""
        if self.stage.failures:
            raise self.stage.failures.pop(0) or GivenUp("gone")
        self.stage.marks.append((group, mark))
        return f"https://chat.example.org/in/{mark}"

    async def lasting_link(self, group: str, mark: str, name: str, number: int) -> str:
        """A link that goes on."""
        self.stage.marks.append((group, f"{mark} {name}|{number}"))
        return f"https://chat.example.org/on/{mark}"

    async def withdraw(self, task: str) -> None:
        """Take a task back; an order to fail makes it fail."""
        if self.stage.failures:
            raise self.stage.failures.pop(0) or GivenUp("gone")
        self.stage.withdrawn.append(task)

    async def keep_welcome(self, text: str, known: str) -> str:
        """Keep the words; an order to fail makes it fail."""
        if self.stage.failures:
            raise self.stage.failures.pop(0) or GivenUp("gone")
        self.stage.welcomes.append((known, text))
        return known or "w-1"

    async def listen(self, inbox: Inbox) -> None:
        """Hand in what is there, then wait."""
        stage = self.stage
        while True:
            while stage.handed < len(stage.parcels):
                await inbox.put(stage.parcels[stage.handed])
                stage.handed += 1
            await asyncio.sleep(0.01)

    async def picture(self, media: str, most: int) -> bytes:
        """The picture of that name; GivenUp when there is none, or it is too large."""
        self.stage.fetched.append(media)
        data = self.stage.pictures.get(media)
        if data is None or len(data) > most:
            raise GivenUp("gone" if data is None else "too_long")
        return data

    async def examine(self) -> Sequence[Step]:
        """All is well."""
        return [Step("Reach the server", StepState.FINE, abilities=(Ability.RECEIVE,))]

    async def _do(self, order: Order) -> Done:
        failure = self.stage.failures.pop(0) if self.stage.failures else None
        if failure is not None:
            raise failure
        self.stage.orders.append(order)
        return Done(f"$sent-{order.key}", awaits_person=self.stage.awaits_person)

    send = recall = mute = unmute = remove = ban = unban = announce = approve = decline = _do


@dataclass
class ListingSession(RecordingSession):
    """A session that tells who is in its groups, too."""

    async def groups(self) -> Sequence[ChatRef]:
        """The groups with a list."""
        return [replace(GROUP, key=key, name=f"Group {key}") for key in self.stage.lists]

    async def members(self, group: str) -> Sequence[Person]:
        """The list of a group."""
        self.stage.asked.append(group)
        found = self.stage.lists.get(group, GivenUp("not_possible"))
        if isinstance(found, Exception):
            raise found
        return found


@dataclass
class RecordingPlatform:
    """A connector to the stage; put it into `CONNECTORS` with monkeypatch."""

    stage: Stage = field(default_factory=Stage)
    name: str = "recording"
    label: str = "Recording"
    platform: Platform = Platform.MATRIX
    host: Host = Host.GATEWAY
    settings: tuple[Setting, ...] = (
        Setting("server", "Server"),
        Setting("token", "Token", is_secret=True),
    )
    capabilities: tuple[Capability, ...] = tuple(
        Capability(ability, Support.AUTOMATIC, date(2026, 11, 1), "tests") for ability in Ability
    )
    keeps_keys: bool = False
    greets_itself: bool = False
    takes_back: bool = False
    opens_groups: bool = False

    def open(self, config: Config) -> AbstractAsyncContextManager[RecordingSession]:
        """A session, unless a refusal is due."""

        @asynccontextmanager
        async def session() -> AsyncIterator[RecordingSession]:
            self.stage.opened.append(config)
            if self.stage.refusals:
                raise self.stage.refusals.pop(0)
            yield (ListingSession if self.stage.lists else RecordingSession)(self.stage)

        return session()


def limited(ability: Ability, *limits: Limit) -> tuple[Capability, ...]:
    """Capabilities with limits on one of them."""
    return tuple(
        Capability(
            one, Support.AUTOMATIC, date(2026, 11, 1), "tests", limits=limits * (one == ability)
        )
        for one in Ability
    )
