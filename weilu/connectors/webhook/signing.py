"""Signatures: HMAC-SHA256 over time and raw body, in both directions the same.

`Weilu-Timestamp` holds seconds since 1970, `Weilu-Signature` is `v1=` and the hexadecimal HMAC of
timestamp, full stop and body under the secret.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping

WINDOW_S = 300
TIMESTAMP, SIGNATURE = "Weilu-Timestamp", "Weilu-Signature"
_VERSION = "v1="


def new_secret() -> str:
    """A secret of 256 bits, safe to paste into shells and headers, never like an option."""
    return secrets.token_hex(32)


def signed(secret: str, body: bytes, at_s: int) -> dict[str, str]:
    """The headers that prove a body."""
    return {TIMESTAMP: str(at_s), SIGNATURE: _VERSION + _mac(secret, str(at_s), body)}


def is_genuine(
    secrets_now: Iterable[str], headers: Mapping[str, str], body: bytes, at_s: int
) -> bool:
    """Whether a body was signed with one of the secrets, within five minutes of `at_s`.

    Takes the same time whatever is wrong with the signature. Header names are in lower case.
    """
    stamp = headers.get(TIMESTAMP.lower(), "")
    given = headers.get(SIGNATURE.lower(), "").encode("utf-8", "replace")
    if not (stamp.isascii() and stamp.isdecimal() and len(stamp) <= 12):
        return False
    matches = [
        hmac.compare_digest((_VERSION + _mac(one, stamp, body)).encode(), given)
        for one in secrets_now
        if one
    ]
    return any(matches) and abs(int(stamp) - at_s) <= WINDOW_S


def _mac(secret: str, stamp: str, body: bytes) -> str:
    said = stamp.encode() + b"." + body
    return hmac.new(secret.encode(), said, hashlib.sha256).hexdigest()
