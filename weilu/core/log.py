"""The event log: announcing what happened, as a row in the change's own transaction.

Events are frozen dataclasses of plain JSON values; `weilu/events` is their catalogue.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, is_dataclass
from typing import Any, TypeVar

from django.db import connection

from weilu.core.bulk import add_rows, insert_one
from weilu.core.clock import now
from weilu.core.models import LogRow


@dataclass(frozen=True, slots=True)
class Event:
    """Base of everything that can happen; the subclass name is the stored name."""

    workspace_id: int


EVENTS: dict[str, type[Event]] = {}
E = TypeVar("E", bound=type[Event])


def event(cls: E) -> E:
    """Enter an event class into the catalogue; two of one name are a programming error."""
    if not is_dataclass(cls) or cls.__name__ in EVENTS:
        message = f"{cls.__name__} is not a dataclass, or its name is taken"
        raise TypeError(message)
    EVENTS[cls.__name__] = cls
    return cls


def announce(happened: Event) -> int:
    """Write the event; returns the id of its row.

    Raises RuntimeError outside a transaction: an event without its change, or a change without
    its event, must not exist.
    """
    if not connection.in_atomic_block:
        message = f"{type(happened).__name__} announced outside a transaction"
        raise RuntimeError(message)
    return insert_one(
        connection,
        "core_logrow",
        {
            "workspace_id": happened.workspace_id,
            "name": type(happened).__name__,
            "payload": json.dumps(asdict(happened)),
            "at": connection.ops.adapt_datetimefield_value(now()),
            "lease": "",
        },
    )


def announce_all(happened: Sequence[Event]) -> None:
    """Write many events in one go; as `announce` otherwise."""
    if not connection.in_atomic_block:
        message = "events announced outside a transaction"
        raise RuntimeError(message)
    rows = [(one.workspace_id, type(one).__name__, asdict(one), now()) for one in happened]
    add_rows(LogRow, ("workspace_id", "name", "payload", "at"), rows)


def read(name: str, payload: dict[str, Any]) -> Event:
    """The event of a stored row; raises KeyError for a name nobody declared."""
    return EVENTS[name](**payload)
