"""Tables of members: who they are, what staff know of them, and that somebody was erased."""

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
from weilu.members.models.people import Alias, Identity, Member, Merge, Suggestion

__all__ = [
    "Alias",
    "Colour",
    "Consent",
    "Deed",
    "Erasure",
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
