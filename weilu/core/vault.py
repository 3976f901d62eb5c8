"""Secrets at rest: tokens and passwords encrypted with keys that lie outside the database.

The file `settings.VAULT_FILE` lists the keys, newest first: the first one encrypts, all of them
decrypt. It is read at each use, so that a rotation needs no restart.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings

from weilu.core.errors import GivenUp
from weilu.core.private import replace_private, write_private


def seal(held: Mapping[str, str]) -> str:
    """The secrets as one encrypted text, "" for none."""
    return seal_all([held])[0]


def seal_all(many: Sequence[Mapping[str, str]]) -> list[str]:
    """Secrets as `seal` has them, each by itself; the keys are read once for all."""
    vault = _vault() if any(many) else None
    return [
        vault.encrypt(json.dumps(dict(held)).encode()).decode("ascii") if vault and held else ""
        for held in many
    ]


def unseal(sealed: str) -> dict[str, str]:
    """The secrets of an encrypted text; raises GivenUp `vault_key_missing` when no key fits."""
    if not sealed:
        return {}
    try:
        found: dict[str, str] = json.loads(_vault().decrypt(sealed.encode("ascii")))
    except InvalidToken as error:
        raise GivenUp("vault_key_missing") from error
    return found


def renew_each(many: Sequence[str]) -> list[str | None]:
    """The same secrets under the newest key, in the same order; None where no key fits.

    What is under it already stays as it is.
    """
    keys = [Fernet(key) for key in _keys()]
    return [_renewed(sealed, keys) for sealed in many]


def _renewed(sealed: str, keys: Sequence[Fernet]) -> str | None:
    for key in keys:
        try:
            plain = key.decrypt(sealed.encode("ascii"))
        except InvalidToken:
            continue
        return sealed if key is keys[0] else keys[0].encrypt(plain).decode("ascii")
    return None


def keyed_mark(text: str) -> str:
    """A mark by which equal texts are told without being read: 64 hexadecimal letters.

    Its key lies beside the vault's and is never rotated: marks stay comparable.
    """
    return keyed_marks([text])[text]


def keyed_marks(texts: Iterable[str]) -> dict[str, str]:
    """The mark of each text; the key is read once for all."""
    path = _file().with_name("marks.key")
    if not path.exists():
        write_private(path, secrets.token_hex(32))
    key = bytes.fromhex(path.read_text(encoding="ascii"))
    return {text: hmac.new(key, text.encode(), hashlib.sha256).hexdigest() for text in texts}


def add_key() -> None:
    """Put a new key in front of the others."""
    replace_private(_file(), "\n".join([_new_key(), *_keys()]))


def drop_old_keys() -> None:
    """Keep only the newest key; what is still under another is lost."""
    replace_private(_file(), _keys()[0])


def _vault() -> MultiFernet:
    return MultiFernet([Fernet(key) for key in _keys()])


def _keys() -> list[str]:
    path = _file()
    if not path.exists():
        write_private(path, _new_key())
    return path.read_text(encoding="ascii").split()


def _file() -> Path:
    return Path(settings.VAULT_FILE)


def _new_key() -> str:
    return Fernet.generate_key().decode("ascii")
