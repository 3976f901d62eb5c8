"""Linking: which identities are one person, soundly or perhaps (handbook C-1).

Evidence is weighed pair by pair, then pairs are joined strongest first; a join that would put
two voices heard at the same time into one person, or swell a person beyond belief, is refused
and shown as a suggestion. The answer does not depend on the order of the input.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from weilu.members.rules.evidence import (
    Chain,
    IdentityFacts,
    Pair,
    Rename,
    count_reconnects,
    like_named_pairs,
    read_renames,
)
from weilu.members.rules.names import is_generic, is_throwaway, same_name_strength
from weilu.members.rules.spells import Spells, count_overlaps, expected_overlaps, join_spells

SOUND = 0.8
WORTH_SHOWING = 0.4
LARGE_CLUSTER = 20
LARGEST_CLUSTER = 60
SURE = 0.9


@dataclass(frozen=True, slots=True)
class Link:
    """A claim that identities `a` < `b` are one person: strength 0-1 and reason codes.

    Reasons, all of them: `renamed`, `renamed_back`, `renamed_often`, `renamed_through_guest`,
    `guest_of`, those of `names.same_name_strength`, `reconnected`,
    `names_only_source`, `never_together`, `spoke_together`, `generic`, `hub`, `cluster_conflict`,
    `cluster_full`.
    """

    a: int
    b: int
    strength: float
    reasons: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Linking:
    """Links to act on, links to ask about (both strongest first), and the people that follow.

    `people` maps every identity to the canonical one of its person: most messages, then
    smallest id.
    """

    sound: tuple[Link, ...]
    doubtful: tuple[Link, ...]
    people: Mapping[int, int]


def propose_links(facts: Sequence[IdentityFacts], renames: Iterable[Rename]) -> Linking:
    """Weigh all evidence and split the links into sound and doubtful.

    Ids must be unique. Weak claims (under 0.4) are left out altogether.
    """
    known = {one.id: one for one in facts}
    chain = read_renames(known, renames)
    pairs = set(chain.counts) | set(like_named_pairs(facts))
    weighed = [_weigh(known[a], known[b], chain) for a, b in sorted(pairs)]
    weighed += _guest_links(known, chain)
    ranked = sorted(
        (link for link in weighed if link.strength >= WORTH_SHOWING),
        key=lambda link: (-link.strength, link.a, link.b),
    )
    return _join(known, ranked)


def _weigh(left: IdentityFacts, right: IdentityFacts, chain: Chain) -> Link:
    doubts: list[float] = []  # each independent piece of evidence leaves this share of doubt
    reasons: list[str] = []
    _weigh_renames((left.id, right.id), chain, doubts, reasons)
    _weigh_names(left, right, doubts, reasons)
    if reasons and (handed := count_reconnects(left, right)):
        doubts.append(0.6 if handed == 1 else 0.3)
        reasons.append("reconnected")
    factor = _togetherness(left, right, doubts, reasons)
    factor *= _commonness(left, right, chain, reasons)
    doubt = 1.0
    for one in doubts:
        doubt *= one
    return Link(left.id, right.id, round((1.0 - doubt) * factor, 4), tuple(reasons))


def _weigh_renames(pair: Pair, chain: Chain, doubts: list[float], reasons: list[str]) -> None:
    count = chain.counts.get(pair)
    if count is None:
        return
    if count.forward or count.backward:
        doubts.append(0.18)
        reasons.append("renamed")
    if count.through_guest:
        doubts.append(0.3 if count.through_guest == 1 else 0.18)
        reasons.append("renamed_through_guest")
    if count.forward and count.backward:
        doubts.append(0.4)
        reasons.append("renamed_back")
    if count.total >= 3:
        doubts.append(0.5)
        reasons.append("renamed_often")


def _weigh_names(
    left: IdentityFacts, right: IdentityFacts, doubts: list[float], reasons: list[str]
) -> None:
    matches = [
        same_name_strength(first.name, second.name, left.platform)
        for first in left.names
        for second in right.names
    ]
    best = max(matches, default=None, key=lambda match: (match.strength, match.reason))
    if best is None or best.strength == 0.0 or left.platform != right.platform:
        return
    reasons.append(best.reason)
    doubts.append(1.0 - best.strength)
    if best.reason.startswith("same_name") and bool(left.account) != bool(right.account):
        # One export tells accounts, the other names only: the same person under the same name.
        doubts.append(0.5)
        reasons.append("names_only_source")


def _togetherness(
    left: IdentityFacts, right: IdentityFacts, doubts: list[float], reasons: list[str]
) -> float:
    seen = count_overlaps(left.spells, right.spells)
    expected = expected_overlaps(left.spells, right.spells)
    if _contradicts(seen, min(len(left.spells), len(right.spells))):
        reasons.append("spoke_together")
        return 0.45
    if expected >= 4.0 and seen <= 0.1 * expected:
        # Both talked so much that two people would have met; one person cannot.
        reasons.append("never_together")
        doubts.append(0.35)
    return 1.0


def _contradicts(overlaps: int, fewer_spells: int) -> bool:
    """One overlap may be a slow network or a second device; a habit of it is two people."""
    return overlaps >= 2 and overlaps > 0.05 * fewer_spells


def _commonness(
    left: IdentityFacts, right: IdentityFacts, chain: Chain, reasons: list[str]
) -> float:
    if is_generic(left.last_name) or is_generic(right.last_name):
        reasons.append("generic")
        return 0.6
    if left.id in chain.hubs or right.id in chain.hubs:
        reasons.append("hub")
        return 0.75
    return 1.0


def _guest_links(facts: Mapping[int, IdentityFacts], chain: Chain) -> list[Link]:
    """Give a passing nick to the one lasting nick it came from or went to."""
    found: list[Link] = []
    for guest, owners in chain.owners.items():
        lasting = sorted(
            one
            for one in owners
            if one != guest
            and not is_throwaway(facts[one].last_name)
            and not is_generic(facts[one].last_name)
        )
        if not lasting:
            continue
        best = max(lasting, key=lambda one: (facts[one].messages, -one))
        clear = len(lasting) == 1 or all(
            one == best or (min(one, best), max(one, best)) in chain.counts for one in lasting
        )
        shared = best in chain.hubs or best in chain.pushed
        strength = 0.85 if clear and not shared else 0.5
        found.append(Link(min(guest, best), max(guest, best), strength, ("guest_of",)))
    return found


@dataclass(slots=True)
class _Group:
    members: list[int]
    spells: Spells
    lasting: int  # members other than passing nicks, which anyone may collect by the dozen


def _join(facts: Mapping[int, IdentityFacts], ranked: Sequence[Link]) -> Linking:
    groups = {
        one.id: _Group([one.id], one.spells, int(not is_throwaway(one.last_name)))
        for one in facts.values()
    }
    sound: list[Link] = []
    doubtful: list[Link] = []
    for link in ranked:
        if link.strength < SOUND:
            doubtful.append(link)
            continue
        first, second = groups[link.a], groups[link.b]
        refusal = "" if first is second else _refusal(first, second, link.strength)
        if refusal:
            doubtful.append(Link(link.a, link.b, link.strength, (*link.reasons, refusal)))
            continue
        sound.append(link)
        if first is not second:
            _unite(groups, first, second)
    doubtful = [link for link in doubtful if groups[link.a] is not groups[link.b]]
    return Linking(tuple(sound), tuple(doubtful), _people(facts, groups))


def _refusal(first: _Group, second: _Group, strength: float) -> str:
    size = first.lasting + second.lasting
    if size > LARGEST_CLUSTER or (size > LARGE_CLUSTER and strength < SURE):
        return "cluster_full"
    overlaps = count_overlaps(first.spells, second.spells)
    if _contradicts(overlaps, min(len(first.spells), len(second.spells))):
        return "cluster_conflict"
    return ""


def _unite(groups: dict[int, _Group], first: _Group, second: _Group) -> None:
    big, small = (first, second) if len(first.members) >= len(second.members) else (second, first)
    big.members.extend(small.members)
    big.lasting += small.lasting
    big.spells = join_spells(big.spells, small.spells)
    for one in small.members:
        groups[one] = big


def _people(facts: Mapping[int, IdentityFacts], groups: Mapping[int, _Group]) -> dict[int, int]:
    people: dict[int, int] = {}
    for one in sorted(facts):
        if one not in people:
            members = groups[one].members
            head = max(members, key=lambda member: (facts[member].messages, -member))
            people.update(dict.fromkeys(members, head))
    return people
