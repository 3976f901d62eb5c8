"""Appeals: whoever was warned, muted or put out may ask for a second look, once (B-6).

The page of an appeal is open to whoever holds its code; it shows the step and the rules, never
the message or who decided.
"""

from __future__ import annotations

from datetime import timedelta

from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.events.moderation import AppealAnswered, AppealMade
from weilu.moderation.models import Appeal, Violation
from weilu.moderation.taking_back import take_back

WORDS_CHARS = 1000
ANSWER_CHARS = 1000
OPEN_FOR = timedelta(days=60)
MOST_LISTED = 200


def violation_for_appeal(violation_id: int) -> Violation:
    """The violation an appeal is about; raises NotFound when it is gone."""
    found = Violation.objects.filter(pk=violation_id).select_related("community", "group").first()
    if found is None:
        raise NotFound
    return found


def appeal_of(violation: Violation) -> Appeal | None:
    """The appeal against a violation, if one was made."""
    return Appeal.objects.filter(violation=violation).first()


def may_appeal(violation: Violation) -> bool:
    """Whether the violation still stands and is not too old."""
    return violation.state == Violation.State.STANDS and violation.at > now() - OPEN_FOR


def make_appeal(violation: Violation, *, words: str) -> Appeal:
    """Ask for a second look; the same violation has one appeal, whoever asks again gets it.

    Nobody is signed in: the code of the page is the right. Raises Invalid (`required`,
    `too_long`), Conflict `appeal_closed` when it no longer stands or is too old.
    """
    said = words.strip()
    if not said:
        raise Invalid("required", field="words")
    if len(said) > WORDS_CHARS:
        raise Invalid("too_long", field="words")
    known = appeal_of(violation)
    if known is not None:
        return known
    if not may_appeal(violation):
        raise Conflict("appeal_closed")
    try:
        with transaction.atomic():
            made = Appeal.objects.create(
                violation=violation, workspace_id=violation.workspace_id, words=said, at=now()
            )
            announce(AppealMade(workspace_id=violation.workspace_id, violation_id=violation.pk))
    except IntegrityError:
        return Appeal.objects.get(violation=violation)
    return made


def waiting_appeals(viewer: Actor) -> QuerySet[Appeal]:
    """Appeals nobody has answered."""
    viewer.require(Right.SEE_MEMBERS)
    return Appeal.objects.filter(workspace_id=viewer.workspace_id, state=Appeal.State.OPEN)


def appeals(viewer: Actor, *, is_open: bool) -> list[Appeal]:
    """Appeals that wait, the oldest first; or those answered, the latest first."""
    about = ("violation", "violation__group", "violation__community", "by")
    if is_open:
        rows = waiting_appeals(viewer).select_related(*about)
        return list(rows.order_by("at", "pk")[:MOST_LISTED])
    viewer.require(Right.SEE_MEMBERS)
    rows = Appeal.objects.filter(workspace_id=viewer.workspace_id).select_related(*about)
    done = rows.exclude(state=Appeal.State.OPEN)
    return list(done.order_by("-answered_at", "-pk")[:MOST_LISTED])


def answer(actor: Actor, *, violation_id: int, grants: bool, words: str) -> Appeal:
    """Take the violation back, or let it stand, with a word to whoever asked.

    Raises Invalid `too_long`, NotFound, Conflict `changed` when somebody was first.
    """
    actor.require(Right.MODERATE)
    if len(words) > ANSWER_CHARS:
        raise Invalid("too_long", field="words")
    mine = Appeal.objects.filter(violation_id=violation_id, workspace_id=actor.workspace_id)
    if not mine.exists():
        raise NotFound
    state = Appeal.State.GRANTED if grants else Appeal.State.DECLINED
    with transaction.atomic():
        changed = mine.filter(state=Appeal.State.OPEN).update(
            state=state, answer=words.strip(), by_id=actor.user_id, answered_at=now()
        )
        if not changed:
            raise Conflict("changed")
        if grants:
            take_back(actor.workspace_id, [violation_id], actor.user_id)
        announce(
            AppealAnswered(
                workspace_id=actor.workspace_id, violation_id=violation_id, granted=grants
            )
        )
    return mine.get()
