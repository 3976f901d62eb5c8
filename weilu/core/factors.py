"""Second factors at rest: what an authenticator app and recovery codes grow from, sealed.

allauth keeps them in a JSON column of its own and hands them through `encrypt` and `decrypt`; what
an app has not confirmed yet it keeps in the session (`secret_opened`).
What was stored before they were sealed opens as it is, and is sealed by `renew_factors`, which
runs with a migration and with every `weilu rotate`.
"""

from __future__ import annotations

import logging
import secrets
from collections.abc import Iterator, MutableMapping
from contextlib import contextmanager
from typing import Any

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import SECRET_SESSION_KEY
from django.db import transaction

from weilu.core.errors import GivenUp
from weilu.core.sealed import Renewed, renewal
from weilu.core.vault import renew_each, seal, unseal

log = logging.getLogger(__name__)

# No secret of allauth's begins like this: they are base 32, hexadecimal and digits.
MARK = "sealed:"
_FIELDS = ("secret", "seed")
_LIST = "migrated_codes"


class SealedFactors(DefaultMFAAdapter):  # type: ignore[misc]  # allauth brings no types
    """allauth's adapter, with what it stores sealed."""

    def encrypt(self, text: str) -> str:
        """The text sealed, with a mark that tells it from one that was stored as it is."""
        return MARK + seal({"text": text})

    def decrypt(self, encrypted_text: str) -> str:
        """What was sealed, or stored before anything was.

        Where no key fits it is a secret that nobody has: no code is right, and none can be guessed.
        """
        if not encrypted_text.startswith(MARK):
            return encrypted_text
        try:
            return unseal(encrypted_text.removeprefix(MARK))["text"]
        except GivenUp as error:
            log.error("a second factor cannot be read: %s", error)  # noqa: TRY400 no stack needed
            # Hexadecimal of letters only is base 32 as well.
            return "".join(secrets.choice("abcdef") for _ in range(80))


@contextmanager
def secret_opened(session: MutableMapping[str, Any]) -> Iterator[None]:
    """While it lasts a secret that waits to be confirmed lies open in the session; then sealed.

    allauth puts it there as it is. A session is stored when the answer is made, so what is stored
    is always the sealed one.
    """
    adapter = SealedFactors()
    if SECRET_SESSION_KEY in session:
        session[SECRET_SESSION_KEY] = adapter.decrypt(session[SECRET_SESSION_KEY])
    try:
        yield
    finally:
        if SECRET_SESSION_KEY in session:
            session[SECRET_SESSION_KEY] = adapter.encrypt(session[SECRET_SESSION_KEY])


@renewal
def renew_factors() -> Iterator[Renewed]:
    """Put every second factor under the newest key, also those that no key has sealed yet."""
    kinds = Authenticator.objects.exclude(type=Authenticator.Type.WEBAUTHN)
    for pk in list(kinds.order_by("pk").values_list("pk", flat=True)):
        with transaction.atomic():
            one = Authenticator.objects.select_for_update().filter(pk=pk).first()
            if one is not None:
                yield _renewed(one)


def _renewed(one: Authenticator) -> Renewed:
    """Renew what one row holds; it counts once, whatever number of codes it has."""
    data = dict(one.data)
    held = [(name, [data[name]]) for name in _FIELDS if name in data]
    held += [(_LIST, list(data[_LIST]))] if _LIST in data else []
    is_lost = False
    for name, texts in held:
        found = [_anew(text) for text in texts]
        is_lost |= None in found
        kept = [new or old for new, old in zip(found, texts, strict=True)]
        data[name] = kept if name == _LIST else kept[0]
    if data != one.data:
        one.data = data
        one.save(update_fields=["data"])
    return Renewed(int(not is_lost), int(is_lost))


def _anew(stored: str) -> str | None:
    """A text under the newest key, None where no key opens it."""
    if not stored.startswith(MARK):
        return MARK + seal({"text": stored})
    [found] = renew_each([stored.removeprefix(MARK)])
    return None if found is None else MARK + found
