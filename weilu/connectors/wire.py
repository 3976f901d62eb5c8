"""Looking into JSON that anybody may have sent."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

# Wire data: any JSON object.
Json = Mapping[str, Any]
MAPPING: Json = {}


def text(of: Json, *keys: str) -> str:
    """The first of the keys that holds text or a number, as text."""
    for key in keys:
        value = of.get(key)
        if isinstance(value, str) and value:
            return value
        if isinstance(value, int) and not isinstance(value, bool):
            return str(value)
    return ""


def number(of: Json, key: str) -> int:
    """A whole number, also one written as text; 0 where there is none."""
    value = of.get(key)
    if isinstance(value, bool):
        return 0
    if isinstance(value, int | float):
        return int(value) if abs(value) < 1e15 else 0
    is_written = isinstance(value, str) and len(value) < 16 and value.removeprefix("-").isdecimal()
    return int(value) if is_written and isinstance(value, str) else 0


def mapping(of: Json, key: str) -> Json:
    """An object, empty where there is none."""
    value = of.get(key)
    return value if isinstance(value, Mapping) else MAPPING


def rows(of: object) -> list[Json]:
    """The objects of a list; nothing else is in it."""
    return [one for one in of if isinstance(one, Mapping)] if isinstance(of, list) else []
