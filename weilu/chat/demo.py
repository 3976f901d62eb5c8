"""The demo community: accepted like any history, once; `connectors` has its story (K-4)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from zoneinfo import ZoneInfo

from django.db import transaction

from weilu.chat.accept import Acceptor
from weilu.chat.models import Import, ImportBundle
from weilu.chat.ports import DEMO
from weilu.communities.actions import ensure_community
from weilu.communities.blueprint.actions import begin_with, keep_plan
from weilu.communities.blueprint.rules.canvas import Sheet
from weilu.communities.models import Community
from weilu.communities.rulebook import Rule, Text, publish
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.jobs import schedule
from weilu.core.log import announce
from weilu.core.models import Job
from weilu.events.chat import HistoryImported
from weilu.groups.actions import ensure_group
from weilu.groups.queries import GroupPlace

NAME = "一盏茶 · demo"
ZONE = "Asia/Shanghai"
FORMAT = "demo"


def demo_community(viewer: Actor) -> Community | None:
    """The demo community of the workspace, if there is one that is complete."""
    return Community.objects.filter(
        workspace_id=viewer.workspace_id,
        is_demo=True,
        pk__in=Import.objects.filter(state=Import.State.DONE).values("community_id"),
    ).first()


def demo_later(actor: Actor) -> None:
    """Have the worker make the demo community."""
    actor.require(Right.IMPORT)
    schedule("make_demo", workspace_id=actor.workspace_id)


def is_making_demo(viewer: Actor) -> bool:
    """Whether the worker is to make the demo community, or is at it."""
    return Job.objects.filter(
        workspace_id=viewer.workspace_id, name="make_demo", state=Job.State.DUE
    ).exists()


def make_demo(actor: Actor, progress: Callable[[float], None]) -> Community:
    """The demo community, made when there is none; all or nothing, so twice is once.

    The story ends yesterday, in its own time zone.
    """
    actor.require(Right.IMPORT)
    found = demo_community(actor)
    if found is not None:
        return found
    until = now().astimezone(ZoneInfo(ZONE)).date() - timedelta(days=1)
    with transaction.atomic():
        community = ensure_community(actor, name=NAME, time_zone=ZONE, is_demo=True)
        run = Import.objects.create(
            workspace_id=actor.workspace_id,
            community=community,
            by_id=actor.user_id,
            zone=ZONE,
            state=Import.State.DONE,
            finished_at=now(),
        )
        bundle = ImportBundle.objects.create(
            run=run,
            position=0,
            format=FORMAT,
            label=NAME,
            state=ImportBundle.State.DONE,
            progress=1,
        )
        _plan(actor, community)
        groups, stored = _tell(actor, (community, bundle.pk), until, progress)
        bundle.stored = bundle.read = stored
        bundle.save(update_fields=["stored", "read"])
        announce(
            HistoryImported(
                workspace_id=actor.workspace_id, import_id=run.pk, group_ids=sorted(groups)
            )
        )
    return community


def _plan(actor: Actor, community: Community) -> None:
    """Write down what the community is for and its rules."""
    if DEMO.canvas:
        sheet = Sheet(**DEMO.canvas)  # type: ignore[arg-type]  # the story's own words
        begin_with(actor, community=community, trade="food", start=sheet)
        keep_plan(actor, community=community)
    intro, rules, contact = DEMO.rules
    if rules:
        text = Text(intro, [Rule(*one) for one in rules], contact)
        publish(actor, community=community, text=text)


def _tell(
    actor: Actor, where: tuple[Community, int], until: date, progress: Callable[[float], None]
) -> tuple[set[int], int]:
    """Store the story in a community as a bundle's; the ids of its groups, and how many records."""
    community, source_id = where
    stored = 0
    acceptors: dict[str, Acceptor] = {}
    places: dict[str, GroupPlace] = {}
    for portion in DEMO.tell(until):
        chat = portion.chat
        place = places.get(chat.key)
        if place is None:
            group = ensure_group(
                actor,
                community=community,
                platform=str(chat.platform),
                external_key=chat.key,
                name=chat.name,
            )
            place = places[chat.key] = GroupPlace(group.pk, community.pk, community.time_zone)
        acceptor = acceptors.setdefault(
            str(chat.platform),
            Acceptor(actor.workspace_id, str(chat.platform), source_id=source_id),
        )
        stored += acceptor.accept([place] * len(portion.items), portion.items).stored
        acceptor.count()
        progress(portion.done)
    for acceptor in acceptors.values():
        acceptor.finish()
    return {place.group_id for place in places.values()}, stored
