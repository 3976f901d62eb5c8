"""What is said in several steps: once the words are out, nothing may say them again."""

from __future__ import annotations

from collections.abc import Awaitable
from typing import TypeVar

from weilu.core.errors import TryLater, Unsure

T = TypeVar("T")


async def having_spoken(call: Awaitable[T]) -> T:
    """A step after the message is out; raises Unsure where it would be tried again.

    An order that comes again would be said twice: a person is asked instead.
    """
    try:
        return await call
    except TryLater as error:
        raise Unsure(str(error)) from error
