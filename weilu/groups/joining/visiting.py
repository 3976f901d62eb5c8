"""Leading a visitor of a join link on, and counting the visit (B-2)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, time
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import F

from weilu.core.clock import now
from weilu.core.errors import NotFound
from weilu.groups.models import JoinLink, JoinTarget, Scan
from weilu.groups.rules.choosing import Choice, choose


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


def answers_of(one: JoinLink, targets: Sequence[JoinTarget]) -> list[str]:
    """What a visitor may answer to the link's question, in the order of the targets."""
    if not one.question:
        return []
    said = [t.answer for t in sorted(targets, key=lambda t: (t.position, t.pk)) if t.answer]
    return list(dict.fromkeys(said))


def visit(one: JoinLink, *, visitor: str, answer: str, is_bot: bool) -> JoinTarget | None:
    """Lead a visitor on and count the visit, in one transaction; None when nothing is open.

    Who comes again the same day is led to the same group and takes no more of its room; machines
    take none at all.
    """
    moment = now()
    targets = {t.pk: t for t in one.targets.select_related("group")}
    choices = [choice_of(t) for t in targets.values()]
    chosen = choose(choices, moment, clock_of(one, moment), answer, visitor)
    with transaction.atomic():
        before = Scan.objects.filter(link=one, visitor=visitor, is_bot=False).exists()
        Scan.objects.create(
            link=one,
            target_id=chosen,
            visitor=visitor,
            is_bot=is_bot,
            is_repeat=before,
            answer=answer[:60],
            at=moment,
        )
        if chosen is not None and not is_bot and not before:
            JoinTarget.objects.filter(pk=chosen).update(shown=F("shown") + 1)
    return targets.get(chosen) if chosen is not None else None
