"""Plans to begin with, for common trades, in the language of the reader; data beside this file.

Each language is written on its own and not translated word by word.
"""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from weilu.communities.blueprint.rules.canvas import Sheet

TRADES = (
    "beauty",
    "mother_child",
    "food",
    "sport",
    "education",
    "electronics",
    "travel",
    "local_shop",
    "creator",
)
_HERE = Path(__file__).parent


@dataclass(frozen=True, slots=True)
class Start:
    """A plan to begin with; `names` are ideas for the community's name."""

    trade: str
    label: str
    names: tuple[str, ...]
    sheet: Sheet


def starts(language: str) -> tuple[Start, ...]:
    """The plans in Chinese for `zh…`, else in English, in the order of `TRADES`."""
    return _read("zh" if language.startswith("zh") else "en")


def start_named(trade: str, language: str) -> Start | None:
    """The plan of a trade; None when there is none of that name."""
    return next((one for one in starts(language) if one.trade == trade), None)


@cache
def _read(language: str) -> tuple[Start, ...]:
    said = tomllib.loads((_HERE / f"{language}.toml").read_text(encoding="utf-8"))
    return tuple(_start(trade, dict(said[trade])) for trade in TRADES)


def _start(trade: str, said: dict[str, object]) -> Start:
    label, names = str(said.pop("label")), said.pop("names")
    if not isinstance(names, list):
        message = f"{trade}: names are a list"
        raise TypeError(message)
    sheet = Sheet(**{k: v.strip() if isinstance(v, str) else v for k, v in said.items()})  # type: ignore[arg-type]  # data of our own, tested
    return Start(trade, label, tuple(map(str, names)), sheet)
