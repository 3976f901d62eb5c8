"""Who answers whom, as a picture people can read (J-1).

Directed, weighted pairs become the busiest people, the edges worth drawing, groups of people
who talk with each other, and fixed positions, so that the page shows the picture at once.
Everything is deterministic: the same pairs give the same picture.
"""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

PEOPLE_SHOWN = 60
EDGES_SHOWN = 150
EDGES_PER_PERSON = 2
LAYOUT_STEPS = 400
GOLDEN_ANGLE = math.pi * (3 - math.sqrt(5))
PULL_TO_MIDDLE = 0.9
PULL_TO_OWN = 0.6
FIRST_STEP = 0.12
MARGIN = 0.03
ROUNDS = 50

Pairs = Iterable[tuple[int, int, int]]
Weights = Mapping[tuple[int, int], int]
Points = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Node:
    """A person in the picture: place 0–1, group number, and figures over all pairs given."""

    person: int
    x: float
    y: float
    circle: int
    given: int
    received: int
    partners: int


@dataclass(frozen=True, slots=True)
class Edge:
    """`answerer` answered `asker` that many times; `returned` the other way round."""

    answerer: int
    asker: int
    count: int
    returned: int


@dataclass(frozen=True, slots=True)
class Picture:
    """Nodes busiest first, edges strongest first; figures of the whole graph beside them.

    `density` is linked pairs by possible pairs of all people, `reciprocity` the share of
    answers that are matched by one the other way, both 0–1, None without people or answers.
    """

    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    people: int
    answers: int
    density: float | None
    reciprocity: float | None


@dataclass(frozen=True, slots=True)
class Exchange:
    """One person's part: answers given and received, and distinct people on the other side."""

    given: int
    received: int
    partners: int


def add_up(pairs: Pairs) -> dict[tuple[int, int], int]:
    """Sum counts by (from, to), sorted; answers to oneself and empty counts are dropped.

    Raises ValueError for a negative count.
    """
    weights: dict[tuple[int, int], int] = defaultdict(int)
    for source, target, count in pairs:
        if count < 0:
            raise ValueError("counts must not be negative")
        if source != target and count:
            weights[source, target] += count
    return dict(sorted(weights.items()))


def exchanges(weights: Weights) -> dict[int, Exchange]:
    """Each person's part in the exchange, by person ascending."""
    given: dict[int, int] = defaultdict(int)
    received: dict[int, int] = defaultdict(int)
    partners: dict[int, set[int]] = defaultdict(set)
    for (source, target), count in weights.items():
        given[source] += count
        received[target] += count
        partners[source].add(target)
        partners[target].add(source)
    return {
        person: Exchange(given[person], received[person], len(partners[person]))
        for person in sorted(partners)
    }


def reciprocity(weights: Weights) -> float | None:
    """Share of answers matched by one the other way, 0–1; None without answers."""
    total = sum(weights.values())
    if total == 0:
        return None
    return sum(min(n, weights.get((b, a), 0)) for (a, b), n in weights.items()) / total


def density(weights: Weights, people: int) -> float | None:
    """Pairs of people who answered at all by all possible pairs, 0–1; None below two people."""
    if people < 2:
        return None
    linked = {(min(pair), max(pair)) for pair in weights}
    return len(linked) / (people * (people - 1) / 2)


def _ties(weights: Weights, people: Sequence[int]) -> npt.NDArray[np.float64]:
    """Symmetric matrix of answers in both directions between the people, in their order."""
    place = {person: index for index, person in enumerate(people)}
    matrix = np.zeros((len(people), len(people)))
    for (source, target), count in weights.items():
        if source in place and target in place:
            matrix[place[source], place[target]] += count
            matrix[place[target], place[source]] += count
    return matrix


def circles(ties: npt.NDArray[np.float64]) -> npt.NDArray[np.int64]:
    """Find the groups of people who talk with each other, numbered by size from 0.

    Local moving by modularity gain (the first phase of Louvain: Blondel and others, 2008), then
    circles joined as long as modularity grows; in fixed order, so the result is deterministic.
    """
    size = ties.shape[0]
    labels = np.arange(size)
    total = float(ties.sum())
    if total == 0:
        return labels
    gain = ties - np.outer(ties.sum(axis=1), ties.sum(axis=0)) / total
    for _ in range(ROUNDS):
        if not _move_all(gain, labels):
            break
    _join_circles(gain, labels)
    return _by_size(labels)


def _move_all(gain: npt.NDArray[np.float64], labels: npt.NDArray[np.int64]) -> bool:
    """Move each person to the circle that gains most; False when nobody moved."""
    moved = False
    for person in range(labels.size):
        towards = np.bincount(labels, weights=gain[person], minlength=labels.size)
        towards[labels[person]] -= gain[person, person]
        best = int(towards.argmax())
        if towards[best] > towards[labels[person]] + 1e-9:
            labels[person] = best
            moved = True
    return moved


def _join_circles(gain: npt.NDArray[np.float64], labels: npt.NDArray[np.int64]) -> None:
    """Join the two circles that gain most, in place, until no pair gains."""
    while True:
        names = np.unique(labels)
        member = (labels[None, :] == names[:, None]).astype(np.float64)
        between = member @ gain @ member.T
        np.fill_diagonal(between, -1.0)
        one, other = np.unravel_index(int(between.argmax()), between.shape)
        if between[one, other] <= 1e-9:
            return
        labels[labels == names[other]] = names[one]


def _by_size(labels: npt.NDArray[np.int64]) -> npt.NDArray[np.int64]:
    """Renumber circles, largest first, then by their first person."""
    names, first, sizes = np.unique(labels, return_index=True, return_counts=True)
    order = np.lexsort((first, -sizes))
    number = {int(names[index]): rank for rank, index in enumerate(order)}
    return np.array([number[int(label)] for label in labels], dtype=np.int64)


def layout(ties: npt.NDArray[np.float64], labels: npt.NDArray[np.int64]) -> Points:
    """Places of people, shape (n, 2), 0–1, rounded so that every machine gives the same.

    Forces of Fruchterman and Reingold (1991) with a pull to the middle and to one's own circle,
    begun on a spiral instead of at random.
    """
    size = ties.shape[0]
    if size == 0:
        return np.zeros((0, 2))
    order = np.lexsort((np.arange(size), labels))
    turn = np.empty(size)
    turn[order] = np.arange(size)
    radius = np.sqrt((turn + 0.5) / size) / 2
    angle = turn * GOLDEN_ANGLE
    points = np.column_stack((radius * np.cos(angle), radius * np.sin(angle)))
    strength = np.log1p(ties) / max(float(np.log1p(ties).max()), 1.0)
    own = (labels[:, None] == labels[None, :]) / np.bincount(labels)[labels][:, None]
    for step in range(LAYOUT_STEPS):
        force = _force(points, strength, own)
        length = np.maximum(np.linalg.norm(force, axis=1, keepdims=True), 1e-9)
        limit = FIRST_STEP * (1 - step / LAYOUT_STEPS)
        points = points + force / length * np.minimum(length, limit)
    return _fitted(points)


def _force(points: Points, strength: Points, own: Points) -> Points:
    """Sum of the forces on each person."""
    ideal = 1 / math.sqrt(points.shape[0])
    # One axis after the other: half the work of pairs of pairs.
    right, down = (points[:, None, k] - points[None, :, k] for k in (0, 1))
    distance = np.maximum(np.sqrt(right * right + down * down), 1e-3)
    weight = ideal**2 / distance**2 - strength * distance / ideal
    forces = np.column_stack(((weight * right).sum(axis=1), (weight * down).sum(axis=1)))
    to_own = (own @ points - points) * PULL_TO_OWN
    return np.asarray(forces + to_own - points * PULL_TO_MIDDLE)


def _fitted(points: Points) -> Points:
    """Places moved and scaled alike in both directions into 0–1 with a small margin."""
    low, high = points.min(axis=0), points.max(axis=0)
    span = float((high - low).max())
    scale = (1 - 2 * MARGIN) / span if span > 0 else 0.0
    return np.asarray(np.round((points - (low + high) / 2) * scale + 0.5, 4))


def _edges(weights: Weights, people: Sequence[int]) -> tuple[Edge, ...]:
    """Edges worth drawing: each person's strongest ties, then the strongest of all.

    Both directions between two people make one edge, named after the stronger one.
    """
    chosen = set(people)
    edges = [
        Edge(a, b, n, weights.get((b, a), 0))
        for (a, b), n in weights.items()
        if a in chosen and b in chosen and (n, b) > (weights.get((b, a), 0), a)
    ]
    edges.sort(key=lambda edge: (-edge.count - edge.returned, edge.answerer, edge.asker))
    drawn: dict[int, int] = defaultdict(int)
    first: list[Edge] = []
    rest: list[Edge] = []
    for edge in edges:
        needed = min(drawn[edge.answerer], drawn[edge.asker]) < EDGES_PER_PERSON
        (first if needed else rest).append(edge)
        drawn[edge.answerer] += 1
        drawn[edge.asker] += 1
    kept = (first + rest)[:EDGES_SHOWN]
    return tuple(
        sorted(kept, key=lambda edge: (-edge.count - edge.returned, edge.answerer, edge.asker))
    )


def picture(pairs: Pairs, *, people: int | None = None, shown: int = PEOPLE_SHOWN) -> Picture:
    """Draw (from, to, count) triples, where `from` answered `to` so many times.

    `people` is everybody who could have answered (default: everybody in a pair), for the
    density. Raises ValueError for a negative count or `shown` < 1.
    """
    if shown < 1:
        raise ValueError("at least one person must be shown")
    weights = add_up(pairs)
    parts = exchanges(weights)
    busiest = sorted(parts, key=lambda who: (-parts[who].given - parts[who].received, who))[:shown]
    ties = _ties(weights, busiest)
    labels = circles(ties)
    places = layout(ties, labels)
    nodes = tuple(
        Node(
            person=person,
            x=float(places[index, 0]),
            y=float(places[index, 1]),
            circle=int(labels[index]),
            given=parts[person].given,
            received=parts[person].received,
            partners=parts[person].partners,
        )
        for index, person in enumerate(busiest)
    )
    everybody = max(len(parts), people or 0)
    return Picture(
        nodes=nodes,
        edges=_edges(weights, busiest),
        people=everybody,
        answers=sum(weights.values()),
        density=density(weights, everybody),
        reciprocity=reciprocity(weights),
    )
