"""Guards: asked before anything leaves; one may let it pass, let it wait, or hold it (D-2, K-3).

A guard looks at rows of the send queue that are due, all at once, and names those it stops. One
that only has to wait says until when; one that a person must look at says so by leaving that out.
Guards are registered objects; a package above adds its own.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from weilu.chat.models import Outgoing


@dataclass(frozen=True, slots=True)
class Hold:
    """Why a row may not leave now: the guard's name and values for its sentence.

    `until` is when to ask again; None: a person has to look.
    """

    guard: str
    values: Mapping[str, str | int | float] = field(default_factory=dict)
    until: datetime | None = None


class Guard(Protocol):
    """A reason why something may have to wait."""

    name: str
    may_be_overruled: bool
    """Whether an owner may let something pass it; what a platform forbids it forbids owners too."""

    def holds(self, rows: Sequence[Outgoing], moment: datetime) -> Mapping[int, Hold]:
        """The rows (by id) that may not leave at `moment`; `rows` are in order of sending.

        What of `rows` is let pass counts for those behind it.
        """


@dataclass
class GuardRegistry:
    """All guards by name, in the order they are asked; the first that stops a row is shown."""

    guards: dict[str, Guard] = field(default_factory=dict)

    def add(self, one: Guard) -> None:
        """Register a guard; a name taken twice is a programming error."""
        if one.name in self.guards:
            message = f"guard {one.name} is registered twice"
            raise ValueError(message)
        self.guards[one.name] = one


GUARDS = GuardRegistry()


def overrulable() -> list[str]:
    """The names of the guards that an owner may overrule."""
    return [name for name, one in GUARDS.guards.items() if one.may_be_overruled]


def ask_guards(rows: Sequence[Outgoing], moment: datetime) -> dict[int, Hold]:
    """What stops rows, by id; a guard that a person has overruled for a row is not asked."""
    stopped: dict[int, Hold] = {}
    for name, guard in GUARDS.guards.items():
        asked = [row for row in rows if row.pk not in stopped and name not in row.overruled]
        if asked:
            stopped.update(guard.holds(asked, moment))
    return stopped
