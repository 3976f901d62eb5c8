"""A helper that does both halves here, and notes what it was asked."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from weilu.core.helper import Helper

T = TypeVar("T")


class Halved(Helper):
    """Is there without a process."""

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[str] = []

    @property
    def is_there(self) -> bool:
        return True

    def both(
        self, function: Callable[..., T], here: Sequence[Any], there: Sequence[Any]
    ) -> tuple[T, T]:
        self.asked.append(function.__name__)
        return function(*here), function(*there)
