"""Writes of moderation: decisions, word lists, checks (B-5, B-6)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.db import IntegrityError, transaction

from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.jobs import schedule
from weilu.core.log import announce
from weilu.events.moderation import DoubtsDecided
from weilu.groups.models import Group
from weilu.moderation.models import Check, Doubt, WordList
from weilu.moderation.piles import Pile, pile
from weilu.moderation.rules.addresses import ADDRESS_KINDS
from weilu.moderation.rules.starter import KINDS, MOST_BYTES, words_of_file

MOST_WORDS = 200_000
WEIGHTS = (1.0, 2.0, 3.0)
_AT_ONCE = 300


def decide(
    actor: Actor,
    *,
    message_ids: Iterable[int],
    state: Doubt.State,
    undone: Doubt.State | None = None,
) -> int:
    """Say that messages are junk, are fine, or are to be decided again; returns how many changed.

    `undone` takes a decision of the actor's own back: what somebody else decided since stays.
    Announces DoubtsDecided.
    """
    actor.require(Right.MODERATE)
    ids, changed = sorted(set(message_ids)), 0
    opened = state == Doubt.State.OPEN
    with transaction.atomic():
        for at in range(0, len(ids), _AT_ONCE):
            some = Doubt.objects.filter(
                pk__in=ids[at : at + _AT_ONCE], workspace_id=actor.workspace_id
            ).exclude(state=state)
            if undone is not None:
                mine = None if undone == Doubt.State.OPEN else actor.user_id
                some = some.filter(state=undone, by_id=mine)
            changed += some.update(
                state=state,
                by_id=None if opened else actor.user_id,
                at=None if opened else now(),
            )
        if changed:
            announce(
                DoubtsDecided(
                    workspace_id=actor.workspace_id,
                    message_ids=ids,
                    state=str(state.value),
                    by_id=actor.user_id,
                )
            )
    return changed


def messages_of(
    actor: Actor, *, identity_ids: Iterable[int], family: str, on: Pile, limit: int
) -> list[int]:
    """The doubtful messages of accounts on a pile; at most `limit` ids."""
    actor.require(Right.MODERATE)
    found = pile(actor.workspace_id, on, family).filter(
        identity_id__in=list(identity_ids)[:_AT_ONCE]
    )
    return list(found.order_by("pk").values_list("pk", flat=True)[:limit])


def forget_decisions(actor: Actor) -> int:
    """Throw away everything decisions taught: all are open again. Returns how many."""
    actor.require(Right.MODERATE)
    decided = Doubt.objects.filter(workspace_id=actor.workspace_id)
    return decided.exclude(state=Doubt.State.OPEN).update(state=Doubt.State.OPEN, by=None, at=None)


def add_list(actor: Actor, *, name: str, kind: str, weight: float, data: bytes) -> WordList:
    """Keep a list of words from a file or a text field; one word a line.

    Raises Invalid (`required`, `too_long`, `no_words`, `no_words_file`), Conflict `taken` for a
    known name.
    """
    actor.require(Right.MODERATE)
    short = name.strip()
    if not short:
        raise Invalid("required", field="name")
    if len(short) > 80 or len(data) > MOST_BYTES:
        raise Invalid("too_long", field="name" if len(short) > 80 else "words")
    if kind not in (*KINDS, *ADDRESS_KINDS) or weight not in WEIGHTS:
        raise Invalid("required", field="kind")
    try:
        words = [one.text for one in words_of_file(data, kind)][:MOST_WORDS]
    except ValueError as error:
        raise Invalid("no_words_file", field="file") from error
    if not words:
        raise Invalid("no_words", field="words")
    try:
        with transaction.atomic():
            return WordList.objects.create(
                workspace_id=actor.workspace_id,
                name=short,
                kind=kind,
                weight=weight,
                words="\n".join(words),
                count=len(words),
                changed_at=now(),
            )
    except IntegrityError as error:
        raise Conflict("taken") from error


def switch_list(actor: Actor, *, list_id: int, is_on: bool) -> None:
    """Have a list looked for, or not."""
    _own(actor, list_id)
    WordList.objects.filter(pk=list_id).update(is_on=is_on, changed_at=now())


def remove_list(actor: Actor, *, list_id: int) -> None:
    """Throw a list away."""
    _own(actor, list_id).delete()


def _own(actor: Actor, list_id: int) -> WordList:
    actor.require(Right.MODERATE)
    found = WordList.objects.filter(pk=list_id, workspace_id=actor.workspace_id).first()
    if found is None:
        raise NotFound
    return found


def check_again(actor: Actor) -> int:
    """Have every group of the workspace looked through; returns how many groups."""
    actor.require(Right.MODERATE)
    ids = list(Group.objects.filter(workspace_id=actor.workspace_id).values_list("pk", flat=True))
    Check.objects.filter(workspace_id=actor.workspace_id).update(done=0.0)
    check_groups(actor.workspace_id, ids)
    return len(ids)


def check_groups(workspace_id: int, group_ids: Iterable[int], after_s: int = 0) -> None:
    """Have groups looked through for junk, soon."""
    due = now() + timedelta(seconds=after_s)
    for pk in group_ids:
        schedule("check_junk", workspace_id=workspace_id, key=str(pk), due_at=due)
