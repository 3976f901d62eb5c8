"""Conditions over what members are worth: goodwill, level, KOC and true fans (C-9)."""

from __future__ import annotations

import numpy as np
from pyroaring import BitMap

from weilu.insight.people.columns import MOVERS
from weilu.insight.worth.booking import newest_day_of
from weilu.members.actions.ledgers import numbers_of
from weilu.members.mirror.columns import between
from weilu.members.mirror.known import GOODWILL, PRIZE_LOOKS, PRIZE_WORDS, WHAT
from weilu.members.mirror.mirror import Look
from weilu.members.mirror.places import Bools
from weilu.members.queries.worth import held_out
from weilu.members.reading import ask_ids
from weilu.members.rules.goodwill import base_of
from weilu.members.rules.levels import Level
from weilu.members.scope import Scope
from weilu.members.segments.conditions import fixed
from weilu.members.segments.registry import (
    Ask,
    Columnar,
    Condition,
    Param,
    list_of,
    number_of,
    register,
    text_of,
)
from weilu.members.segments.trees import Values

_GOODWILL = "SELECT member_id FROM members_goodwill WHERE workspace_id = %s"


def goodwill(scope: Scope, values: Values) -> BitMap:
    """Whose goodwill lies between two numbers today."""
    day, model = newest_day_of(scope.workspace_id), numbers_of(scope.workspace_id).model
    where, params = "", list[object]([scope.workspace_id])
    for name, sign in (("from", ">="), ("to", "<=")):
        bound = number_of(values, name)
        if bound is not None:
            where += f" AND base {sign} %s"
            params.append(base_of(bound, day, model))
    return ask_ids(f"{_GOODWILL}{where}", params)


def level(scope: Scope, values: Values) -> BitMap:
    """Who is on one of the levels; whoever has no goodwill looks on."""
    wanted = [int(Level[name.upper()]) for name in list_of(values, "level")]
    slots = ", ".join(["%s"] * len(wanted))
    found = ask_ids(f"{_GOODWILL} AND level IN ({slots})", [scope.workspace_id, *wanted])
    if Level.LOOKING_ON not in wanted:
        return found
    return found | ask_ids(
        "SELECT m.id FROM members_member m WHERE m.workspace_id = %s"
        " AND m.merged_into_id IS NULL AND m.nature = 'person' AND NOT m.is_staff"
        " AND NOT EXISTS (SELECT 1 FROM members_goodwill g WHERE g.member_id = m.id)",
        [scope.workspace_id],
    )


def moves_others(scope: Scope, values: Values) -> BitMap:
    """Who is KOC, or a true fan."""
    column = "is_fan" if text_of(values, "mover") == "fan" else "is_koc"
    return ask_ids(
        f"SELECT member_id FROM insight_influence WHERE workspace_id = %s AND {column}",  # noqa: S608
        [scope.workspace_id],
    )


def for_prizes(scope: Scope, _values: Values) -> BitMap:
    """Who is held out of prizes."""
    return held_out(scope.workspace_id)


def _has_between(look: Look, values: Values) -> Bools:
    workspace_id = look.scope.workspace_id
    day, model = newest_day_of(workspace_id), numbers_of(workspace_id).model
    bounds = [number_of(values, name) for name in ("from", "to")]
    low, high = [None if one is None else base_of(one, day, model) for one in bounds]
    return look.where(GOODWILL, "base", between(low, high))


def _is_another_day(look: Look, _values: Values, before: Scope) -> bool:
    """Goodwill fades with the day of the newest message; its moment tells of more than that."""
    return before.today_ms != look.scope.today_ms


def _is_on_level(look: Look, values: Values) -> Bools:
    wanted = [int(Level[name.upper()]) for name in list_of(values, "level")]
    levels = look.numbers(GOODWILL, "level").of(look.at)
    found: Bools = np.isin(levels, wanted)
    if Level.LOOKING_ON in wanted:
        found |= np.isnan(levels) & look.has(WHAT, "person")
    return found


def _is_mover(look: Look, values: Values) -> Bools:
    return look.has(MOVERS, "fan" if text_of(values, "mover") == "fan" else "koc")


def _is_for_prizes(look: Look, _values: Values) -> Bools:
    found = look.has(PRIZE_LOOKS, "") | look.has(PRIZE_WORDS, "yes")
    found &= ~look.has(PRIZE_WORDS, "no")
    return found


register(Condition("prizes", (), for_prizes, Columnar(_is_for_prizes)))
register(
    Condition(
        "goodwill",
        (
            Param("from", Ask.NUMBER, required=False, start="60"),
            Param("to", Ask.NUMBER, required=False),
        ),
        goodwill,
        Columnar(_has_between, _is_another_day),
    )
)
register(
    Condition(
        "level",
        (Param("level", Ask.CHOICES, fixed(*(one.name.lower() for one in Level))),),
        level,
        Columnar(_is_on_level),
    )
)
register(
    Condition(
        "mover",
        (Param("mover", Ask.CHOICE, fixed("koc", "fan"), start="koc"),),
        moves_others,
        Columnar(_is_mover),
    )
)
