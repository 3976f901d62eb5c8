"""What happens in chat."""

from __future__ import annotations

from dataclasses import dataclass

from weilu.core.log import Event, event


@event
@dataclass(frozen=True, slots=True)
class BatchAccepted(Event):
    """Messages were stored; `batch_id` names the run of them."""

    batch_id: int


@event
@dataclass(frozen=True, slots=True)
class HistoryImported(Event):
    """An import finished; the groups it brought messages to."""

    import_id: int
    group_ids: list[int]


@event
@dataclass(frozen=True, slots=True)
class ImportUndone(Event):
    """An import's messages were taken back; the community's roll-ups must be made anew."""

    import_id: int
    community_id: int


@event
@dataclass(frozen=True, slots=True)
class PictureRead(Event):
    """A picture of a connected group holds codes; `picture_id` names the row that says which."""

    picture_id: int


@event
@dataclass(frozen=True, slots=True)
class NamesChanged(Event):
    """People of connected groups show other names than before; lists of one length.

    `group_ids` and `moments` (ms) say where and when each new name was first seen. `are_new`: the
    people are, too; these are the names they came with.
    """

    identity_ids: list[int]
    names: list[str]
    group_ids: list[int]
    moments: list[int]
    are_new: bool = False


@event
@dataclass(frozen=True, slots=True)
class OutgoingEnded(Event):
    """A row of the send queue has ended: sent, failed, expired or cancelled.

    `origin` and `origin_id` are what whoever decided it wrote there.
    """

    outgoing_id: int
    origin: str
    origin_id: int
    state: str
