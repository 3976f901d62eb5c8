"""Thirty people who differ by chance in everything that segments ask for."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta
from typing import Any

from weilu.core.access import Actor, system
from weilu.core.clock import now
from weilu.core.models import Seat, Workspace
from weilu.core.worker import drain
from weilu.groups.joining.declaring import Said, note_arrivals
from weilu.groups.joining.saving import LinkWords, save_link
from weilu.groups.models import Group
from weilu.insight.models import Influence
from weilu.insight.people.tests.history import came, left, make_group, said, tell
from weilu.insight.worth.booking import today_of
from weilu.members.actions import mark, merge
from weilu.members.actions.circles import add_to_circle, save_circle
from weilu.members.actions.customers import bring_in
from weilu.members.actions.facts import add_field, set_fact
from weilu.members.actions.notes import Agreed, give_consent, withdraw_consent, write_note
from weilu.members.actions.prizes import judge
from weilu.members.actions.standing import (
    Plan,
    keep_company,
    move_to_stage,
    save_own_stage,
    say_tier,
)
from weilu.members.actions.tags import named_tag, put_on, take_off
from weilu.members.models import (
    Company,
    Consent,
    Field,
    Goodwill,
    Identity,
    Member,
    PrizeLook,
    Tag,
    Tier,
    TierPlace,
)
from weilu.members.rules.customers import Row
from weilu.members.rules.goodwill import base_of

PEOPLE = 30


def make_crowd(workspace: Workspace, actor: Actor) -> list[Group]:
    """Two halls with people of everything conditions ask for, some merged."""
    chance = random.Random(7)
    halls = [make_group(workspace, "North"), make_group(workspace, "South")]
    for hall in halls:
        tell(hall, sorted(_talk(chance), key=lambda one: one.sent_ms))
    ids = list(Member.objects.filter(workspace=workspace).values_list("pk", flat=True))
    tags = [named_tag(actor, name) for name in ("red", "green", "old")]
    fields = [
        add_field(actor, name=kind.value, kind=kind, choices=("east", "west"))
        for kind in (Field.Kind.TEXT, Field.Kind.NUMBER, Field.Kind.DAY, Field.Kind.CHOICE,
                     Field.Kind.YES_NO)
    ]  # fmt: skip
    for pk in ids:
        _write_of(actor, pk, tags, fields, chance)
    mark(actor, member_ids=ids[:3], is_staff=True)
    mark(actor, member_ids=ids[2:5], nature=Member.Nature.BOT)
    for kept, absorbed in ((ids[5], ids[6]), (ids[7], ids[8]), (ids[5], ids[9])):
        merge(actor, kept_id=kept, absorbed_id=absorbed)
    drain()
    _score_some(workspace, chance)
    _bring_some(actor, halls[0], chance)
    names = [*Member.objects.filter(workspace=workspace).values_list("name", flat=True)[:9], "Lin"]
    listed = [customer(n, name) for n, name in enumerate(names)]
    bring_in(actor, listed, wording="", today=date(2024, 4, 1))
    return halls


def customer(line: int, name: str) -> Row:
    """A row of a list of customers."""
    return Row(line, name, "", (), ())


def _bring_some(actor: Actor, hall: Group, chance: random.Random) -> None:
    """Let some have come by one of three links."""
    links = [
        save_link(actor, LinkWords(name, source), community=hall.community)
        for name, source in (("Desk", "store"), ("Door", "store"), ("Card", "parcel"))
    ]
    for pk in Identity.objects.filter(workspace_id=actor.workspace_id).values_list("pk", flat=True):
        if chance.random() < 0.5:
            note_arrivals([Said(hall.pk, pk, chance.choice(links).code)], actor.workspace_id)


def _place_some(workspace: Workspace, chance: random.Random, everybody: list[int]) -> None:
    actor = system(workspace.pk)
    stage = save_own_stage(actor, name="council")
    guiding = Seat.objects.filter(workspace=workspace).values_list("user_id", flat=True).first()
    for pk in Member.objects.filter(pk__in=everybody, merged_into=None).values_list(
        "pk", flat=True
    ):
        tier = chance.choice(Tier.values)
        if chance.random() < 0.6:
            TierPlace.objects.create(member_id=pk, workspace=workspace, tier=tier, confidence=0.5)
        if chance.random() < 0.4:
            say_tier(actor, member_id=pk, tier=chance.choice(["", *Tier.values]))
        if chance.random() < 0.4:
            move_to_stage(actor, member_id=pk, stage_id=stage.pk)
        if chance.random() < 0.4:
            mode, guide = chance.choice(Company.Mode.values), chance.choice((None, guiding))
            keep_company(actor, Plan(mode, guide, 3), member_id=pk, today=date(2024, 4, 1))


def _score_some(workspace: Workspace, chance: random.Random) -> None:
    actor = system(workspace.pk)
    circle = save_circle(actor, name="readers")
    everybody = list(Member.objects.filter(workspace=workspace).values_list("pk", flat=True))
    add_to_circle(actor, circle_id=circle.pk, member_ids=chance.sample(everybody, 9))
    _place_some(workspace, chance, everybody)
    day = today_of(workspace.pk).day
    for one in Member.objects.filter(
        workspace=workspace, nature="person", is_staff=False, merged_into=None
    ):
        if chance.random() < 0.6:
            points = chance.choice((5.0, 25.0, 70.0, 400.0))
            Goodwill.objects.update_or_create(
                member=one,
                defaults={
                    "workspace": workspace, "base": base_of(points, day),
                    "level": chance.randint(0, 3),
                },
            )  # fmt: skip
        if chance.random() < 0.4:
            PrizeLook.objects.create(
                member=one, workspace=workspace, score=chance.choice((0.5, 0.9)), evidence={}
            )
        if chance.random() < 0.3:
            judge(actor, member_id=one.pk, is_hunter=chance.random() < 0.5, note="seen it")
        if chance.random() < 0.5:
            Influence.objects.update_or_create(
                member=one,
                defaults={
                    "workspace": workspace, "points": 9.0, "is_koc": chance.random() < 0.5,
                    "is_fan": chance.random() < 0.5,
                },
            )  # fmt: skip


def _talk(chance: random.Random) -> Iterator[Any]:
    for n in range(PEOPLE):
        who = f"p{n}"
        if chance.random() < 0.6:
            yield came(who, f"2024-0{chance.randint(1, 3)}-{chance.randint(1, 28):02d} 06:00")
        for _ in range(chance.choice((0, 0, 1, 3, 9))):
            when = f"2024-0{chance.randint(1, 3)}-{chance.randint(1, 29):02d}"
            yield said(who, f"{when} {chance.randint(7, 23):02d}:{chance.randint(0, 59):02d}", who)
        if chance.random() < 0.3:
            yield left(who, f"2024-03-{chance.randint(1, 29):02d} 23:59")


def _write_of(
    actor: Actor, pk: int, tags: list[Tag], fields: list[Field], chance: random.Random
) -> None:
    for tag in tags:
        _tag_some(actor, pk, tag, chance)
    typed = (
        chance.choice(("Tea 50%", "milk_tea", "TEA", "")), str(chance.randint(-3, 3)),
        f"2024-01-{chance.randint(1, 9):02d}", chance.choice(("east", "west")),
        chance.choice(("1", "0")),
    )  # fmt: skip
    for field, value in zip(fields, typed, strict=True):
        # Some are taken away again, some never written.
        for text in (value, "")[: chance.choice((0, 1, 1, 1, 2))]:
            set_fact(actor, member_id=pk, field_id=field.pk, typed=text)
    if chance.random() < 0.3:
        write_note(actor, member_id=pk, text=chance.choice(("likes Oolong", "50% off!", "x")))
    for purpose in (Consent.Purpose.CONTACT, Consent.Purpose.MARKETING):
        _agree_some(actor, pk, purpose, chance)


def _tag_some(actor: Actor, pk: int, tag: Tag, chance: random.Random) -> None:
    if chance.random() < 0.4:
        until = now() + timedelta(days=1) if chance.random() < 0.3 else None
        put_on(actor, tag_id=tag.pk, member_ids=[pk], expires_at=until)
        if chance.random() < 0.2:
            take_off(actor, tag_id=tag.pk, member_ids=[pk])


def _agree_some(actor: Actor, pk: int, purpose: Consent.Purpose, chance: random.Random) -> None:
    if chance.random() < 0.4:
        agreed = Agreed(purpose, Consent.Way.CHAT, "may we?", date(2024, 1, 1))
        one = give_consent(actor, agreed, member_id=pk, today=date(2024, 2, 1))
        if chance.random() < 0.4:
            withdraw_consent(actor, consent_id=one.pk, today=date(2024, 2, 2))
