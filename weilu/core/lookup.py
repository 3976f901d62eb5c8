"""Look-ups written with the ORM and translated once: for what every batch of messages asks.

Building a queryset and its SQL costs ten times what SQLite needs to answer it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain, count
from typing import Any, Generic, TypeVar

from django.db import DEFAULT_DB_ALIAS, connection, connections
from django.db.models import QuerySet
from django.db.models.sql.compiler import SQLCompiler

Row = TypeVar("Row")
Asked = int | Sequence[int]

# Stand for what is asked while SQL is made: numbers that no query of ours holds by itself.
_FIRST, _STEP = 1_900_000_000, 1_000_000
# An id that no row has.
_NOBODY = -1


@dataclass(frozen=True, slots=True)
class _Compiled:
    """SQL with the values that never change; `places` says which of them are asked, by number."""

    sql: str
    values: list[Any]
    places: list[tuple[int, int]]
    compiler: SQLCompiler
    converters: Any


class Lookup(Generic[Row]):
    """A queryset of values by ids and lists of ids; calling it gives the rows.

    `make` is called with stand-ins and must build the same query whatever it is given; what it
    depends on besides is asked for by another look-up.
    """

    def __init__(self, make: Callable[..., QuerySet[Any, Row]]) -> None:
        self._make = make
        self._compiled = lru_cache(maxsize=64)(self._compile)

    def __call__(self, *asked: Asked) -> list[Row]:
        """The rows, as tuples."""
        lists = [one for one in asked if not isinstance(one, int)]
        if any(not len(one) for one in lists):
            return []
        widths = tuple(0 if isinstance(one, int) else _width(len(one)) for one in asked)
        # Asking who the connection is takes a tenth of a look-up's time, each time.
        database = connections[DEFAULT_DB_ALIAS]
        found = self._compiled(database.vendor, widths)
        numbers = list(chain.from_iterable(map(_padded, asked, widths)))
        values = found.values.copy()
        for place, number in found.places:
            values[place] = numbers[number]
        with database.cursor() as cursor:
            cursor.execute(found.sql, values)
            rows: list[Any] = cursor.fetchall()
        if found.converters:
            rows = [tuple(row) for row in found.compiler.apply_converters(rows, found.converters)]
        return rows

    def _compile(self, _vendor: str, widths: tuple[int, ...]) -> _Compiled:
        """Made twice with other stand-ins: what differs is what is asked."""
        sql, values, compiler, first = self._sql(widths, _FIRST)
        again, others, _, _ = self._sql(widths, _FIRST + _STEP)
        numbers = {value: number for number, value in enumerate(first)}
        places = [
            (place, numbers[value])
            for place, (value, other) in enumerate(zip(values, others, strict=True))
            if value != other
        ]
        if sql != again or {number for _, number in places} != set(numbers.values()):
            message = "this query cannot be translated once"
            raise ValueError(message)
        fields = [one[0] for one in compiler.select[: compiler.col_count]]
        return _Compiled(sql, values, places, compiler, compiler.get_converters(fields))

    def _sql(
        self, widths: tuple[int, ...], start: int
    ) -> tuple[str, list[Any], SQLCompiler, list[int]]:
        numbers = count(start)
        asked = [[next(numbers) for _ in range(max(width, 1))] for width in widths]
        rows = self._make(
            *(one if width else one[0] for one, width in zip(asked, widths, strict=True))
        )
        compiler = rows.query.get_compiler(connection=connection)
        sql, values = compiler.as_sql()
        return sql, list(values), compiler, list(chain.from_iterable(asked))


def _width(size: int) -> int:
    """A list's room: few different widths, so that few statements are made."""
    return 1 << (size - 1).bit_length()


def _padded(asked: Asked, width: int) -> Sequence[int]:
    if isinstance(asked, int):
        return (asked,)
    return [*asked, *[_NOBODY] * (width - len(asked))]
