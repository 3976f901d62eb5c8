"""Which conditions there are: each a name, the values it asks for, and how it finds members.

A package adds its own with `register`; the console has the words for each.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from pyroaring import BitMap

from weilu.members.mirror.mirror import Look, Source
from weilu.members.mirror.places import Bools
from weilu.members.reading import ask_ids
from weilu.members.scope import Scope
from weilu.members.segments.trees import Leaf, Values

DAY_MS = 86_400_000
_ID_DIGITS = 19


class Ask(StrEnum):
    """What kind of value a condition asks for."""

    CHOICE = "choice"
    CHOICES = "choices"
    NUMBER = "number"
    TEXT = "text"
    DAY = "day"


@dataclass(frozen=True, slots=True)
class Option:
    """A value to choose; `name` is data, such as a tag's name, "" where the console has a word."""

    value: str
    name: str = ""


Options = Callable[[int], Sequence[Option]]


@dataclass(frozen=True, slots=True)
class Param:
    """A value a condition asks for; `least` and `most` bound a number, `start` is what is set.

    `whole`: a number that counts something.
    """

    name: str
    ask: Ask
    options: Options | None = None
    required: bool = True
    least: int = 0
    most: int = 1_000_000_000
    start: str = ""
    whole: bool = False


Fades = Callable[[Look, Values, Scope], bool]


def never(_look: Look, _values: Values, _before: Scope) -> bool:
    """What time alone does not change."""
    return False


@dataclass(frozen=True, slots=True)
class Columnar:
    """How a condition is answered from columns: for whom it holds, of those looked at.

    `fades` says whether time alone may have changed that since another moment.
    """

    holds: Callable[[Look, Values], Bools]
    fades: Fades = never


def any_of(source: Source, param: str, fades: Fades = never) -> Columnar:
    """For whom flags of a source hold under one at least of the keys a value lists."""

    def holds(look: Look, values: Values) -> Bools:
        found = look.nobody()
        for key in list_of(values, param):
            found |= look.has(source, key)
        return found

    return Columnar(holds, fades)


@dataclass(frozen=True, slots=True)
class Condition:
    """A kind of condition; `find` answers the members for whom it holds with checked values.

    `columns` answers the same from the copy of members in memory, where it can.
    """

    kind: str
    params: tuple[Param, ...]
    find: Callable[[Scope, Values], BitMap]
    columns: Columnar | None = None


CONDITIONS: dict[str, Condition] = {}


def register(condition: Condition) -> None:
    """Enter a condition; two of one name are a programming error."""
    if condition.kind in CONDITIONS:
        message = f"condition {condition.kind} is registered twice"
        raise ValueError(message)
    CONDITIONS[condition.kind] = condition


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a value of a condition: a code for a sentence."""

    param: str
    code: str


def problems(leaf: Leaf, workspace_id: int) -> list[Problem]:
    """What is wrong with a condition's values; empty when it can be asked."""
    condition = CONDITIONS.get(leaf.kind)
    if condition is None:
        return [Problem("", "unknown_condition")]
    found = [(p, _problem(p, leaf.values.get(p.name, ""), workspace_id)) for p in condition.params]
    wrong = [Problem(p.name, code) for p, code in found if code]
    return wrong or _order_problems(leaf)


def _order_problems(leaf: Leaf) -> list[Problem]:
    """That a range ends before it begins; its ends are a number or a day each, or open."""
    start, end = text_of(leaf.values, "from").strip(), text_of(leaf.values, "to").strip()
    if not start or not end:
        return []
    days = day_of(start), day_of(end)
    backwards = days[0] > days[1] if days[0] and days[1] else float(start) > float(end)
    return [Problem("to", "wrong_order")] if backwards else []


def _problem(param: Param, value: str | list[str], workspace_id: int) -> str:
    if not value or (isinstance(value, str) and not value.strip()):
        return "required" if param.required else ""
    if param.ask in {Ask.CHOICE, Ask.CHOICES}:
        known = {one.value for one in param.options(workspace_id)} if param.options else set()
        chosen = value if isinstance(value, list) else [value]
        return "" if _are_choices(chosen, known) else "not_a_choice"
    text = value if isinstance(value, str) else ""
    if param.ask is Ask.NUMBER:
        return _number_problem(param, text)
    if param.ask is Ask.DAY:
        return "" if day_of(text) else "not_a_day"
    return "" if len(text) <= 200 else "too_long"


def _are_choices(chosen: Sequence[str], known: Collection[str]) -> bool:
    """Whether there is one at least of what is chosen; what is gone meanwhile is a number."""
    unknown = set(chosen) - set(known)
    are_ids = all(one.isdecimal() and len(one) < _ID_DIGITS for one in unknown)
    return len(unknown) < len(set(chosen)) and are_ids


def _number_problem(param: Param, text: str) -> str:
    try:
        number = float(text)
    except ValueError:
        return "not_a_number"
    if not param.least <= number <= param.most:
        return "out_of_range"
    return "not_whole" if param.whole and not number.is_integer() else ""


def day_of(text: str) -> date | None:
    """A day as 2026-03-01, None for anything else, also for other ways to write one."""
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day if day.isoformat() == text else None


def text_of(values: Values, name: str) -> str:
    """A single value; "" when it is not given."""
    value = values.get(name, "")
    return value if isinstance(value, str) else (value[0] if value else "")


def list_of(values: Values, name: str) -> list[str]:
    """A value that may be several."""
    value = values.get(name, [])
    return value if isinstance(value, list) else [value] if value else []


def number_of(values: Values, name: str) -> float | None:
    """A number, None when it is not given."""
    text = text_of(values, name)
    return float(text) if text.strip() else None


# A member's rows hang on identities. Nearly all identities bear the id of their member; the few
# that moved in a merge are looked up by their own small index.
def ask_members(table: str, where: str, params: Sequence[object], scope: Scope) -> BitMap:
    """Members whose rows in `table` (as `r`, with an identity) fulfil `where`."""
    direct = ask_ids(f"SELECT r.identity_id FROM {table} r WHERE {where}", params)  # noqa: S608
    return at_home(direct, scope)


def at_home(identities: BitMap, scope: Scope) -> BitMap:
    """The members behind identities."""
    moved = scope.moved()
    elsewhere = identities & BitMap(moved)
    if not elsewhere:
        return identities
    return (identities - elsewhere) | BitMap([moved[one] for one in elsewhere])
