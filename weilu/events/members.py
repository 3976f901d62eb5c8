"""What happens to people."""

from __future__ import annotations

from dataclasses import dataclass

from weilu.core.log import Event, event


@event
@dataclass(frozen=True, slots=True)
class MembersMerged(Event):
    """Two members were found to be one; or were parted again (`undone`)."""

    kept_id: int
    absorbed_id: int
    undone: bool = False


@event
@dataclass(frozen=True, slots=True)
class MembersMarked(Event):
    """What members are (person, bot, staff) was changed."""

    member_ids: list[int]
