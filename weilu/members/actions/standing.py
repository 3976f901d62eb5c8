"""Placing members: tiers against evidence, stages of one's own, company and its contacts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import QuerySet

from weilu.core.access import Actor, Right
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.core.log import announce
from weilu.core.models import Seat
from weilu.events.members import CompanyChanged, OwnStageChanged, TierChanged
from weilu.members.anchors import anchor
from weilu.members.mirror.known import COMPANIES, OWN_STAGES, TIER_WORDS
from weilu.members.models import Colour, Company, Contact, OwnStage, Staying, Tier, TierWord

NAME_CHARS = 60
NOTE_CHARS = 500
MOST_STAGES = 20
MOST_DAYS = 365
# How often one is in touch by default: a shopping assistant answers, a partner keeps company.
USUAL_DAYS = {Company.Mode.ASSISTANT: 14, Company.Mode.EXPERT: 7, Company.Mode.PARTNER: 3}


def say_tier(actor: Actor, *, member_id: int, tier: str) -> None:
    """Say in which tier a member is; "" lets evidence speak again.

    Raises Invalid, NotFound. Announces TierChanged.
    """
    actor.require(Right.EDIT_MEMBERS)
    if tier and tier not in Tier.values:
        raise Invalid("not_a_choice", field="tier")
    with transaction.atomic():
        identity = anchor(actor.workspace_id, member_id)
        said = TierWord.objects.filter(
            workspace_id=actor.workspace_id, identity__member_id=member_id, withdrawn_at=None
        )
        whose = {identity, *said.values_list("identity_id", flat=True)}
        said.update(withdrawn_at=now())
        if tier:
            TierWord.objects.create(
                workspace_id=actor.workspace_id, identity_id=identity, tier=tier,
                by_id=actor.user_id, at=now(),
            )  # fmt: skip
        note_change(actor.workspace_id, TIER_WORDS.name, ids=whose)
        announce(TierChanged(actor.workspace_id, member_id, tier))


def save_own_stage(
    actor: Actor, *, name: str, colour: str = "grey", position: int = 0, stage_id: int | None = None
) -> OwnStage:
    """Make a stage of one's own, or change one.

    Raises Invalid, Conflict `taken` or `too_many_stages`, NotFound.
    """
    actor.require(Right.EDIT_MEMBERS)
    cleaned = " ".join(name.split())
    if not cleaned:
        raise Invalid("required", field="name")
    if len(cleaned) > NAME_CHARS:
        raise Invalid("too_long", field="name")
    if colour not in Colour.values:
        raise Invalid("not_a_choice", field="colour")
    with transaction.atomic():
        mine = OwnStage.objects.filter(workspace_id=actor.workspace_id)
        if mine.filter(name=cleaned).exclude(pk=stage_id or 0).exists():
            raise Conflict("taken")
        values = {"name": cleaned, "colour": colour, "position": max(0, min(position, 1000))}
        if stage_id is not None:
            if not mine.filter(pk=stage_id).update(**values):
                raise NotFound
            return mine.get(pk=stage_id)
        if mine.count() >= MOST_STAGES:
            raise Conflict("too_many_stages")
        return OwnStage.objects.create(workspace_id=actor.workspace_id, **values)


def remove_own_stage(actor: Actor, *, stage_id: int) -> None:
    """Throw a stage away; whoever is in it is in none. Raises NotFound."""
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        here = OwnStage.objects.filter(pk=stage_id, workspace_id=actor.workspace_id)
        if not here.delete()[0]:
            raise NotFound
        note_change(actor.workspace_id, OWN_STAGES.name, key=stage_id)


def move_to_stage(actor: Actor, *, member_id: int, stage_id: int | None) -> bool:
    """Put a member into a stage of one's own, None: into none; False when they are there already.

    What was before stays as history. Raises NotFound. Announces OwnStageChanged.
    """
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        identity = anchor(actor.workspace_id, member_id)
        stages = OwnStage.objects.filter(workspace_id=actor.workspace_id)
        if stage_id is not None and not stages.filter(pk=stage_id).exists():
            raise NotFound
        present = Staying.objects.filter(
            workspace_id=actor.workspace_id, identity__member_id=member_id, ended_at=None
        )
        before = present.order_by("-pk").values_list("stage_id", flat=True).first()
        if before == stage_id:
            return False
        whose = {identity, *present.values_list("identity_id", flat=True)}
        present.update(ended_at=now())
        if stage_id is not None:
            Staying.objects.create(
                workspace_id=actor.workspace_id, stage_id=stage_id, identity_id=identity,
                by_id=actor.user_id, at=now(),
            )  # fmt: skip
        note_change(actor.workspace_id, OWN_STAGES.name, ids=whose)
        announce(OwnStageChanged(actor.workspace_id, member_id, before, stage_id))
    return True


@dataclass(frozen=True, slots=True)
class Plan:
    """How a member is kept company: way, guide (a user of the workspace), and how often."""

    mode: str
    guide_id: int | None
    every_days: int


def keep_company(actor: Actor, plan: Plan, *, member_id: int, today: date) -> Company:
    """Have somebody keep a member company from now on, in place of what was agreed before.

    The first contact is due today. Raises Invalid, NotFound. Announces CompanyChanged.
    """
    actor.require(Right.EDIT_MEMBERS)
    if plan.mode not in Company.Mode.values:
        raise Invalid("not_a_choice", field="mode")
    if not 1 <= plan.every_days <= MOST_DAYS:
        raise Invalid("out_of_range", field="every_days")
    seats = Seat.objects.filter(workspace_id=actor.workspace_id)
    if plan.guide_id is not None and not seats.filter(user_id=plan.guide_id).exists():
        raise Invalid("not_a_choice", field="guide")
    with transaction.atomic():
        identity = anchor(actor.workspace_id, member_id)
        present = _present(actor, member_id)
        whose = {identity, *present.values_list("identity_id", flat=True)}
        present.update(ended_at=now())
        one = Company.objects.create(
            workspace_id=actor.workspace_id, identity_id=identity, mode=plan.mode,
            guide_id=plan.guide_id, every_days=plan.every_days, next_on=today,
            by_id=actor.user_id, at=now(),
        )  # fmt: skip
        note_change(actor.workspace_id, COMPANIES.name, ids=whose)
        announce(CompanyChanged(actor.workspace_id, member_id, plan.mode))
    return one


def end_company(actor: Actor, *, member_id: int) -> None:
    """Keep a member company no longer; it stays in the history. Raises NotFound."""
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        present = _present(actor, member_id)
        whose = list(present.values_list("identity_id", flat=True))
        if not present.update(ended_at=now()):
            raise NotFound
        note_change(actor.workspace_id, COMPANIES.name, ids=whose)
        announce(CompanyChanged(actor.workspace_id, member_id, ""))


def _present(actor: Actor, member_id: int) -> QuerySet[Company]:
    return Company.objects.filter(
        workspace_id=actor.workspace_id, identity__member_id=member_id, ended_at=None
    )


def note_contact(
    actor: Actor, *, company_id: int, seen_on: date, was_done: bool, today: date, note: str = ""
) -> bool:
    """Say that a contact that was due `seen_on` was made, or could not be; the next one follows.

    False when somebody else said so meanwhile: nothing is done twice. Raises Invalid, NotFound.
    """
    actor.require(Right.EDIT_MEMBERS)
    if len(note) > NOTE_CHARS:
        raise Invalid("too_long", field="note")
    with transaction.atomic():
        here = Company.objects.filter(pk=company_id, workspace_id=actor.workspace_id, ended_at=None)
        one = here.first()
        if one is None:
            raise NotFound
        # Whoever could not be reached is tried again soon.
        days = one.every_days if was_done else min(2, one.every_days)
        if not here.filter(next_on=seen_on).update(next_on=today + timedelta(days=days)):
            return False
        Contact.objects.create(
            company=one, identity_id=one.identity_id, was_done=was_done, note=note.strip(),
            by_id=actor.user_id, at=now(),
        )  # fmt: skip
    return True
