"""What chat does about its own events; its stages live here by import."""

from __future__ import annotations

from collections.abc import Sequence

from weilu.chat import participation
from weilu.chat.search.changes import note_late
from weilu.core.jobs import schedule
from weilu.core.reactions import on
from weilu.events.chat import BatchAccepted
from weilu.events.members import CustomersTakenBack

__all__ = ["participation"]


@on(BatchAccepted)
def find_late(events: Sequence[BatchAccepted]) -> None:
    """Note messages that the search index has already passed by, so that they are found."""
    for workspace_id in {e.workspace_id for e in events}:
        note_late(workspace_id, [e.batch_id for e in events if e.workspace_id == workspace_id])


@on(CustomersTakenBack)
def sweep_customers(events: Sequence[CustomersTakenBack]) -> None:
    """Remove who was only known as a customer of a list that is taken back."""
    for workspace_id in {e.workspace_id for e in events}:
        schedule("sweep_imports", workspace_id=workspace_id)
