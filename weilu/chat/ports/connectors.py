"""A connector: how a platform is connected, opened and, where it calls us, answered (K-4).

One folder in `weilu/connectors`, registered in `CONNECTORS` when the app is ready.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from weilu.chat.ports.abilities import Capability
from weilu.chat.ports.orders import Order, Parcel
from weilu.chat.ports.records import Platform
from weilu.chat.ports.sessions import Session


@dataclass(frozen=True, slots=True)
class Setting:
    """A field of the form that connects; `label` and `help` are source strings (gettext_noop).

    `fits` tells whether an answer can be right at all; what is wanted stands in `help`.
    A secret is stored encrypted and never shown again. `make` is set for a secret that Weilu makes
    itself: the form does not ask for it, it is shown once, and made anew when asked to. For a day
    the one before it is handed to the connector as well, under `before(name)`.
    """

    name: str
    label: str
    help: str = ""
    is_secret: bool = False
    is_required: bool = True
    placeholder: str = ""
    default: str = ""
    make: Callable[[], str] | None = None
    fits: Callable[[str], bool] | None = None


def before(name: str) -> str:
    """Under which name `Config.settings` has the secret that was replaced less than a day ago."""
    return f"{name}:before"


@dataclass(frozen=True, slots=True)
class Config:
    """What a session is opened with: the answers to `Connector.settings`, and where it stopped.

    `callback` is the public address under which the platform reaches this connection.
    """

    connection: int
    settings: Mapping[str, str] = field(default_factory=dict)
    cursor: Mapping[str, str] = field(default_factory=dict)
    callback: str = ""


class Host(StrEnum):
    """Which process opens the sessions of a connector."""

    GATEWAY = "gateway"
    NONEBOT = "nonebot"


class Connector(Protocol):
    """A platform; one folder in `weilu/connectors`, one line in its registry.

    `label` is its name for people. `keeps_keys` tells that the platform drops a second order of
    the same key, so that one whose outcome is not known may safely be tried again.
    """

    name: str
    label: str
    platform: Platform
    host: Host
    settings: tuple[Setting, ...]
    capabilities: tuple[Capability, ...]
    keeps_keys: bool

    def open(self, config: Config) -> AbstractAsyncContextManager[Session]:
        """A session; entering may raise TryLater or GivenUp."""


@dataclass(frozen=True, slots=True)
class Call:
    """A request the platform sent to a connection's callback; header names in lower case.

    `path` is what follows the callback's address, "" for nothing. `handed` reads the orders of the
    connection that wait for a receipt, oldest first, at most a hundred: for platforms that fetch.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    handed: Callable[[], Sequence[Order]] = tuple


@dataclass(frozen=True, slots=True)
class Answer:
    """What is sent back once `parcel` is stored; a refused call stores nothing."""

    status: int = 200
    body: bytes = b""
    content_type: str = "text/plain; charset=utf-8"
    parcel: Parcel | None = None


@runtime_checkable
class TakesCalls(Protocol):
    """A connector the platform calls over HTTP."""

    def answer(self, config: Config, call: Call) -> Answer:
        """Verify first, then decode; a call that is not genuine gets 401 or 403 and no reason.

        It has neither network nor time: the platform waits for it.
        """


@runtime_checkable
class KeepsDoor(Protocol):
    """A connector whose other side opens the line: it has to be told where to.

    `door_help` is a source string (gettext_noop): where the address is to be entered.
    """

    door_help: str

    def door(self) -> str:
        """The address, as seen from this machine."""


@runtime_checkable
class MakesKeys(Protocol):
    """A connector with secrets that Weilu makes: `made_help` (gettext_noop) says where they go."""

    made_help: str


@runtime_checkable
class GreetsItself(Protocol):
    """A connector whose platform greets newcomers with what it is told (`KeepsWelcome`)."""

    greets_itself: bool


@runtime_checkable
class TakesBack(Protocol):
    """A connector whose platform takes back what waits to be confirmed (`Withdraws`)."""

    takes_back: bool


@runtime_checkable
class OpensGroups(Protocol):
    """A connector whose platform opens the next group when one is full (`OpensNext`)."""

    opens_groups: bool


@runtime_checkable
class Described(Protocol):
    """A connector whose calls are documented for programmers."""

    def paths(self) -> Mapping[str, object]:
        """OpenAPI 3.1 path items by what follows the callback's address."""

    def components(self) -> Mapping[str, Mapping[str, object]]:
        """OpenAPI 3.1 components they refer to, by kind and name."""


@dataclass
class ConnectorRegistry:
    """All connectors by name; filled by `connectors` when ready.

    `by_hand` holds what a person can do in groups of a platform that has no connection.
    """

    connectors: dict[str, Connector] = field(default_factory=dict)
    by_hand: dict[Platform, tuple[Capability, ...]] = field(default_factory=dict)

    def add(self, one: Connector) -> None:
        """Register a connector; a name taken twice is a programming error."""
        if one.name in self.connectors:
            message = f"connector {one.name} is registered twice"
            raise ValueError(message)
        self.connectors[one.name] = one

    def of(self, host: Host) -> list[str]:
        """The names of those whose sessions a kind of process opens."""
        return [name for name, one in self.connectors.items() if one.host == host]


CONNECTORS = ConnectorRegistry()
