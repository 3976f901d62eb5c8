"""What the shop is about to say in its groups, what it has said, and what members reported."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from weilu.chat.live.hands import finish_many
from weilu.chat.live.queue import Draft, Origin, enqueue
from weilu.chat.models import Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.communities.models import Community
from weilu.core.access import Actor
from weilu.core.clock import now
from weilu.groups.models import Group
from weilu.insight.demo import words
from weilu.moderation.reports import report_on_page


def send_and_hear(actor: Actor, community: Community, groups: Mapping[str, Group]) -> None:
    """Fill the send queue with tasks for a hand, some of them done, and write two reports."""
    here = now().astimezone(ZoneInfo(community.time_zone))
    drafts = [_draft(actor, groups, one, here) for one in (*words.TASKS, *words.DONE)]
    enqueue(actor.workspace_id, drafts)
    done = [_key(one) for one in words.DONE]
    rows = Outgoing.objects.filter(workspace_id=actor.workspace_id, key__in=done)
    finish_many(actor, pks=rows.values_list("pk", flat=True))
    for said, name in words.REPORTS:
        report_on_page(community, words=said, name=name, source="")


def _draft(actor: Actor, groups: Mapping[str, Group], one: words.Task, here: datetime) -> Draft:
    return Draft(
        key=_key(one),
        group_id=groups[one.group].pk,
        deed=Deed.SEND,
        origin=Origin.STAFF,
        text=one.text,
        is_promotion=one.sells,
        by_id=actor.user_id,
        due_at=_due(one, here),
    )


def _due(one: words.Task, here: datetime) -> datetime:
    """The hour of its day by the community's clock; what is to come is never of the past."""
    at = here.replace(hour=one.hour, minute=0, second=0, microsecond=0)
    due = at + timedelta(days=one.days)
    return due + timedelta(days=1) if one.days >= 0 and due <= here else due


def _key(one: words.Task) -> str:
    return f"demo-{one.key}"
