"""Exchange that was read from talk goes into the ledgers of those it happened to (C-4)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.db.models import F, Max, QuerySet, Value
from django.db.models.functions import Coalesce

from weilu.groups.models import Group
from weilu.insight.ended import members_of_ended
from weilu.insight.models import CommunityDay
from weilu.members.actions.ledgers import Today, book, hold, in_pieces
from weilu.members.rules.exchange import Rows, mirrored, taken_away, together, unpack_day
from weilu.service.models import ExchangeDay

# So many days are booked in one transaction, or fewer of many bytes: each of those who talked in
# them has a ledger that is written anew, and all of it is added up in memory.
DAYS_AT_ONCE = 200


def newest_day_of(workspace_id: int) -> int:
    """The newest day anything was said in the workspace, 0 when nothing was."""
    rows = CommunityDay.objects.filter(community__workspace_id=workspace_id, messages__gt=0)
    newest: int | None = rows.aggregate(newest=Max("day"))["newest"]
    return newest or 0


def today_of(workspace_id: int) -> Today:
    """The newest day anything was said in the workspace, and where an earlier one is today.

    Also which group is of which community. Four statements; three where nothing ended.
    """
    groups = Group.objects.filter(workspace_id=workspace_id)
    over = members_of_ended(workspace_id)
    return Today(
        newest_day_of(workspace_id),
        dict(groups.values_list("pk", "community_id")),
        ends=[(one.last_day, who) for one, who in over if who],
        over={one.community_id: one.last_day for one, _who in over},
    )


def book_exchange(workspace_id: int) -> int:
    """Book every day of exchange that changed since it was last booked; returns how many.

    Each run of days is a transaction; once more changes nothing.
    """
    waiting = ExchangeDay.objects.filter(workspace_id=workspace_id, before__isnull=False)
    booked = 0
    while True:
        with transaction.atomic():
            hold(workspace_id)
            days = _first_days(waiting)
            if not days:
                return booked
            book(workspace_id, together([part for one in days for part in _changes(one)]))
            _are_booked(days)
        booked += len(days)


def _first_days(waiting: QuerySet[ExchangeDay]) -> list[ExchangeDay]:
    """The days to book next, in order; one at least, none when nothing waits."""
    rows = waiting.order_by("group_id", "day")[:DAYS_AT_ONCE].iterator(chunk_size=20)
    sizes = ((one, len(one.body) + len(one.before or b"")) for one in rows)
    return next(in_pieces(sizes, DAYS_AT_ONCE), [])


def _changes(one: ExchangeDay) -> list[Rows]:
    now = unpack_day(one.body, group=one.group_id, day=one.day)
    before = unpack_day(one.before or b"", group=one.group_id, day=one.day)
    return [mirrored(now), taken_away(mirrored(before))]


def _are_booked(days: Sequence[ExchangeDay]) -> None:
    for group_id in {one.group_id for one in days}:
        of_group = ExchangeDay.objects.filter(
            group_id=group_id, day__in=[one.day for one in days if one.group_id == group_id]
        )
        of_group.filter(body=b"").delete()
        of_group.update(before=None)


def unbook(groups: Sequence[Group]) -> None:
    """Mark all exchange of groups as gone; what is read from their talk anew puts it back."""
    rows = ExchangeDay.objects.filter(group__in=groups)
    rows.update(before=Coalesce(F("before"), F("body")), body=Value(b""))
