"""A small cache that all processes of an installation share, kept in the database.

For what must be counted once wherever it is asked: failed sign-ins of the web server's processes,
and one-time codes that were used. Few entries, short-lived, each a value of JSON.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from django.core.cache.backends.base import DEFAULT_TIMEOUT, BaseCache
from django.db import IntegrityError, transaction

from weilu.core.clock import now
from weilu.core.models import Remembered

_FOREVER = timedelta(days=365)


class SharedCache(BaseCache):
    """Django's interface over the table `Remembered`."""

    def __init__(self, _location: str, params: Mapping[str, Any]) -> None:
        """Take no options but Django's own."""
        super().__init__(dict(params))

    def add(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> bool:
        """Keep the value unless one is kept that is not over; of many at once one succeeds."""
        name, until = self._name(key, version), self._until(timeout)
        try:
            with transaction.atomic():
                Remembered.objects.create(name=name, value=value, until=until)
        except IntegrityError:
            over = Remembered.objects.filter(name=name, until__lte=now())
            return bool(over.update(value=value, until=until))
        return True

    def get(
        self,
        key: str,
        default: Any = None,
        version: int | None = None,
    ) -> Any:
        """The value, or the default where there is none any more."""
        kept = Remembered.objects.filter(name=self._name(key, version), until__gt=now())
        return next(iter(kept.values_list("value", flat=True)[:1]), default)

    def set(
        self,
        key: str,
        value: Any,
        timeout: float | None = DEFAULT_TIMEOUT,
        version: int | None = None,
    ) -> None:
        """Keep the value in place of any other, and forget what is over."""
        Remembered.objects.filter(until__lte=now()).delete()
        Remembered.objects.update_or_create(
            name=self._name(key, version),
            defaults={"value": value, "until": self._until(timeout)},
        )

    def delete(self, key: str, version: int | None = None) -> bool:
        """Forget the value; whether there was one."""
        return bool(Remembered.objects.filter(name=self._name(key, version)).delete()[0])

    def clear(self) -> None:
        """Forget everything."""
        Remembered.objects.all().delete()

    def _name(self, key: str, version: int | None) -> str:
        """What the key is stored under: it may hold an address, which need not be readable."""
        return hashlib.sha256(self.make_key(key, version).encode()).hexdigest()

    def _until(self, timeout: float | None) -> datetime:
        moment = self.get_backend_timeout(timeout)
        return now() + _FOREVER if moment is None else datetime.fromtimestamp(moment, UTC)
