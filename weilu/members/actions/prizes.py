"""What a person of the team says of who only comes for prizes; it stands against evidence (C-7)."""

from __future__ import annotations

from collections.abc import Mapping

from django.db import IntegrityError, connection, transaction
from django.db.models import QuerySet

from weilu.core.access import Actor, Right
from weilu.core.bulk import upsert
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.events.members import PrizesJudged
from weilu.members.anchors import anchor
from weilu.members.mirror.known import PRIZE_LOOKS, PRIZE_WORDS
from weilu.members.models import PrizeLook, PrizeVerdict

NOTE_CHARS = 500


def judge(actor: Actor, *, member_id: int, is_hunter: bool, note: str) -> PrizeVerdict:
    """Say whether a member only comes for prizes, with a reason; one said before is withdrawn.

    Raises Invalid for no or too long a note, NotFound. Announces PrizesJudged.
    """
    actor.require(Right.EDIT_MEMBERS)
    cleaned = note.strip()
    if not cleaned:
        raise Invalid("required", field="note")
    if len(cleaned) > NOTE_CHARS:
        raise Invalid("too_long", field="note")
    try:
        with transaction.atomic():
            identity = anchor(actor.workspace_id, member_id)
            standing = _standing(actor, member_id)
            whose = {identity, *standing.values_list("identity_id", flat=True)}
            standing.update(withdrawn_at=now())
            verdict = PrizeVerdict.objects.create(
                workspace_id=actor.workspace_id,
                identity_id=identity,
                is_hunter=is_hunter,
                note=cleaned,
                by_id=actor.user_id,
                at=now(),
            )
            note_change(actor.workspace_id, PRIZE_WORDS.name, ids=whose)
            announce(PrizesJudged(actor.workspace_id, member_id, is_hunter))
    except IntegrityError as error:
        raise Conflict("changed_meanwhile") from error
    return verdict


def withdraw_verdict(actor: Actor, *, member_id: int) -> None:
    """Let evidence speak again. Raises NotFound when nothing was said. Announces PrizesJudged."""
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        standing = _standing(actor, member_id)
        whose = list(standing.values_list("identity_id", flat=True))
        if not standing.update(withdrawn_at=now()):
            raise NotFound
        note_change(actor.workspace_id, PRIZE_WORDS.name, ids=whose)
        announce(PrizesJudged(actor.workspace_id, member_id, None))


def _standing(actor: Actor, member_id: int) -> QuerySet[PrizeVerdict]:
    return PrizeVerdict.objects.filter(
        workspace_id=actor.workspace_id, identity__member_id=member_id, withdrawn_at=None
    )


def keep_looks(workspace_id: int, looks: Mapping[int, tuple[float, str]]) -> int:
    """Replace the looks of a workspace: member → score and evidence as JSON."""
    with transaction.atomic():
        mine = PrizeLook.objects.filter(workspace_id=workspace_id)
        gone = [pk for pk in mine.values_list("pk", flat=True) if pk not in looks]
        for at in range(0, len(gone), 500):
            mine.filter(pk__in=gone[at : at + 500]).delete()
        upsert(
            connection, "members_prizelook", ("member_id", "workspace_id", "score", "evidence"),
            [(pk, workspace_id, score, body) for pk, (score, body) in sorted(looks.items())],
            conflict="(member_id) DO UPDATE SET score = excluded.score,"
            " evidence = excluded.evidence",
        )  # fmt: skip
        note_change(workspace_id, PRIZE_LOOKS.name)
    return len(looks)
