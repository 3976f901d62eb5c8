"""Keeping a whole segment company: who is in it, and who comes in, gets a guide (C-8)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, timedelta

from django.db import transaction
from django.db.models import Count

from weilu.core.access import Actor, Right
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.models import Seat
from weilu.members.actions.segments import held_in
from weilu.members.actions.standing import MOST_DAYS
from weilu.members.anchors import anchors
from weilu.members.mirror.known import COMPANIES
from weilu.members.models import Company, CompanyRule, Member, Segment
from weilu.members.rules.sharing import shared_out

# More than people can keep company: such a segment is for a broadcast.
MOST_MEMBERS = 2_000


def keep_company_of(
    actor: Actor, *, segment_id: int, mode: str, every_days: int, guides: Sequence[int], today: date
) -> int:
    """Keep everybody in a segment company from now on; how many got a guide at once.

    Whoever is kept company already stays as they are. First contacts are spread over the days of
    one round. Raises Invalid, Conflict `too_many_members`, NotFound.
    """
    actor.require(Right.EDIT_MEMBERS)
    if mode not in Company.Mode.values:
        raise Invalid("not_a_choice", field="mode")
    if not 1 <= every_days <= MOST_DAYS:
        raise Invalid("out_of_range", field="every_days")
    seats = Seat.objects.filter(workspace_id=actor.workspace_id, user_id__in=guides)
    if seats.count() != len(set(guides)):
        raise Invalid("not_a_choice", field="guides")
    with transaction.atomic():
        one = Segment.objects.filter(pk=segment_id, workspace_id=actor.workspace_id).first()
        if one is None:
            raise NotFound
        if one.members > MOST_MEMBERS:
            raise Conflict("too_many_members")
        values = {
            "workspace_id": actor.workspace_id, "mode": mode, "every_days": every_days,
            "guides": sorted(set(guides)), "by_id": actor.user_id, "at": now(),
        }  # fmt: skip
        CompanyRule.objects.update_or_create(segment=one, defaults=values)
        return follow_segment(one.pk, today)


def drop_company_of(actor: Actor, *, segment_id: int) -> None:
    """Give nobody else of a segment a guide; who has one keeps them. Raises NotFound."""
    actor.require(Right.EDIT_MEMBERS)
    mine = CompanyRule.objects.filter(pk=segment_id, workspace_id=actor.workspace_id)
    if not mine.delete()[0]:
        raise NotFound


def follow_segment(segment_id: int, today: date) -> int:
    """Give everybody in a segment whom nobody keeps company a guide; how many. Safe to run again.

    No more than MOST_MEMBERS have one by the same rule's segment.
    """
    with transaction.atomic():
        # Locks the rule: two who follow the same change do not both give guides.
        rule = CompanyRule.objects.select_for_update().filter(pk=segment_id).first()
        if rule is None:
            return 0
        held = held_in(Segment.objects.get(pk=segment_id))
        people = Member.objects.filter(
            workspace_id=rule.workspace_id, merged_into=None, is_staff=False
        ).exclude(nature=Member.Nature.BOT)
        members = sorted(
            set(people.filter(pk__in=list(held)[:MOST_MEMBERS]).values_list("pk", flat=True))
        )
        present = Company.objects.filter(workspace_id=rule.workspace_id, ended_at=None)
        kept = set(present.values_list("identity__member_id", flat=True))
        fresh = anchors(rule.workspace_id, [pk for pk in members if pk not in kept])
        loads = _loads(rule)
        guides: Sequence[int | None] = [None] * len(fresh)
        if loads:
            guides = shared_out(loads, len(fresh))
        Company.objects.bulk_create(
            [
                Company(
                    workspace_id=rule.workspace_id, identity_id=identity, mode=rule.mode,
                    guide_id=guide, every_days=rule.every_days,
                    next_on=today + timedelta(days=at * rule.every_days // len(fresh)),
                    by_id=rule.by_id, at=now(),
                )
                for at, (identity, guide) in enumerate(zip(fresh.values(), guides, strict=True))
            ],
            batch_size=500,
        )  # fmt: skip
        note_change(rule.workspace_id, COMPANIES.name, ids=fresh.values())
    return len(fresh)


def _loads(rule: CompanyRule) -> dict[int, int]:
    """How many each guide of a rule keeps company, who have a seat still."""
    seated = Seat.objects.filter(workspace_id=rule.workspace_id, user_id__in=rule.guides)
    loads = dict.fromkeys(seated.values_list("user_id", flat=True), 0)
    rows = Company.objects.filter(
        workspace_id=rule.workspace_id, ended_at=None, guide_id__in=list(loads)
    )
    loads |= dict(rows.order_by().values_list("guide_id").annotate(Count("pk")))
    return loads
