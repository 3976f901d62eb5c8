"""Errands: a worker opens a short session beside the gateway's to have one thing made (B-2)."""

from __future__ import annotations

import asyncio
import re
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TypeVar

from weilu.chat.live.connections import kind_of
from weilu.chat.live.gateway import config_of
from weilu.chat.live.ways import supports_of
from weilu.chat.ports.abilities import Ability, Support
from weilu.chat.ports.connectors import CONNECTORS, OpensGroups
from weilu.chat.ports.sessions import Invites, OpensNext, Session
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import GivenUp, NotFound, WeiluError
from weilu.core.jobs import job, schedule
from weilu.core.models import Job
from weilu.groups.joining.saving import next_position
from weilu.groups.models import Connection, Group, JoinLink, JoinTarget

T = TypeVar("T")
WITHIN_S = 60.0
# How long it is told that a way could not be made.
SHOWN_FOR = timedelta(days=3)
# At the end of a job's key: the way goes on into new groups.
LASTS = "-on"


def in_session(connection: Connection, do: Callable[[Session], Awaitable[T]]) -> T:
    """What comes of something done in a session of a connection; raises what it raises."""
    kind = kind_of(connection.connector)
    config = config_of(connection.pk, lambda hook: hook)

    async def main() -> T:
        async with asyncio.timeout(WITHIN_S), kind.open(config) as session:
            return await do(session)

    return asyncio.run(main())


def ways_in(viewer: Actor, link: JoinLink) -> list[Group]:
    """Groups of the link's community into which the platform itself makes a way, by name.

    Those the link leads into already are left out.
    """
    viewer.require(Right.EDIT_GROUPS)
    led = JoinTarget.objects.filter(link=link).values("group_id")
    groups = list(
        Group.objects.filter(
            workspace_id=viewer.workspace_id,
            community_id=link.community_id,
            connection__is_on=True,
            ends_at=None,
        )
        .exclude(pk__in=led)
        .order_by("name")[:200]
    )
    able = supports_of({one.pk for one in groups})
    return [one for one in groups if able[one.pk].get(Ability.INVITE_LINK) == Support.AUTOMATIC]


def lasting(groups: Iterable[Group]) -> set[int]:
    """Those of the groups (ids) whose platform opens the next group when they are full."""
    able = {
        name
        for name, one in CONNECTORS.connectors.items()
        if isinstance(one, OpensGroups) and one.opens_groups
    }
    kinds = Group.objects.filter(
        pk__in=[one.pk for one in groups], connection__connector__in=sorted(able)
    )
    return set(kinds.values_list("pk", flat=True))


@dataclass(frozen=True, slots=True)
class WayAsked:
    """A way into a group that the platform has not made yet; `fault`: why not, "" for none.

    `is_over`: it will not be tried again unless somebody asks anew.
    """

    group: Group
    fault: str
    is_over: bool


def ways_asked(viewer: Actor, link: JoinLink) -> list[WayAsked]:
    """The ways into groups that were asked for a link and are not there, the newest first."""
    viewer.require(Right.EDIT_GROUPS)
    jobs = Job.objects.filter(
        workspace_id=viewer.workspace_id,
        name="make_way_in",
        key__startswith=f"{link.pk}-",
        due_at__gte=now() - SHOWN_FOR,
    )
    newest: dict[int, Job] = {}
    for one in jobs.order_by("-pk")[:200]:
        newest.setdefault(int(one.key.removesuffix(LASTS).partition("-")[2]), one)
    led = set(JoinTarget.objects.filter(link=link).values_list("group_id", flat=True))
    open_ones = {
        group: one
        for group, one in newest.items()
        if one.state in {Job.State.DUE, Job.State.FAILED} and group not in led
    }
    groups = Group.objects.in_bulk(list(open_ones))
    return [
        WayAsked(groups[pk], one.payload.get("fault", ""), one.state == Job.State.FAILED)
        for pk, one in open_ones.items()
        if pk in groups
    ]


def ask_way_in(actor: Actor, link: JoinLink, group_id: int, *, lasts: bool = False) -> None:
    """Have the platform make a way into a group for a link, soon; raises NotFound.

    `lasts`: one by which the platform goes on with new groups when this one is full, where it can.
    """
    found = [one for one in ways_in(actor, link) if one.pk == group_id]
    if not found:
        raise NotFound
    key = f"{link.pk}-{group_id}" + (LASTS if lasts and lasting(found) else "")
    schedule("make_way_in", workspace_id=actor.workspace_id, key=key)


def following(name: str) -> tuple[str, int]:
    """What groups after one of this name are called: `Tea 3` is followed by `Tea` from 4 on."""
    base, number = re.fullmatch(r"(.*?)\s*([0-9]{0,4})", name, re.DOTALL).groups()  # type: ignore[union-attr]  # it matches everything
    return (base, int(number) + 1) if base and number else (name, 2)


@job("make_way_in")
def make_way_in(one: Job) -> datetime | None:
    """Make a way into a group at the platform, marked with the link's code; once."""
    link_id, _dash, group_id = one.key.removesuffix(LASTS).partition("-")
    link = JoinLink.objects.filter(pk=int(link_id), workspace_id=one.workspace_id).first()
    group = Group.objects.filter(pk=int(group_id), workspace_id=one.workspace_id).first()
    connection = group.connection if group is not None else None
    if link is None or group is None or connection is None:
        return None
    if JoinTarget.objects.filter(link=link, group=group).exists():
        return None

    async def make(session: Session) -> str:
        if not isinstance(session, Invites):
            raise GivenUp("not_possible")
        if one.key.endswith(LASTS) and isinstance(session, OpensNext):
            return await session.lasting_link(group.external_key, link.code, *following(group.name))
        return await session.invite_link(group.external_key, link.code)

    try:
        address = in_session(connection, make)
        if not address.startswith(("https://", "http://")):
            raise GivenUp("bad_answer")
    except (WeiluError, TimeoutError) as error:
        code = str(error) if isinstance(error, WeiluError) else "timeout"
        # For whoever waits for it on the link's page.
        Job.objects.filter(pk=one.pk).update(payload={**one.payload, "fault": code[:40]})
        raise
    JoinTarget.objects.create(
        link=link,
        group=group,
        position=next_position(link),
        address=address[:500],
        code_set_at=now(),
    )
    return None
