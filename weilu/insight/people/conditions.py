"""Conditions over what members do: stage, talk in a window, groups, first and last seen, source."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from typing import cast

import numpy as np
from django.db import connection
from pyroaring import BitMap

from weilu.chat.columns import DAY_MS, Ints, local_ms
from weilu.chat.models import ImportBundle
from weilu.groups.models import Group
from weilu.groups.seen import SEEN, STILL_THERE
from weilu.insight.ended import Todays
from weilu.insight.models import GroupDay
from weilu.insight.numbers import sum_by_id
from weilu.insight.packing import people_array, unpack_many_numbers, unpack_many_people
from weilu.insight.people.columns import DAYS, TOTALS, Days
from weilu.insight.people.stages import stage_codes
from weilu.insight.rules.lifecycle import STAGE_CODES, MemberStage
from weilu.members.mirror.columns import between
from weilu.members.mirror.known import FROM, ON, WHAT
from weilu.members.mirror.mirror import Look
from weilu.members.mirror.places import Bools
from weilu.members.reading import ask_ids, bitmap
from weilu.members.scope import Scope
from weilu.members.segments.conditions import fixed
from weilu.members.segments.registry import (
    Ask,
    Columnar,
    Condition,
    Option,
    Param,
    ask_members,
    day_of,
    list_of,
    number_of,
    register,
    text_of,
)
from weilu.members.segments.trees import Values

_TOTALS = "SELECT member_id FROM insight_membertotals WHERE workspace_id = %s"
_LONGEST_DAYS = 3660


def _groups(workspace_id: int) -> Sequence[Option]:
    rows = Group.objects.filter(workspace_id=workspace_id).order_by("name", "pk")
    return [Option(str(pk), name) for pk, name in rows.values_list("pk", "name")]


def _sources(workspace_id: int) -> Sequence[Option]:
    rows = ImportBundle.objects.filter(run__workspace_id=workspace_id).order_by("label", "pk")
    listed = [Option(str(pk), label) for pk, label in rows.values_list("pk", "label")]
    return [Option("0"), *listed]


def stage(scope: Scope, values: Values) -> BitMap:
    """Who is in one of the stages, as talk shows it."""
    wanted = set(list_of(values, "stage"))
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT member_id, first_ms, last_ms, left_ms FROM insight_membertotals"
            " WHERE workspace_id = %s",
            [scope.workspace_id],
        )
        rows = cursor.fetchall()
    if not rows:
        return BitMap()
    columns = np.array(rows, dtype=np.int64)
    codes = [k for k, one in enumerate(STAGE_CODES) if one.value in wanted]
    today = Todays(scope.today_ms, scope.ends).of(columns[:, 0])
    fits = np.isin(stage_codes(columns[:, 1:], today), codes)
    return bitmap(columns[fits, 0])


def _by_today(scope: Scope, ask: Callable[[int], BitMap]) -> BitMap:
    """Whom a question finds that is asked of each as of what is today for them (UTC ms)."""
    found = ask(scope.today_ms)
    for ms, who in scope.ends:
        found = (found - who) | (ask(ms) & who)
    return found


def spoke(scope: Scope, values: Values) -> BitMap:
    """Who said at least so much in so many days, in one group or all: whole days, local ones."""
    return _by_today(scope, lambda today: _spoke_until(scope, values, today))


def _spoke_until(scope: Scope, values: Values, today_ms: int) -> BitMap:
    group_id = text_of(values, "group")
    groups = Group.objects.filter(workspace_id=scope.workspace_id)
    if group_id:
        groups = groups.filter(pk=int(group_id))
    least, days = int(number_of(values, "times") or 1), int(number_of(values, "days") or 1)
    by_zone: dict[str, list[int]] = defaultdict(list)
    for pk, zone in groups.values_list("pk", "community__time_zone"):
        by_zone[zone].append(pk)
    people_said, said = list[bytes | memoryview](), list[bytes | memoryview]()
    for zone, ids in by_zone.items():
        last = int(local_ms(np.array([today_ms], dtype=np.int64), zone)[0] // DAY_MS)
        rows = GroupDay.objects.filter(group_id__in=ids, day__gt=last - days, day__lte=last)
        for who, counts in rows.values_list("people", "counts"):
            people_said.append(who)
            said.append(counts)
    found, _sizes = unpack_many_people(people_said)
    return _at_least(scope, found, unpack_many_numbers(said), least)


def _at_least(scope: Scope, ids: Ints, counts: Ints, least: int) -> BitMap:
    """Members whose identities said at least so much together."""
    if not len(ids):
        return BitMap()
    moved = scope.moved()
    if moved:
        keys = np.array(sorted(moved), dtype=np.int64)
        homes = np.array([moved[one] for one in keys.tolist()], dtype=np.int64)
        at = np.minimum(np.searchsorted(keys, ids), len(keys) - 1)
        ids = np.where(keys[at] == ids, homes[at], ids)
    members, said = sum_by_id(ids, counts)
    return bitmap(members[said >= least])


def messages(scope: Scope, values: Values) -> BitMap:
    """Who said between so much and so much, ever."""
    where, params = _between("messages", number_of(values, "from"), number_of(values, "to"))
    return ask_ids(f"{_TOTALS}{where}", [scope.workspace_id, *params])


def _between(column: str, low: float | None, high: float | None) -> tuple[str, list[object]]:
    where, params = "", list[object]()
    if low is not None:
        where, params = f" AND {column} >= %s", [low]
    if high is not None:
        where, params = f"{where} AND {column} <= %s", [*params, high]
    return where, params


def first_seen(scope: Scope, values: Values) -> BitMap:
    """Who was first seen between two days, both included, by UTC."""
    where, params = _between("first_ms", _day_ms(values, "from"), _day_ms(values, "to", after=True))
    return ask_ids(f"{_TOTALS}{where}", [scope.workspace_id, *params])


def _day_ms(values: Values, name: str, *, after: bool = False) -> int | None:
    """The first millisecond of a day, or its last."""
    day = day_of(text_of(values, name))
    if day is None:
        return None
    start = int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp() * 1000)
    return start + DAY_MS - 1 if after else start


def newcomers(scope: Scope, values: Values) -> BitMap:
    """Who was first seen at most so many days ago."""
    return _since(scope, values, "first_ms >")


def quiet(scope: Scope, values: Values) -> BitMap:
    """Who has not said anything for so many days, or never."""
    return _since(scope, values, "last_ms <=")


def _since(scope: Scope, values: Values, test: str) -> BitMap:
    span = int(number_of(values, "days") or 0) * DAY_MS
    return _by_today(
        scope, lambda today: ask_ids(f"{_TOTALS} AND {test} %s", [scope.workspace_id, today - span])
    )


def in_group(scope: Scope, values: Values) -> BitMap:
    """Who was ever seen in one of the groups, or is in it still."""
    ids = [int(one) for one in list_of(values, "group")]
    slots = ", ".join(["%s"] * len(ids))
    where = f"r.group_id IN ({slots})"
    if text_of(values, "when") == "now":
        where += f" AND {STILL_THERE}"
    return ask_members("groups_participation", where, ids, scope)


def left(scope: Scope, _values: Values) -> BitMap:
    """Who has left every group they were in."""
    return ask_ids(f"{_TOTALS} AND left_ms > 0", [scope.workspace_id])


def platform(scope: Scope, values: Values) -> BitMap:
    """Who has an account on one of the platforms."""
    chosen = list_of(values, "platform")
    slots = ", ".join(["%s"] * len(chosen))
    return ask_ids(
        "SELECT member_id FROM members_identity WHERE workspace_id = %s"  # noqa: S608
        f" AND platform IN ({slots})",
        [scope.workspace_id, *chosen],
    )


def _platforms(workspace_id: int) -> Sequence[Option]:
    rows = Group.objects.filter(workspace_id=workspace_id).values_list("platform", flat=True)
    return [Option(one, one) for one in sorted(set(rows))]


def source(scope: Scope, values: Values) -> BitMap:
    """Whom one of the exports was the first to bring, or who was first seen live (0)."""
    ids = [int(one) for one in list_of(values, "source")]
    slots = ", ".join(["%s"] * len(ids))
    return ask_members(
        "members_alias", f"r.workspace_id = %s AND r.source_id IN ({slots})",
        [scope.workspace_id, *ids], scope,
    )  # fmt: skip


def _said_between(look: Look, values: Values) -> Bools:
    test = between(number_of(values, "from"), number_of(values, "to"))
    return look.where(TOTALS, "messages", test)


def _seen_between(look: Look, values: Values) -> Bools:
    test = between(_day_ms(values, "from"), _day_ms(values, "to", after=True))
    return look.where(TOTALS, "first_ms", test)


def _is_on(look: Look, values: Values) -> Bools:
    found = look.nobody()
    for name in list_of(values, "platform"):
        found |= look.has(WHAT, f"{ON}{name}")
    return found


def _is_from(look: Look, values: Values) -> Bools:
    found = look.nobody()
    for one in list_of(values, "source"):
        found |= look.has(WHAT, f"{FROM}{int(one)}")
    return found


def _is_in_group(look: Look, values: Values) -> Bools:
    when, found = text_of(values, "when"), look.nobody()
    for one in list_of(values, "group"):
        found |= look.has(SEEN, f"{int(one)} {when}")
    return found


def _days_ago(look: Look, values: Values) -> Ints:
    return _todays_of(look) - int(number_of(values, "days") or 0) * DAY_MS


def _is_new(look: Look, values: Values) -> Bools:
    found: Bools = look.numbers(TOTALS, "first_ms").of(look.at) > _days_ago(look, values)
    return found


def _is_quiet(look: Look, values: Values) -> Bools:
    found: Bools = look.numbers(TOTALS, "last_ms").of(look.at) <= _days_ago(look, values)
    return found


def _has_left(look: Look, _values: Values) -> Bools:
    return look.where(TOTALS, "left_ms", lambda numbers: numbers > 0)


def _is_another_day(look: Look, _values: Values, before: Scope) -> bool:
    return before.today_ms != look.scope.today_ms


def _said_enough(look: Look, values: Values) -> Bools:
    least, days = int(number_of(values, "times") or 1), int(number_of(values, "days") or 1)
    group = int(text_of(values, "group") or 0)
    said = _days_of(look).said_in(group, days, look.scope.today_ms)
    if look.scope.ends:
        return _said_enough_then(look, values, said >= least)
    found: Bools = (said if look.at is None else said[look.at]) >= least
    return found


def _said_enough_then(look: Look, values: Values, found: Bools) -> Bools:
    """The same where some history ended: the few days before its end are asked of the database.

    Held in memory, they would have every day since then held as well.
    """
    for ms, who in look.scope.ends:
        found[_places_of(look, who)] = False
        found[_places_of(look, _spoke_until(look.scope, values, ms) & who)] = True
    return found if look.at is None else found[look.at]


def _is_another_date(look: Look, _values: Values, before: Scope) -> bool:
    # What is asked of the database does not tell who said more.
    if look.scope.ends or before.ends:
        return True
    if before.today_ms == look.scope.today_ms:
        return False
    days = _days_of(look)
    return days.lasts(before.today_ms) != days.lasts(look.scope.today_ms)


def _days_of(look: Look) -> Days:
    return cast("Days", look.mirror.column(DAYS, ""))


def _places_of(look: Look, who: BitMap) -> Ints:
    at = look.mirror.places.find(people_array(who))
    found: Ints = at[at >= 0]
    return found


def _todays_of(look: Look) -> Ints:
    """What counts as today for each who is looked at."""
    found = np.full(look.mirror.places.room, look.scope.today_ms, dtype=np.int64)
    for ms, who in look.scope.ends:
        found[_places_of(look, who)] = ms
    return found if look.at is None else found[look.at]


def _ends_otherwise(look: Look, values: Values, before: Scope) -> bool:
    return before.ends != look.scope.ends or _is_another_day(look, values, before)


def _is_in_stage(look: Look, values: Values) -> Bools:
    wanted = set(list_of(values, "stage"))
    names = ("first_ms", "last_ms", "left_ms")
    moments = np.stack([look.numbers(TOTALS, name).of(look.at) for name in names], axis=1)
    seen = np.flatnonzero(~np.isnan(moments[:, 0]))
    found = look.nobody()
    if len(seen):
        codes = [k for k, one in enumerate(STAGE_CODES) if one.value in wanted]
        stages = stage_codes(moments[seen].astype(np.int64), _todays_of(look)[seen])
        found[seen] = np.isin(stages, codes)
    return found


_DAYS = Param("days", Ask.NUMBER, least=1, most=_LONGEST_DAYS, start="14", whole=True)
_FROM_TO = (
    Param("from", Ask.NUMBER, required=False),
    Param("to", Ask.NUMBER, required=False),
)
_BETWEEN_DAYS = (Param("from", Ask.DAY, required=False), Param("to", Ask.DAY, required=False))

register(
    Condition(
        "stage",
        (Param("stage", Ask.CHOICES, fixed(*(one.value for one in MemberStage))),),
        stage,
        Columnar(_is_in_stage, _ends_otherwise),
    )
)
register(
    Condition(
        "spoke",
        (
            Param("times", Ask.NUMBER, least=1, start="3", whole=True),
            _DAYS,
            Param("group", Ask.CHOICE, _groups, required=False),
        ),
        spoke,
        Columnar(_said_enough, _is_another_date),
    )
)
register(Condition("quiet", (_DAYS,), quiet, Columnar(_is_quiet, _ends_otherwise)))
register(Condition("newcomer", (_DAYS,), newcomers, Columnar(_is_new, _ends_otherwise)))
register(Condition("messages", _FROM_TO, messages, Columnar(_said_between)))
register(Condition("first_seen", _BETWEEN_DAYS, first_seen, Columnar(_seen_between)))
register(
    Condition(
        "group",
        (
            Param("group", Ask.CHOICES, _groups),
            Param("when", Ask.CHOICE, fixed("now", "ever"), start="now"),
        ),
        in_group,
        Columnar(_is_in_group),
    )
)
register(Condition("left", (), left, Columnar(_has_left)))
register(
    Condition("platform", (Param("platform", Ask.CHOICES, _platforms),), platform, Columnar(_is_on))
)
register(Condition("source", (Param("source", Ask.CHOICES, _sources),), source, Columnar(_is_from)))
