"""Codes for addresses outsiders open without signing in: nobody guesses one.

A code names one row for one purpose: its number and 72 bits that only this installation can
compute. Nothing is stored, and a code stays good as long as the signing key does.
"""

from __future__ import annotations

import hmac
from base64 import b32encode
from hashlib import sha256

from django.conf import settings

from weilu.core.errors import NotFound

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"
_SEAL_BYTES = 9
_SEAL_CHARS = 15
_NUMBER_CHARS = 13


def code_of(purpose: str, pk: int) -> str:
    """The code of a row, of a-z and 0-9: the seal, then the number; `pk` is at least 0."""
    return _seal(purpose, pk) + _written(pk)


def number_in(purpose: str, code: str) -> int:
    """The row's number; raises NotFound for a code that was not made here for this purpose."""
    seal, written = code[:_SEAL_CHARS], code[_SEAL_CHARS:]
    if not written or len(written) > _NUMBER_CHARS or not set(written) <= set(_DIGITS):
        raise NotFound
    pk = int(written, 36)
    if not hmac.compare_digest(seal.encode(), _seal(purpose, pk).encode()):
        raise NotFound
    return pk


def _seal(purpose: str, pk: int) -> str:
    key = settings.SECRET_KEY.encode()
    mark = hmac.new(key, f"weilu code {purpose} {pk}".encode(), sha256).digest()
    return b32encode(mark[:_SEAL_BYTES]).decode().rstrip("=").lower()


def _written(number: int) -> str:
    digits = ""
    while number or not digits:
        number, rest = divmod(number, 36)
        digits = _DIGITS[rest] + digits
    return digits
