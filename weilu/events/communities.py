"""What happens to communities."""

from __future__ import annotations

from dataclasses import dataclass

from weilu.core.log import Event, event


@event
@dataclass(frozen=True, slots=True)
class ZoneChanged(Event):
    """A community counts its days by another clock from now on."""

    community_id: int


@event
@dataclass(frozen=True, slots=True)
class CommunityPlanned(Event):
    """Somebody began to plan a community that was not there before."""

    community_id: int


@event
@dataclass(frozen=True, slots=True)
class ThemesChanged(Event):
    """What a community says it is about is not what it was."""

    community_id: int


@event
@dataclass(frozen=True, slots=True)
class PlanKept(Event):
    """The plan of a community was kept as a version: from today it holds."""

    community_id: int
    version: int


@event
@dataclass(frozen=True, slots=True)
class FitJudged(Event):
    """The questions about a community's product were answered; verdict: fits, narrow or unfit."""

    community_id: int
    verdict: str


@event
@dataclass(frozen=True, slots=True)
class PlatformChosen(Event):
    """A community is to live on this platform; "" when the choice was taken back."""

    community_id: int
    platform: str
