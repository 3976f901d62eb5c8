"""What the team wanted said and did not get out: it is told until somebody has taken note (D-7)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta

from django.db.models import F, Q, QuerySet

from weilu.chat.live.outcome import AT_ONCE
from weilu.chat.live.queue import Origin
from weilu.chat.live.ways import ways_of
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.core.access import Actor, Right
from weilu.core.clock import now

TOLD_FOR = timedelta(days=7)
# Due times are indexed, ends are not: nothing waits longer than this and is then still told.
_DUE_WITHIN = timedelta(days=60)
# A greeting that failed is over; order has a log of its own.
_OWN_LOOK = (Origin.WELCOME.value, Origin.MODERATION.value)


def is_lost() -> Q:
    """Rows that failed or came too late of themselves lately, and nobody has taken note of it."""
    moment = now()
    return Q(
        state__in=[Outgoing.State.FAILED, Outgoing.State.EXPIRED],
        deed__in=[Deed.SEND.value, Deed.ANNOUNCE.value],
        ended_by=None,
        ended_at__gt=moment - TOLD_FOR,
        due_at__gt=moment - _DUE_WITHIN,
    ) & ~Q(origin__in=_OWN_LOOK)


def send_again(actor: Actor, *, pks: Iterable[int]) -> int:
    """Send once more what did not get out; returns how many. Who does it is asked anew."""
    actor.require(Right.SEND)
    lost = _lost(actor, pks)
    places = {
        pk: (group_id, Deed(deed))
        for pk, group_id, deed in lost.values_list("pk", "group_id", "deed")
    }
    ways = ways_of(set(places.values()))
    by_way: dict[str, list[int]] = defaultdict(list)
    for pk, place in places.items():
        by_way[ways[place]].append(pk)
    return sum(
        lost.filter(pk__in=some).update(
            way=way,
            state=Outgoing.State.WAITING,
            fault="",
            attempts=0,
            due_at=now(),
            expires_at=None,
            ended_at=None,
            cleared_at=None,
            external_id="",
            version=F("version") + 1,
        )
        for way, some in by_way.items()
    )


def leave_lost(actor: Actor, *, pks: Iterable[int]) -> int:
    """Take note that something did not get out; it is told no more. Returns how many."""
    actor.require(Right.SEND)
    return _lost(actor, pks).update(ended_by_id=actor.user_id, version=F("version") + 1)


def _lost(actor: Actor, pks: Iterable[int]) -> QuerySet[Outgoing]:
    return Outgoing.objects.filter(
        is_lost(), pk__in=list(pks)[:AT_ONCE], workspace_id=actor.workspace_id
    )
