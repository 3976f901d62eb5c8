"""A group in plain numbers for scripts and for checking: totals, days, hours, speakers (J-1).

Days come from the roll-ups where these can answer, else from one pass over the messages; both
ways give the same numbers.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np
from django.db import connection
from django.db.models import Max, Min
from pyroaring import BitMap

from weilu.chat.columns import DAY_MS, HOUR_MS, Columns, Ints, days_and_hours, local_ms
from weilu.chat.ports import Kind
from weilu.groups.models import Group, Participation
from weilu.insight.models import GroupDay
from weilu.insight.numbers import said
from weilu.insight.packing import pack_numbers
from weilu.insight.rules.retention import first_days
from weilu.insight.rules.spread import gini
from weilu.insight.rules.stay import real_moves
from weilu.insight.scope import Day, Scope, days_until, merge_days
from weilu.insight.stages import DayDelta, deltas
from weilu.insight.standing import presence_spells
from weilu.members.models import Identity
from weilu.members.queries import People, accounts, names, people

TOP = 20
HOURS = 24
_ROWS_AT_ONCE = 100_000
_FAR_DAY = 1_000_000


@dataclass(frozen=True, slots=True)
class Asked:
    """What is counted: local days in `zone`, both ends included, None for all there is.

    `raw`: every name or account is its own person, and every join and leave line counts;
    otherwise people are members, and reconnects are no joins.
    """

    zone: str
    first_day: int | None = None
    last_day: int | None = None
    raw: bool = False
    bots: bool = False


@dataclass(frozen=True, slots=True)
class GroupNumbers:
    """The answer; days are days since 1970-01-01, only those with talk; actions are messages."""

    messages: int
    speakers: int
    messages_per_day: dict[int, int]
    speakers_per_day: dict[int, int]
    first_time_speakers_per_day: dict[int, int]
    messages_per_hour: tuple[int, ...]
    top_speakers: tuple[tuple[str, int], ...]
    gini: float
    joins: int
    leaves: int
    people_joined: int
    joins_seen: int
    leaves_seen: int

    @property
    def first_day(self) -> int | None:
        """First day with talk."""
        return min(self.messages_per_day, default=None)

    @property
    def last_day(self) -> int | None:
        """Last day with talk."""
        return max(self.messages_per_day, default=None)


def group_numbers(group: Group, asked: Asked) -> GroupNumbers:
    """Count a group as asked; zeros and empty tables where there is nothing."""
    known = (accounts if asked.raw else people)(group.workspace_id)
    out = _left_out(group, asked)
    days = _days(group, asked, known, out)
    first = first_days({d.day: d.people for d in days})
    inside = [d for d in days if d.messages and _is_asked(d.day, asked)]
    counts = said(inside)
    moves = _moves(group, asked, known, out)
    return GroupNumbers(
        messages=sum(d.messages for d in inside),
        speakers=len(counts),
        messages_per_day={d.day: d.messages for d in inside},
        speakers_per_day={d.day: len(d.people) for d in inside},
        first_time_speakers_per_day={d.day: len(first.get(d.day, ())) for d in inside},
        messages_per_hour=_hours(inside),
        top_speakers=_top(group, counts, asked),
        gini=gini([n for _, n in counts]),
        **moves,
    )


def day_text(day: int) -> str:
    """The date of a day number, as 2013-01-31."""
    return (date(1970, 1, 1) + timedelta(days=day)).isoformat()


def day_number(text: str) -> int:
    """The number of a date written as 2013-01-31; raises ValueError for anything else."""
    return (date.fromisoformat(text) - date(1970, 1, 1)).days


def _is_asked(day: int, asked: Asked) -> bool:
    early = asked.first_day is not None and day < asked.first_day
    late = asked.last_day is not None and day > asked.last_day
    return not early and not late


def _left_out(group: Group, asked: Asked) -> BitMap:
    """Whose talk is not counted: members, or identities where names are people."""
    if asked.bots:
        return BitMap()
    bots = people(group.workspace_id).bots
    if not asked.raw:
        return bots
    return BitMap(
        Identity.objects.filter(workspace_id=group.workspace_id, member__in=list(bots)).values_list(
            "pk", flat=True
        )
    )


def _days(group: Group, asked: Asked, known: People, out: BitMap) -> list[Day]:
    """Every day up to the last one asked for, in the people's numbers."""
    if asked.zone == group.community.time_zone and not _speak(group, known, out):
        days = days_until(
            Scope(
                workspace_id=group.workspace_id,
                community_id=group.community_id,
                zone=asked.zone,
                first_day=-_FAR_DAY,
                last_day=_FAR_DAY,
                group_ids=(group.pk,),
            )
        )
        return [_as_members(d, known) for d in days]
    return _scanned(group, asked, known, out)


def _speak(group: Group, known: People, out: BitMap) -> bool:
    """Whether somebody who is left out has spoken: hours are not kept per person."""
    if not out:
        return False
    spoke = Participation.objects.filter(group=group, messages__gt=0)
    ids = BitMap(spoke.values_list("identity_id", flat=True).iterator())
    return not known.of(ids).isdisjoint(out)


def _as_members(day: Day, known: People) -> Day:
    if day.people.isdisjoint(known.moved_ids):
        return day
    ids, inverse = np.unique(known.of_array(day.ids), return_inverse=True)
    sums = np.bincount(inverse, weights=day.counts, minlength=len(ids)).astype(np.int64)
    return _day(day.day, day.messages, ids, sums, day.hours)


def _day(day: int, messages: int, ids: Ints, counts: Ints, hours: Ints) -> Day:
    """One day of talk; moves are counted apart."""
    return Day(
        day, messages, 0, 0, 0, 0, BitMap(ids.astype(np.uint32)), pack_numbers(counts), hours
    )


def _scanned(group: Group, asked: Asked, known: People, out: BitMap) -> list[Day]:
    """Days counted from the messages themselves."""
    drop = np.fromiter(out, dtype=np.int64, count=len(out))
    found: dict[int, Day] = {}
    for sent, identity, kind in _rows(group, (Kind.MESSAGE,)):
        who = known.of_array(identity)
        keep = ~np.isin(who, drop) if len(drop) else np.ones(len(who), dtype=np.bool_)
        if not keep.any():
            continue
        columns = _columns(group, asked.zone, sent[keep], who[keep], kind[keep])
        for one in deltas(columns, columns.group):
            new = _of_delta(one)
            old = found.get(new.day)
            found[new.day] = merge_days([old, new])[0] if old else new
    return [found[d] for d in sorted(found)]


def _of_delta(one: DayDelta) -> Day:
    return _day(one.day, one.messages, one.ids, one.counts, one.hours)


def _columns(group: Group, zone: str, sent: Ints, who: Ints, kind: Ints) -> Columns:
    day, hour = days_and_hours(sent, zone)
    zeros = np.zeros(len(sent), dtype=np.int64)
    return Columns(
        workspace_id=group.workspace_id,
        community_id=group.community_id,
        id=zeros,
        group=np.full(len(sent), group.pk, dtype=np.int64),
        identity=who,
        kind=kind,
        flags=zeros,
        sent_ms=sent,
        day=day,
        hour=hour,
        text=(),
    )


def _rows(group: Group, kinds: Sequence[Kind]) -> Iterator[tuple[Ints, Ints, Ints]]:
    """Times, identities and kinds of a group's records, a run at a time, ascending in time."""
    span = _span(group)
    if span is None:
        return
    wanted = ", ".join(str(int(k)) for k in kinds)
    # Days of a million rows and years of a few: what is read at once is bounded by rows.
    with connection.cursor() as cursor:
        after = (span[0], 0)
        while True:
            cursor.execute(
                "SELECT sent_ms, identity_id, kind, id FROM chat_message"  # noqa: S608
                f" WHERE (sent_ms / {HOUR_MS}) BETWEEN %s AND %s AND group_id = %s"
                f" AND kind IN ({wanted}) AND (sent_ms > %s OR (sent_ms = %s AND id > %s))"
                f" ORDER BY (sent_ms / {HOUR_MS}), sent_ms, id LIMIT {_ROWS_AT_ONCE}",
                [after[0] // HOUR_MS, span[1] // HOUR_MS, group.pk, after[0], *after],
            )
            rows = cursor.fetchall()
            if not rows:
                return
            after = (rows[-1][0], rows[-1][3])
            values = np.array(rows, dtype=np.int64)
            yield values[:, 0], values[:, 1], values[:, 2]


def _span(group: Group) -> tuple[int, int] | None:
    """First and last moment anything was seen in the group, generously."""
    days = GroupDay.objects.filter(group=group).aggregate(first=Min("day"), last=Max("day"))
    if days["first"] is None:
        return None
    # A day number is of the community's zone; two days cover every zone.
    return (days["first"] - 2) * DAY_MS, (days["last"] + 3) * DAY_MS


def _hours(days: Iterable[Day]) -> tuple[int, ...]:
    total = np.zeros(HOURS, dtype=np.int64)
    for day in days:
        total += day.hours
    return tuple(int(n) for n in total)


def _top(
    group: Group, counts: Sequence[tuple[int, int]], asked: Asked
) -> tuple[tuple[str, int], ...]:
    """Names of who said most; among equals who spoke first."""
    if not counts:
        return ()
    least = counts[min(TOP, len(counts)) - 1][1]
    chosen = [c for c in counts if c[1] >= least]
    ids = [who for who, _ in chosen]
    spoke: dict[int, int] = {}
    rows = Participation.objects.filter(group=group, identity_id__in=ids)
    for pk, moment in rows.values_list("identity_id", "spoke_ms"):
        spoke[pk] = moment or 0
    chosen.sort(key=lambda c: (-c[1], spoke.get(c[0], 0), c[0]))
    called = (
        dict(Identity.objects.filter(pk__in=ids).values_list("pk", "name"))
        if asked.raw
        else names(ids)
    )
    return tuple((called.get(who, ""), count) for who, count in chosen[:TOP])


def _moves(group: Group, asked: Asked, known: People, out: BitMap) -> dict[str, int]:
    """Joins, leaves and who joined within the days asked for; lines seen beside them."""
    lines: list[tuple[int, int, int]] = []
    for sent, identity, kind in _rows(group, (Kind.JOIN, Kind.LEAVE)):
        who = known.of_array(identity).tolist()
        lines += [
            row for row in zip(who, kind.tolist(), sent.tolist(), strict=True) if row[0] not in out
        ]
    here = [row for row in lines if _is_asked(_day_of(row[2], asked.zone), asked)]
    seen = {
        "joins_seen": sum(row[1] == Kind.JOIN for row in here),
        "leaves_seen": sum(row[1] == Kind.LEAVE for row in here),
    }
    if asked.raw:
        joined = {row[0] for row in here if row[1] == Kind.JOIN}
        return {
            "joins": seen["joins_seen"],
            "leaves": seen["leaves_seen"],
            "people_joined": len(joined),
            **seen,
        }
    return {**_real(lines, asked), **seen}


def _real(lines: Sequence[tuple[int, int, int]], asked: Asked) -> dict[str, int]:
    """Joins and leaves that are no reconnects."""
    until = max((row[2] for row in lines), default=0)
    counted: dict[str, int] = defaultdict(int)
    for spells in presence_spells(lines).values():
        moves = real_moves({0: spells}, day_of=lambda ms: _day_of(ms, asked.zone), until_ms=until)
        came = [*moves.joins.items(), *moves.returns.items()]
        joins = sum(n for day, n in came if _is_asked(day, asked))
        counted["joins"] += joins
        counted["people_joined"] += joins > 0
        counted["leaves"] += sum(n for day, n in moves.leaves.items() if _is_asked(day, asked))
    return {name: counted[name] for name in ("joins", "leaves", "people_joined")}


def _day_of(moment_ms: int, zone: str) -> int:
    return int(local_ms(np.array([moment_ms]), zone)[0] // DAY_MS)
