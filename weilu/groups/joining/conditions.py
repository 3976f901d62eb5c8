"""Segment conditions: by which join link, or by links of which source, somebody came (B-2, C-9).

Only joins that are known count, as in `KnownJoin`: what is estimated by time names nobody.
"""

from __future__ import annotations

from collections.abc import Sequence

from pyroaring import BitMap

from weilu.groups.models import JoinLink
from weilu.members.mirror.known import flags, lasting
from weilu.members.mirror.places import Floats, Ints, Places
from weilu.members.reading import ask_ids
from weilu.members.scope import Scope
from weilu.members.segments.conditions import fixed
from weilu.members.segments.registry import (
    Ask,
    Condition,
    Option,
    Param,
    any_of,
    at_home,
    list_of,
    register,
)
from weilu.members.segments.trees import Values

_CAME = (
    "SELECT k.identity_id FROM groups_knownjoin k JOIN groups_joinlink l ON l.id = k.link_id"
    " WHERE l.workspace_id = %s AND "
)


def _which(key: str) -> tuple[str, list[object]]:
    """What holds of joins by a link, given by its id, or by links of a source."""
    return ("k.link_id = %s", [int(key)]) if key.isdecimal() else ("l.source = %s", [key])


def _came(places: Places, key: str, ids: Ints | None) -> tuple[Ints, Floats]:
    where, params = _which(key)
    return lasting(f"{_CAME}{where}", [places.workspace_id, *params], "k.identity_id", ids)


JOINS = flags("joins", _came)


def _links(workspace_id: int) -> Sequence[Option]:
    rows = JoinLink.objects.filter(workspace_id=workspace_id).order_by("name", "pk")
    return [Option(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def _register(kind: str, param: Param) -> None:
    def find(scope: Scope, values: Values) -> BitMap:
        found = BitMap()
        for key in list_of(values, param.name):
            where, params = _which(key)
            found |= ask_ids(f"{_CAME}{where}", [scope.workspace_id, *params])
        return at_home(found, scope)

    register(Condition(kind, (param,), find, any_of(JOINS, param.name)))


_register("join_link", Param("link", Ask.CHOICES, _links))
_register("join_source", Param("place", Ask.CHOICES, fixed(*JoinLink.Source.values)))
