"""Things that happen to members by chance, and asking for segments in every way there is."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta

import time_machine

from weilu.core.access import Actor
from weilu.core.clock import now
from weilu.core.models import Seat
from weilu.groups.joining.declaring import Said, note_arrivals
from weilu.groups.joining.saving import LinkWords, save_link
from weilu.groups.models import Group, JoinLink
from weilu.insight.people.segments import asking
from weilu.insight.people.tests.history import said, tell
from weilu.insight.people.tests.plain_look import naive
from weilu.insight.recounting import recount_community
from weilu.insight.worth.booking import today_of
from weilu.insight.worth.influence import refresh_influence
from weilu.insight.worth.prizes import refresh_prize_looks
from weilu.insight.worth.tiers import refresh_tiers
from weilu.members.actions import mark, merge, unmerge
from weilu.members.actions.circles import add_to_circle, take_from_circle
from weilu.members.actions.customers import bring_in
from weilu.members.actions.erasing import remove_rows, remove_words
from weilu.members.actions.facts import add_field, remove_field, set_fact
from weilu.members.actions.notes import Agreed, give_consent, withdraw_consent
from weilu.members.actions.prizes import judge, withdraw_verdict
from weilu.members.actions.scores import rescore
from weilu.members.actions.standing import (
    Plan,
    end_company,
    keep_company,
    move_to_stage,
    say_tier,
)
from weilu.members.actions.tags import expire_tags, named_tag, put_on, remove_tag, take_off, undo
from weilu.members.mirror import keeping
from weilu.members.models import (
    Circle,
    CircleMember,
    Company,
    Consent,
    Deed,
    Erasure,
    Field,
    Member,
    Merge,
    OwnStage,
    PrizeVerdict,
    Tag,
    Tier,
)
from weilu.members.rules.customers import Row
from weilu.members.segments import columnar
from weilu.members.segments.trees import Node
from weilu.members.traces import person_of


@contextmanager
def process(mirrors: dict[object, object]) -> Iterator[None]:
    """What happens within happens in another process: one with mirrors of its own."""
    kept = dict(keeping._mirrors)
    keeping._mirrors.clear()
    keeping._mirrors.update(mirrors)  # type: ignore[arg-type]  # what was taken from there
    try:
        yield
    finally:
        mirrors.clear()
        mirrors.update(keeping._mirrors)
        keeping._mirrors.clear()
        keeping._mirrors.update(kept)


def by_mirror(actor: Actor, node: Node) -> set[int]:
    """Whom the mirror finds; it must answer."""
    found = columnar.answer(asking(actor).scope, node)
    assert found is not None
    return set(found)


def by_database(actor: Actor, node: Node) -> set[int]:
    """Whom the database finds."""
    ask = asking(actor)
    ask.by_sql = True
    return set(ask.members(node))


def by_looking(actor: Actor, node: Node) -> set[int]:
    """Whom a plain look at everybody finds."""
    today = asking(actor).scope.today_ms
    everybody = Member.objects.filter(workspace_id=actor.workspace_id, merged_into=None)
    return {one.pk for one in everybody if naive(node, one, today)}


class Deeds:
    """Something that happens, by chance."""

    def __init__(self, actor: Actor, halls: list[Group], chance: random.Random) -> None:
        self.actor, self.halls, self.chance = actor, halls, chance
        mine = Member.objects.filter(workspace_id=actor.workspace_id, merged_into=None)
        self.ids = sorted(mine.values_list("pk", flat=True))
        self.all = (
            self.tag, self.untag, self.undo, self.fact, self.agree, self.talk, self.merge,
            self.part, self.mark, self.expire, self.lose_choice, self.erase, self.come,
            self.hang_elsewhere, self.stage, self.company, self.circle, self.score, self.place,
            self.suspect, self.assess, self.buy,
        )  # fmt: skip

    def one(self) -> str:
        """Do one thing; which."""
        do = self.chance.choice(self.all)
        do()
        return do.__name__

    def some(self, most: int = 5) -> list[int]:
        """A few members."""
        return self.chance.sample(self.ids, self.chance.randint(1, most))

    def a_tag(self) -> Tag:
        return named_tag(self.actor, self.chance.choice(("red", "green", "old")))

    def tag(self) -> None:
        until = now() + timedelta(hours=1) if self.chance.random() < 0.3 else None
        put_on(self.actor, tag_id=self.a_tag().pk, member_ids=self.some(), expires_at=until)

    def untag(self) -> None:
        take_off(self.actor, tag_id=self.a_tag().pk, member_ids=self.some(9))

    def undo(self) -> None:
        deeds = Deed.objects.filter(undone_at=None).exclude(kind=Deed.Kind.EXPIRE)
        if (deed := deeds.order_by("-pk").first()) is not None:
            undo(self.actor, deed_id=deed.pk)

    def fact(self) -> None:
        field = self.chance.choice(list(Field.objects.exclude(kind=Field.Kind.CHOICE)))
        typed = {"number": "1", "day": "2024-01-04", "yes_no": "1"}.get(field.kind, "tea")
        typed = self.chance.choice((typed, ""))
        set_fact(self.actor, member_id=self.some(1)[0], field_id=field.pk, typed=typed)

    def agree(self) -> None:
        day = date(2024, 3, 1)
        held = Consent.objects.filter(withdrawn_on=None).order_by("pk").first()
        if held is not None and self.chance.random() < 0.5:
            withdraw_consent(self.actor, consent_id=held.pk, today=day)
            return
        agreed = Agreed(Consent.Purpose.CONTACT, Consent.Way.CHAT, "may we?", day)
        give_consent(self.actor, agreed, member_id=self.some(1)[0], today=day)

    def talk(self) -> None:
        who = [f"p{self.chance.randint(0, 40)}" for _ in range(6)]
        day = f"2024-03-{self.chance.randint(25, 31)}"
        items = [said(one, f"{day} {10 + k}:00", "hello") for k, one in enumerate(who)]
        tell(self.chance.choice(self.halls), items)

    def merge(self) -> None:
        kept, absorbed = self.chance.sample(self.ids, 2)
        merge(self.actor, kept_id=kept, absorbed_id=absorbed)

    def part(self) -> None:
        if (one := Merge.objects.filter(undone_at=None).order_by("-pk").first()) is not None:
            unmerge(self.actor, merge_id=one.pk)

    def mark(self) -> None:
        nature = self.chance.choice((Member.Nature.BOT, Member.Nature.PERSON))
        mark(self.actor, member_ids=self.some(), nature=nature, is_staff=False)

    def expire(self) -> None:
        with time_machine.travel(now() + timedelta(hours=2), tick=False):
            expire_tags()

    def lose_choice(self) -> None:
        if self.chance.random() < 0.5:
            remove_tag(self.actor, tag_id=self.a_tag().pk)
        else:
            remove_field(self.actor, field_id=Field.objects.get(kind="number").pk)
            add_field(self.actor, name=f"n{self.chance.random()}", kind=Field.Kind.NUMBER)

    def come(self) -> None:
        link = self.chance.choice(list(JoinLink.objects.order_by("pk")))
        said = [Said(self.chance.choice(self.halls).pk, pk, link.code) for pk in self.some()]
        note_arrivals(said, self.actor.workspace_id)

    def hang_elsewhere(self) -> None:
        link = self.chance.choice(list(JoinLink.objects.order_by("pk")))
        words = LinkWords(link.name, self.chance.choice(("store", "parcel", "sms")))
        save_link(self.actor, words, community=link.community, pk=link.pk)

    def stage(self) -> None:
        stages = [*OwnStage.objects.values_list("pk", flat=True), None]
        for pk in self.some():
            move_to_stage(self.actor, member_id=pk, stage_id=self.chance.choice(stages))

    def company(self) -> None:
        (pk,) = self.some(1)
        if Company.objects.filter(identity__member_id=pk, ended_at=None).exists():
            end_company(self.actor, member_id=pk)
        else:
            seats = Seat.objects.filter(workspace_id=self.actor.workspace_id).order_by("pk")
            guide = self.chance.choice([None, *seats.values_list("user_id", flat=True)])
            plan = Plan(self.chance.choice(Company.Mode.values), guide, 3)
            keep_company(self.actor, plan, member_id=pk, today=date(2024, 4, 1))

    def circle(self) -> None:
        circle = Circle.objects.get()
        inside = CircleMember.objects.filter(left_at=None, identity__member_id__in=self.ids)
        if (one := inside.order_by("pk").first()) is not None and self.chance.random() < 0.5:
            who = one.identity.member_id
            take_from_circle(self.actor, circle_id=circle.pk, member_id=who)
        else:
            add_to_circle(self.actor, circle_id=circle.pk, member_ids=self.some())

    def score(self) -> None:
        rescore(self.actor.workspace_id, today_of(self.actor.workspace_id), self.some(9))

    def place(self) -> None:
        tier = self.chance.choice(["", *Tier.values])
        say_tier(self.actor, member_id=self.some(1)[0], tier=tier)

    def suspect(self) -> None:
        (pk,) = self.some(1)
        said = PrizeVerdict.objects.filter(identity__member_id=pk, withdrawn_at=None)
        if said.exists() and self.chance.random() < 0.5:
            withdraw_verdict(self.actor, member_id=pk)
        else:
            judge(self.actor, member_id=pk, is_hunter=self.chance.random() < 0.5, note="seen it")

    def assess(self) -> None:
        refresh_tiers(self.actor.workspace_id)
        refresh_influence(self.actor.workspace_id, today_of(self.actor.workspace_id))
        refresh_prize_looks(self.actor.workspace_id, today_of(self.actor.workspace_id))

    def buy(self) -> None:
        names = Member.objects.filter(pk__in=self.some()).values_list("name", flat=True)
        listed = [Row(n, name, "", (), ()) for n, name in enumerate(names)]
        bring_in(self.actor, listed, wording="", today=date(2024, 4, 1))

    def erase(self) -> None:
        if self.chance.random() < 0.7 or len(self.ids) < 20:
            return
        one = Erasure.objects.create(
            workspace_id=self.actor.workspace_id, member_id=self.some(1)[0],
            reason=Erasure.Reason.values[0], at=now(),
        )  # fmt: skip
        person = person_of(one.workspace_id, one.member_id or 0)
        remove_words(one, person)
        for hall in self.halls:
            recount_community(hall.community, lambda _done: None)
        remove_rows(one, person)
