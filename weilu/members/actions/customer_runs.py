"""Bringing in a list of customers in the background: in parts, resumable, to be stopped (A-8).

Rows wait sealed in parts. A part is brought in and thrown away in one transaction that also counts
it, so that whoever dies in between loses nothing and does nothing twice.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date

from django.db import transaction
from django.db.models import F

from weilu.core.access import Actor, Right, Role
from weilu.core.clock import now
from weilu.core.errors import NotFound
from weilu.core.jobs import schedule
from weilu.core.vault import seal, unseal
from weilu.members.actions.customers import AT_ONCE, bring_in
from weilu.members.models import CustomerList, CustomerPart
from weilu.members.rules.customers import Row

JOB = "bring_in_customers"
S = CustomerList.State
_MOST_SHOWN = 5


def begin_import(
    actor: Actor, *, list_id: int, rows: Sequence[Row], wording: str, today: date
) -> None:
    """Have the rows of a kept list brought in; the file itself goes now. Raises NotFound."""
    actor.require(Right.IMPORT)
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        mine = CustomerList.objects.filter(
            pk=list_id, workspace_id=actor.workspace_id, state=S.LOOKED_AT
        )
        begun = mine.update(
            state=S.RUNNING, sealed="", wording=wording[:2000], agreed_on=today, rows=len(rows),
            by_id=actor.user_id, at=now(),
        )  # fmt: skip
        if not begun:
            raise NotFound
        CustomerPart.objects.bulk_create(
            (
                CustomerPart(of_id=list_id, sealed=_packed(rows[at : at + AT_ONCE]))
                for at in range(0, len(rows), AT_ONCE)
            ),
            batch_size=50,
        )
        schedule(JOB, workspace_id=actor.workspace_id, key=str(list_id))


def stop_import(actor: Actor, *, list_id: int) -> bool:
    """Bring no more of a list in; what is in stays. False when it had ended already."""
    actor.require(Right.IMPORT)
    with transaction.atomic():
        mine = CustomerList.objects.filter(
            pk=list_id, workspace_id=actor.workspace_id, state=S.RUNNING
        )
        if not mine.update(state=S.STOPPED):
            return False
        CustomerPart.objects.filter(of_id=list_id).delete()
    return True


def imports(viewer: Actor) -> list[CustomerList]:
    """Lists that are brought in, or were lately, newest first."""
    viewer.require(Right.IMPORT)
    rows = CustomerList.objects.filter(workspace_id=viewer.workspace_id).exclude(state=S.LOOKED_AT)
    return list(rows.defer("sealed").order_by("-at", "-pk")[:_MOST_SHOWN])


def bring_next(list_id: int) -> bool:
    """Bring in one part of a list, or find that all is in; whether there may be more."""
    with transaction.atomic():
        running = CustomerList.objects.filter(pk=list_id, state=S.RUNNING)
        # Takes the row: who stops the import waits, or has stopped it.
        if not running.update(state=S.RUNNING):
            return False
        one = running.defer("sealed").get()
        part = CustomerPart.objects.filter(of_id=list_id).order_by("pk").first()
        if part is None:
            running.update(state=S.DONE)
            return False
        actor = Actor(one.workspace_id, Role.OWNER, one.by_id)
        today = one.agreed_on or one.at.date()
        done = bring_in(
            actor, _unpacked(part.sealed), wording=one.wording, today=today, list_id=list_id
        )
        running.update(
            done=F("done") + done.customers,
            matched=F("matched") + done.matched,
            fresh=F("fresh") + done.fresh,
            refused=F("refused") + done.refused,
        )
        part.delete()
    return True


def _packed(rows: Sequence[Row]) -> str:
    plain = [[r.line, r.name, r.phone, r.tags, r.facts, r.is_namesake] for r in rows]
    return seal({"rows": json.dumps(plain, ensure_ascii=False)})


def _unpacked(sealed: str) -> list[Row]:
    plain = json.loads(unseal(sealed)["rows"])
    return [
        Row(line, name, phone, tuple(tags), tuple((pk, text) for pk, text in facts), *rest)
        # Parts that waited while Weilu was updated say nothing of namesakes.
        for line, name, phone, tags, facts, *rest in plain
    ]
