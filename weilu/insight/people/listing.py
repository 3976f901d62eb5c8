"""The member list over the members' totals: filters, order and paging by key (C-1, C-2).

Every statement walks an index in the order asked and stops at a page, or looks at a bounded set:
the list costs about the same at a thousand members and at a million.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from django.db import connection
from pyroaring import BitMap

from weilu.chat.columns import DAY_MS
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.insight.ended import Todays, todays
from weilu.insight.models import MemberTotals
from weilu.insight.people.by_goodwill import COLUMNS, JOIN, Wish, page_rows, told
from weilu.insight.people.called import members_called
from weilu.insight.people.stages import stages_of
from weilu.insight.rules.lifecycle import ACTIVE_DAYS, SILENT_DAYS, MemberStage
from weilu.members.models import Alias, Member
from weilu.members.queries.known import Worn, worn_by

COUNTED = 10_000
OTHER_NAMES = 3


@dataclass(frozen=True, slots=True)
class Wanted:
    """What the list is narrowed to; empty values let everybody through.

    `state` is active, silent, never or left; `who` is people, staff or bots; moments are UTC ms.
    """

    name: str = ""
    group_id: int | None = None
    state: str = ""
    who: str = ""
    tag_id: int | None = None
    # A segment's members, None for no segment.
    among: BitMap | None = None
    first_from_ms: int | None = None
    first_until_ms: int | None = None
    spoke_before_ms: int | None = None


@dataclass(frozen=True, slots=True)
class MemberRow:
    """One line of the list; `last_ms` and `left_ms` are 0 for never."""

    id: int
    name: str
    nature: str
    is_staff: bool
    messages: int
    groups: int
    first_ms: int
    last_ms: int
    left_ms: int
    stage: MemberStage
    goodwill: float = 0.0
    level: int = 0
    other_names: Sequence[str] = field(default=())
    tags: Sequence[Worn] = field(default=())


def newest_ms(viewer: Actor) -> int:
    """The newest moment anybody spoke in the workspace: "today" in imported history."""
    viewer.require(Right.SEE_MEMBERS)
    found = (
        MemberTotals.objects.filter(workspace_id=viewer.workspace_id)
        .order_by("-last_ms")
        .values_list("last_ms", flat=True)
        .first()
    )
    return found or 0


def todays_of(viewer: Actor) -> Todays:
    """What "today" is for whom in the viewer's workspace."""
    return todays(viewer.workspace_id, newest_ms(viewer))


_COLUMNS = {
    "name": "m.name_folded",
    "messages": "t.messages",
    "first": "t.first_ms",
    "last": "t.last_ms",
    "groups": "t.groups",
}
GOODWILL = "goodwill"
SORTS = frozenset({*_COLUMNS, GOODWILL})
_WEARERS = (
    "SELECT i.member_id FROM members_tagging g"
    " JOIN members_identity i ON i.id = g.identity_id WHERE g.tag_id = %s"
    " AND g.removed_id IS NULL AND (g.expires_at IS NULL OR g.expires_at > %s)"
)
TAGGED = f"t.member_id IN ({_WEARERS})"
# PostgreSQL, left to itself, looks at everybody in the order asked for, and at the tags of each,
# for the few who wear it: collected first, they are looked up instead.
TAGGED_FEW = f"t.member_id IN (WITH worn AS MATERIALIZED ({_WEARERS}) SELECT member_id FROM worn)"  # noqa: S608
# Where many wear the tag, a page is full after a few looks along the order asked for. CROSS JOIN
# has SQLite begin with the identities of the member instead of with everybody who wears it.
TAGGED_MANY = (
    "EXISTS (SELECT 1 FROM members_identity i CROSS JOIN members_tagging g"
    " WHERE g.identity_id = i.id AND i.member_id = t.member_id AND g.tag_id = %s"
    " AND g.removed_id IS NULL AND (g.expires_at IS NULL OR g.expires_at > %s))"
)
MANY = 20_000
# Collecting costs PostgreSQL more: of 100,000 members, 9,000 who wear it are found sooner in turn.
MANY_POSTGRES = 5_000
_SELECT = (
    "SELECT m.id, m.name, m.nature, m.is_staff, t.messages, t.groups, t.first_ms,"  # noqa: S608
    f" t.last_ms, t.left_ms, {COLUMNS} FROM "
)
_BY_TOTALS = "insight_membertotals t JOIN members_member m ON m.id = t.member_id"


@dataclass
class Listing:
    """The list for one viewer and one wish; `today` is what "lately" is measured from."""

    viewer: Actor
    wanted: Wanted
    today: Todays
    # The same name is asked for by the count and by each page: looked up once.
    _called: list[int] | None = field(default=None, init=False)

    def page(
        self, *, sort: str, descending: bool, after_id: int | None, limit: int
    ) -> list[MemberRow]:
        """At most `limit` rows in order of (`sort`, id), beyond the member `after_id`.

        Raises NotAllowed without the right to see members; at most six statements.
        """
        self.viewer.require(Right.SEE_MEMBERS)
        where, params = self._where()
        if not where:
            return []
        if sort == GOODWILL:
            asked = Wish(_SELECT, self._lead(), where, params, descending=descending)
            return _rows(page_rows(asked, after_id=after_id, limit=limit), self.today)
        column = _COLUMNS[sort if sort in _COLUMNS else "messages"]
        if after_id is not None:
            edge = self._edge(column, after_id)
            if edge is None:
                return []
            sign = "<" if descending else ">"
            where.append(f"({column}, {self._key(sort)}) {sign} (%s, %s)")
            params += [edge, after_id]
        way = "DESC" if descending else "ASC"
        order = f"{column} {way}, {self._key(sort)} {way}"
        with connection.cursor() as cursor:
            cursor.execute(
                f"{_SELECT}{_BY_TOTALS}{JOIN} WHERE {' AND '.join(where)}"
                f" ORDER BY {order} LIMIT %s",
                [*self._lead(), *params, limit],
            )
            rows = cursor.fetchall()
        return _rows(rows, self.today)

    def _lead(self) -> list[int]:
        """What the selected columns take before all conditions."""
        return [self.viewer.workspace_id] * 2

    def count(self) -> int:
        """How many members there are, at most COUNTED + 1."""
        self.viewer.require(Right.SEE_MEMBERS)
        where, params = self._where()
        if not where:
            return 0
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT COUNT(*) FROM (SELECT 1 FROM {_BY_TOTALS}"  # noqa: S608
                f" WHERE {' AND '.join(where)} LIMIT %s) AS counted",
                [*params, COUNTED + 1],
            )
            return int(cursor.fetchone()[0])

    def ids(self, limit: int) -> list[int]:
        """Everybody who fits, in order of their ids, at most `limit`."""
        self.viewer.require(Right.SEE_MEMBERS)
        where, params = self._where()
        if not where:
            return []
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT t.member_id FROM {_BY_TOTALS}"  # noqa: S608
                f" WHERE {' AND '.join(where)} ORDER BY t.member_id LIMIT %s",
                [*params, limit],
            )
            return [row[0] for row in cursor.fetchall()]

    def _key(self, sort: str) -> str:
        return "m.id" if sort == "name" else "t.member_id"

    def _edge(self, column: str, member_id: int) -> int | str | None:
        """The value of a member in a column, None when there is no such member any more."""
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT {column} FROM {_BY_TOTALS} WHERE m.id = %s AND m.workspace_id = %s",  # noqa: S608
                [member_id, self.viewer.workspace_id],
            )
            row = cursor.fetchone()
        return row[0] if row else None

    def _where(self) -> tuple[list[str], list[int | str]]:
        """Conditions and their values; no conditions at all: nobody can fit."""
        workspace = self.viewer.workspace_id
        where = ["t.workspace_id = %s", "m.workspace_id = %s"]
        params: list[int | str] = [workspace, workspace]
        if self.wanted.name.strip():
            if self._called is None:
                self._called = members_called(workspace, self.wanted.name)
            ids = self._called
            if not ids:
                return [], []
            where.append(f"t.member_id IN ({', '.join(map(str, ids))})")
        if self.wanted.group_id is not None:
            where.append(
                "t.member_id IN (SELECT i.member_id FROM groups_participation p"
                " JOIN members_identity i ON i.id = p.identity_id WHERE p.group_id = %s)"
            )
            params.append(self.wanted.group_id)
        if self.wanted.tag_id is not None:
            moment = connection.ops.adapt_datetimefield_value(now())
            where.append(_worn(self.wanted.tag_id))
            params += [self.wanted.tag_id, str(moment)]
        if self.wanted.among is not None:
            condition, listed = _among(self.wanted.among)
            where.append(condition)
            params.append(listed)
        where += self._who()
        for condition, values in (*self._state(), *self._times()):
            where.append(condition)
            params += values
        return where, params

    def _who(self) -> list[str]:
        """Conditions on what members are; the few are picked first, by their own small index."""
        few = f"SELECT id FROM members_member WHERE workspace_id = {int(self.viewer.workspace_id)}"  # noqa: S608
        return {
            "people": ["m.nature = 'person'", "NOT m.is_staff"],
            "staff": [f"t.member_id IN ({few} AND is_staff AND merged_into_id IS NULL)"],
            "bots": [f"t.member_id IN ({few} AND NOT (nature = 'person' AND nature IS NOT NULL))"],
        }.get(self.wanted.who, [])

    def _state(self) -> list[tuple[str, list[int | str]]]:
        """The condition of the state; where some history ended, one for each day of that.

        States that hold of many bear a plus, which keeps the databases from collecting and
        sorting all of these instead of walking along the order asked for until a page is full.
        """
        found: dict[str, list[tuple[str, list[int | str]]]] = {
            "active": self._since(
                lambda today: ("+t.last_ms > %s", today - ACTIVE_DAYS * DAY_MS),
            ),
            "silent": [
                *self._since(lambda today: ("+t.last_ms <= %s", today - SILENT_DAYS * DAY_MS)),
                ("+t.last_ms > 0 AND t.left_ms = 0", []),
            ],
            # Who never spoke said nothing: so one index has them together.
            "never": [("+t.last_ms = 0 AND t.messages = 0", [])],
            # Few leave: found in one pass over the totals instead of along the order asked.
            "left": [
                (
                    "t.member_id IN (SELECT member_id FROM insight_membertotals"
                    " WHERE left_ms > 0 AND workspace_id = %s)",
                    [self.viewer.workspace_id],
                )
            ],
        }
        return found.get(self.wanted.state, [])

    def _since(
        self, measured: Callable[[int], tuple[str, int]]
    ) -> list[tuple[str, list[int | str]]]:
        """A condition that is measured from today, whenever that is for a member."""
        condition, value = measured(self.today.ms)
        found, params, others = [condition], list[int | str]([value]), BitMap()
        for ms, who in self.today.ends:
            others |= who
            own, listed = _among(who)
            condition, value = measured(ms)
            found.append(f"{own} AND {condition}")
            params += [listed, value]
        if not others:
            return [(found[0], params)]
        of_others, listed = _among(others)
        found[0] = f"NOT ({of_others}) AND {found[0]}"
        return [(f"({' OR '.join(found)})", [listed, *params])]

    def _times(self) -> list[tuple[str, list[int | str]]]:
        """Conditions on the first and last day somebody was seen."""
        wanted, found = self.wanted, list[tuple[str, list[int | str]]]()
        if wanted.first_from_ms is not None:
            found.append(("t.first_ms >= %s", [wanted.first_from_ms]))
        if wanted.first_until_ms is not None:
            found.append(("t.first_ms < %s", [wanted.first_until_ms]))
        if wanted.spoke_before_ms is not None:
            found.append(("t.last_ms < %s", [wanted.spoke_before_ms]))
        return found


def _among(ids: BitMap) -> tuple[str, str]:
    """A condition that lets only these members through, however many, and its value."""
    if connection.vendor == "postgresql":
        return "t.member_id = ANY(%s::bigint[])", f"{{{','.join(map(str, ids))}}}"
    return "t.member_id IN (SELECT value FROM json_each(%s))", f"[{','.join(map(str, ids))}]"


def _worn(tag_id: int) -> str:
    """The condition that somebody wears a tag, as it is answered soonest."""
    if connection.vendor == "postgresql":
        return TAGGED_MANY if _worn_by(tag_id, MANY_POSTGRES) else TAGGED_FEW
    return TAGGED_MANY if _worn_by(tag_id, MANY) else TAGGED


def _worn_by(tag_id: int, many: int) -> bool:
    """Whether a tag is on so many members that looking at each in turn soon fills a page."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT COUNT(*) FROM (SELECT 1 FROM members_tagging WHERE tag_id = %s"
            " AND removed_id IS NULL LIMIT %s) AS counted",
            [tag_id, many],
        )
        return int(cursor.fetchone()[0]) >= many


def _rows(rows: Sequence[Sequence[Any]], today: Todays) -> list[MemberRow]:
    moments = today.of(np.array([r[0] for r in rows], dtype=np.int64))
    stages = stages_of([(int(r[6]), int(r[7]), int(r[8])) for r in rows], moments)
    worn = worn_by([int(r[0]) for r in rows])
    others = other_names([(int(r[0]), str(r[1])) for r in rows])
    held = [told(*r[9:13]) for r in rows]
    return [
        MemberRow(
            id=int(r[0]),
            name=str(r[1]),
            nature=str(r[2]),
            is_staff=bool(r[3]),
            messages=int(r[4]),
            groups=int(r[5]),
            first_ms=int(r[6]),
            last_ms=int(r[7]),
            left_ms=int(r[8]),
            stage=stage,
            goodwill=own.points,
            level=own.level,
            other_names=others.get(int(r[0]), ()),
            tags=worn.get(int(r[0]), ()),
        )
        for own, r, stage in zip(held, rows, stages, strict=True)
    ]


def other_names(members: Sequence[tuple[int, str]]) -> dict[int, tuple[str, ...]]:
    """Up to three other names of members given as (id, name), the newest first: one statement."""
    shown = dict(members)
    rows = (
        Alias.objects.filter(identity__member_id__in=list(shown))
        .order_by("-first_ms", "-pk")
        .values_list("identity__member_id", "name")
    )
    found: dict[int, dict[str, None]] = {}
    for member_id, name in rows:
        if name != shown[member_id]:
            found.setdefault(member_id, {})[name] = None
    return {pk: tuple(names)[:OTHER_NAMES] for pk, names in found.items()}


def find_members(viewer: Actor, name: str, *, besides: int = 0, limit: int = 20) -> list[Member]:
    """Members by name for choosing one, those whose name begins with it first."""
    viewer.require(Right.SEE_MEMBERS)
    ids = [pk for pk in members_called(viewer.workspace_id, name, limit + 1) if pk != besides]
    found = Member.objects.in_bulk(ids[:limit])
    return [found[pk] for pk in ids[:limit] if pk in found]
