"""Text that a program wrote as the bytes of UTF-8, each a character of its own."""

from __future__ import annotations


def mended(text: str) -> str:
    """The text meant by "Ã©" and its kin, as Facebook and Instagram write; any other as it is."""
    if text.isascii():
        return text
    try:
        return text.encode("latin-1").decode("utf-8")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return text
