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


@event
@dataclass(frozen=True, slots=True)
class TagsChanged(Event):
    """A tag was put on or taken off members, or that was undone; the deed tells whom."""

    tag_id: int
    deed_id: int


@event
@dataclass(frozen=True, slots=True)
class FactsChanged(Event):
    """A member's value of a field of the workspace changed."""

    member_id: int
    field_id: int


@event
@dataclass(frozen=True, slots=True)
class FieldFilled(Event):
    """Values of a field changed for many members at once, as a list brought them."""

    field_id: int
    member_ids: list[int]


@event
@dataclass(frozen=True, slots=True)
class ConsentChanged(Event):
    """A member agreed to something (`holds`), or took that back."""

    member_id: int
    purpose: str
    holds: bool


@event
@dataclass(frozen=True, slots=True)
class ConsentsGiven(Event):
    """Many members agreed to something at once, as a list says."""

    purpose: str
    member_ids: list[int]


@event
@dataclass(frozen=True, slots=True)
class CustomersBrought(Event):
    """A list of customers is in, as far as it was not stopped."""

    list_id: int


@event
@dataclass(frozen=True, slots=True)
class CustomersTakenBack(Event):
    """What a list of customers brought is taken back; members whom nothing else holds may go."""

    list_id: int


@event
@dataclass(frozen=True, slots=True)
class MemberErased(Event):
    """Somebody is gone from everything; the event does not say who it was."""

    erasure_id: int


@event
@dataclass(frozen=True, slots=True)
class SegmentChanged(Event):
    """Members came into a segment or left it; the move holds who."""

    segment_id: int
    move_id: int


@event
@dataclass(frozen=True, slots=True)
class LevelsChanged(Event):
    """Members rose or fell from one level of goodwill to another, at most 500 in one event."""

    came_from: int
    level: int
    member_ids: list[int]


@event
@dataclass(frozen=True, slots=True)
class GoodwillModelChanged(Event):
    """The numbers of the goodwill model or its ladder were changed."""


@event
@dataclass(frozen=True, slots=True)
class PrizesJudged(Event):
    """Staff said whether a member only comes for prizes, or (None) took that back."""

    member_id: int
    is_hunter: bool | None


@event
@dataclass(frozen=True, slots=True)
class CircleChanged(Event):
    """Members came into a circle or left it, or it was thrown away."""

    circle_id: int


@event
@dataclass(frozen=True, slots=True)
class TierChanged(Event):
    """Staff said in which tier a member is; "": evidence speaks again."""

    member_id: int
    tier: str


@event
@dataclass(frozen=True, slots=True)
class OwnStageChanged(Event):
    """A member went from one stage of the workspace's own to another; None: none."""

    member_id: int
    from_stage_id: int | None
    stage_id: int | None


@event
@dataclass(frozen=True, slots=True)
class CompanyChanged(Event):
    """Somebody keeps a member company in this way from now on; "": nobody any more."""

    member_id: int
    mode: str


@event
@dataclass(frozen=True, slots=True)
class PhonesShown(Event):
    """Somebody of the team had a member's phone numbers shown in clear."""

    member_id: int
    user_id: int
