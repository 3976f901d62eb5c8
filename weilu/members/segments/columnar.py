"""Trees answered from the mirror: the algebra of `trees` over columns instead of sets.

Only a tree all of whose conditions have columns is answered here, so that no answer is half of the
mirror and half of the database.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from pyroaring import BitMap

from weilu.members.mirror.columns import Spots
from weilu.members.mirror.keeping import borrowed
from weilu.members.mirror.known import here
from weilu.members.mirror.mirror import Look, Mirror
from weilu.members.mirror.places import Bools, Ints
from weilu.members.reading import bitmap
from weilu.members.scope import Scope
from weilu.members.segments.registry import CONDITIONS, Columnar, problems
from weilu.members.segments.trees import Leaf, Node, leaves

log = logging.getLogger(__name__)
A = TypeVar("A")
# Up to this part of everybody, those who changed are looked at by themselves.
_FEW = 8


@dataclass(frozen=True, slots=True)
class Kept:
    """A segment as it is stored: its id and version, the tree, and whom it held then."""

    id: int
    version: int
    node: Node
    ids: BitMap


@dataclass(frozen=True, slots=True)
class Stood:
    """That a tree was answered: at which step of the mirror, in which scope.

    `asked` are its conditions, all found sound when so many choices were gone; None: not all were.
    """

    node: Node
    step: int
    scope: Scope
    asked: tuple[tuple[Leaf, Columnar], ...] | None
    gone: int


@dataclass(frozen=True, slots=True)
class Again:
    """Whom a tree finds now; `keep` has it known that this is stored as a version."""

    ids: BitMap
    mirror: Mirror
    stood: Stood

    def keep(self, segment_id: int, version: int) -> None:
        """From this version on, only who changes need be looked at."""
        self.mirror.stood[segment_id] = (version, self.stood)


def everybody(scope: Scope) -> BitMap | None:
    """Every member there is; None where the database is to be asked."""
    return _ask(scope, (), lambda look: look.mirror.places.members(here(look)))


def answer(scope: Scope, node: Node) -> BitMap | None:
    """Whom a tree finds; None where the database is to be asked."""
    return _ask(scope, (node,), lambda look: look.mirror.places.members(holds(look, node)))


def answer_again(scope: Scope, segments: Sequence[Kept]) -> dict[int, Again]:
    """Whom segments find by now, by id; without those for which the database is to be asked.

    Where this process knows how a segment came about, it looks only at who changed since.
    """
    if not any(_is_columnar(one.node) for one in segments):
        return {}
    return _ask(scope, (), lambda look: _all_again(look, segments)) or {}


def _all_again(look: Look, segments: Sequence[Kept]) -> dict[int, Again]:
    since: dict[int, Changed] = {}
    found: dict[int, Again] = {}
    for one in segments:
        before = _stood_at(look.mirror, one)
        if before is None and not _is_columnar(one.node):
            continue
        changed = None if before is None else _who_changed(look, before, since)
        if before is None or changed is None:
            ids = look.mirror.places.members(holds(look, one.node))
            stood = _standing(look, one.node)
        else:
            ids = _with(changed, one)
            asked = (before.asked, before.gone)
            stood = Stood(before.node, look.mirror.step, look.scope, *asked)
        found[one.id] = Again(ids, look.mirror, stood)
    return found


def _standing(look: Look, node: Node) -> Stood:
    asked = [(leaf, columns) for leaf in leaves(node) if (columns := _columns(leaf)) is not None]
    sound = all(_is_sound(look, leaf) for leaf, _columns in asked)
    mirror = look.mirror
    return Stood(node, mirror.step, look.scope, tuple(asked) if sound else None, mirror.gone)


def _stood_at(mirror: Mirror, one: Kept) -> Stood | None:
    """How a segment came to hold whom it holds; None when this process does not know."""
    version, stood = mirror.stood.get(one.id, (None, None))
    known = version == one.version and isinstance(stood, Stood) and stood.node == one.node
    return stood if known and isinstance(stood, Stood) else None


def _with(changed: Changed, one: Kept) -> BitMap:
    """Whom a segment holds, where only some changed; itself when nobody came or left."""
    if not len(changed.ids):
        return one.ids
    fits = bitmap(changed.ids[holds(changed.look, one.node)])
    held = one.ids & changed.whose
    return one.ids if fits == held else (one.ids - held) | fits


@dataclass(frozen=True, slots=True)
class Changed:
    """Who changed since a step: a look at them, their ids, and these as a set."""

    look: Look
    ids: Ints
    whose: BitMap


def _who_changed(look: Look, before: Stood, since: dict[int, Changed]) -> Changed | None:
    """Of whom the answer may differ from what it was; None: of anybody."""
    if before.asked is None or before.gone != look.mirror.gone:
        return None
    if any(columns.fades(look, leaf.values, before.scope) for leaf, columns in before.asked):
        return None
    if before.step not in since:
        places = look.mirror.changed_since(before.step)
        if places is None or len(places) > look.mirror.places.size // _FEW:
            return None
        ids = look.mirror.places.ids[places]
        since[before.step] = Changed(replace(look, spots=Spots.of(places)), ids, bitmap(ids))
    return since[before.step]


def _ask(scope: Scope, nodes: tuple[Node, ...], ask: Callable[[Look], A]) -> A | None:
    if not all(map(_is_columnar, nodes)):
        return None
    try:
        with borrowed(scope.workspace_id) as mirror:
            return None if mirror is None else ask(Look(mirror, scope, scope.moment.timestamp()))
    except Exception:
        log.exception(
            "the mirror of workspace %s failed; the database is asked", scope.workspace_id
        )
        return None


def _is_columnar(node: Node) -> bool:
    return all(_columns(leaf) for leaf in leaves(node))


def _columns(leaf: Leaf) -> Columnar | None:
    found = CONDITIONS.get(leaf.kind)
    return found.columns if found is not None else None


def holds(look: Look, node: Node) -> Bools:
    """For whom a tree holds, of those looked at."""
    found = _found(look, node)
    return here(look) & ~found if node.negated else found


def _found(look: Look, node: Node) -> Bools:
    """As `trees._found`: for whom a node holds, leaving aside whether it is negated."""
    if isinstance(node, Leaf):
        return _leaf(look, node)
    if not node.of:
        return here(look)
    if not node.every:
        found = look.nobody()
        for one in node.of:
            found |= holds(look, one)
        return found
    held = [_found(look, one) for one in node.of if not one.negated]
    found = held[0] if held else here(look)
    for also in held[1:]:
        found &= also
    for one in node.of:
        if one.negated:
            found &= ~_found(look, one)
    return found


def _leaf(look: Look, leaf: Leaf) -> Bools:
    """For whom a condition holds; for nobody when it cannot be asked."""
    columns = _columns(leaf)
    # Who looks at some only has looked at all before, and nothing is gone since.
    if columns is None or (look.at is None and not _is_sound(look, leaf)):
        return look.nobody()
    return columns.holds(look, leaf.values)


def _is_sound(look: Look, leaf: Leaf) -> bool:
    """Whether its values can be asked; what was found right stays so until a choice is gone."""
    if leaf.asked not in look.mirror.sound:
        if problems(leaf, look.scope.workspace_id):
            return False
        look.mirror.sound.add(leaf.asked)
    return True
