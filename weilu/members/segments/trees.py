"""A segment's tree: and, or, not over conditions; as values, as JSON, and its set algebra.

Pure: what a condition finds is asked of a function. So the same algebra serves the database and
anything that stands behind it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

from pyroaring import BitMap

MOST_LEAVES = 40
DEEPEST = 5
Values = Mapping[str, str | list[str]]


@dataclass(frozen=True, slots=True)
class Leaf:
    """One condition with its values; `negated`: those for whom it does not hold."""

    kind: str
    values: Values = field(default_factory=dict)
    negated: bool = False

    @property
    def asked(self) -> str:
        """What is asked, whether negated or not: of one text where it is the same."""
        return f"{self.kind} {sorted(self.values.items())}"


@dataclass(frozen=True, slots=True)
class Branch:
    """Conditions of which all (`every`) or one must hold; without any it holds for everybody."""

    every: bool = True
    of: tuple[Node, ...] = ()
    negated: bool = False


Node = Leaf | Branch
Find = Callable[[Leaf], BitMap]
Everybody = Callable[[], BitMap]


class TooLarge(ValueError):
    """The tree has too many conditions or lies too deep."""


def leaves(node: Node) -> Iterator[Leaf]:
    """All conditions of a tree, in order."""
    if isinstance(node, Leaf):
        yield node
        return
    for one in node.of:
        yield from leaves(one)


def plain(node: Node) -> dict[str, object]:
    """The tree as JSON values."""
    if isinstance(node, Leaf):
        return {"is": node.kind, "values": dict(node.values), "not": node.negated}
    return {
        "op": "and" if node.every else "or",
        "of": [plain(one) for one in node.of],
        "not": node.negated,
    }


def read(value: object, depth: int = 0) -> Node:
    """The tree of JSON values; raises ValueError for what is none, TooLarge beyond the limits."""
    node = _read(value, depth)
    if depth == 0 and sum(1 for _ in leaves(node)) > MOST_LEAVES:
        raise TooLarge("too_many_conditions")
    return node


def _read(value: object, depth: int) -> Node:
    if depth > DEEPEST:
        raise TooLarge("too_deep")
    if not isinstance(value, dict):
        raise ValueError("not_a_tree")  # noqa: TRY004 - as everything else that is no tree
    negated = bool(value.get("not"))
    if "is" in value:
        values = value.get("values", {})
        if not isinstance(values, dict):
            raise ValueError("not_a_tree")
        return Leaf(str(value["is"]), {str(k): _value(v) for k, v in values.items()}, negated)
    parts = value.get("of", [])
    if value.get("op") not in {"and", "or"} or not isinstance(parts, list):
        raise ValueError("not_a_tree")
    return Branch(value["op"] == "and", tuple(_read(one, depth + 1) for one in parts), negated)


def _value(value: object) -> str | list[str]:
    return [str(one) for one in value] if isinstance(value, list) else str(value)


def members(node: Node, find: Find, everybody: Everybody) -> BitMap:
    """Whom a tree finds; `everybody` is asked only where something is taken from all."""
    found = _found(node, find, everybody)
    return everybody() - found if node.negated else found


def _found(node: Node, find: Find, everybody: Everybody) -> BitMap:
    """Whom a node finds, leaving aside whether it is negated."""
    if isinstance(node, Leaf):
        return find(node)
    if not node.of:
        return everybody()
    if not node.every:
        return BitMap.union(*(members(one, find, everybody) for one in node.of))
    held = [_found(one, find, everybody) for one in node.of if not one.negated]
    found = BitMap.intersection(*held) if held else everybody()
    for one in node.of:
        if one.negated:
            # Not in place: what was found is kept for others who ask the same.
            found = found - _found(one, find, everybody)
    return found
