"""KOC and true fans to look at: the ranked list, the progress, one member's evidence (C-6)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from django.db.models import F, Q

from weilu.chat.columns import day_start_ms
from weilu.chat.search.reading import Said, said_by
from weilu.core.access import Actor, Right
from weilu.groups.models import Group
from weilu.insight.models import Influence
from weilu.insight.rules.influence import (
    WINDOW_DAYS,
    Caused,
    Thank,
    usual_strengths,
    ways_to_thank,
)
from weilu.insight.worth.booking import today_of
from weilu.insight.worth.influence import within
from weilu.members.actions.ledgers import ledgers
from weilu.members.models import Identity
from weilu.members.queries import names
from weilu.members.rules.exchange import Exchange, Rows
from weilu.service.rules.thanks import thanks

PARTNERS = 12
QUOTES = 8
# Those who move people most: what is usual among them.
PEERS = 200
SORTS = ("points", "thanks", "answered", "repliers", "stayed", "mentioners")
KINDS = (
    Exchange.THANKED,
    Exchange.ANSWERED,
    Exchange.WAS_REPLIED,
    Exchange.MENTIONED,
)


@dataclass(frozen=True, slots=True)
class Mover:
    """A line of the list; the numbers are those of `rules.influence.Caused`."""

    id: int
    name: str
    points: float
    thanks: int
    thankers: int
    answered: int
    repliers: int
    met: int
    stayed: int
    mentioners: int
    is_koc: bool
    is_fan: bool
    ways: Sequence[Thank]


@dataclass(frozen=True, slots=True)
class Progress:
    """How many KOC and true fans there are."""

    koc: int
    fans: int


def progress(viewer: Actor) -> Progress:
    """How many KOC and true fans there are; one statement."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Influence.objects.filter(Q(is_koc=True) | Q(is_fan=True))
    told = list(rows.filter(workspace_id=viewer.workspace_id).values_list("is_koc", "is_fan"))
    return Progress(sum(koc for koc, _fan in told), sum(fan for _koc, fan in told))


def movers(
    viewer: Actor,
    *,
    only: str = "",
    sort: str = "points",
    descending: bool = True,
    after: tuple[float, int] | None = None,
    limit: int = 50,
) -> list[Mover]:
    """At most `limit` members in order of (`sort`, id) beyond `after`; `only` koc or fans."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Influence.objects.filter(workspace_id=viewer.workspace_id).select_related("member")
    if only == "koc":
        rows = rows.filter(is_koc=True)
    elif only == "fans":
        rows = rows.filter(is_fan=True)
    column = sort if sort in SORTS else "points"
    if after is not None:
        way = "lt" if descending else "gt"
        value, pk = after
        beyond = Q(**{f"{column}__{way}": value}) | Q(**{column: value, f"pk__{way}": pk})
        rows = rows.filter(beyond)
    order = (F(column).desc(), F("pk").desc()) if descending else (F(column).asc(), F("pk").asc())
    found = list(rows.order_by(*order)[:limit])
    usual = _usual(viewer.workspace_id) if found else {}
    return [_mover(one, usual) for one in found]


def _usual(workspace_id: int) -> dict[Thank, float]:
    """What those who move people most are usually thanked for."""
    rows = Influence.objects.filter(workspace_id=workspace_id).order_by("-points", "-pk")
    return usual_strengths([caused_of(one) for one in rows[:PEERS]])


def _mover(one: Influence, usual: Mapping[Thank, float]) -> Mover:
    return Mover(
        id=one.pk, name=one.member.name, points=one.points, thanks=one.thanks,
        thankers=one.thankers, answered=one.answered, repliers=one.repliers, met=one.met,
        stayed=one.stayed, mentioners=one.mentioners, is_koc=one.is_koc, is_fan=one.is_fan,
        ways=ways_to_thank(caused_of(one), usual, is_fan=one.is_fan),
    )  # fmt: skip


def caused_of(one: Influence) -> Caused:
    """The stored numbers as values."""
    return Caused(
        one.thanks, one.thankers, one.answered, one.repliers, one.mentioners, one.met, one.stayed,
        one.moved, one.more,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class WithWhom:
    """Somebody on the other side: how often in the year, and on which day last."""

    id: int
    name: str
    times: int
    last_day: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one member caused: by kind the people, busiest first, and how many there are in all."""

    row: Influence | None
    people: dict[Exchange, Sequence[WithWhom]]
    counts: dict[Exchange, int]
    quotes: Sequence[Said]
    ways: Sequence[Thank]


def evidence(viewer: Actor, member_id: int) -> Evidence:
    """The evidence of one member's line; a few statements for names and for words of thanks."""
    viewer.require(Right.SEE_MEMBERS)
    row = Influence.objects.filter(pk=member_id, workspace_id=viewer.workspace_id).first()
    today = today_of(viewer.workspace_id)
    found = [rows for _ids, rows in ledgers(viewer.workspace_id, [member_id])]
    if not found:
        return Evidence(row, {}, {}, (), ())
    rows = within(found[0], today.days_of(np.array([member_id])), WINDOW_DAYS)
    sums = {kind: _by_person(rows[rows["kind"] == kind]) for kind in KINDS}
    called = names({who for one in sums.values() for who, _n, _day in one[:PARTNERS]})
    return Evidence(
        row=row,
        people={
            kind: [WithWhom(who, called.get(who, ""), n, day) for who, n, day in one[:PARTNERS]]
            for kind, one in sums.items()
        },
        counts={kind: len(one) for kind, one in sums.items()},
        quotes=_quotes(viewer, rows[rows["kind"] == Exchange.THANKED]),
        ways=_ways(viewer, row) if row else (),
    )


def _ways(viewer: Actor, row: Influence) -> list[Thank]:
    usual = _usual(viewer.workspace_id)
    return ways_to_thank(caused_of(row), usual, is_fan=row.is_fan)


def _by_person(rows: Rows) -> list[tuple[int, int, int]]:
    """(person, times, last day), most often first."""
    times: dict[int, int] = defaultdict(int)
    last: dict[int, int] = defaultdict(int)
    for _who, _kind, day, _group, partner, n in rows.tolist():
        times[partner] += n
        last[partner] = max(last[partner], day)
    return sorted(((who, n, last[who]) for who, n in times.items()), key=lambda r: (-r[1], r[0]))


def _quotes(viewer: Actor, rows: Rows) -> list[Said]:
    """The newest words of thanks, read on the days they were said."""
    newest = rows[np.argsort(rows["day"], kind="stable")[::-1]][:QUOTES].tolist()
    groups = Group.objects.filter(workspace_id=viewer.workspace_id).select_related("community")
    zones = {one.pk: one.community.time_zone for one in groups}
    accounts: dict[int, list[int]] = defaultdict(list)
    listed = Identity.objects.filter(member_id__in={row[4] for row in newest})
    for pk, member_id in listed.values_list("pk", "member_id"):
        accounts[member_id].append(pk)
    said: dict[int, Said] = {}
    for _who, _kind, day, group, partner, _n in newest:
        if group in zones and accounts[partner]:
            span = (day_start_ms(day, zones[group]), day_start_ms(day + 1, zones[group]))
            for one in said_by(group, [span], accounts[partner]):
                if span[0] <= one.sent_ms < span[1] and thanks([one.text])[0]:
                    said[one.id] = one
    return sorted(said.values(), key=lambda one: (-one.sent_ms, -one.id))[:QUOTES]
