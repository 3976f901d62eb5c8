"""What a structure lacks, and who wears too many hats (A-7, J-3: one admin does everything).

Limits are operator policy: a hat is a post; two are shown, from three on it is said that this is
too much for one.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from weilu.team.rules.roles import Layer, Role

TOO_MANY_HATS = 3

# Where a role stands usually, in the order in which they are shown.
LAYERS: Mapping[Role, Layer] = {
    Role.LEAD: Layer.MANAGEMENT,
    Role.SOUL: Layer.MANAGEMENT,
    Role.STEWARD: Layer.OPERATIONS,
    Role.CONTENT: Layer.OPERATIONS,
    Role.SERVICE: Layer.OPERATIONS,
    Role.EXPERT: Layer.OPERATIONS,
    Role.TALENT: Layer.OPERATIONS,
    Role.FAN_MANAGER: Layer.OPERATIONS,
    Role.ANALYST: Layer.TECHNICAL,
    Role.TOOLS: Layer.TECHNICAL,
}

# Without these a community does not work; the others make it better.
NEEDED: tuple[Role, ...] = (
    Role.LEAD,
    Role.SOUL,
    Role.STEWARD,
    Role.CONTENT,
    Role.SERVICE,
    Role.ANALYST,
)


@dataclass(frozen=True, slots=True)
class Held:
    """A post and its holder: a key that is the same for the same person, "" for nobody."""

    role: Role
    holder: str


@dataclass(frozen=True, slots=True)
class Hats:
    """Somebody with several posts, in the order of the roles."""

    holder: str
    roles: tuple[Role, ...]

    @property
    def too_many(self) -> bool:
        """Whether it is more than one person can do well."""
        return len(self.roles) >= TOO_MANY_HATS


def gaps(posts: Sequence[Held]) -> tuple[Role, ...]:
    """Needed roles that nobody holds, in their order."""
    held = {one.role for one in posts if one.holder}
    return tuple(role for role in NEEDED if role not in held)


def hats(posts: Sequence[Held]) -> tuple[Hats, ...]:
    """Who holds two posts or more, those with most first."""
    found: dict[str, list[Role]] = defaultdict(list)
    order = list(LAYERS)
    for one in posts:
        if one.holder:
            found[one.holder].append(one.role)
    several = [
        Hats(holder, tuple(sorted(roles, key=order.index)))
        for holder, roles in found.items()
        if len(roles) > 1
    ]
    return tuple(sorted(several, key=lambda one: (-len(one.roles), one.holder)))
