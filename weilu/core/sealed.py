"""Columns that hold sealed texts, whichever table they are in, and their renewal under a new key.

A key may only be dropped when nothing is left under it: so whoever stores sealed texts declares
the column a `SealedField`, and is renewed with the rest. Where the table is a library's, a
function that renews it is registered with `renewal`.
"""

from __future__ import annotations

import fcntl
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.apps import apps
from django.conf import settings
from django.db import models, transaction

from weilu.core.errors import Conflict
from weilu.core.vault import renew_each

_AT_ONCE = 500
LOCK_FILE = "rotate.lock"


class SealedField(models.TextField):  # type: ignore[type-arg]  # Django's own has no parameters
    """A text made by `vault.seal`, "" for none; to the database it is any other text."""

    def deconstruct(self) -> tuple[str, str, list[object], dict[str, object]]:
        """Look like a plain text to migrations, which need not know."""
        name, _path, args, kwargs = super().deconstruct()
        return name, "django.db.models.TextField", list(args), dict(kwargs)


@dataclass(frozen=True, slots=True)
class Renewed:
    """How many sealed texts are under the newest key now, and how many no key opens any more."""

    sealed: int
    unreadable: int


RENEWALS: list[Callable[[], Iterable[Renewed]]] = []
"""What else is sealed, in columns of others: each puts it under the newest key, row by row."""


def renewal(function: Callable[[], Iterator[Renewed]]) -> Callable[[], Iterator[Renewed]]:
    """Register the renewal of sealed texts that lie in a table which is not ours."""
    RENEWALS.append(function)
    return function


def sealed_columns() -> list[tuple[type[models.Model], str]]:
    """Every table and column with sealed texts, in the order of their names."""
    found = [
        (model, field.attname)
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if isinstance(field, SealedField)
    ]
    return sorted(found, key=lambda one: (one[0]._meta.label, one[1]))


def renew_all() -> Renewed:
    """Put every sealed text under the newest key, some rows at a time; once more changes nothing.

    What no key opens is passed over.
    """
    done = [part for column in sealed_columns() for part in _renewed(*column)]
    done += [part for others in RENEWALS for part in others()]
    return Renewed(sum(one.sealed for one in done), sum(one.unreadable for one in done))


@contextmanager
def renewing_alone() -> Iterator[None]:
    """Be the only one who changes the keys; raises Conflict `rotating` when somebody is at it."""
    with (Path(settings.VAULT_FILE).parent / LOCK_FILE).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Conflict("rotating") from None
        yield


def _renewed(model: type[models.Model], column: str) -> Iterator[Renewed]:
    """Renew one column, in order of the rows."""
    last = 0
    while True:
        with transaction.atomic():
            rows = list(
                model._default_manager.select_for_update(of=("self",))
                .filter(pk__gt=last)
                .exclude(**{column: ""})
                .order_by("pk")
                .only(column)[:_AT_ONCE]
            )
            if not rows:
                return
            last = rows[-1].pk
            yield _renewed_rows(model, column, rows)


def _renewed_rows(model: type[models.Model], column: str, rows: list[models.Model]) -> Renewed:
    before: list[str] = [getattr(row, column) for row in rows]
    after = renew_each(before)
    changed = []
    for row, old, new in zip(rows, before, after, strict=True):
        if new is not None and new != old:
            setattr(row, column, new)
            changed.append(row)
    model._default_manager.bulk_update(changed, [column], batch_size=100)
    unreadable = after.count(None)
    return Renewed(len(rows) - unreadable, unreadable)
