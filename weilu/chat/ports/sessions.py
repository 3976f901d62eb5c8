"""An open connection, as small Protocols: a session fills those its platform allows (K-4).

What it can do shows in what it fills; on which conditions, in the connector's capability rows.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Protocol, runtime_checkable

from weilu.chat.ports.abilities import Ability
from weilu.chat.ports.orders import Done, Inbox, Order
from weilu.chat.ports.records import ChatRef


class StepState(StrEnum):
    """How a step of the doctor ended."""

    FINE = "fine"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Step:
    """One thing the doctor looked at.

    `name` and `mend` (what to do, "" when all is well) are source strings (gettext_noop) with
    `values` filled in as %(name)s. `abilities` are those the step has shown to be there (FINE)
    or not (FAILED).
    """

    name: str
    state: StepState
    mend: str = ""
    values: Mapping[str, str] = field(default_factory=dict)
    abilities: tuple[Ability, ...] = ()


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody in a group's list of members.

    `is_self` is our own account; `joined_ms` is when they came, UTC milliseconds, 0: not told.
    """

    account: str
    name: str
    is_staff: bool = False
    is_bot: bool = False
    is_self: bool = False
    joined_ms: int = 0


@runtime_checkable
class Session(Protocol):
    """An open connection; lives on the event loop of its host."""

    async def listen(self, inbox: Inbox) -> None:
        """Hand in what happens until cancelled; first what was missed since the cursor.

        Raises TryLater or GivenUp when the connection is lost; the host opens a new session.
        """

    async def examine(self) -> Sequence[Step]:
        """The doctor: try every step from the network to the rights in each group."""


@runtime_checkable
class Sends(Protocol):
    """Can write into a group: `order.text`, `order.picture`, as an answer to `order.reply_to`."""

    async def send(self, order: Order) -> Done:
        """Send a message."""


@runtime_checkable
class Recalls(Protocol):
    """Can take messages of others back."""

    async def recall(self, order: Order) -> Done:
        """Take `order.message` back; one that is gone already counts as done."""


@runtime_checkable
class Mutes(Protocol):
    """Can keep a member from writing."""

    async def mute(self, order: Order) -> Done:
        """Mute `order.account` for `order.seconds`."""

    async def unmute(self, order: Order) -> Done:
        """Let `order.account` write again."""


@runtime_checkable
class Removes(Protocol):
    """Can put a member out."""

    async def remove(self, order: Order) -> Done:
        """Put `order.account` out; may come back. Somebody who is gone already counts as done."""


@runtime_checkable
class Bans(Protocol):
    """Can keep an account out."""

    async def ban(self, order: Order) -> Done:
        """Put `order.account` out and keep it out."""

    async def unban(self, order: Order) -> Done:
        """Let `order.account` come back."""


@runtime_checkable
class Announces(Protocol):
    """Can set what stands above a group: topic, notice, pinned message."""

    async def announce(self, order: Order) -> Done:
        """Announce `order.text`."""


@runtime_checkable
class Approves(Protocol):
    """Can answer requests to join."""

    async def approve(self, order: Order) -> Done:
        """Let the account of `order.request` in."""

    async def decline(self, order: Order) -> Done:
        """Refuse the account of `order.request`, with `order.reason` where it can be said."""


@runtime_checkable
class FetchesPictures(Protocol):
    """Can fetch pictures of messages."""

    async def picture(self, media: str, most: int) -> bytes:
        """The file behind `Inbound.media`; raises GivenUp `too_long` above `most` bytes."""


@runtime_checkable
class ListsGroups(Protocol):
    """Can name the groups it is in."""

    async def groups(self) -> Sequence[ChatRef]:
        """The groups it is in now."""


@runtime_checkable
class ListsMembers(Protocol):
    """Can name who is in a group."""

    async def members(self, group: str) -> Sequence[Person]:
        """Everybody who is in the group now, itself among them; raises rather than leave some out.

        GivenUp `not_possible` for a group whose comings and goings are told of another.
        """


@runtime_checkable
class Invites(Protocol):
    """Can make a link that lets people in."""

    async def invite_link(self, group: str, mark: str = "") -> str:
        """A link into the group that does not expire by itself.

        `mark` (at most 30 letters) is told again in the text of joins that come by it, where the
        platform keeps such a thing.
        """


@runtime_checkable
class OpensNext(Protocol):
    """Can make a link that goes on into new groups, which the platform opens when one is full."""

    async def lasting_link(self, group: str, mark: str, name: str, number: int) -> str:
        """As `Invites.invite_link`; new groups are called `name` and a number from `number` on."""


# Where a cursor lists the tasks that were taken back, the newest last, apart by spaces.
WITHDRAWN = "withdrawn"


@runtime_checkable
class Withdraws(Protocol):
    """Can take back what a person was asked to confirm (`Done.awaits_person`)."""

    async def withdraw(self, task: str) -> None:
        """Take `Done.external_id` back; raises GivenUp when it was confirmed or is gone."""


@runtime_checkable
class KeepsWelcome(Protocol):
    """Can have the platform greet newcomers by itself; `welcome_name` stands for their name."""

    welcome_name: str

    async def keep_welcome(self, text: str, known: str) -> str:
        """Keep what the platform greets with, in place of `known`; returns its id there."""
