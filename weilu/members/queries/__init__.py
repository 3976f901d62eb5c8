"""What others may ask about people; `known` has what staff know of them."""

from weilu.members.queries.people import (
    Ints,
    People,
    accounts,
    aliases_of,
    identities_of,
    member,
    merges_of,
    names,
    people,
    people_behind,
    suggestions,
)

__all__ = [
    "Ints",
    "People",
    "accounts",
    "aliases_of",
    "identities_of",
    "member",
    "merges_of",
    "names",
    "people",
    "people_behind",
    "suggestions",
]
