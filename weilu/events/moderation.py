"""What happens in moderation."""

from __future__ import annotations

from dataclasses import dataclass

from weilu.core.log import Event, event


@event
@dataclass(frozen=True, slots=True)
class DoubtsDecided(Event):
    """An operator said what doubtful messages are: open, junk or fine."""

    message_ids: list[int]
    state: str
    by_id: int | None = None


@event
@dataclass(frozen=True, slots=True)
class ViolationFound(Event):
    """A message broke the rules; `step` is what follows."""

    violation_id: int
    step: str


@event
@dataclass(frozen=True, slots=True)
class AppealMade(Event):
    """Somebody asks for a second look at what followed from a message."""

    violation_id: int


@event
@dataclass(frozen=True, slots=True)
class AppealAnswered(Event):
    """An appeal was answered: granted, the violation is taken back; else it stands."""

    violation_id: int
    granted: bool
