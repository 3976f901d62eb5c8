"""Tables of members: who they are, what staff know of them, segments, erasures."""

from weilu.members.models.circles import Circle, CircleMember
from weilu.members.models.erasures import Erasure
from weilu.members.models.known import (
    Colour,
    Consent,
    Deed,
    Fact,
    Field,
    Note,
    Tag,
    Tagging,
    TagGroup,
)
from weilu.members.models.people import MOVED, Alias, Identity, Member, Merge, Suggestion
from weilu.members.models.segments import Segment, SegmentMove
from weilu.members.models.worth import (
    Goodwill,
    GoodwillModel,
    Ledger,
    LevelMove,
    PrizeLook,
    PrizeVerdict,
)

__all__ = [
    "MOVED",
    "Alias",
    "Circle",
    "CircleMember",
    "Colour",
    "Consent",
    "Deed",
    "Erasure",
    "Fact",
    "Field",
    "Goodwill",
    "GoodwillModel",
    "Identity",
    "Ledger",
    "LevelMove",
    "Member",
    "Merge",
    "Note",
    "PrizeLook",
    "PrizeVerdict",
    "Segment",
    "SegmentMove",
    "Suggestion",
    "Tag",
    "TagGroup",
    "Tagging",
]
