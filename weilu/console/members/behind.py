"""Whom numbers of other pages count: in the address of the member list, and in words.

A number such as "12 members in this stage" links to the list with `?own_stage=3`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.http import QueryDict
from django.utils.translation import gettext as _
from pyroaring import BitMap

from weilu.console.formats import moment
from weilu.console.http import Request, row_number
from weilu.console.members.segment_words import leaf_words
from weilu.insight.people.segments import find, moved, segment
from weilu.members.segments.registry import problems
from weilu.members.segments.trees import Branch, Leaf, Node, read

# Words in the address: each is a condition and its parameter.
_ASKS = ("own_stage", "level", "guide", "circle")
# Who came into a segment in one counting, and who left it.
_MOVES = ("came", "went")


@dataclass(frozen=True, slots=True)
class Chip:
    """What the list is narrowed to beside its filters: its place in the address, and words."""

    name: str
    value: str
    words: str
    without: str


def _asked(request: Request) -> Iterator[tuple[str, Leaf]]:
    """The conditions the address asks for; what cannot be asked falls away."""
    for name in _ASKS:
        leaf = Leaf(name, {name: [request.GET.get(name, "")]})
        if request.GET.get(name) and not problems(leaf, request.actor.workspace_id):
            yield name, leaf


def among_of(request: Request) -> BitMap | None:
    """The members that the address picks out, None where all are; raises NotFound for no such."""
    asked: list[Node] = [leaf for _name, leaf in _asked(request)]
    number = row_number(request.GET.get("segment", ""))
    if number is not None:
        asked.append(read(segment(request.actor, number).tree))
    found = find(request.actor, Branch(of=tuple(asked)), sample=0).ids if asked else None
    for name in _MOVES:
        move_id = row_number(request.GET.get(name, ""))
        if move_id is not None:
            one = moved(request.actor, move_id)
            ids = BitMap.deserialize(bytes(one.entered if name == "came" else one.left))
            found = ids if found is None else found & ids
    return found


def chips_of(request: Request) -> list[Chip]:
    """What the list is narrowed to beside the filters that its form shows."""
    said = {
        name: leaf_words(leaf, request.actor.workspace_id) for name, leaf in _asked(request)
    } | {
        name: _move_words(request, name, move_id)
        for name in _MOVES
        if (move_id := row_number(request.GET.get(name, ""))) is not None
    }
    return [
        Chip(name, request.GET[name], words, _without(request.GET, name))
        for name, words in said.items()
    ]


def _move_words(request: Request, name: str, move_id: int) -> str:
    one = moved(request.actor, move_id)
    said = _("came into %(segment)s, %(at)s") if name == "came" else _("left %(segment)s, %(at)s")
    return said % {"segment": one.segment.name, "at": moment(one.at)}


def _without(asked: QueryDict, name: str) -> str:
    rest = asked.copy()
    for one in (name, "after", "before"):
        rest.pop(one, None)
    return f"?{rest.urlencode()}"
