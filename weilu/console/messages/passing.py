"""Comings and goings between messages: many in a row are told in one line that opens."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

from django.utils.translation import ngettext

from weilu.console.formats import number

# So many in a row may stand between two messages line by line.
FEW = 3
Drawn = dict[str, object]


@dataclass(frozen=True, slots=True)
class Passing:
    """Comings, goings and new names in a row, in order of time; never the line looked for."""

    lines: Sequence[Drawn]

    @property
    def words(self) -> str:
        """How many there are."""
        return ngettext("%(n)s coming or going", "%(n)s comings and goings", len(self.lines)) % {
            "n": number(len(self.lines))
        }

    @property
    def first(self) -> Drawn:
        """The earliest."""
        return self.lines[0]

    @property
    def last(self) -> Drawn:
        """The latest."""
        return self.lines[-1]


def gathered(lines: Sequence[Drawn]) -> list[Drawn]:
    """Lines in their order, those of a long row of comings and goings as one with `passing`."""
    found: list[Drawn] = []
    for is_talk, row in groupby(lines, key=lambda one: bool(one["is_talk"] or one["is_hit"])):
        run = list(row)
        if is_talk or len(run) <= FEW:
            found += run
        else:
            found.append({"passing": Passing(run)})
    return found
