"""A shop's list of customers: which column is what, which rows are one person (C-1, A-8)."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import NamedTuple

from weilu.members.rules.names import fold_name

MOST_ROWS = 200_000
_TOLD = 20
MOST_COLUMNS = 40
IGNORE, NAME, PHONE, TAGS = "", "name", "phone", "tags"
# What headings call them, and what only looks so: "phone model" is no number.
_WORDS: dict[str, tuple[str, str]] = {
    PHONE: (
        r"手机|电话|联系方式|\b(?:tele)?phone\b|\bmobile|\btel\b",
        r"型号|品牌|归属|是否|\bmodel|\bbrand",
    ),
    NAME: (
        r"姓名|昵称|名字|称呼|联系人|收[货件]人|客户名|顾客名|会员名|买家|^(?:名称|客户|顾客|会员|用户)$"
        r"|\b(?:nick|user|first|full)?name\b|\bcustomer$",
        r"[商产]品|店铺|公司|项目|活动|地址|编号|\b(?:product|item|shop|company|group)\b",
    ),
    TAGS: (r"标签|\btags?\b", ""),
}
_NOT_DIGITS = re.compile(r"[\s\-‐-―().·]")
_SHORTENED = re.compile(r"(\d)(?:\.(\d+))?E\+?(\d{1,2})", re.IGNORECASE)
_MOBILE = re.compile(r"(?<!\d)(?:(?:\+|00)?86[ -]?)?(1[3-9]\d(?:[ -]?\d){8})(?!\d)")


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
    the phone tells (else the name). `shortened` are phones that a spreadsheet cut (1.38E+10).
    """

    rows: tuple[Row, ...]
    repeated: int
    again: tuple[Again, ...]
    nameless: int
    bad_phones: int
    shortened: int = 0


def _role(heading: str) -> str:
    """What a heading says its column is."""
    word = " ".join(unicodedata.normalize("NFKC", heading).split()).casefold()
    for role, (says, but) in _WORDS.items():
        if re.search(says, word) and not (but and re.search(but, word)):
            return role
    return IGNORE


def heading_at(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of a list's first rows is its heading; None when it begins with a person at once.

    Above it there may be a title, or headings over headings.
    """
    told = [len({_role(cell) for cell in row} - {IGNORE}) for row in rows]
    if any(told):
        return told.index(max(told))
    begins = rows and any(_is_mobile(cell) for cell in rows[0])
    return None if begins else 0


def _is_mobile(cell: str) -> bool:
    return bool(re.fullmatch(r"1[3-9]\d{9}", phone_of(cell)))


def guess(
    headings: Sequence[str], fields: Mapping[str, int], sample: Sequence[Sequence[str]] = ()
) -> list[str]:
    """What each column is: a role, `field:ID` for a field called so, or nothing.

    By its heading; of several of one role the first in which something stands. Phones are known
    by themselves, too, in the `sample` of rows.
    """
    found = [
        f"field:{fields[word]}" if (word := one.strip().casefold()) in fields else _role(one)
        for one in headings
    ]
    for role in (NAME, PHONE):
        _leave_one(found, role, sample)
    if PHONE not in found:
        shares = [
            (sum(_is_mobile(row[k]) for row in sample if k < len(row)), -k)
            for k, one in enumerate(found)
            if one == IGNORE
        ]
        most, place = max(shares, default=(0, 0))
        if 2 * most > len(sample):
            found[-place] = PHONE
    return found


def _leave_one(found: list[str], role: str, sample: Sequence[Sequence[str]]) -> None:
    places = [k for k, one in enumerate(found) if one == role]
    filled = [k for k in places if any(k < len(row) and row[k].strip() for row in sample)]
    for k in places:
        if k != (filled or places)[0]:
            found[k] = IGNORE


def phone_of(text: str) -> str:
    """The digits of a phone number as they are compared; "" for what is none.

    A Chinese mobile number is the same with and without 86 before it; of several the first.
    """
    # Full width, and the invisible marks that phones put around numbers copied from contacts.
    plain = unicodedata.normalize("NFKC", text)
    plain = "".join(one for one in plain if unicodedata.category(one) != "Cf").strip().lstrip("'")
    if cut := _SHORTENED.fullmatch(plain):
        whole, rest, power = cut[1], cut[2] or "", int(cut[3])
        plain = whole + rest if len(rest) == power else ""
    # Spreadsheets turn numbers into 13800138000.0, too.
    bare = _NOT_DIGITS.sub("", re.sub(r"\.0+$", "", plain))
    bare = bare.removeprefix("+").removeprefix("00")
    if re.fullmatch(r"86(1\d{10})", bare):
        bare = bare[2:]
    if re.fullmatch(r"[0-9]{5,15}", bare):
        return bare
    first = _MOBILE.search(plain)
    return _NOT_DIGITS.sub("", first[1]) if first else ""


def is_shortened(text: str) -> bool:
    """Whether a spreadsheet has made 1.38E+10 of a number, whose digits are lost."""
    return bool(_SHORTENED.fullmatch(text.strip())) and not phone_of(text)


def read(lines: Iterable[tuple[int, Sequence[str]]], roles: Sequence[str]) -> Read:
    """The people of a list, given as numbered lines: one of each phone, or name without one.

    Later lines add tags and facts to the first line of the same person.
    """
    people: dict[str, Row] = {}
    repeated = nameless = 0
    bad: list[str] = []
    again: list[Again] = []
    for line, cells in lines:
        row, unread = _row(line, cells, roles)
        bad += unread
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
    shortened = sum(map(is_shortened, bad))
    return Read(
        _namesakes(people.values()), repeated, tuple(again), nameless, len(bad) - shortened,
        shortened,
    )  # fmt: skip


def _namesakes(people: Collection[Row]) -> tuple[Row, ...]:
    """The people, with word of who has a name of which there are more."""
    folded = [fold_name(one.name) for one in people]
    called = Counter(folded)
    return tuple(
        one if called[name] == 1 else replace(one, is_namesake=True)
        for one, name in zip(people, folded, strict=True)
    )


def _row(line: int, cells: Sequence[str], roles: Sequence[str]) -> tuple[Row, list[str]]:
    """A line as a person, and what stands for a phone and is none."""
    name = phone = ""
    tags: list[str] = []
    facts: list[tuple[int, str]] = []
    bad: list[str] = []
    for role, cell in zip(roles, cells, strict=False):
        text = cell.strip()
        if not text:
            continue
        if role == NAME:
            name = " ".join(text.split())[:200]
        elif role == PHONE:
            phone = phone_of(text)
            bad += [] if phone else [text]
        elif role == TAGS:
            tags += [one.strip()[:60] for one in re.split(r"[,，、;；|/]", text) if one.strip()]
        elif role.startswith("field:"):
            facts.append((int(role.removeprefix("field:")), text[:500]))
    shown = name or (f"…{phone[-4:]}" if phone else "")
    return Row(line, shown, phone, tuple(tags), tuple(facts)), bad


def masked(digits: str) -> str:
    """A number nobody can dial: 138****5678."""
    if len(digits) < 8:
        return "****"
    return f"{digits[:3]}****{digits[-4:]}"
