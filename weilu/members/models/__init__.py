"""Tables of members: who they are, what staff know of them, segments, erasures."""

from weilu.members.models.circles import Circle, CircleMember
from weilu.members.models.customers import Customer, CustomerList, CustomerMade, CustomerPart
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
from weilu.members.models.standing import (
    Company,
    CompanyRule,
    Contact,
    OwnStage,
    Staying,
    Tier,
    TierPlace,
    TierWord,
)
from weilu.members.models.worth import (
    Goodwill,
    GoodwillModel,
    Ledger,
    LedgerEdge,
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
    "Company",
    "CompanyRule",
    "Consent",
    "Contact",
    "Customer",
    "CustomerList",
    "CustomerMade",
    "CustomerPart",
    "Deed",
    "Erasure",
    "Fact",
    "Field",
    "Goodwill",
    "GoodwillModel",
    "Identity",
    "Ledger",
    "LedgerEdge",
    "LevelMove",
    "Member",
    "Merge",
    "Note",
    "OwnStage",
    "PrizeLook",
    "PrizeVerdict",
    "Segment",
    "SegmentMove",
    "Staying",
    "Suggestion",
    "Tag",
    "TagGroup",
    "Tagging",
    "Tier",
    "TierPlace",
    "TierWord",
]
