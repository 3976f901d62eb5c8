"""Stages: columnar functions that see every new message once, in the transaction that counts it.

A stage may write through the database connection and may do no other I/O. One that raises loses
nothing: its writes are rolled back to a savepoint, the batch stays, and the debt is run again
(`chat.staging`).
"""

from __future__ import annotations

from collections.abc import Callable

from weilu.chat.columns import Columns

Stage = Callable[[Columns], None]
# Deletes what a stage has written of one community, so that it can be counted anew.
Clear = Callable[[int], None]
STAGES: dict[str, Stage] = {}
CLEARS: dict[str, Clear] = {}
# Those that may not wait: they see live messages in the transaction that stores them.
AT_ONCE: dict[str, Stage] = {}
# What drops the memory that such stages keep between batches.
FORGETS: list[Callable[[], None]] = []


def stage(name: str, clear: Clear) -> Callable[[Stage], Stage]:
    """Register a stage under a name that is stored with its debts, and how it is cleared."""

    def register(function: Stage) -> Stage:
        if name in STAGES:
            message = f"stage {name} is registered twice"
            raise ValueError(message)
        STAGES[name] = function
        CLEARS[name] = clear
        return function

    return register


def at_once(name: str, forget: Callable[[], None] | None = None) -> Callable[[Stage], Stage]:
    """Register a stage that decides about messages of connected groups the moment they come.

    It sees no history that is imported. One that raises is run again over the batch later, like
    any other stage: what it decides must be once by a key. `forget` drops what it remembers of
    batches before; it is called when one of them was not stored after all.
    """

    def register(function: Stage) -> Stage:
        if name in AT_ONCE or name in STAGES:
            message = f"stage {name} is registered twice"
            raise ValueError(message)
        AT_ONCE[name] = function
        if forget is not None:
            FORGETS.append(forget)
        return function

    return register


def forget_batches() -> None:
    """Have stages drop what they remember: a transaction failed, or rows were taken away."""
    for forget in FORGETS:
        forget()
