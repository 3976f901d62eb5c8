"""Bringing in a list of customers in the background, and taking it back: in parts (A-8).

Rows wait sealed in parts. A part is brought in and thrown away in one transaction that also counts
it, so that whoever dies in between loses nothing and does nothing twice. What it made is kept by
id; the newest list can be taken back by that, part by part again.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import date
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from weilu.core.access import Actor, Right, Role
from weilu.core.clock import now
from weilu.core.errors import Conflict, NotFound
from weilu.core.jobs import schedule
from weilu.core.log import announce
from weilu.core.vault import seal, unseal
from weilu.events.members import CustomersBrought, CustomersTakenBack
from weilu.members.actions import tags
from weilu.members.actions.customers import AT_ONCE, bring_in
from weilu.members.actions.customers_made import take_rows_back, unused_tags
from weilu.members.models import CustomerList, CustomerMade, CustomerPart, Deed
from weilu.members.rules.customers import Row

JOB, BACK = "bring_in_customers", "take_customers_back"
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
        announce(CustomersBrought(actor.workspace_id, list_id))
    return True


def take_back(actor: Actor, *, list_id: int) -> None:
    """Have what a list brought taken back; a job does it, in parts.

    Members whom nothing else holds go, tags and consents of the list do, and values it replaced
    hold again where nobody wrote since. Raises NotFound unless it has ended, Conflict `later_list`
    where a later one may have found what it brought: that goes first. Announces CustomersTakenBack
    in the end.
    """
    actor.require(Right.IMPORT)
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        mine = CustomerList.objects.filter(workspace_id=actor.workspace_id)
        later = mine.filter(pk__gt=list_id, state__in=(S.RUNNING, S.DONE, S.STOPPED, S.UNDOING))
        if later.exists():
            raise Conflict("later_list")
        ended = mine.filter(pk=list_id, state__in=(S.DONE, S.STOPPED))
        if not ended.update(state=S.UNDOING):
            raise NotFound
        schedule(BACK, workspace_id=actor.workspace_id, key=str(list_id))


def to_take_back(viewer: Actor) -> int | None:
    """The list that can be taken back: the newest, once it has ended; None without."""
    viewer.require(Right.IMPORT)
    rows = CustomerList.objects.filter(workspace_id=viewer.workspace_id)
    newest = rows.exclude(state__in=(S.LOOKED_AT, S.UNDONE)).order_by("-pk").defer("sealed").first()
    if newest is None or newest.state not in {S.DONE, S.STOPPED}:
        return None
    # Lists from before this was kept made who knows what.
    return newest.pk if CustomerMade.objects.filter(of=newest).exists() else None


def take_back_next(list_id: int) -> bool:
    """Take back a tag or a part of a list, the last first; whether there may be more."""
    with transaction.atomic():
        undoing = CustomerList.objects.filter(pk=list_id, state=S.UNDOING)
        if not undoing.update(state=S.UNDOING):
            return False
        one = undoing.defer("sealed").get()
        actor = Actor(one.workspace_id, Role.OWNER, one.by_id)
        deed = Deed.objects.filter(of_list=one, kind=Deed.Kind.TAG, undone_at=None).first()
        part = CustomerMade.objects.filter(of=one).order_by("-pk").first()
        if deed is not None:
            tags.undo(actor, deed_id=deed.pk)
        elif part is not None:
            take_rows_back(one.workspace_id, part.made)
            for tag in unused_tags(one.workspace_id, part.made.get("tag", ())):
                tags.remove_tag(actor, tag_id=tag)
            part.delete()
        else:
            undoing.update(state=S.UNDONE)
            announce(CustomersTakenBack(one.workspace_id, list_id))
            return False
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
            announce(CustomersBrought(one.workspace_id, list_id))
            return False
        actor = Actor(one.workspace_id, Role.OWNER, one.by_id)
        here = ZoneInfo(one.workspace.time_zone)
        today = one.agreed_on or one.at.astimezone(here).date()
        done = bring_in(
            actor, _unpacked(part.sealed), wording=one.wording, today=today, list_id=list_id
        )
        running.update(
            done=F("done") + done.customers,
            matched=F("matched") + done.matched,
            fresh=F("fresh") + done.fresh,
            refused=F("refused") + done.refused,
        )
        if done.made:
            CustomerMade.objects.create(of=one, made=done.made)
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
