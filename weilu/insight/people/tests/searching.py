"""Every table searched for texts and for people's ids, bitmaps included."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import numpy as np
from django.apps import apps
from django.db import connection

from weilu.insight.models import CommunityDay, GroupDay
from weilu.insight.packing import unpack_people
from weilu.members.models import Ledger, Segment, SegmentMove
from weilu.members.rules.exchange import unpack_day, unpack_ledgers
from weilu.service.models import ExchangeDay


def every_text() -> Iterator[tuple[str, str]]:
    """Every value of every table, as text, with where it stands; binary ones as they are."""
    for model in apps.get_models():
        table = model._meta.db_table
        with connection.cursor() as cursor:
            cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608 - our own tables
            names = [column[0] for column in cursor.description]
            for row in cursor.fetchall():
                for name, value in zip(names, row, strict=True):
                    plain = bytes(value) if isinstance(value, bytes | memoryview) else value
                    text = plain.decode("latin-1") if isinstance(plain, bytes) else str(plain)
                    yield f"{table}.{name}", _readable(text)


def _readable(text: str) -> str:
    """Texts within JSON are escaped on SQLite."""
    if text[:1] in "[{":
        try:
            return json.dumps(json.loads(text), ensure_ascii=False)
        except ValueError:
            return text
    return text


def left_of(secrets: tuple[str, ...]) -> set[str]:
    found = set()
    for where, text in every_text():
        folded = text.casefold()
        found |= {f"{where}: {one}" for one in secrets if one.casefold() in folded}
    return found


def rows_with(ids: set[int]) -> set[str]:
    """Columns named for people in which one of the ids stands, and bitmaps that hold one."""
    found = set()
    words = ("member", "identity", "person", "answer", "kept", "absorbed", "first_id", "second_id")
    for model in apps.get_models():
        for field in model._meta.get_fields():
            column = getattr(field, "attname", "")
            if column and any(column.startswith(w) for w in words) and "message" not in column:
                values = model._default_manager.values_list(column, flat=True)
                # Ids of messages, and how many members, are no people.
                others = {"SearchChange", "Batch", "Echo", "Deed"}
                if {v for v in values if isinstance(v, int)} & ids and model.__name__ not in others:
                    found.add(f"{model.__name__}.{column}")
    return found | bitmaps_with(ids)


_BITMAPS: tuple[tuple[Any, str], ...] = (
    (GroupDay, "people"),
    (CommunityDay, "people"),
    (Segment, "ids"),
    (SegmentMove, "entered"),
    (SegmentMove, "left"),
)


def packed_with(ids: set[int]) -> set[str]:
    """Packed exchange that tells of one of the ids."""
    found = set()
    for ledger in Ledger.objects.all():
        rows = unpack_ledgers([ledger.body], np.array([ledger.pk]))
        if ids & {ledger.pk, *rows["partner"].tolist()}:
            found.add("Ledger.body")
    for one in ExchangeDay.objects.all():
        for column in ("body", "before"):
            rows = unpack_day(getattr(one, column) or b"", group=1, day=1)
            if ids & {*rows["who"].tolist(), *rows["partner"].tolist()}:
                found.add(f"ExchangeDay.{column}")
    return found


def bitmaps_with(ids: set[int]) -> set[str]:
    """Bitmaps of people that hold one of the ids."""
    return packed_with(ids) | {
        f"{model.__name__}.{column}"
        for model, column in _BITMAPS
        for body in model.objects.values_list(column, flat=True)
        if ids & set(unpack_people(body))
    }
