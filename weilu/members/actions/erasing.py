"""Erasing one person from everything (C-3; PIPL article 47)."""

from __future__ import annotations

from collections import Counter

from django.db import connection, transaction
from django.db.models import Model
from pyroaring import BitMap

from weilu.core.access import Actor, Right
from weilu.core.changes import forget_noted
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.jobs import schedule
from weilu.core.log import EVENTS, announce
from weilu.core.models import Delivery, Job, LogRow
from weilu.events.members import MemberErased
from weilu.members.models import Alias, Erasure, Identity, Member, Segment, SegmentMove
from weilu.members.traces import ERASERS, Person, person_of, traces

JOB = "erase_member"
# Events of members that carry ids: one id, or a list of them.
_IDS = ("kept_id", "absorbed_id", "member_id", "identity_id", "member_ids")
_ROWS_AT_ONCE = 2000
S = Erasure.State


def ask_erasure(
    actor: Actor,
    *,
    member_id: int,
    typed_name: str,
    reason: Erasure.Reason,
    everywhere: bool = True,
) -> Erasure:
    """Have a person erased, for whoever may, when the name typed is theirs. Cannot be undone.

    Raises Invalid `name_differs`, Conflict `already_erasing`, NotFound. A job does it.
    """
    actor.require(Right.ERASE)
    with transaction.atomic():
        mine = Member.objects.filter(workspace_id=actor.workspace_id, merged_into=None)
        one = mine.filter(pk=member_id).first()
        if one is None:
            raise NotFound
        if typed_name.strip() != one.name.strip():
            raise Invalid("name_differs", field="name")
        if Erasure.objects.filter(member=one).exists():
            raise Conflict("already_erasing")
        erasure = Erasure.objects.create(
            workspace_id=actor.workspace_id,
            member=one,
            reason=reason,
            everywhere=everywhere,
            by_id=actor.user_id,
            at=now(),
        )
        schedule(JOB, workspace_id=actor.workspace_id, key=str(erasure.pk))
    return erasure


def remove_words(erasure: Erasure, person: Person) -> None:
    """First step: what every package holds of them in texts and files; once more does no harm."""
    with transaction.atomic():
        _overwrite()
        counts = Counter(erasure.counts)
        for erase in ERASERS.values():
            counts.update(erase(person))
        Erasure.objects.filter(pk=erasure.pk).update(state=S.COUNTING, counts=dict(counts))


def remove_rows(erasure: Erasure, person: Person) -> None:
    """Second step: every row about them, and they themselves. Announces MemberErased."""
    with transaction.atomic():
        _overwrite()
        for trace in traces():
            rows = trace.model._default_manager.filter(**{f"{trace.column}__in": trace.ids(person)})
            if trace.nullable:
                rows.update(**{trace.column: None})
            else:
                rows.delete()
        _forget_segments(person)
        _forget_events(person)
        _forget_errors(person)
        Alias.objects.filter(identity_id__in=person.identity_ids)._raw_delete(using="default")
        Identity.objects.filter(pk__in=person.identity_ids)._raw_delete(using="default")
        Member.objects.filter(pk__in=person.member_ids)._raw_delete(using="default")
        Erasure.objects.filter(pk=erasure.pk).update(state=S.DONE, done_at=now())
        forget_noted(erasure.workspace_id)
        announce(MemberErased(erasure.workspace_id, erasure.pk))


def tidy_files() -> None:
    """Let nothing of what was deleted linger in the database's files."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")


def _overwrite() -> None:
    """Have SQLite overwrite what is deleted with zeros; PostgreSQL's vacuum reuses the space."""
    if connection.vendor == "sqlite":
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA secure_delete = ON")


def _forget_segments(person: Person) -> None:
    """Take them out of who is, was and came into segments."""
    ids = BitMap(person.member_ids)
    rows: list[tuple[type[Model], str]] = [
        (Segment, "ids"),
        (SegmentMove, "entered"),
        (SegmentMove, "left"),
    ]
    for model, column in rows:
        mine = model._default_manager.filter(workspace_id=person.workspace_id)
        for pk, body in mine.values_list("pk", column):
            held = BitMap.deserialize(bytes(body)) if body else BitMap()
            if held & ids:
                mine.filter(pk=pk).update(**{column: (held - ids).serialize()})


def _forget_events(person: Person) -> None:
    """Take their ids out of the log; rows that tell of nobody else go."""
    ids = {*person.member_ids, *person.identity_ids}
    rows = LogRow.objects.filter(workspace_id=person.workspace_id, name__in=_names_with_ids())
    for row in rows.order_by("pk").iterator(chunk_size=_ROWS_AT_ONCE):
        payload = {k: _without(v, ids) if k in _IDS else v for k, v in row.payload.items()}
        if payload != row.payload:
            LogRow.objects.filter(pk=row.pk).update(payload=payload)


def _names_with_ids() -> list[str]:

    return [n for n, one in EVENTS.items() if set(_IDS) & set(one.__dataclass_fields__)]


def _without(value: object, ids: set[int]) -> object:
    if isinstance(value, list):
        return [one for one in value if one not in ids]
    return 0 if value in ids else value


def _forget_errors(person: Person) -> None:
    """Errors may quote what somebody wrote."""
    for word in person.words:
        Job.objects.filter(workspace_id=person.workspace_id, error__icontains=word).update(error="")
        Delivery.objects.filter(
            row__workspace_id=person.workspace_id, error__icontains=word
        ).update(error="")


def start(erasure_id: int) -> tuple[Erasure, Person] | None:
    """An erasure that is not done, and who is to go; None when there is nothing to do."""
    found = Erasure.objects.filter(pk=erasure_id).exclude(state=S.DONE).first()
    if found is None or found.member_id is None:
        return None
    return found, person_of(found.workspace_id, found.member_id, everywhere=found.everywhere)
