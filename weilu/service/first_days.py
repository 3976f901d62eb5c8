"""The first three days: who came, whether they spoke, and a first question nobody answers (H-1).

Joins and first questions are noted in the transaction that stores them. A job looks an hour
later whether the question was answered, and goes on looking while it was not.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

import numpy as np
from django.db import connection
from django.db.models import Count, Exists, OuterRef, QuerySet

from weilu.chat.columns import DAY_MS, Columns
from weilu.chat.models import Message
from weilu.chat.ports import Kind
from weilu.chat.replies.questions import answers, questions
from weilu.chat.stages import at_once
from weilu.chat.timeline import Readings
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.bulk import add_rows
from weilu.core.clock import now, now_ms
from weilu.core.errors import Conflict, NotFound
from weilu.core.jobs import job, schedule, schedule_all
from weilu.core.lookup import Lookup
from weilu.core.models import Job
from weilu.groups.models import Group, Participation
from weilu.members.models import Member
from weilu.members.queries import people
from weilu.service.conversations import converse, names_in
from weilu.service.models import FirstDays
from weilu.service.rules.greeting import DROPPED_MS, is_newcomer

LASTS_MS = 3 * DAY_MS
WAITS = timedelta(hours=1)
LOOKS_AGAIN = timedelta(minutes=20)
# Who was away for so long is a newcomer again, and needs a row of their own.
KEPT_MS = DROPPED_MS
CLEARED_EVERY = timedelta(days=1)
LISTED = 100
# Newcomers of the last three days that are listened to in one workspace; raids bring more.
MOST_LISTENED = 5_000
# How long what is known of newcomers is not asked for again; who joins here is known at once.
KNOWN_FOR_S = 5.0
_AT_ONCE = 300

_Place = tuple[int, int]
_listened: dict[int, tuple[float, dict[_Place, int]]] = {}
_COLUMNS = ("id", "workspace_id", "group_id", "identity_id", "came_ms")

# Groups that are connected and not about to close.
WELCOMING = Lookup(
    lambda ids: (
        Group.objects.filter(pk__in=ids, ends_at=None).exclude(connection=None).values_list("pk")
    )
)
_BEEN = Lookup(
    lambda groups, people: Participation.objects.filter(
        group_id__in=groups, identity_id__in=people
    ).values_list("group_id", "identity_id", "first_seen_ms", "last_left_ms")
)
_SILENT = Lookup(
    lambda workspace_id, since_ms: (
        FirstDays.objects.filter(workspace_id=workspace_id, came_ms__gt=since_ms, asked_id=None)
        .order_by("-came_ms")
        .values_list("group_id", "identity_id", "pk")[:MOST_LISTENED]
    )
)


def forget_newcomers() -> None:
    """Drop what is known of newcomers."""
    _listened.clear()


@at_once("first_days", forget_newcomers)
def see_first_days(columns: Columns) -> None:
    """Note who comes in a batch, and the first question of who came these days."""
    listened = _newcomers(columns.workspace_id)
    joined = np.flatnonzero(columns.kind == int(Kind.JOIN))
    if len(joined):
        listened |= _note_joins(columns, joined.tolist())
    if listened:
        _note_questions(columns, listened)


def _newcomers(workspace_id: int) -> dict[_Place, int]:
    """Rows of newcomers who asked nothing yet, by group and identity."""
    moment = time.monotonic()
    kept = _listened.get(workspace_id)
    if kept is None or moment - kept[0] > KNOWN_FOR_S:
        rows = _SILENT(workspace_id, now_ms() - LASTS_MS)
        kept = _listened[workspace_id] = (moment, {(place, who): pk for place, who, pk in rows})
    return kept[1]


def _note_joins(columns: Columns, rows: list[int]) -> dict[_Place, int]:
    """Keep who came that was not there before; their rows."""
    groups = np.unique(columns.group[rows]).tolist()
    is_open = {pk for (pk,) in WELCOMING(groups)}
    if not is_open:
        return {}
    been = {
        (place, who): (first_ms, left_ms)
        for place, who, first_ms, left_ms in _BEEN(
            sorted(is_open), np.unique(columns.identity[rows]).tolist()
        )
    }
    fresh: dict[_Place, tuple[int, int]] = {}
    for row in rows:
        place = int(columns.group[row]), int(columns.identity[row])
        came_ms = int(columns.sent_ms[row])
        is_new = place not in been or is_newcomer(*been[place], came_ms)
        if place[0] in is_open and is_new:
            fresh.setdefault(place, (int(columns.id[row]), came_ms))
    space = columns.workspace_id
    if add_rows(FirstDays, _COLUMNS, [(pk, space, *at, ms) for at, (pk, ms) in fresh.items()]):
        schedule("clear_first_days", workspace_id=space, due_at=now() + CLEARED_EVERY)
    return {place: pk for place, (pk, _ms) in fresh.items()}


def note_greeted(group_id: int, identity_ids: Sequence[int], companion_id: int | None) -> None:
    """Note that newcomers were greeted, and who keeps them company."""
    rows = FirstDays.objects.filter(group_id=group_id, greeted_at=None)
    for at in range(0, len(identity_ids), _AT_ONCE):
        rows.filter(identity_id__in=identity_ids[at : at + _AT_ONCE]).update(
            greeted_at=now(), companion_id=companion_id
        )


def _note_questions(columns: Columns, listened: dict[_Place, int]) -> None:
    """Keep the first question of each newcomer, and have it looked after."""
    spoken = (columns.kind == int(Kind.MESSAGE)).tolist()
    places = zip(columns.group.tolist(), columns.identity.tolist(), strict=True)
    rows = [row for row, place in enumerate(places) if place in listened and spoken[row]]
    if not rows:
        return
    asks = questions([columns.text[row] for row in rows]).tolist()
    asked: list[tuple[int, int, int]] = []
    for row in (row for row, does in zip(rows, asks, strict=True) if does):
        pk = listened.pop((int(columns.group[row]), int(columns.identity[row])), None)
        if pk is not None:
            asked.append((int(columns.id[row]), int(columns.sent_ms[row]), pk))
    with connection.cursor() as cursor:
        cursor.executemany(
            "UPDATE service_firstdays SET asked_id = %s, asked_ms = %s"
            " WHERE id = %s AND asked_id IS NULL",
            asked,
        )
    due = now() + WAITS
    keys = [str(pk) for _message, _sent, pk in asked]
    schedule_all("first_question", keys, workspace_id=columns.workspace_id, due_at=due)


@job("first_question")
def look_after(one: Job) -> datetime | None:
    """Look whether a newcomer's first question was answered; again while it was not."""
    rows = FirstDays.objects.filter(pk=int(one.key), workspace_id=one.workspace_id)
    found = rows.select_related("group").exclude(asked_ms=None).first()
    if found is None or found.answered_ms is not None or found.seen_to_at is not None:
        return None
    if _is_gone(found):
        # What was taken back asks nothing; their next question is their first.
        rows.update(asked_id=None, asked_ms=None, unheard_at=None)
        return None
    answer = _answer(found)
    if answer is not None:
        rows.filter(answered_ms=None).update(answered_ms=answer[0], answered_by=answer[1])
        return None
    if found.unheard_at is None:
        rows.filter(unheard_at=None).update(unheard_at=now())
    return now() + LOOKS_AGAIN if now_ms() - (found.asked_ms or 0) < LASTS_MS else None


@job("clear_first_days")
def clear_first_days(one: Job) -> datetime | None:
    """Forget who came a month ago, once a day while there is anybody."""
    rows = FirstDays.objects.filter(workspace_id=one.workspace_id)
    rows.filter(came_ms__lte=now_ms() - KEPT_MS).delete()
    return now() + CLEARED_EVERY if rows.exists() else None


def _is_gone(one: FirstDays) -> bool:
    said = Message.objects.filter(pk=one.asked_id or 0)
    kept = said.values_list("flags", flat=True).first()
    return kept is None or bool(kept & Message.Flag.RECALLED)


def _answer(one: FirstDays) -> tuple[int, int] | None:
    """When the question was answered first, and by whom (identity); None when it was not."""
    asked_ms = one.asked_ms or 0
    known = people(one.workspace_id)
    names = names_in(one.group_id, known)
    heard = converse(Readings(one.group_id), (asked_ms, now_ms() + 1), known, names)
    at = np.flatnonzero(heard.timeline.id == one.asked_id)
    if not len(at):
        return None
    row = int(answers(heard.talk, heard.links, heard.asks).row[at[0]])
    if row < 0:
        return None
    return int(heard.timeline.sent_ms[row]), int(heard.timeline.identity[row])


@dataclass(frozen=True, slots=True)
class Newcomer:
    """Somebody who came: their first days, when they spoke first (ms), whether they are gone."""

    row: FirstDays
    spoke_ms: int | None
    has_left: bool


@dataclass(frozen=True, slots=True)
class Tally:
    """How many came in a stretch of days; of them: greeted, spoke, asked, were answered."""

    came: int
    greeted: int
    spoke: int
    asked: int
    answered: int


def _mine(viewer: Actor) -> QuerySet[FirstDays]:
    viewer.require(Right.SEE_MEMBERS)
    rows = FirstDays.objects.filter(workspace_id=viewer.workspace_id)
    return rows.filter(
        identity__member__nature=Member.Nature.PERSON, identity__member__is_staff=False
    )


def newcomers_of(viewer: Actor, community: Community) -> list[Newcomer]:
    """Who came within the last three days, the latest first; two statements."""
    rows = _mine(viewer).filter(group__community=community, came_ms__gt=now_ms() - LASTS_MS)
    chosen = rows.select_related("group", "identity", "companion", "answered_by")
    return _with_words(chosen.order_by("-came_ms", "-pk")[:LISTED])


def _with_words(rows: Iterable[FirstDays]) -> list[Newcomer]:
    found = list(rows)
    been = {
        (one.group_id, one.identity_id): one
        for one in Participation.objects.filter(
            group_id__in={row.group_id for row in found},
            identity_id__in=[row.identity_id for row in found],
        )
    }
    out = []
    for row in found:
        part = been.get((row.group_id, row.identity_id))
        spoke = part.spoke_ms if part else None
        left = part.last_left_ms if part else None
        out.append(Newcomer(row, spoke, left is not None and left >= row.came_ms))
    return out


def tally(viewer: Actor, community: Community, days: int) -> Tally:
    """What became of the newcomers of the last days; one statement."""
    rows = _mine(viewer).filter(group__community=community, came_ms__gt=now_ms() - days * DAY_MS)
    spoke = Participation.objects.filter(
        group=OuterRef("group"), identity=OuterRef("identity"), spoke_ms__isnull=False
    )
    return Tally(
        **rows.aggregate(
            came=Count("pk"),
            greeted=Count("greeted_at"),
            spoke=Count("pk", filter=Exists(spoke)),
            asked=Count("asked_ms"),
            answered=Count("answered_ms"),
        )
    )


def unheard(viewer: Actor) -> QuerySet[FirstDays]:
    """First questions of the last three days that nobody answers or sees to, the oldest first."""
    rows = _mine(viewer).filter(
        unheard_at__isnull=False,
        answered_ms=None,
        seen_to_at=None,
        asked_ms__gt=now_ms() - LASTS_MS,
    )
    return rows.select_related("group__community", "identity").order_by("asked_ms", "pk")


def see_to(actor: Actor, *, pk: int) -> FirstDays:
    """Say that a question is seen to; raises NotFound, Conflict `changed` when it was before."""
    actor.require(Right.HANDLE_FINDINGS)
    mine = FirstDays.objects.filter(pk=pk, workspace_id=actor.workspace_id)
    found = mine.exclude(asked_ms=None).select_related("group").first()
    if found is None:
        raise NotFound
    if not mine.filter(seen_to_at=None).update(seen_to_at=now(), seen_to_by_id=actor.user_id):
        raise Conflict("changed")
    return found
