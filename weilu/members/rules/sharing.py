"""Sharing members out among guides, so that each has as many (C-8). Pure."""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heapreplace


def shared_out(loads: Mapping[int, int], count: int) -> list[int]:
    """The guide of each of `count` members, in order: always whoever has the fewest, ties by id.

    `loads` is how many each guide keeps company already; not empty.
    """
    waiting = [(load, guide) for guide, load in loads.items()]
    heapify(waiting)
    found = []
    for _one in range(count):
        load, guide = waiting[0]
        found.append(guide)
        heapreplace(waiting, (load + 1, guide))
    return found
