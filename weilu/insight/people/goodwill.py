"""A member's goodwill, worked out from what is stored each time it is asked for (C-4)."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from django.db.models import Q

from weilu.chat.columns import DAY_MS, local_ms
from weilu.insight.people.messages_of import places_of, spoken_days
from weilu.insight.people.profile import InGroup, Profile
from weilu.members.models import Member
from weilu.members.queries import People, people
from weilu.members.rules.goodwill import Exchange, Happened, Score, score
from weilu.service.conversations import month_days, month_of
from weilu.service.models import Pair, Question

# Two years back 0.4 percent is left: what lies further away is not read.
DAYS = 730


def goodwill_of(found: Profile) -> Score | None:
    """The goodwill of a member; None for staff and bots, who have none to give on the job."""
    if found.member.is_staff or found.member.nature != Member.Nature.PERSON or not found.groups:
        return None
    ids = [one.pk for one in found.identities]
    today = max(_day(found.today_ms, one.zone) for one in found.groups)
    known = people(found.member.workspace_id)
    happened = [
        *_answered(found.groups, ids, known, today),
        *_talked(found.groups, ids, known, today),
        *_present(found.member.pk, today),
    ]
    return score(happened, today)


def _day(moment_ms: int, zone: str) -> int:
    return int(local_ms(np.array([moment_ms], dtype=np.int64), zone)[0] // DAY_MS)


def _partner(identity: int, own: set[int], known: People) -> int:
    """The member behind an identity; 0 for themselves and for bots."""
    member = known.moved.get(identity, identity)
    mine = {known.moved.get(one, one) for one in own}
    return 0 if member in mine or member in known.bots else member


def _answered(
    groups: Sequence[InGroup], ids: Sequence[int], known: People, today: int
) -> Iterator[Happened]:
    """Questions of others that they were the first to answer."""
    zones = {one.group_id: one.zone for one in groups}
    rows = Question.objects.filter(
        group_id__in=zones, day__gt=today - DAYS, answered_by_id__in=ids
    ).values_list("group_id", "identity_id", "asked_ms", "answer_after_ms")
    for group_id, asker, asked_ms, after_ms in rows:
        partner = _partner(asker, set(ids), known)
        if partner:
            day = _day(asked_ms + (after_ms or 0), zones[group_id])
            yield Happened(Exchange.ANSWERED, day, partner)


def _talked(
    groups: Sequence[InGroup], ids: Sequence[int], known: People, today: int
) -> Iterator[Happened]:
    """Who answered whom; known by month, which counts as its last day."""
    rows = Pair.objects.filter(
        Q(answering__in=ids) | Q(answered__in=ids),
        group_id__in=[one.group_id for one in groups],
        month__gte=month_of(today - DAYS),
    ).values_list("month", "answering", "answered", "links")
    own = set(ids)
    for month, answering, answered, links in rows:
        day = min(today, month_days(month)[1])
        gave = answering in own
        partner = _partner(answered if gave else answering, own, known)
        if partner:
            kind = Exchange.REPLIED if gave else Exchange.WAS_REPLIED
            yield Happened(kind, day, partner, links)


def _present(member_id: int, today: int) -> Iterator[Happened]:
    """Days on which they spoke."""
    for one in spoken_days(places_of(member_id)):
        if one.day <= today - DAYS:
            return
        yield Happened(Exchange.PRESENT, one.day)
