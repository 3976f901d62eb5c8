"""Notes and consents: what the team wrote down of a member (C-3)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db import transaction

from weilu.core.access import Actor, Right
from weilu.core.bulk import add_rows
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.events.members import ConsentChanged, ConsentsGiven
from weilu.members.anchors import anchor, anchors
from weilu.members.mirror.known import CONSENTS
from weilu.members.models import Consent, Note

NOTE_CHARS = 4000
WORDING_CHARS = 2000
_AT_ONCE = 500
_CONSENT = (
    "workspace_id", "identity_id", "purpose", "way", "wording", "given_on", "by_id", "at",
)  # fmt: skip


def write_note(actor: Actor, *, member_id: int, text: str) -> Note:
    """Write a note; raises Invalid for an empty or too long one, NotFound."""
    actor.require(Right.EDIT_MEMBERS)
    return Note.objects.create(
        workspace_id=actor.workspace_id,
        identity_id=anchor(actor.workspace_id, member_id),
        text=_text(text, NOTE_CHARS, "note"),
        by_id=actor.user_id,
        at=now(),
    )


def remove_note(actor: Actor, *, note_id: int) -> int:
    """Throw a note away; returns the member it was of. Raises NotFound."""
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        here = Note.objects.filter(pk=note_id, workspace_id=actor.workspace_id)
        one = here.select_related("identity").first()
        if one is None or not here.delete()[0]:
            raise NotFound
    return one.identity.member_id


@dataclass(frozen=True, slots=True)
class Agreed:
    """What somebody agreed to: purpose, how they said so, the words put to them, and the day."""

    purpose: Consent.Purpose
    way: Consent.Way
    wording: str
    given_on: date


def give_consent(actor: Actor, agreed: Agreed, *, member_id: int, today: date) -> Consent:
    """Keep that a member agreed; one that held for the purpose ends that day.

    Raises Invalid for a day to come or no wording, Conflict `consent_order` when one that holds
    was given later, NotFound. Announces ConsentChanged.
    """
    actor.require(Right.EDIT_MEMBERS)
    wording = _wording(agreed, today)
    with transaction.atomic():
        identity = anchor(actor.workspace_id, member_id)
        holding = Consent.objects.filter(
            identity__member_id=member_id, purpose=agreed.purpose, withdrawn_on=None
        )
        if holding.filter(given_on__gt=agreed.given_on).exists():
            raise Conflict("consent_order")
        holding.update(withdrawn_on=agreed.given_on, withdrawn_by=actor.user_id)
        one = Consent.objects.create(
            workspace_id=actor.workspace_id,
            identity_id=identity,
            purpose=agreed.purpose,
            way=agreed.way,
            wording=wording,
            given_on=agreed.given_on,
            by_id=actor.user_id,
            at=now(),
        )
        note_change(actor.workspace_id, CONSENTS.name, key=agreed.purpose.value, ids=[identity])
        announce(ConsentChanged(actor.workspace_id, member_id, agreed.purpose.value, holds=True))
    return one


def give_consents(
    actor: Actor, agreed: Agreed, *, member_ids: Iterable[int], today: date
) -> list[int]:
    """Keep that many members agreed, but those whose consent for the purpose holds already.

    Returns who had not, ascending. Raises Invalid as `give_consent`. Announces ConsentsGiven.
    """
    actor.require(Right.EDIT_MEMBERS)
    wording = _wording(agreed, today)
    with transaction.atomic():
        anchored = anchors(actor.workspace_id, member_ids)
        holding = Consent.objects.filter(purpose=agreed.purpose, withdrawn_on=None)
        listed = sorted(anchored)
        for at in range(0, len(listed), _AT_ONCE):
            some = holding.filter(identity__member_id__in=listed[at : at + _AT_ONCE])
            for member_id in some.values_list("identity__member_id", flat=True):
                anchored.pop(member_id, None)
        if not anchored:
            return []
        said = (agreed.purpose.value, agreed.way.value, wording, agreed.given_on)
        rows = [
            (actor.workspace_id, identity, *said, actor.user_id, now())
            for _member, identity in sorted(anchored.items())
        ]
        add_rows(Consent, _CONSENT, rows)
        note_change(
            actor.workspace_id, CONSENTS.name, key=agreed.purpose.value, ids=anchored.values()
        )
        announce(ConsentsGiven(actor.workspace_id, agreed.purpose.value, sorted(anchored)))
    return sorted(anchored)


def withdraw_consent(actor: Actor, *, consent_id: int, today: date) -> Consent:
    """Keep that a member took a consent back; it stays in the history, and is returned.

    Raises NotFound, Conflict `already_withdrawn`. Announces ConsentChanged.
    """
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        here = Consent.objects.filter(pk=consent_id, workspace_id=actor.workspace_id)
        one = here.select_related("identity").first()
        if one is None:
            raise NotFound
        changed = here.filter(withdrawn_on=None).update(
            withdrawn_on=max(today, one.given_on), withdrawn_by=actor.user_id
        )
        if not changed:
            raise Conflict("already_withdrawn")
        note_change(actor.workspace_id, CONSENTS.name, key=one.purpose, ids=[one.identity_id])
        announce(
            ConsentChanged(actor.workspace_id, one.identity.member_id, one.purpose, holds=False)
        )
    return one


def _wording(agreed: Agreed, today: date) -> str:
    """The words that were agreed to; raises Invalid for none, or a day to come."""
    if agreed.given_on > today:
        raise Invalid("day_to_come", field="given_on")
    return _text(agreed.wording, WORDING_CHARS, "wording")


def _text(text: str, most: int, field: str) -> str:
    cleaned = text.strip()
    if not cleaned:
        raise Invalid("required", field=field)
    if len(cleaned) > most:
        raise Invalid("too_long", field=field)
    return cleaned
