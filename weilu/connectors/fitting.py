"""Whether an answer to a setting can be right at all, told before anything is connected."""

from __future__ import annotations

import re
from collections.abc import Callable
from urllib.parse import urlsplit


def is_web(written: str) -> bool:
    """Whether it is an address that begins with http:// or https://."""
    try:
        parts = urlsplit(written)
        # Reading the port is what finds a wrong one.
        return parts.scheme in {"http", "https"} and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False


def at_least(count: int) -> Callable[[str], bool]:
    """Whether there are so many characters."""
    return lambda written: len(written) >= count


def like(pattern: str) -> Callable[[str], bool]:
    """Whether it is of a form."""
    known = re.compile(pattern)
    return lambda written: known.fullmatch(written) is not None
