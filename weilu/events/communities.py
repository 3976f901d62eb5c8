"""What happens to communities."""

from __future__ import annotations

from dataclasses import dataclass

from weilu.core.log import Event, event


@event
@dataclass(frozen=True, slots=True)
class ZoneChanged(Event):
    """A community counts its days by another clock from now on."""

    community_id: int
