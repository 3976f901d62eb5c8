"""Leading a visitor of a join link on, and counting the visit (B-2)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from weilu.core.clock import now
from weilu.core.errors import NotFound
from weilu.groups.models import JoinLink, JoinTarget, Scan
from weilu.groups.rules.choosing import Choice, Visit, choose
from weilu.groups.rules.declaring import new_letters


def choice_of(one: JoinTarget) -> Choice:
    """A target, with its group, as the rules see it."""
    return Choice(
        pk=one.pk,
        position=one.position,
        weight=one.weight,
        room=one.most - one.shown,
        answer=one.answer,
        is_on=one.is_on,
        has_code=bool(one.address or one.picture),
        is_over=one.group.ends_at is not None,
        expires_at=one.expires_at,
        opens=one.opens,
        closes=one.closes,
    )


def clock_of(one: JoinLink, moment: datetime) -> time:
    """The time of day where the community is."""
    return moment.astimezone(ZoneInfo(one.community.time_zone)).time()


def link_of_code(code: str) -> JoinLink:
    """The link of a public address; raises NotFound when there is none or it is off."""
    found = JoinLink.objects.filter(code=code, is_on=True).select_related("community").first()
    if found is None:
        raise NotFound
    return found


def answers_of(targets: Sequence[JoinTarget]) -> list[str]:
    """What groups of a link are told apart by, in the order of the targets."""
    said = [t.answer for t in sorted(targets, key=lambda t: (t.position, t.pk)) if t.answer]
    return list(dict.fromkeys(said))


@dataclass(frozen=True, slots=True)
class Led:
    """Where a visitor was led, None for nowhere, and the letters to say there, if any."""

    target: JoinTarget | None
    says: str = ""


def visit(one: JoinLink, *, visitor: str, answer: str, is_bot: bool) -> Led:
    """Lead a visitor on and count the visit, in one transaction.

    Who comes again the same day is led to the same group, takes no more of its room and keeps the
    letters to say; machines take no room and get no letters.
    """
    moment = now()
    targets = {t.pk: t for t in one.targets.select_related("group")}
    choices = [choice_of(t) for t in targets.values()]
    who = Visit(visitor, answer, by_room=one.spread == JoinLink.Spread.ROOM)
    clock = clock_of(one, moment)
    earlier = Scan.objects.filter(link=one, visitor=visitor, is_bot=False)
    with transaction.atomic():
        before = earlier.order_by("pk").first()
        again = [c for c in choices if before and c.pk == before.target_id]
        same = before is not None and before.answer == answer
        chosen = choose(again if same else [], moment, clock, who)
        if chosen is None:
            chosen = choose(choices, moment, clock, who)
        says = ""
        if one.asks_code and chosen is not None and not is_bot:
            says = before.says if before and before.says else new_letters()
        Scan.objects.create(
            link=one,
            target_id=chosen,
            visitor=visitor,
            is_bot=is_bot,
            is_repeat=before is not None,
            answer=answer[:60],
            says="" if before else says,
            at=moment,
        )
        if chosen is not None and not is_bot and before is None:
            JoinTarget.objects.filter(pk=chosen).update(shown=F("shown") + 1)
    return Led(targets.get(chosen) if chosen is not None else None, says)
