"""Live groups are followed: who does what within seconds, the rest of the page within the hour.

What an import brings is looked at when it ends. Live messages have no end: their batches are
noted, and once counted, whoever is in them gets new totals; each community that was spoken in is
looked at again an hour later, no further back than a month; one that is new, as soon as it talks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta

from django.db import connection

from weilu.chat.columns import DAY_MS
from weilu.chat.models import Batch
from weilu.chat.people import seen_between
from weilu.communities.models import Community
from weilu.core.clock import now, now_ms
from weilu.core.jobs import job, renew, schedule
from weilu.core.models import Job
from weilu.core.reactions import on
from weilu.events.chat import BatchAccepted
from weilu.groups.models import Group
from weilu.insight.diagnosis import diagnose
from weilu.insight.models import FreshBatch, GroupDay, Standing
from weilu.insight.people.segments import keep_counting
from weilu.insight.room import keep_room
from weilu.insight.standing import refresh_moves, refresh_standing
from weilu.insight.themes import WEEK, recount_weeks
from weilu.insight.totals import refresh_totals
from weilu.insight.worth.keeping import keep_worth
from weilu.members.models import Identity
from weilu.service.conversations import month_days, month_of, recount

GATHER = timedelta(seconds=10)
EVERY = timedelta(hours=1)
FIRST = timedelta(minutes=1)
# Talk changes segments all the time; what staff does counts at once.
SEGMENTS_WITHIN = timedelta(minutes=5)
BATCHES_AT_ONCE = 200
_IDS_AT_ONCE = 500
# A month that has just ended still gets late answers.
_LATE_DAYS = 3


@on(BatchAccepted)
def note_batches(events: Sequence[BatchAccepted]) -> None:
    """Note live batches for looking at them; imports are looked at when they end."""
    fresh = Batch.objects.filter(pk__in=[one.batch_id for one in events], source_id=0)
    rows = [
        FreshBatch(pk=pk, workspace_id=space)
        for pk, space in fresh.values_list("pk", "workspace_id")
    ]
    FreshBatch.objects.bulk_create(rows, ignore_conflicts=True)
    for workspace_id in sorted({one.workspace_id for one in rows}):
        schedule("follow_live", workspace_id=workspace_id, due_at=now() + GATHER)


@job("follow_live")
def follow_live(one: Job) -> datetime | None:
    """Make the totals of whoever is in live batches anew; again soon while some are left."""
    while ids := _counted(one.workspace_id):
        identities, groups = _in_batches(ids)
        refresh_totals(one.workspace_id, _members(identities))
        _look_later(one.workspace_id, _communities(groups))
        FreshBatch.objects.filter(pk__in=ids).delete()
        keep_counting(one.workspace_id, SEGMENTS_WITHIN)
        renew(one)
    left = FreshBatch.objects.filter(workspace_id=one.workspace_id).exists()
    return now() + GATHER if left else None


def _look_later(workspace_id: int, communities: set[int]) -> None:
    """Have communities looked at; one that nobody has looked at yet shows something soon."""
    seen = Standing.objects.filter(community__in=communities, group=None)
    known = set(seen.values_list("community_id", flat=True))
    for community_id in sorted(communities):
        schedule(
            "look_at_community",
            workspace_id=workspace_id,
            key=str(community_id),
            due_at=now() + (EVERY if community_id in known else FIRST),
        )


def _counted(workspace_id: int) -> list[int]:
    """Batches noted and counted by now, the oldest first; what was taken back is forgotten."""
    noted = FreshBatch.objects.filter(workspace_id=workspace_id)
    noted.exclude(pk__in=Batch.objects.filter(workspace_id=workspace_id).values("pk")).delete()
    counted = Batch.objects.filter(
        pk__in=noted.order_by("pk").values("pk")[:BATCHES_AT_ONCE], staged=True
    )
    return list(counted.values_list("pk", flat=True))


def _in_batches(batch_ids: Sequence[int]) -> tuple[set[int], set[int]]:
    """Who and which groups the messages of batches are of."""
    identities, groups = set[int](), set[int]()
    spans = Batch.objects.filter(pk__in=batch_ids).values_list("first_id", "count")
    with connection.cursor() as cursor:
        for first_id, count in spans:
            cursor.execute(
                "SELECT DISTINCT identity_id, group_id FROM chat_message"
                " WHERE id >= %s AND id < %s",
                [first_id, first_id + count],
            )
            for identity_id, group_id in cursor.fetchall():
                identities.add(identity_id)
                groups.add(group_id)
    return identities, groups


def _members(identities: set[int]) -> set[int]:
    ids = sorted(identities)
    found: set[int] = set()
    for at in range(0, len(ids), _IDS_AT_ONCE):
        rows = Identity.objects.filter(pk__in=ids[at : at + _IDS_AT_ONCE])
        found.update(rows.values_list("member_id", flat=True))
    return found


def _communities(groups: set[int]) -> set[int]:
    return set(Group.objects.filter(pk__in=groups).values_list("community_id", flat=True))


@job("look_at_community")
def look_at_community(one: Job) -> datetime | None:
    """Look at the groups of a community that were spoken in lately, and at the whole."""
    place = Community.objects.filter(pk=int(one.key), workspace_id=one.workspace_id).first()
    if place is not None:
        look_again(place, lambda: bool(renew(one)))
    return None


def look_again(place: Community, go_on: Callable[[], object] = bool) -> None:
    """Bring conversations, words, moves, standing and findings up to date, lately spoken of."""
    # A day number of any zone lies within one of UTC's.
    today = now_ms() // DAY_MS + 1
    lately = GroupDay.objects.filter(group__community=place, day__gte=today - _LATE_DAYS)
    for group in Group.objects.filter(pk__in=lately.values("group_id")).order_by("pk"):
        _look_at_group(group, today)
        go_on()
    refresh_standing(place)
    keep_worth(place.workspace_id)
    diagnose(place)
    keep_room(place)


def _look_at_group(group: Group, today: int) -> None:
    first, _last = month_days(month_of(today - _LATE_DAYS))
    days = GroupDay.objects.filter(group=group, day__gte=first, messages__gt=0)
    spoken = dict(days.values_list("day", "messages"))
    recount(group, spoken)
    recount_weeks(group, {day // WEEK for day in spoken if day >= today - WEEK})
    span = seen_between(group.pk)
    if span is not None:
        refresh_moves(group, span)
