"""A workspace's own word on addresses: those that are fine, and those that never are (B-5).

An entry is a host with all that stands below it (`shop.example.com` covers `a.shop.example.com/x`),
a host with the beginning of a path, or a number or name as it is written.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from weilu.moderation.rules.contacts import Found, host

ALLOWED, DENIED = "allowed", "denied"
ADDRESS_KINDS = (ALLOWED, DENIED)
# What an address on the list of those that never are fine weighs: enough whoever writes it.
NEVER = 5.0


def entry(text: str) -> str:
    """An entry, or an address that was found, as they are compared."""
    bare = re.sub(r"^https?:?//", "", text.strip().casefold()).removeprefix("www.")
    return bare.rstrip("/")


@dataclass(frozen=True, slots=True)
class Addresses:
    """Both lists."""

    allowed: frozenset[str] = field(default_factory=frozenset)
    denied: frozenset[str] = field(default_factory=frozenset)

    @staticmethod
    def of(allowed: Iterable[str], denied: Iterable[str]) -> Addresses:
        """The lists from entries as people write them."""
        return Addresses(frozenset(map(entry, allowed)), frozenset(map(entry, denied)))

    def __bool__(self) -> bool:
        return bool(self.allowed or self.denied)

    def says(self, one: Found) -> bool | None:
        """Whether an address is fine; None where neither list names it. Denied goes first."""
        ways = list(_ways(one.value))
        if any(way in self.denied for way in ways):
            return False
        return True if any(way in self.allowed for way in ways) else None


def _ways(value: str) -> Iterable[str]:
    """What an address may be listed as: itself, its path shortened, its host and those above."""
    whole = entry(value)
    yield whole
    at = whole
    while "/" in at:
        at = at.rpartition("/")[0]
        yield at
    name = host(whole)
    while "." in name:
        yield name
        name = name.partition(".")[2]
