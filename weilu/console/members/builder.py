"""The builder of segments: a tree as form fields and back, with a button for each change.

The whole tree travels in the form, so that it works without scripts: every button posts it, and
the page comes back changed. Fields are named by the path of their node: `op_0-1`, `is_0-1-2`.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from django.http import QueryDict

from weilu.console.http import row_numbers
from weilu.console.members.segment_words import CONDITION_WORDS, KINDS, option_word, param_word
from weilu.console.sentences import sentence
from weilu.members.segments.registry import (
    CONDITIONS,
    Ask,
    Param,
    list_of,
    problems,
    text_of,
)
from weilu.members.segments.trees import DEEPEST, MOST_LEAVES, Branch, Leaf, Node

ROOT = "0"
# How the parts of a branch go together: value, whether all, whether negated.
WAYS: dict[str, tuple[bool, bool]] = {
    "and": (True, False),
    "or": (False, False),
    "none": (False, True),
    "not_all": (True, True),
}


Change = Callable[[Branch], Branch]


def tree_of(posted: QueryDict) -> Branch:
    """The tree in a form; an empty one when there is none."""
    found = _node(posted, ROOT, 0)
    return found if isinstance(found, Branch) else Branch()


def _node(posted: QueryDict, path: str, depth: int) -> Node | None:
    if f"is_{path}" in posted:
        return _leaf(posted, path)
    if f"op_{path}" not in posted or depth > DEEPEST:
        return None
    every, negated = WAYS.get(str(posted[f"op_{path}"]), (True, False))
    parts = []
    # One more than may be: so it is told, not dropped.
    for number in range(MOST_LEAVES + 1):
        one = _node(posted, f"{path}-{number}", depth + 1)
        if one is None:
            break
        parts.append(one)
    return Branch(every, tuple(parts), negated)


def _leaf(posted: QueryDict, path: str) -> Leaf:
    kind = str(posted[f"is_{path}"])
    condition = CONDITIONS.get(kind)
    values: dict[str, str | list[str]] = {}
    for param in condition.params if condition else ():
        name = f"v_{path}_{param.name}"
        given = [str(one).strip()[:200] for one in posted.getlist(name)]
        values[param.name] = given if param.ask is Ask.CHOICES else "".join(given[-1:])
    return Leaf(kind, values, negated=f"not_{path}" in posted)


def changed(tree: Branch, act: str, posted: QueryDict) -> Branch:
    """The tree after a button: `add:PATH`, `group:PATH` or `drop:PATH`; others change nothing."""
    what, _colon, path = act.partition(":")
    steps = row_numbers(path.split("-")[1:])
    if what == "add":
        kind = posted.get(f"new_{path}", "")
        return _with(tree, steps, _fresh(kind)) if kind in CONDITIONS else tree
    if what == "group":
        return _with(tree, steps, Branch(every=False))
    if what == "drop" and steps:
        return _without(tree, steps)
    return tree


def _fresh(kind: str) -> Leaf:
    """A new condition with what its values start from."""
    return Leaf(kind, {one.name: one.start for one in CONDITIONS[kind].params if one.start})


def _with(node: Branch, steps: Sequence[int], fresh: Node) -> Branch:
    if not steps:
        return replace(node, of=(*node.of, fresh))
    return _at(node, steps[0], lambda one: _with(one, steps[1:], fresh))


def _without(node: Branch, steps: Sequence[int]) -> Branch:
    if len(steps) == 1:
        return replace(node, of=tuple(o for k, o in enumerate(node.of) if k != steps[0]))
    return _at(node, steps[0], lambda one: _without(one, steps[1:]))


def _at(node: Branch, place: int, change: Change) -> Branch:
    parts = [
        change(one) if k == place and isinstance(one, Branch) else one
        for k, one in enumerate(node.of)
    ]
    return replace(node, of=tuple(parts))


def filled_in(tree: Branch, workspace_id: int) -> tuple[Branch, int]:
    """A tree without the conditions that are not filled in yet, and how many those are.

    What is being built is counted by what is there: a condition just added would find nobody.
    """
    left_out = 0
    parts: list[Node] = []
    for one in tree.of:
        if isinstance(one, Leaf):
            wrong = bool(problems(one, workspace_id))
            left_out += wrong
            parts += [] if wrong else [one]
        else:
            inside, more = filled_in(one, workspace_id)
            left_out += more
            parts += [inside] if inside.of else []
    return replace(tree, of=tuple(parts)), left_out


@dataclass(frozen=True, slots=True)
class Drawn:
    """A node as drawn: a branch with its `parts`, or a condition with its `values`."""

    path: str
    negated: bool
    is_branch: bool = False
    word: str = ""
    kind: str = ""
    way: str = ""
    # The kind that is chosen to be added next.
    picked: str = ""
    parts: Sequence[Drawn] = ()
    values: Sequence[DrawnValue] = ()
    may_branch: bool = False


@dataclass(frozen=True, slots=True)
class DrawnValue:
    """A value asked for, as drawn; `options` are (value, word, whether chosen)."""

    name: str
    label: str
    ask: str
    value: str
    options: Sequence[tuple[str, str, bool]]
    required: bool
    error: str


def drawn(
    node: Node, workspace_id: int, posted: QueryDict, *, strict: bool, path: str = ROOT
) -> Drawn:
    """A tree as drawn, as it was `posted`; `strict`: with what is wrong with its values."""
    if isinstance(node, Leaf):
        return _drawn_leaf(node, workspace_id, path, strict=strict)
    way = next(key for key, value in WAYS.items() if value == (node.every, node.negated))
    parts = [
        drawn(one, workspace_id, posted, strict=strict, path=f"{path}-{k}")
        for k, one in enumerate(node.of)
    ]
    return Drawn(
        path, node.negated, is_branch=True, way=way, parts=parts,
        picked=posted.get(f"new_{path}", ""), may_branch=path.count("-") + 2 <= DEEPEST,
    )  # fmt: skip


def _drawn_leaf(leaf: Leaf, workspace_id: int, path: str, *, strict: bool) -> Drawn:
    wrong = {p.param: sentence(p.code) for p in problems(leaf, workspace_id)} if strict else {}
    condition = CONDITIONS.get(leaf.kind)
    values = [
        _drawn_value(one, leaf, workspace_id, (path, wrong.get(one.name, "")))
        for one in (condition.params if condition else ())
    ]
    word = str(CONDITION_WORDS.get(leaf.kind, leaf.kind))
    return Drawn(path, leaf.negated, word=word, kind=leaf.kind, values=values)


def _drawn_value(param: Param, leaf: Leaf, workspace_id: int, where: tuple[str, str]) -> DrawnValue:
    path, error = where
    chosen = set(list_of(leaf.values, param.name))
    options = [
        (one.value, option_word(param.name, one), one.value in chosen)
        for one in (param.options(workspace_id) if param.options else ())
    ]
    return DrawnValue(
        name=f"v_{path}_{param.name}",
        label=param_word(leaf.kind, param.name),
        ask=param.ask.value,
        value=text_of(leaf.values, param.name),
        options=options,
        required=param.required,
        error=error,
    )


def kinds() -> list[tuple[str, list[tuple[str, str]]]]:
    """The conditions to choose from: those the console has words for, by what they are about."""
    return [
        (str(title), [(kind, str(CONDITION_WORDS[kind])) for kind in some if kind in CONDITIONS])
        for title, some in KINDS
    ]
