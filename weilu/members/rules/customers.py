"""A shop's list of customers: which column is what, which rows are one person (C-1, A-8)."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from weilu.members.rules.names import fold_name

MOST_ROWS = 200_000
_TOLD = 20
MOST_COLUMNS = 40
IGNORE, NAME, PHONE, TAGS = "", "name", "phone", "tags"
_WORDS: dict[str, tuple[str, ...]] = {
    PHONE: ("手机", "电话", "联系方式", "phone", "mobile", "tel"),
    NAME: ("姓名", "昵称", "名字", "名称", "客户", "收货人", "name", "nickname", "customer"),
    TAGS: ("标签", "tag"),
}
_NOT_DIGITS = re.compile(r"[\s\-().·]")


@dataclass(frozen=True, slots=True)
class Row:
    """One person of a list: `phone` is digits or "", `facts` are texts by field id.

    `is_namesake`: somebody else of the list is called so too, so the name tells nobody.
    """

    line: int
    name: str
    phone: str
    tags: tuple[str, ...]
    facts: tuple[tuple[int, str], ...]
    is_namesake: bool = False


class Again(NamedTuple):
    """A line that says somebody a second time."""

    line: int
    first_line: int
    name: str
    by_phone: bool


@dataclass(frozen=True, slots=True)
class Read:
    """What a list says: rows, lines that say the same person again, and bad lines.

    `again` are the first of the repeated: the line, the one it belongs to, the name, and whether
    the phone tells (else the name).
    """

    rows: tuple[Row, ...]
    repeated: int
    again: tuple[Again, ...]
    nameless: int
    bad_phones: int


def guess(header: Sequence[str], fields: dict[str, int]) -> list[str]:
    """What each column is by its heading: a role, `field:ID` for a field called so, or nothing."""
    found: list[str] = []
    for cell in header:
        word = cell.strip().casefold()
        role = next((r for r, words in _WORDS.items() if any(w in word for w in words)), IGNORE)
        if word in fields:
            role = f"field:{fields[word]}"
        found.append(IGNORE if role in {NAME, PHONE} and role in found else role)
    return found


def phone_of(text: str) -> str:
    """The digits of a phone number as they are compared; "" for what is none.

    A Chinese mobile number is the same with and without 86 before it.
    """
    # Spreadsheets turn numbers into 13800138000.0, or hold them by an apostrophe.
    bare = _NOT_DIGITS.sub("", text.strip().removesuffix(".0")).lstrip("'")
    bare = bare.removeprefix("+").removeprefix("00")
    if re.fullmatch(r"86(1\d{10})", bare):
        bare = bare[2:]
    return bare if re.fullmatch(r"\d{5,15}", bare) else ""


def read(table: Sequence[Sequence[str]], roles: Sequence[str]) -> Read:
    """The people of a list (heading left out): one of each phone, or of each name without one.

    Later lines add tags and facts to the first line of the same person.
    """
    people: dict[str, Row] = {}
    repeated = nameless = bad = 0
    again: list[Again] = []
    for line, cells in enumerate(table, start=2):
        row, is_bad = _row(line, cells, roles)
        bad += is_bad
        if not row.name:
            nameless += any(cell.strip() for cell in cells)
            continue
        key = f"p{row.phone}" if row.phone else f"n{row.name.casefold()}"
        old = people.get(key)
        if old is not None:
            repeated += 1
            if len(again) < _TOLD:
                again.append(Again(line, old.line, row.name, bool(row.phone)))
            row = Row(
                old.line, old.name, old.phone,
                tuple(dict.fromkeys([*old.tags, *row.tags])),
                tuple({**dict(row.facts), **dict(old.facts)}.items()),
            )  # fmt: skip
        people[key] = row
    return Read(_namesakes(people.values()), repeated, tuple(again), nameless, bad)


def _namesakes(people: Collection[Row]) -> tuple[Row, ...]:
    """The people, with word of who has a name of which there are more."""
    folded = [fold_name(one.name) for one in people]
    called = Counter(folded)
    return tuple(
        one if called[name] == 1 else replace(one, is_namesake=True)
        for one, name in zip(people, folded, strict=True)
    )


def _row(line: int, cells: Sequence[str], roles: Sequence[str]) -> tuple[Row, bool]:
    name = phone = ""
    tags: list[str] = []
    facts: list[tuple[int, str]] = []
    is_bad = False
    for role, cell in zip(roles, cells, strict=False):
        text = cell.strip()
        if not text:
            continue
        if role == NAME:
            name = " ".join(text.split())[:200]
        elif role == PHONE:
            phone = phone_of(text)
            is_bad = not phone
        elif role == TAGS:
            tags += [one.strip()[:60] for one in re.split(r"[,，、;；|/]", text) if one.strip()]
        elif role.startswith("field:"):
            facts.append((int(role.removeprefix("field:")), text[:500]))
    shown = name or (f"…{phone[-4:]}" if phone else "")
    return Row(line, shown, phone, tuple(tags), tuple(facts)), is_bad


def masked(digits: str) -> str:
    """A number nobody can dial: 138****5678."""
    if len(digits) < 8:
        return "****"
    return f"{digits[:3]}****{digits[-4:]}"
