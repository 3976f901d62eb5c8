"""Hints that somebody runs a group, from what they did and are called (handbook C-6, I-1).

Hints only: the operator marks staff. `enforce` acts weigh most, names least.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

STAFF_SCORE = 0.6

_OWNER = "群主|店主|店长|老板|掌柜|创始人|owner|founder|boss"
_ADMIN = r"管理员|管理員|群管|版主|admin|moderator|\bmod\b|\bop\b"
_SERVICE = "客服|店员|售后|小二|导购|运营|值班|官方|support|service|staff"
_TITLES = tuple(
    (reason, re.compile(words, re.IGNORECASE))
    for reason, words in (
        ("title_owner", _OWNER),
        ("title_admin", _ADMIN),
        ("title_service", _SERVICE),
    )
)


@dataclass(frozen=True, slots=True)
class StaffFacts:
    """What one identity did as an operator; `title` is what the platform calls them, or ""."""

    name: str
    title: str = ""
    platform_admin: bool = False
    removed_others: int = 0
    banned_others: int = 0
    mode_changes: int = 0
    topic_changes: int = 0
    announcements: int = 0


class StaffHints(NamedTuple):
    """How likely somebody is staff (0-1) and why, strongest first.

    Reasons: `platform_admin`, `removed_others`, `banned_others`, `changed_modes`,
    `changed_topic`, `announced`, `title_owner`, `title_admin`, `title_service`.
    """

    score: float
    reasons: tuple[str, ...]


def staff_hints(facts: StaffFacts) -> StaffHints:
    """Weigh what speaks for staff; 0.6 and more is worth suggesting.

    A telling name alone stays below: anyone may call himself a boss.
    """
    signs = _acts(facts)
    for reason, pattern in _TITLES:
        if pattern.search(facts.title):
            signs[reason] = 0.25
        elif pattern.search(facts.name):
            signs[reason] = 0.5
    doubt = 1.0
    for left in signs.values():
        doubt *= left
    reasons = tuple(sorted(signs, key=lambda reason: (signs[reason], reason)))
    return StaffHints(round(1.0 - doubt, 3), reasons)


def _acts(facts: StaffFacts) -> dict[str, float]:
    found = (
        ("platform_admin", facts.platform_admin, 0.02),
        ("banned_others", facts.banned_others, 0.15),
        ("removed_others", facts.removed_others, 0.2),
        ("changed_modes", facts.mode_changes, 0.3),
        ("announced", facts.announcements, 0.35),
        ("changed_topic", facts.topic_changes, 0.45),
    )
    return {reason: left for reason, happened, left in found if happened}
