"""Who reacts to what: `@on(SomeEvent)` functions, found by name, run by the worker.

A reaction takes a non-empty list of events of one class and runs in one transaction with the
rows that record its deliveries: its database writes happen once. It must still be safe to run
twice, for a restore from backup or a row replayed by hand.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from weilu.core.log import Event

React = Callable[[Sequence[Any]], None]
F = TypeVar("F", bound=React)

REACTIONS: dict[str, dict[str, React]] = defaultdict(dict)


def on(event_class: type[Event]) -> Callable[[F], F]:
    """Register the function as a reaction to an event class under its dotted name."""

    def register(function: F) -> F:
        name = f"{function.__module__}.{function.__name__}".removeprefix("weilu.")
        if name in REACTIONS[event_class.__name__]:
            message = f"{name} reacts twice"
            raise ValueError(message)
        REACTIONS[event_class.__name__][name] = function
        return function

    return register
