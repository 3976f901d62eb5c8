"""WeCom's signature and encryption of callbacks, after its document 90968."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
import string
from collections.abc import Mapping

from cryptography.hazmat.primitives.ciphers import Cipher, algorithms, modes

_LETTERS = string.ascii_letters + string.digits
_BLOCK = 32


class NotGenuine(Exception):
    """A call that WeCom did not make for this company, or that was changed on its way."""


def new_token() -> str:
    """A token as WeCom takes it: letters and digits."""
    return "".join(secrets.choice(_LETTERS) for _ in range(32))


def new_key() -> str:
    """An EncodingAESKey: 43 letters and digits that decode to 32 bytes."""
    while True:
        # The last letter carries four bits of the key and two that have to be zero.
        key = "".join(secrets.choice(_LETTERS) for _ in range(42)) + secrets.choice(
            "AEIMQUYcgkosw048"
        )
        if len(base64.b64decode(key + "=")) == 32:
            return key


def opened(
    token: str, key: str, company: str, query: Mapping[str, str], sealed: str
) -> str:  # fmt: skip
    """The text that was sealed; raises NotGenuine. The signature is compared before decrypting."""
    parts = sorted([token, query.get("timestamp", ""), query.get("nonce", ""), sealed])
    mine = hashlib.sha1("".join(parts).encode()).hexdigest()  # noqa: S324 WeCom's choice
    given = query.get("msg_signature", "").encode()
    if not token or not hmac.compare_digest(mine.encode(), given):
        raise NotGenuine
    return _decrypted(key, company, sealed)


def _decrypted(key: str, company: str, sealed: str) -> str:
    """16 random bytes, four of length, the text, the company; padded to 32 bytes."""
    try:
        raw = base64.b64decode(key + "=")
        cipher = Cipher(algorithms.AES(raw), modes.CBC(raw[:16])).decryptor()
        plain = cipher.update(base64.b64decode(sealed, validate=True)) + cipher.finalize()
        pad = plain[-1]
        plain = plain[16 : len(plain) - pad]
        end = 4 + int.from_bytes(plain[:4], "big")
        text, whom = plain[4:end].decode(), plain[end:].decode()
    except (ValueError, IndexError, binascii.Error) as error:
        raise NotGenuine from error
    if not 1 <= pad <= _BLOCK or whom != company:
        raise NotGenuine
    return text
