"""Who only comes for prizes, looked at anew from ledgers into a table by member (C-7)."""

from __future__ import annotations

import json
from dataclasses import asdict

import numpy as np

from weilu.insight.worth.influence import Seen as SeenIn
from weilu.insight.worth.influence import distinct, seen_in, within
from weilu.members.actions.ledgers import Today, ledgers
from weilu.members.actions.prizes import keep_looks
from weilu.members.rules.exchange import Exchange, Ints, Rows
from weilu.members.rules.prizes import LEFT_WITHIN_DAYS, WORTH_A_LOOK, Seen, look

WINDOW_DAYS = 365
_MET = (Exchange.ANSWERED, Exchange.REPLIED, Exchange.WAS_REPLIED, Exchange.THANKED)
_HELPED = (Exchange.ANSWERED, Exchange.THANKED)


def refresh_prize_looks(workspace_id: int, today: Today) -> int:
    """Look at everybody who wrote around prizes in a year; how many are worth a look.

    Replaces what was stored, so once more changes nothing.
    """
    seen = seen_in(workspace_id)
    parts: list[tuple[Ints, dict[str, Ints]]] = []
    for ids, rows in ledgers(workspace_id):
        listed = np.array(ids, dtype=np.int64)
        recent = within(rows, today.days_of(listed), WINDOW_DAYS)
        parts.append((listed, _columns(recent, len(ids))))
    messages = sum(int(columns["messages"].sum()) for _ids, columns in parts)
    near = sum(int(columns["near"].sum()) for _ids, columns in parts)
    usual = near / messages if messages else 0.0
    looks: dict[int, tuple[float, str]] = {}
    for listed, columns in parts:
        looks |= _looks(listed, columns, seen, usual)
    return keep_looks(workspace_id, looks)


def _columns(rows: Rows, size: int) -> dict[str, Ints]:
    near = rows[rows["kind"] == Exchange.NEAR_PRIZE]
    who, day = near["who"].astype(np.int64), near["day"].astype(np.int64)
    last = np.zeros(size, dtype=np.int64)
    np.maximum.at(last, who, day)
    return {
        "messages": _sum(rows, (Exchange.PRESENT,), size),
        "near": _sum(rows, (Exchange.NEAR_PRIZE,), size),
        "fixed": _sum(rows, (Exchange.FIXED,), size),
        "helped": _sum(rows, _HELPED, size),
        "people": distinct(rows, _MET, size),
        "occasions": np.bincount(np.unique(who << 16 | day) >> 16, minlength=size),
        "last": last,
    }


def _sum(rows: Rows, kinds: tuple[Exchange, ...], size: int) -> Ints:
    chosen = rows[np.isin(rows["kind"], kinds)]
    return np.bincount(chosen["who"], weights=chosen["times"], minlength=size).astype(np.int64)


def _looks(
    ids: Ints, columns: dict[str, Ints], seen: SeenIn, usual: float
) -> dict[int, tuple[float, str]]:
    at = seen.at(ids)
    found: dict[int, tuple[float, str]] = {}
    for k in np.flatnonzero(columns["near"]).tolist():
        of = {name: int(column[k]) for name, column in columns.items()}
        last = of.pop("last")
        place = int(at[k])
        # A day by UTC may be one less than by the clock of the group.
        away = int(seen.left_day[place]) - last if place >= 0 and seen.left[place] else -9
        left = -1 <= away <= LEFT_WITHIN_DAYS
        one = Seen(**of, left_after=left, usual=usual)
        judged = look(one)
        if judged.score >= WORTH_A_LOOK:
            body = {**asdict(one), "reasons": list(judged.reasons)}
            found[int(ids[k])] = (judged.score, json.dumps(body))
    return found
