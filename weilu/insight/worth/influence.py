"""Who moves others and who is there for good, worked out from ledgers into a table (C-6)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction
from django.db.models import Min

from weilu.chat.columns import DAY_MS
from weilu.core.bulk import upsert
from weilu.core.changes import note_change
from weilu.insight.models import GroupDay, Influence, MemberTotals
from weilu.insight.people.columns import MOVERS
from weilu.insight.rules import influence as rules
from weilu.members.actions.ledgers import Today, ledgers
from weilu.members.rules.exchange import Exchange, Ints, Rows

_COLUMNS = (
    "member_id", "workspace_id", "points", "thanks", "thankers", "answered", "repliers",
    "mentioners", "met", "stayed", "moved", "weeks", "days", "is_koc", "is_fan", "more",
)  # fmt: skip
_GAVE = (Exchange.ANSWERED, Exchange.REPLIED)
_GOT = (Exchange.THANKED, Exchange.WAS_REPLIED)
_MOVED = (Exchange.ANSWERED, Exchange.THANKED, Exchange.MENTIONED)

# What else members cause, by a word of its own: given a workspace and the first day that counts,
# points by member. Purchases and referrals enter themselves here.
Effect = Callable[[int, int], Mapping[int, float]]
EFFECTS: dict[str, Effect] = {}


@dataclass(frozen=True, slots=True)
class Seen:
    """When members were first and last seen, and left (days, ascending by member).

    `left_day` is -1 for whoever is still there.
    """

    member: Ints
    first: Ints
    last: Ints
    left_day: Ints

    @property
    def left(self) -> npt.NDArray[np.bool_]:
        """Who has left."""
        return self.left_day >= 0

    def at(self, members: Ints) -> Ints:
        """Places of members; -1 for unknown ones."""
        if not len(self.member):
            return np.full(len(members), -1)
        at = np.minimum(np.searchsorted(self.member, members), len(self.member) - 1)
        return np.where(self.member[at] == members, at, -1)


@dataclass(slots=True)
class _Found:
    """Columns by member that are gathered over all ledgers."""

    members: list[Ints] = field(default_factory=list)
    columns: dict[str, list[Ints]] = field(default_factory=dict)
    # (who met a newcomer first, the newcomer, whether they stayed)
    met: list[Ints] = field(default_factory=list)
    moved: list[Ints] = field(default_factory=list)


def refresh_influence(workspace_id: int, today: Today) -> int:
    """Work out anew what everybody caused in a year; returns how many have caused anything.

    Replaces what was stored, so once more changes nothing.
    """
    first = today.day - rules.WINDOW_DAYS
    seen, begun = seen_in(workspace_id), _begun(workspace_id)
    found = _Found()
    for ids, rows in ledgers(workspace_id) if len(seen.member) else ():
        listed = np.array(ids, dtype=np.int64)
        days = today.days_of(listed)
        recent = within(rows, days, rules.WINDOW_DAYS)
        _count(found, listed, recent, days)
        _meet(found, listed, recent, (seen, begun))
    more = {name: effect(workspace_id, first) for name, effect in EFFECTS.items()}
    return _store(workspace_id, _rows(workspace_id, found, seen, today, more))


def within(rows: Rows, days: Ints, window: int) -> Rows:
    """What happened in so many days up to the one that is today for whom it happened to."""
    mine = days[rows["who"].astype(np.int64)]
    return rows[rows["day"].astype(np.int64) > mine - window]


def seen_in(workspace_id: int) -> Seen:
    """When everybody was seen."""
    rows = MemberTotals.objects.filter(workspace_id=workspace_id).order_by("pk")
    values = list(rows.values_list("pk", "first_ms", "last_ms", "left_ms").iterator(10_000))
    table = np.array(values, dtype=np.int64).reshape(-1, 4)
    left = np.where(table[:, 3] > 0, table[:, 3] // DAY_MS, -1)
    return Seen(table[:, 0], table[:, 1] // DAY_MS, table[:, 2] // DAY_MS, left)


def _begun(workspace_id: int) -> Mapping[int, int]:
    """The first day of each group: whoever was there then is no newcomer."""
    rows = GroupDay.objects.filter(group__workspace_id=workspace_id).order_by()
    return dict(rows.values_list("group_id").annotate(Min("day")))


def distinct(rows: Rows, kinds: Sequence[Exchange], size: int) -> Ints:
    """How many different people each had some kinds of exchange with."""
    return np.bincount(_pairs(rows, kinds) >> 32, minlength=size)


def _pairs(rows: Rows, kinds: Sequence[Exchange]) -> Ints:
    chosen = rows[np.isin(rows["kind"], kinds) & (rows["partner"] != 0)]
    return np.unique(chosen["who"].astype(np.int64) << 32 | chosen["partner"].astype(np.int64))


def _count(found: _Found, ids: Ints, rows: Rows, days: Ints) -> None:
    size = len(ids)
    thanks = rows[rows["kind"] == Exchange.THANKED]
    pair, slot = np.unique(
        thanks["who"].astype(np.int64) << 32 | thanks["partner"].astype(np.int64),
        return_inverse=True,
    )
    each = np.bincount(slot, weights=thanks["times"], minlength=len(pair))
    few = np.minimum(each, rules.THANKS_EACH)
    there = rows[rows["kind"] == Exchange.PRESENT]
    who = there["who"].astype(np.int64)
    day = days[who] - there["day"].astype(np.int64)
    late = day < rules.FAN_WEEKS * 7
    who, day = who[late], day[late]
    values = {
        "thanks": np.bincount(pair >> 32, weights=few, minlength=size).astype(np.int64),
        "thankers": np.bincount(pair >> 32, minlength=size),
        "answered": distinct(rows, [Exchange.ANSWERED], size),
        "repliers": distinct(rows, [Exchange.WAS_REPLIED], size),
        "mentioners": distinct(rows, [Exchange.MENTIONED], size),
        "gave_to": distinct(rows, _GAVE, size),
        "got_from": distinct(rows, _GOT, size),
        "days": np.bincount(np.unique(who << 16 | day) >> 16, minlength=size),
        "weeks": np.bincount(np.unique(who << 16 | day // 7) >> 16, minlength=size),
    }
    found.members.append(ids)
    for name, column in values.items():
        found.columns.setdefault(name, []).append(column)
    moved = _pairs(rows, _MOVED)
    if len(moved):
        found.moved.append(np.stack([ids[moved >> 32], moved & 0xFFFFFFFF]))


def _meet(found: _Found, ids: Ints, rows: Rows, known: tuple[Seen, Mapping[int, int]]) -> None:
    """Who was the first to answer each newcomer among these members, on the same day."""
    seen, begun = known
    got = rows[rows["kind"] == Exchange.WAS_REPLIED]
    who = got["who"].astype(np.int64)
    at = seen.at(ids)[who]
    groups, slot = np.unique(got["group"], return_inverse=True)
    opened = np.array([begun.get(int(g), 0) for g in groups], dtype=np.int64)
    day, first = got["day"].astype(np.int64), seen.first[at]
    fresh = (at >= 0) & (day - first < rules.NEWCOMER_DAYS)
    if len(groups):
        fresh &= first >= opened[slot] + rules.NEWCOMER_DAYS
    who, day, by = who[fresh], day[fresh], got["partner"][fresh].astype(np.int64)
    if not len(who):
        return
    earliest = np.full(len(ids), np.iinfo(np.int64).max)
    np.minimum.at(earliest, who, day)
    on_time = day == earliest[who]
    pair = np.unique(np.stack([by[on_time], who[on_time]]), axis=1)
    place = seen.at(ids)[pair[1]]
    stayed = (seen.last[place] - seen.first[place] >= rules.STAYED_DAYS) & ~seen.left[place]
    found.met.append(np.stack([pair[0], ids[pair[1]], stayed]))


def _rows(
    workspace_id: int,
    found: _Found,
    seen: Seen,
    today: Today,
    more: Mapping[str, Mapping[int, float]],
) -> list[tuple[object, ...]]:
    if not found.members:
        return []
    members = np.concatenate(found.members)
    columns = {name: np.concatenate(parts) for name, parts in found.columns.items()}
    _add_met(columns, found, members)
    at = seen.at(members)
    days_now = today.days_of(members)
    first = np.where(at >= 0, seen.first[at], days_now)
    left = (at >= 0) & seen.left[at]
    rows = []
    for k, pk in enumerate(members.tolist()):
        of = {name: int(column[k]) for name, column in columns.items()}
        extra = {name: held[pk] for name, held in more.items() if pk in held}
        fan = rules.is_true_fan(
            rules.Present(
                int(days_now[k] - first[k]), of["weeks"], of["days"], of.pop("gave_to"),
                of.pop("got_from"), bool(left[k]),
            )
        )  # fmt: skip
        weeks, days = of.pop("weeks"), of.pop("days")
        caused = rules.Caused(**of, more=extra)
        value = rules.points(caused)
        if value or fan:
            told = [of[name] for name in _COLUMNS[3:11]]
            rows.append(
                (pk, workspace_id, value, *told, weeks, days, rules.is_koc(caused), fan,
                 _json(extra))
            )  # fmt: skip
    return rows


def _json(extra: Mapping[str, float]) -> str:
    pairs = ", ".join(f'"{name}": {value}' for name, value in sorted(extra.items()))
    return f"{{{pairs}}}"


def _add_met(columns: dict[str, Ints], found: _Found, members: Ints) -> None:
    """Newcomers met, those who stayed, and all the different people somebody moved."""
    none = np.zeros((3, 0), dtype=np.int64)
    by, newcomer, stayed = np.concatenate(found.met, axis=1) if found.met else none
    place = np.searchsorted(members, by)
    known = (place < len(members)) & (members[np.minimum(place, len(members) - 1)] == by)
    by, newcomer, stayed, place = by[known], newcomer[known], stayed[known], place[known]
    columns["met"] = np.bincount(place, minlength=len(members))
    columns["stayed"] = np.bincount(place, weights=stayed, minlength=len(members)).astype(np.int64)
    kept = np.stack([by[stayed > 0], newcomer[stayed > 0]])
    pairs = np.concatenate([*found.moved, kept], axis=1)
    pair = np.unique(pairs[0] << 32 | pairs[1])
    columns["moved"] = np.bincount(np.searchsorted(members, pair >> 32), minlength=len(members))


def _store(workspace_id: int, rows: Sequence[tuple[object, ...]]) -> int:
    changing = ", ".join(f"{name} = excluded.{name}" for name in _COLUMNS[1:])
    with transaction.atomic():
        kept = {row[0] for row in rows}
        mine = Influence.objects.filter(workspace_id=workspace_id)
        gone = [pk for pk in mine.values_list("pk", flat=True) if pk not in kept]
        for at in range(0, len(gone), 500):
            mine.filter(pk__in=gone[at : at + 500]).delete()
        upsert(
            connection, "insight_influence", _COLUMNS, rows,
            conflict=f"(member_id) DO UPDATE SET {changing}",
        )  # fmt: skip
        note_change(workspace_id, MOVERS.name)
    return len(rows)
