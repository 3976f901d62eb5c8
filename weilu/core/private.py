"""Small files that only their owner may read: keys."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write a file, whole or not at all; one that is there stays.

    Of two processes that start at once, one makes the file and both read it.
    """
    fresh = _beside(path, text)
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()


def replace_private(path: Path, text: str) -> None:
    """Write a file in place of the one that is there, whole or not at all."""
    _beside(path, text).replace(path)


def _beside(path: Path, text: str) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    fresh.touch(mode=0o600)
    fresh.write_text(text, encoding="ascii")
    return fresh
