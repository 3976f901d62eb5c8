"""What others may ask about people."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import numpy as np
import numpy.typing as npt
from django.db.models import F, IntegerField, Q, QuerySet, Value
from pyroaring import BitMap

from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.core.lookup import Lookup
from weilu.members.models import MOVED, Alias, Identity, Member, Merge, Suggestion
from weilu.members.voices import without_voices

Ints = npt.NDArray[np.int64]
M = TypeVar("M", Identity, Member)


@dataclass(frozen=True, slots=True)
class People:
    """Who is who in a workspace: identities that belong to another member, bots, staff, bridges.

    What a bridge passes on was said by people, so it counts; but it is nobody who carries a talk.
    Small however many members there are: most people have one identity and are neither.
    """

    moved: Mapping[int, int]
    moved_ids: BitMap
    bots: BitMap
    staff: BitMap
    relays: BitMap = field(default_factory=BitMap)
    columns: list[tuple[Ints, Ints]] = field(default_factory=list, compare=False, repr=False)

    def of(self, identities: BitMap) -> BitMap:
        """The members behind identities."""
        elsewhere = identities & self.moved_ids
        if not elsewhere:
            return identities
        return (identities - elsewhere) | BitMap(self.moved[i] for i in elsewhere)

    def of_array(self, identities: Ints) -> Ints:
        """The member behind each identity, in place and order."""
        if not self.moved:
            return identities
        keys, values = self._columns()
        at = np.minimum(np.searchsorted(keys, identities), len(keys) - 1)
        return np.where(keys[at] == identities, values[at], identities)

    def _columns(self) -> tuple[Ints, Ints]:
        """Moved identities, ascending, and their members; made once."""
        if not self.columns:
            keys = np.array(sorted(self.moved), dtype=np.int64)
            values = np.array([self.moved[k] for k in keys.tolist()], dtype=np.int64)
            self.columns.append((keys, values))
        return self.columns[0]

    def left_out(self, *, bots: bool, staff: bool) -> BitMap:
        """Members that numbers leave out, given what is to be kept in."""
        out = BitMap()
        if not bots:
            out |= self.bots
        if not staff:
            out |= self.staff
        return out


_MOVED, _BOT, _STAFF, _RELAY = range(4)


def people(workspace_id: int) -> People:
    """Who is who, in one statement: each part of it reads its own index."""
    elsewhere = Identity.objects.filter(MOVED, workspace_id=workspace_id)
    special = Member.objects.filter(workspace_id=workspace_id, merged_into=None)
    machines = special.exclude(nature=Member.Nature.PERSON)
    found: tuple[dict[int, int], ...] = ({}, {}, {}, {})
    rows = _as(_MOVED, elsewhere, "member_id").union(
        _as(_BOT, machines.filter(nature=Member.Nature.BOT), "id"),
        _as(_RELAY, machines.filter(nature=Member.Nature.RELAY), "id"),
        _as(_STAFF, special.filter(is_staff=True), "id"),
        all=True,
    )
    for what, who, member_id in rows:
        found[what][who] = member_id
    moved = found[_MOVED]
    bots, staff, relays = (BitMap(found[what]) for what in (_BOT, _STAFF, _RELAY))
    return People(moved, BitMap(moved), bots=bots, staff=staff, relays=relays)


def accounts(workspace_id: int) -> People:
    """Every account and name for itself: nobody is somebody else, and bridges speak."""
    moved = without_voices(workspace_id)
    return People(moved=moved, moved_ids=BitMap(moved), bots=BitMap(), staff=BitMap())


# Most are themselves and nothing special: those are not even given back.
_BEHIND = Lookup(
    lambda ids: (
        Identity.objects.filter(pk__in=ids)
        .filter(
            ~Q(member_id=F("id")) | Q(member__nature=Member.Nature.BOT) | Q(member__is_staff=True)
        )
        .values_list("pk", "member_id", "member__nature", "member__is_staff")
    )
)


def people_behind(identities: Ints) -> People:
    """`people`, but of these identities only: what a batch of messages asks, however many exist."""
    rows = _BEHIND(sorted(set(identities.tolist())))
    moved = {pk: member_id for pk, member_id, _, _ in rows if pk != member_id}
    return People(
        moved,
        BitMap(moved),
        bots=BitMap(member_id for _, member_id, nature, _ in rows if nature == Member.Nature.BOT),
        staff=BitMap(member_id for _, member_id, _, is_staff in rows if is_staff),
    )


def _as(what: int, rows: QuerySet[M], member: str) -> QuerySet[M, tuple[int, int, int]]:
    """Rows as (what they are, id, member)."""
    return rows.order_by().values_list(Value(what, IntegerField()), "id", member)


def names(member_ids: Iterable[int]) -> dict[int, str]:
    """Names by member id; at most a page's worth of ids at once."""
    return dict(Member.objects.filter(pk__in=list(member_ids)).values_list("pk", "name"))


def member(viewer: Actor, member_id: int) -> Member:
    """One member; a merged one leads to who it was merged into. Raises NotFound."""
    viewer.require(Right.SEE_MEMBERS)
    found = Member.objects.filter(workspace_id=viewer.workspace_id, pk=member_id).first()
    for _ in range(32):
        if found is None or found.merged_into_id is None:
            break
        found = Member.objects.filter(pk=found.merged_into_id).first()
    if found is None:
        raise NotFound
    return found


def identities_of(member_id: int) -> list[Identity]:
    """The identities of a member, oldest first."""
    return list(Identity.objects.filter(member_id=member_id).order_by("pk"))


def aliases_of(identity_ids: Iterable[int]) -> list[Alias]:
    """Names identities were seen under, oldest first."""
    return list(Alias.objects.filter(identity_id__in=list(identity_ids)).order_by("first_ms", "pk"))


def merges_of(member_id: int) -> list[Merge]:
    """Merges into a member that stand, newest first, with who was absorbed."""
    return list(
        Merge.objects.filter(kept_id=member_id, undone_at=None)
        .select_related("absorbed", "by")
        .order_by("-at", "-pk")
    )


def suggestions(viewer: Actor, *, limit: int = 100) -> list[Suggestion]:
    """Open suggestions, strongest first."""
    viewer.require(Right.SEE_MEMBERS)
    return list(
        Suggestion.objects.filter(workspace_id=viewer.workspace_id, state=Suggestion.State.OPEN)
        .select_related("first", "second")
        .order_by("-strength", "pk")[:limit]
    )
