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


@event
@dataclass(frozen=True, slots=True)
class GroupTurned(Event):
    """A group is merged, split, revived or closed, and its members are told."""

    group_id: int
    turn_id: int
    kind: str


@event
@dataclass(frozen=True, slots=True)
class TurnUndone(Event):
    """A turn in a group's life was taken back."""

    group_id: int
    turn_id: int
    kind: str


@event
@dataclass(frozen=True, slots=True)
class RoomChanged(Event):
    """A group is new, or may hold another number; `community_id` 0 for all of a platform's."""

    community_id: int
