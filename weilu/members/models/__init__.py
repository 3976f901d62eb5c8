"""Tables of members: who they are (`people`), and what staff know of them (`known`)."""

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
from weilu.members.models.people import Alias, Identity, Member, Merge, Suggestion

__all__ = [
    "Alias",
    "Colour",
    "Consent",
    "Deed",
    "Fact",
    "Field",
    "Identity",
    "Member",
    "Merge",
    "Note",
    "Suggestion",
    "Tag",
    "TagGroup",
    "Tagging",
]
