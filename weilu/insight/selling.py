"""What staff sell and whether members speak of the product, read from the talk (A-4, G-1)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence

import numpy as np
from django.db import connection
from pyroaring import BitMap

from weilu.chat.columns import HOUR_MS, day_start_ms
from weilu.chat.ports import Kind
from weilu.groups.models import Group
from weilu.insight.rules.promotion import offers, speak_of
from weilu.insight.scope import Day, Scope
from weilu.members.models import Identity
from weilu.members.queries import People

EARLY_DAYS = 14
# Staff of one group are a handful; more identities than this are not looked up one by one.
MOST_STAFF = 500
# Groups whose first weeks are read in one statement: SQLite joins no more than 500 selects.
_READ_AT_ONCE = 100

ByGroup = Mapping[int, Sequence[Day]]


def early_offers(groups: Sequence[Group], days: ByGroup, known: People) -> dict[int, int]:
    """Offers among the staff's messages of each group's first two weeks, by group.

    Groups without a stored day are left out, all of them without known staff. Only days on which
    staff spoke are read.
    """
    staff = list(
        Identity.objects.filter(
            workspace_id__in={one.workspace_id for one in groups},
            member_id__in=list(known.staff)[:MOST_STAFF],
        ).values_list("pk", flat=True)[:MOST_STAFF]
    )
    if not staff:
        return {}
    found = {one.pk: 0 for one in groups if days[one.pk]}
    zones = {one.pk: one.community.time_zone for one in groups}
    spans = {
        pk: [(day_start_ms(day, zones[pk]), day_start_ms(day + 1, zones[pk])) for day in spoken]
        for pk in found
        if (spoken := _early_days(days[pk], known.staff))
    }
    ids = list(spans)
    for at in range(0, len(ids), _READ_AT_ONCE):
        some = {pk: spans[pk] for pk in ids[at : at + _READ_AT_ONCE]}
        for pk, texts in _texts(some, staff).items():
            found[pk] = int(np.count_nonzero(offers(texts)))
    return found


def _early_days(days: Sequence[Day], staff: BitMap) -> list[int]:
    """Days of the first two weeks on which staff spoke."""
    end = days[0].day + EARLY_DAYS
    return [one.day for one in days if one.day < end and not one.people.isdisjoint(staff)]


def _texts(
    spans: Mapping[int, Sequence[tuple[int, int]]], identities: Sequence[int]
) -> dict[int, list[str]]:
    """What some identities wrote in groups in stretches of time, each by its hours; one statement.

    Whole numbers only, so nothing needs to be escaped.
    """
    who = ", ".join(map(str, identities))
    parts = []
    for group_id, stretches in spans.items():
        hours = sorted(
            {h for first, end in stretches for h in range(first // HOUR_MS, -(-end // HOUR_MS))}
        )
        when = " OR ".join(f"sent_ms >= {first} AND sent_ms < {end}" for first, end in stretches)
        parts.append(
            f"SELECT group_id, text, sent_ms, id FROM chat_message WHERE (sent_ms / {HOUR_MS}) IN"  # noqa: S608
            f" ({', '.join(map(str, hours))}) AND group_id = {group_id} AND ({when})"
            f" AND kind = {int(Kind.MESSAGE)} AND identity_id IN ({who})"
        )
    found: dict[int, list[str]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(f"{' UNION ALL '.join(parts)} ORDER BY 3, 4")
        for group_id, text, _sent, _id in cursor.fetchall():
            found[group_id].append(text)
    return found


def product_messages(
    groups: Sequence[Group], days: ByGroup, scope: Scope, known: People
) -> dict[int, int]:
    """Members' messages of a period that speak of the product, by group.

    Empty until its words are known. One statement a day, over the groups that spoke that day.
    """
    said = groups[0].community.product_words if groups else ""
    words = [word for word in said.split("\n") if word.strip()]
    if not words:
        return {}
    found = {one.pk: 0 for one in groups}
    left_out = np.fromiter(known.staff | known.bots, dtype=np.int64)
    spoke: dict[int, list[int]] = defaultdict(list)
    for pk, many in days.items():
        for one in many:
            if scope.first_day <= one.day <= scope.last_day and one.messages:
                spoke[one.day].append(pk)
    for day, ids in sorted(spoke.items()):
        rows = _said_on(day, ids, scope.zone)
        members = known.of_array(np.array([who for _pk, who, _text in rows], dtype=np.int64))
        texts: dict[int, list[str]] = defaultdict(list)
        for at in np.flatnonzero(~np.isin(members, left_out)).tolist():
            texts[rows[at][0]].append(rows[at][2])
        for pk, some in texts.items():
            found[pk] += speak_of(some, words)
    return found


def _said_on(day: int, group_ids: Sequence[int], zone: str) -> list[tuple[int, int, str]]:
    """(group, identity, text) of the messages of a local day in some groups."""
    first, end = day_start_ms(day, zone), day_start_ms(day + 1, zone)
    hours = ", ".join(map(str, range(first // HOUR_MS, (end - 1) // HOUR_MS + 1)))
    ids = ", ".join(map(str, group_ids))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT group_id, identity_id, text FROM chat_message WHERE (sent_ms / {HOUR_MS}) IN"  # noqa: S608
            f" ({hours}) AND group_id IN ({ids}) AND sent_ms >= %s AND sent_ms < %s"
            f" AND kind = {int(Kind.MESSAGE)} ORDER BY sent_ms, id",
            [first, end],
        )
        rows: list[tuple[int, int, str]] = cursor.fetchall()
    return rows
