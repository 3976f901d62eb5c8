"""Ledgers and the scores made from them: booking exchange, scoring, levels (C-4).

Booking adds what changed to the ledgers of those it happened to; scoring reads ledgers, never
messages. Both may be done again at any time and lead to the same numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import TypeVar

import numpy as np
from django.db import connection, transaction
from django.db.models.functions import Length
from pyroaring import BitMap

from weilu.core.bulk import add_all, upsert
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.log import announce_all
from weilu.core.models import Workspace
from weilu.events.members import LevelsChanged
from weilu.members.mirror.known import GOODWILL
from weilu.members.models import (
    Goodwill,
    GoodwillModel,
    Ledger,
    LedgerEdge,
    LevelMove,
    Member,
)
from weilu.members.queries.people import People, people
from weilu.members.rules.exchange import Ints, Rows, pack_person, unpack_ledgers
from weilu.members.rules.folding import carried
from weilu.members.rules.goodwill import Bases, bases, points_of
from weilu.members.rules.goodwill_json import Numbers, read
from weilu.members.rules.levels import Level, Standing, stand

T = TypeVar("T")
_AT_ONCE = 500
# Ledgers of so many are read, and their scores written, at once.
MEMBERS_AT_ONCE = 1000
# And no more than so many bytes of them, but for one that is larger: adding them up takes ten
# times as much, and those who talk most may stand side by side.
BYTES_AT_ONCE = 3_000_000
_IDS_IN_EVENT = 500


@dataclass(frozen=True, slots=True)
class Today:
    """The day that scores are of (days since 1970), and which community a group is of."""

    day: int
    communities: Mapping[int, int]


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
    edge = edge_held(workspace_id)
    if edge:
        changes = carried(changes, edge)
    touched = np.unique(changes["who"]).tolist()
    for at in range(0, len(touched), _AT_ONCE):
        some = touched[at : at + _AT_ONCE]
        held = dict(
            Ledger.objects.filter(pk__in=some).values_list("pk").annotate(size=Length("body"))
        )
        for ids in in_pieces([(pk, held.get(pk, 0)) for pk in some], _AT_ONCE):
            low, high = np.searchsorted(changes["who"], [ids[0], ids[-1] + 1]).tolist()
            write_anew(workspace_id, ids, edge, changes[low:high])


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


def edge_held(workspace_id: int) -> int:
    """The day from which on ledgers of the workspace tell days, 0 when they tell all."""
    day = LedgerEdge.objects.filter(pk=workspace_id).values_list("day", flat=True).first()
    return day or 0


def write_anew(workspace_id: int, ids: Sequence[int], edge: int, changes: Rows) -> int:
    """Add changes to some ledgers, carried up to the edge; returns how many differ, now stale.

    `changes` are of these identities, which ascend. The caller's transaction, which must `hold`
    the workspace.
    """
    held = dict(Ledger.objects.filter(pk__in=ids).order_by("pk").values_list("pk", "body"))
    old = unpack_ledgers(list(held.values()), np.array(list(held), dtype=np.int64))
    rows = carried(np.concatenate([old, changes]), edge)
    edges = np.append(np.searchsorted(rows["who"], ids), len(rows)).tolist()
    fresh = {pk: pack_person(rows[a:b]) for pk, (a, b) in zip(ids, pairwise(edges), strict=True)}
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


def rescore(workspace_id: int, today: Today, members: Iterable[int] | None = None) -> int:
    """Work the goodwill of members out from their ledgers, and their levels; None: of everybody.

    Returns how many scores changed. Announces LevelsChanged. One transaction for every 1,000.
    """
    numbers = numbers_of(workspace_id)
    members = None if members is None else set(members)
    changed = 0
    done = BitMap()
    for ids, rows in ledgers(workspace_id, members):
        found = bases(rows, len(ids), numbers.model, today.communities)
        with transaction.atomic():
            changed += _keep(workspace_id, ids, found)
            _settle(workspace_id, today, numbers, ids)
        done |= BitMap(ids)
    return changed + _drop(workspace_id, done, members)


def rescore_stale(workspace_id: int, today: Today) -> int:
    """Work out anew what became stale; returns how many scores changed.

    Killed in between, what is not done stays stale.
    """
    changed = 0
    stale = Ledger.objects.filter(workspace_id=workspace_id, is_stale=True).order_by("pk")
    while some := list(stale.values_list("pk", "identity__member_id")[:MEMBERS_AT_ONCE]):
        with transaction.atomic():
            hold(workspace_id)
            changed += rescore(
                workspace_id, today, BitMap(member for _pk, member in some if member)
            )
            ids = [pk for pk, _member in some]
            for at in range(0, len(ids), _AT_ONCE):
                part = Ledger.objects.filter(pk__in=ids[at : at + _AT_ONCE])
                part.filter(body=b"").delete()
                part.update(is_stale=False)
    return changed


def _keep(workspace_id: int, ids: Sequence[int], found: Bases) -> int:
    """Store scores that differ from what is stored."""
    held: dict[int, tuple[float, int]] = {}
    for at in range(0, len(ids), _AT_ONCE):
        stored = Goodwill.objects.filter(pk__in=ids[at : at + _AT_ONCE])
        held |= {pk: (base, n) for pk, base, n in stored.values_list("pk", "base", "people")}
    fresh = zip(ids, found.base.tolist(), found.people.tolist(), strict=True)
    rows = [
        (pk, workspace_id, base, n, 0, 0)
        for pk, base, n in fresh
        if base > 0 and held.get(pk) != (base, n)
    ]
    upsert(
        connection, "members_goodwill",
        ("member_id", "workspace_id", "base", "people", "level", "below_since"), rows,
        conflict="(member_id) DO UPDATE SET base = excluded.base, people = excluded.people",
    )  # fmt: skip
    note_change(workspace_id, GOODWILL.name, ids=[row[0] for row in rows])
    gone = [pk for pk, base in zip(ids, found.base.tolist(), strict=True) if base <= 0]
    return len(rows) + drop_scores(workspace_id, gone)


def _drop(workspace_id: int, done: BitMap, members: set[int] | None) -> int:
    """Take scores from whoever has no ledger (any more)."""
    if members is not None:
        return drop_scores(workspace_id, sorted(members - set(done)))
    rows = Goodwill.objects.filter(workspace_id=workspace_id).values_list("pk", flat=True)
    return drop_scores(workspace_id, sorted(BitMap(rows.iterator(chunk_size=10_000)) - done))


def drop_scores(workspace_id: int, members: Sequence[int]) -> int:
    """Take the scores of members away; returns how many had one."""
    gone = 0
    with transaction.atomic():
        for at in range(0, len(members), _AT_ONCE):
            gone += Goodwill.objects.filter(pk__in=members[at : at + _AT_ONCE]).delete()[0]
        if gone:
            note_change(workspace_id, GOODWILL.name, ids=members)
    return gone


def settle_levels(workspace_id: int, today: Today) -> int:
    """Let members rise and fall by what they have on a day; returns how many did.

    Announces LevelsChanged.
    """
    rows = Goodwill.objects.filter(workspace_id=workspace_id).order_by("pk")
    ids = list(rows.values_list("pk", flat=True).iterator(chunk_size=10_000))
    numbers = numbers_of(workspace_id)
    moved = 0
    for at in range(0, len(ids), MEMBERS_AT_ONCE):
        with transaction.atomic():
            moved += _settle(workspace_id, today, numbers, ids[at : at + MEMBERS_AT_ONCE])
    return moved


def _settle(workspace_id: int, today: Today, numbers: Numbers, ids: Sequence[int]) -> int:
    moves: list[LevelMove] = []
    standing: list[tuple[int, int, int]] = []
    for at in range(0, len(ids), _AT_ONCE):
        rows = Goodwill.objects.filter(pk__in=ids[at : at + _AT_ONCE]).values_list(
            "pk", "base", "people", "level", "below_since"
        )
        for pk, base, n, level, below in rows:
            before = Standing(Level(level), below)
            points = points_of(base, today.day, numbers.model)
            after = stand(before, points, n, today.day, numbers.ladder)
            if after != before:
                standing.append((int(after.level), after.below_since, pk))
            if after.level != before.level:
                moves.append(_move(workspace_id, pk, before, after, (points, today.day)))
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE members_goodwill SET level = %s, below_since = %s WHERE member_id = %s",
            standing,
        )
    note_change(workspace_id, GOODWILL.name, key="level", ids=[one.member_id for one in moves])
    add_all(moves)
    _announce(workspace_id, moves)
    return len(moves)


def _move(
    workspace_id: int, member: int, before: Standing, after: Standing, had: tuple[float, int]
) -> LevelMove:
    return LevelMove(
        workspace_id=workspace_id, member_id=member, came_from=int(before.level),
        level=int(after.level), points=had[0], day=had[1], at=now(),
    )  # fmt: skip


def _announce(workspace_id: int, moves: Sequence[LevelMove]) -> None:
    together: dict[tuple[int, int], list[int]] = defaultdict(list)
    for one in moves:
        together[one.came_from, one.level].append(one.member_id)
    announce_all(
        [
            LevelsChanged(workspace_id, a, b, ids[at : at + _IDS_IN_EVENT])
            for (a, b), ids in sorted(together.items())
            for at in range(0, len(ids), _IDS_IN_EVENT)
        ]
    )


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
