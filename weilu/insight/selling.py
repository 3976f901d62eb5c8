"""What staff sell and whether members speak of the product, read from the talk (A-4, G-1)."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from django.db import connection

from weilu.chat.columns import HOUR_MS, day_start_ms
from weilu.chat.ports import Kind
from weilu.chat.timeline import read_days
from weilu.groups.models import Group
from weilu.insight.rules.promotion import offers, speak_of
from weilu.insight.scope import Scope
from weilu.members.models import Identity
from weilu.members.queries import People

EARLY_DAYS = 14
# Staff of one group are a handful; more identities than this are not looked up one by one.
MOST_STAFF = 500


def early_offers(group: Group, first_day: int, known: People) -> int | None:
    """Offers among the staff's messages of a group's first two weeks; None without known staff."""
    staff = list(
        Identity.objects.filter(
            workspace_id=group.workspace_id, member_id__in=list(known.staff)[:MOST_STAFF]
        ).values_list("pk", flat=True)[:MOST_STAFF]
    )
    if not staff:
        return None
    zone = group.community.time_zone
    first = day_start_ms(first_day, zone)
    texts = _texts(group.pk, staff, first, day_start_ms(first_day + EARLY_DAYS, zone))
    return int(np.count_nonzero(offers(texts)))


def _texts(group_id: int, identities: Sequence[int], first_ms: int, end_ms: int) -> list[str]:
    """What some identities wrote in a group in a stretch of time."""
    hours = ", ".join(map(str, range(first_ms // HOUR_MS, (end_ms - 1) // HOUR_MS + 1)))
    who = ", ".join(map(str, identities))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT text FROM chat_message WHERE (sent_ms / {HOUR_MS}) IN ({hours})"  # noqa: S608
            f" AND group_id = %s AND sent_ms >= %s AND sent_ms < %s AND kind = {int(Kind.MESSAGE)}"
            f" AND identity_id IN ({who}) ORDER BY sent_ms, id",
            [group_id, first_ms, end_ms],
        )
        return [row[0] for row in cursor.fetchall()]


def product_messages(group: Group, scope: Scope, known: People) -> int | None:
    """Members' messages of a period that speak of the product; None until its words are known."""
    words = [word for word in group.community.product_words.split("\n") if word.strip()]
    if not words:
        return None
    found = 0
    left_out = np.fromiter(known.staff | known.bots, dtype=np.int64)
    for day in range(scope.first_day, scope.last_day + 1, 7):
        part = read_days(group.pk, day, min(day + 6, scope.last_day), scope.zone)
        rows = np.flatnonzero(~np.isin(known.of_array(part.identity), left_out)).tolist()
        found += speak_of([part.text[row] for row in rows], words)
    return found
