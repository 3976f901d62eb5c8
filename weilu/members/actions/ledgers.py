"""Ledgers of exchange: booking, reading, and what is stale (C-4).

Booking adds what changed to the ledgers of those it happened to, and may be done again at any time
with the same result. What is made from ledgers reads them, never messages.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import TypeVar

import numpy as np
from django.db import connection
from django.db.models.functions import Length
from pyroaring import BitMap

from weilu.core.bulk import upsert
from weilu.core.models import Workspace
from weilu.members.models import GoodwillModel, Ledger, LedgerEdge, Member
from weilu.members.queries.people import People, people
from weilu.members.rules.exchange import Ints, Rows, pack_person, unpack_ledgers
from weilu.members.rules.folding import Edges, carried
from weilu.members.rules.goodwill_json import Numbers, read

T = TypeVar("T")
_AT_ONCE = 500
# Ledgers of so many are read, and their scores written, at once.
MEMBERS_AT_ONCE = 1000
# And no more than so many bytes of them, but for one that is larger: adding them up takes ten
# times as much, and those who talk most may stand side by side.
BYTES_AT_ONCE = 3_000_000


@dataclass(frozen=True, slots=True)
class Today:
    """The day that scores are of (days since 1970), and which community a group is of.

    Communities that are `over`, by their last day; `ends` are members of nothing else, for whom
    such a day is today. Nobody is in two of them.
    """

    day: int
    communities: Mapping[int, int]
    ends: Sequence[tuple[int, BitMap]] = ()
    over: Mapping[int, int] = field(default_factory=dict)

    def days_of(self, members: Ints) -> Ints:
        """The day that is today for each of some members."""
        found = np.full(len(members), self.day, dtype=np.int64)
        asked = BitMap(members) if self.ends else BitMap()
        for day, who in self.ends:
            mine = who & asked
            if mine:
                found[np.isin(members, np.fromiter(mine, dtype=np.int64, count=len(mine)))] = day
        return found


def hold(workspace_id: int) -> None:
    """Let nobody else book or score in the workspace until the transaction ends."""
    list(
        Workspace.objects.select_for_update(no_key=True)
        .filter(pk=workspace_id)
        .values_list("pk", flat=True)
    )


def book(workspace_id: int, changes: Rows) -> None:
    """Add changes (`together`, `who` are identities) to ledgers, which become stale.

    The caller's transaction, which must `hold` the workspace.
    """
    edges = edges_held(workspace_id)
    if edges != Edges():
        changes = carried(changes, edges)
    touched = np.unique(changes["who"]).tolist()
    for at in range(0, len(touched), _AT_ONCE):
        some = touched[at : at + _AT_ONCE]
        held = dict(
            Ledger.objects.filter(pk__in=some).values_list("pk").annotate(size=Length("body"))
        )
        for ids in in_pieces([(pk, held.get(pk, 0)) for pk in some], _AT_ONCE):
            low, high = np.searchsorted(changes["who"], [ids[0], ids[-1] + 1]).tolist()
            write_anew(workspace_id, ids, edges, changes[low:high])


def in_pieces(sizes: Iterable[tuple[T, int]], most: int) -> Iterator[list[T]]:
    """Things, given with their bytes, in their order: as many as hold `BYTES_AT_ONCE` together.

    One at least and `most` at most.
    """
    piece: list[T] = []
    held = 0
    for one, size in sizes:
        if piece and (len(piece) == most or held + size > BYTES_AT_ONCE):
            yield piece
            piece, held = [], 0
        piece.append(one)
        held += size
    if piece:
        yield piece


def edges_held(workspace_id: int) -> Edges:
    """The days from which on ledgers of the workspace tell days."""
    found = LedgerEdge.objects.filter(pk=workspace_id).values_list("day", "apart").first()
    if found is None:
        return Edges()
    return Edges(found[0], {int(group): day for group, day in found[1].items()})


def write_anew(workspace_id: int, ids: Sequence[int], edges: Edges, changes: Rows) -> int:
    """Add changes to some ledgers, carried up to the edges; returns how many differ, now stale.

    `changes` are of these identities, which ascend. The caller's transaction, which must `hold`
    the workspace.
    """
    held = dict(Ledger.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "body"))
    old = unpack_ledgers(list(held.values()), np.array(list(held), dtype=np.int64))
    rows = carried(np.concatenate([old, changes]), edges)
    ends = np.append(np.searchsorted(rows["who"], ids), len(rows)).tolist()
    fresh = {pk: pack_person(rows[a:b]) for pk, (a, b) in zip(ids, pairwise(ends), strict=True)}
    changed = [
        (pk, workspace_id, body, True)
        for pk, body in fresh.items()
        if body != bytes(held.get(pk, b""))
    ]
    upsert(
        connection, "members_ledger", ("identity_id", "workspace_id", "body", "is_stale"), changed,
        conflict="(identity_id) DO UPDATE SET body = excluded.body, is_stale = excluded.is_stale",
    )  # fmt: skip
    return len(changed)


def make_stale(workspace_id: int, identities: BitMap) -> None:
    """Have the scores of whoever is behind identities worked out anew."""
    ids = list(identities)
    for at in range(0, len(ids), _AT_ONCE):
        some = Ledger.objects.filter(workspace_id=workspace_id, pk__in=ids[at : at + _AT_ONCE])
        some.update(is_stale=True)


def numbers_of(workspace_id: int) -> Numbers:
    """The workspace's numbers of the model; the usual ones where nobody changed them."""
    found = GoodwillModel.objects.filter(pk=workspace_id).values_list("body", flat=True).first()
    return read(found) if found is not None else Numbers()


def ledgers(
    workspace_id: int, members: Iterable[int] | None = None
) -> Iterator[tuple[list[int], Rows]]:
    """Ledgers of at most 1,000 members and some 3 MB at a time, with exchange among people only.

    Each: the members, ascending, and rows whose `who` is a place among them and whose `partner`
    is a member. Staff, bots and bridges have no ledger here; None: of everybody.
    """
    known = people(workspace_id)
    # Behind a bridge are many people: nobody to give goodwill to, though one can talk with them.
    relays = Member.objects.filter(workspace_id=workspace_id, nature=Member.Nature.RELAY)
    out = known.bots | known.staff | BitMap(relays.values_list("pk", flat=True))
    wanted = sorted(set(members) - set(out)) if members is not None else None
    for ids in in_pieces(_sizes(workspace_id, wanted, out), MEMBERS_AT_ONCE):
        yield ids, _rows_of(ids, known)


def ledger_of(member_id: int, known: People) -> Rows:
    """The ledger of one member as `ledgers` has it, bots and staff not looked at; a statement."""
    return _rows_of([member_id], known)


def _sizes(workspace_id: int, wanted: list[int] | None, out: BitMap) -> Iterator[tuple[int, int]]:
    """Members, ascending, with the bytes of their ledgers; None: all who have one."""
    if wanted is None:
        found = _summed("l.workspace_id = %s", [workspace_id])
        yield from [row for row in found if row[0] not in out]
        return
    for at in range(0, len(wanted), _AT_ONCE):
        some = wanted[at : at + _AT_ONCE]
        held = dict(_summed(f"i.member_id IN ({', '.join(['%s'] * len(some))})", some))
        yield from [(pk, held.get(pk, 0)) for pk in some]


def _summed(condition: str, values: list[int]) -> list[tuple[int, int]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.member_id, SUM(LENGTH(l.body)) FROM members_ledger l"  # noqa: S608
            f" JOIN members_identity i ON i.id = l.identity_id WHERE {condition}"
            " GROUP BY i.member_id ORDER BY i.member_id",
            values,
        )
        found: list[tuple[int, int]] = cursor.fetchall()
        return found


def _rows_of(ids: Sequence[int], known: People) -> Rows:
    held: list[tuple[int, bytes]] = []
    with connection.cursor() as cursor:
        for at in range(0, len(ids), _AT_ONCE):
            some = list(ids[at : at + _AT_ONCE])
            slots = ", ".join(["%s"] * len(some))
            cursor.execute(
                "SELECT i.member_id, l.body FROM members_ledger l"  # noqa: S608
                f" JOIN members_identity i ON i.id = l.identity_id WHERE i.member_id IN ({slots})"
                " ORDER BY i.member_id, i.id",
                some,
            )
            held += cursor.fetchall()
    listed = np.array(ids, dtype=np.int64)
    members = np.array([pk for pk, _body in held], dtype=np.int64)
    rows = unpack_ledgers([body for _pk, body in held], np.searchsorted(listed, members))
    return _among_people(rows, listed, known)


def _among_people(rows: Rows, ids: Ints, known: People) -> Rows:
    """Rows with members for partners, without bots, and without dealing with oneself."""
    if known.moved:
        rows["partner"] = known.of_array(rows["partner"].astype(np.int64))
        # Only who has several names can come to deal with themselves.
        rows = rows[rows["partner"] != ids[rows["who"]]]
    if known.bots:
        bots = np.fromiter(known.bots, dtype=np.uint32, count=len(known.bots))
        rows = rows[~np.isin(rows["partner"], bots)]
    return rows


def partners(identities: Iterable[int]) -> BitMap:
    """The identities that some have exchanged with."""
    found = BitMap()
    ids = sorted(identities)
    for at in range(0, len(ids), _AT_ONCE):
        bodies = Ledger.objects.filter(pk__in=ids[at : at + _AT_ONCE]).values_list(
            "body", flat=True
        )
        for body in bodies.iterator(chunk_size=50):
            rows = unpack_ledgers([body], np.zeros(1, dtype=np.int64))
            found |= BitMap(np.unique(rows["partner"]))
    return found - BitMap([0])
