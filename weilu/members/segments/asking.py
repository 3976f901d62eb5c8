"""Asking conditions and trees of one scope: the mirror where it can, else the database."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from pyroaring import BitMap

from weilu.members.reading import ask_ids
from weilu.members.scope import Scope
from weilu.members.segments import columnar, trees
from weilu.members.segments.registry import CONDITIONS, problems
from weilu.members.segments.trees import Leaf, Node


@dataclass
class Asking:
    """Asks conditions of one scope, each once; `by_sql`: never from memory."""

    scope: Scope
    by_sql: bool = False
    known: dict[str, BitMap] = field(default_factory=dict)

    def members(self, node: Node) -> BitMap:
        """Whom a tree finds."""
        found = None if self.by_sql else columnar.answer(self.scope, node)
        return trees.members(node, self._by_sql, self._everybody) if found is None else found

    def find(self, leaf: Leaf) -> BitMap:
        """Whom a condition finds, negated or not; nobody when it cannot be asked."""
        found = None if self.by_sql else columnar.answer(self.scope, replace(leaf, negated=False))
        return self._by_sql(leaf) if found is None else found

    def everybody(self) -> BitMap:
        """Every member there is: who was merged away is not one of them."""
        found = None if self.by_sql else columnar.everybody(self.scope)
        return self._everybody() if found is None else found

    def _by_sql(self, leaf: Leaf) -> BitMap:
        if leaf.asked not in self.known:
            fits = not problems(leaf, self.scope.workspace_id)
            self.known[leaf.asked] = (
                CONDITIONS[leaf.kind].find(self.scope, leaf.values) if fits else BitMap()
            )
        return self.known[leaf.asked]

    def _everybody(self) -> BitMap:
        if "" not in self.known:
            self.known[""] = ask_ids(
                "SELECT id FROM members_member WHERE workspace_id = %s AND merged_into_id IS NULL",
                [self.scope.workspace_id],
            )
        return self.known[""]
