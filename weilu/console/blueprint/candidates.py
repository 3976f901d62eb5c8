"""The platforms with what is possible on each: facts, caps and capability rows put together."""

from __future__ import annotations

from collections.abc import Iterable

from weilu.chat.ports.abilities import Capability
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.records import Platform
from weilu.communities.blueprint.platform_facts import APP, PLATFORMS, Known
from weilu.communities.blueprint.rules.advice import Candidate, How, Way
from weilu.core.access import Actor
from weilu.core.clock import today
from weilu.groups.caps import own_caps
from weilu.groups.rules.caps import Cap, cap_of

# The brand's own app speaks to Weilu over this.
OWN = "webhook"


def candidates(viewer: Actor) -> tuple[list[Candidate], dict[str, Cap]]:
    """Every platform the handbook names, and the cap of groups where one is known."""
    own, day = own_caps(viewer.workspace_id), today()
    caps = {
        known.fact.platform: cap
        for known in PLATFORMS
        if (cap := cap_of(known.fact.platform, own, day)) is not None
    }
    return [_candidate(known, caps.get(known.fact.platform)) for known in PLATFORMS], caps


def _candidate(known: Known, cap: Cap | None) -> Candidate:
    return Candidate(known.fact, tuple(_ways(known.fact.platform)), cap.people if cap else None)


def _ways(platform: str) -> Iterable[Way]:
    """Connectors of a platform in the order they are offered, and what a person can do."""
    for name, one in CONNECTORS.connectors.items():
        if one.platform == platform or (platform == APP and name == OWN):
            yield Way(name, _supports(one.capabilities))
    by_hand = CONNECTORS.by_hand.get(Platform(platform), ()) if platform in set(Platform) else ()
    yield Way("", _supports(by_hand))


def _supports(rows: Iterable[Capability]) -> dict[str, How]:
    return {row.ability.value: How(row.support.value) for row in rows}


def capabilities_of(platform: str, connector: str) -> tuple[Capability, ...]:
    """The rows a piece of advice rests on, with their dates and sources; may be empty."""
    if connector:
        return CONNECTORS.connectors[connector].capabilities
    return CONNECTORS.by_hand.get(Platform(platform), ()) if platform in set(Platform) else ()
