"""Circles in who talks with whom: Louvain's method, in fixed order (C-5).

Blondel and others, "Fast unfolding of communities in large networks" (2008): everybody moves to
the circle that gains most modularity until nobody moves; then circles become the people of a
smaller graph, and so on. People are looked at in order of their ids and ties go to the smaller
label, so the same exchange always gives the same circles.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

ROUNDS = 30
LEVELS = 10
_GAIN = 1e-12

Graph = Mapping[int, Mapping[int, float]]


def graph_of(ties: Mapping[tuple[int, int], float]) -> dict[int, dict[int, float]]:
    """Ties between two, in whatever direction, as a symmetric graph without loops."""
    graph: dict[int, dict[int, float]] = defaultdict(dict)
    for (one, other), weight in sorted(ties.items()):
        if one != other and weight > 0:
            graph[one][other] = graph[one].get(other, 0.0) + weight
            graph[other][one] = graph[other].get(one, 0.0) + weight
    return dict(graph)


def circles(graph: Graph, *, smallest: int = 3) -> list[frozenset[int]]:
    """The circles of a graph of at least so many, largest first, then by their smallest id."""
    member = {person: person for person in graph}
    level: Graph = graph
    for _ in range(LEVELS):
        labels = _moved(level)
        if all(node == label for node, label in labels.items()):
            break
        member = {person: labels[at] for person, at in member.items()}
        level = _joined(level, labels)
    found: dict[int, set[int]] = defaultdict(set)
    for person, label in member.items():
        found[label].add(person)
    kept = [frozenset(one) for one in found.values() if len(one) >= smallest]
    return sorted(kept, key=lambda one: (-len(one), min(one)))


def _moved(graph: Graph) -> dict[int, int]:
    """The circle of each person after moving while anything is gained; named by smallest id."""
    degree = {node: sum(edges.values()) for node, edges in graph.items()}
    total = sum(degree.values())
    label = {node: node for node in graph}
    inside = dict(degree)
    for _ in range(ROUNDS if total > 0 else 0):
        moves = 0
        for node in sorted(graph):
            moves += _move(node, graph[node], (label, inside), (degree, total))
        if not moves:
            break
    smallest: dict[int, int] = {}
    for node in sorted(graph):
        smallest.setdefault(label[node], node)
    return {node: smallest[label[node]] for node in graph}


def _move(
    node: int,
    edges: Mapping[int, float],
    held: tuple[dict[int, int], dict[int, float]],
    known: tuple[Mapping[int, float], float],
) -> bool:
    """Move one person to where most is gained; False when they stay."""
    label, inside = held
    degree, total = known
    own = label[node]
    towards: dict[int, float] = defaultdict(float)
    for other, weight in edges.items():
        if other != node:
            towards[label[other]] += weight
    inside[own] -= degree[node]
    best, most = own, towards.get(own, 0.0) - inside[own] * degree[node] / total
    for circle in sorted(towards):
        gain = towards[circle] - inside[circle] * degree[node] / total
        if gain > most + _GAIN:
            best, most = circle, gain
    inside[best] += degree[node]
    label[node] = best
    return best != own


def _joined(graph: Graph, labels: Mapping[int, int]) -> dict[int, dict[int, float]]:
    """The graph of circles; what stays inside one is a loop of it."""
    joined: dict[int, dict[int, float]] = defaultdict(lambda: defaultdict(float))
    for node in sorted(graph):
        for other, weight in graph[node].items():
            joined[labels[node]][labels[other]] += weight
    return {node: dict(edges) for node, edges in joined.items()}


def inside_share(graph: Graph, circle: frozenset[int]) -> float:
    """The share of a circle's exchange that stays within it, 0-1."""
    total = sum(sum(graph[one].values()) for one in circle if one in graph)
    within = sum(
        weight
        for one in circle
        if one in graph
        for other, weight in graph[one].items()
        if other in circle
    )
    return within / total if total else 0.0


def alike(graph: Graph, wanted: frozenset[int]) -> list[tuple[int, float, tuple[int, ...]]]:
    """People like some: (person, how alike 0-1, whom they have in common), most alike first.

    The cosine of whom one talks with; those asked for are left out.
    """
    pattern: dict[int, float] = defaultdict(float)
    for one in sorted(wanted):
        edges = graph.get(one, {})
        size = sum(w * w for w in edges.values()) ** 0.5 or 1.0
        for other, weight in edges.items():
            pattern[other] += weight / size
    length = sum(w * w for w in pattern.values()) ** 0.5
    near = {person for other in pattern for person in graph.get(other, {})} - wanted
    found = []
    for person in sorted(near):
        edges = graph[person]
        common = sorted(set(edges) & set(pattern), key=lambda o: (-edges[o] * pattern[o], o))
        dot = sum(edges[other] * pattern[other] for other in common)
        own = sum(w * w for w in edges.values()) ** 0.5
        found.append((person, dot / (length * own) if length and own else 0.0, tuple(common)))
    return sorted(found, key=lambda one: (-one[1], one[0]))
