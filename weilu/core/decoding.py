"""Files that people bring, as text: small ones, read whole, by whatever program they were written.

Chat histories are read by `connectors.formats`, in streams and with more care.
"""

from __future__ import annotations

import codecs
import zlib
from typing import Final

_GZIP: Final = b"\x1f\x8b"
_WIDE: Final = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
_EITHER: Final = ("utf-8-sig", "gb18030")
_LOOKED_AT: Final = 4096


def unpacked(data: bytes, most: int) -> bytes:
    """The data, out of its gzip where it is in one; of more than `most` bytes one more.

    Raises ValueError for an archive that is broken.
    """
    if not data.startswith(_GZIP):
        return data[: most + 1]
    found = b""
    # Archives may stand one behind the other, with zeros after the last.
    while data and len(found) <= most:
        packed = zlib.decompressobj(wbits=31)
        try:
            found += packed.decompress(data, most + 1 - len(found))
        except zlib.error as error:
            raise ValueError(str(error)) from error
        if len(found) <= most and not packed.eof:
            raise ValueError("the end of the packed file is missing")
        data = packed.unused_data.lstrip(b"\0")
    return found


def text_of(data: bytes, *, is_strict: bool = False) -> str:
    """The text of a file in UTF-16 with its mark, UTF-8 or GB18030; line ends stay.

    Bytes that fit neither of the last two become U+FFFD, in the one with fewer of them. Raises
    ValueError for what is no text, and where `is_strict` for such bytes too.
    """
    if data.startswith(_WIDE):
        return data.decode("utf-16", "strict" if is_strict else "replace")
    if b"\0" in data[:_LOOKED_AT]:
        raise ValueError("a picture or a program, not text")
    for encoding in _EITHER:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    if is_strict:
        raise ValueError("neither UTF-8 nor GB18030")
    guesses = [data.decode(encoding, "replace") for encoding in _EITHER]
    return min(guesses, key=lambda guess: guess.count("\ufffd"))
