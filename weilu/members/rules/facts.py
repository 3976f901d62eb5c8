"""Values of a workspace's own fields: what was typed becomes a value of the field's type."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

TEXT_CHARS = 500
YES = frozenset({"1", "yes", "y", "true", "是", "有", "√"})
NO = frozenset({"0", "no", "n", "false", "否", "无", "×"})
# As people and spreadsheets write days: 2026-03-01, 2026/3/1, 2026年3月1日, 20260301, with a time.
_DAY = re.compile(r"(\d{4})(?:[-/.年](\d{1,2})[-/.月](\d{1,2})日?|(\d{2})(\d{2}))(?:[ T]+\d.*)?")


@dataclass(frozen=True, slots=True)
class Value:
    """A value in the column of its type; the others are empty."""

    text: str = ""
    number: float | None = None
    day: date | None = None


def read_value(kind: str, typed: str, choices: Sequence[str] = ()) -> Value:
    """The value of what was typed, by the field's kind (`Field.Kind`).

    Raises ValueError with a code: `too_long`, `not_a_number`, `not_a_day`, `not_a_choice`,
    `not_yes_or_no`.
    """
    cleaned = typed.strip()
    if kind == "number":
        return Value(number=_number(cleaned))
    if kind == "day":
        return Value(day=_day(cleaned))
    if kind == "yes_no":
        return Value(number=_yes_no(cleaned))
    if kind == "choice" and cleaned not in choices:
        raise ValueError("not_a_choice")
    if len(cleaned) > TEXT_CHARS:
        raise ValueError("too_long")
    return Value(text=cleaned)


def _number(text: str) -> float:
    try:
        found = float(re.sub(r"[,，\s¥￥元]", "", text))
    except ValueError:
        raise ValueError("not_a_number") from None
    if not math.isfinite(found):
        raise ValueError("not_a_number")
    return found


def _day(text: str) -> date:
    found = _DAY.fullmatch(text)
    if found is None:
        raise ValueError("not_a_day")
    try:
        return date(*(int(one) for one in found.groups() if one))
    except ValueError:
        raise ValueError("not_a_day") from None


def _yes_no(text: str) -> float:
    folded = text.casefold()
    if folded in YES:
        return 1.0
    if folded in NO:
        return 0.0
    raise ValueError("not_yes_or_no")


def typed_value(kind: str, value: Value) -> str:
    """The value as one would type it into the form; reading it again gives the same value."""
    if kind == "day":
        return value.day.isoformat() if value.day else ""
    if kind in {"number", "yes_no"}:
        if value.number is None:
            return ""
        whole = value.number == int(value.number)
        return str(int(value.number)) if whole else repr(value.number)
    return value.text
