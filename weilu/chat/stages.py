"""Stages: columnar functions that see every new message once, in the transaction that counts it.

A stage may write through the database connection and may do no other I/O. One that raises loses
nothing: its writes are rolled back to a savepoint, the batch stays, and the debt is run again
(`chat.staging`).
"""

from __future__ import annotations

from collections.abc import Callable

from weilu.chat.columns import Columns

Stage = Callable[[Columns], None]
STAGES: dict[str, Stage] = {}


def stage(name: str) -> Callable[[Stage], Stage]:
    """Register a stage under a name that is stored with its debts."""

    def register(function: Stage) -> Stage:
        if name in STAGES:
            message = f"stage {name} is registered twice"
            raise ValueError(message)
        STAGES[name] = function
        return function

    return register
