"""What happens to groups."""

from __future__ import annotations

from dataclasses import dataclass

from weilu.core.log import Event, event


@event
@dataclass(frozen=True, slots=True)
class GroupMoved(Event):
    """A group belongs to another community from now on, with all that was said in it."""

    group_id: int
    from_community_id: int
    to_community_id: int
