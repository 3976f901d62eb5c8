"""A small chat history by hand, with its roll-ups, as an import would leave it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from weilu.chat.accept import Acceptor
from weilu.chat.ports import Inbound, Kind
from weilu.chat.search.index import update_index
from weilu.communities.models import Community
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.groups.queries import GroupPlace
from weilu.insight.totals import refresh_totals
from weilu.members.models import Identity

ZONE = "Asia/Shanghai"


def ms(text: str, zone: str = ZONE) -> int:
    """UTC ms of a local "2024-03-01 09:30"."""
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


def make_group(workspace: Workspace, name: str, *, zone: str = ZONE) -> Group:
    """A group in a community of its own zone."""
    place, _made = Community.objects.get_or_create(
        workspace=workspace, name=f"Community in {zone}", defaults={"time_zone": zone}
    )
    return Group.objects.create(workspace=workspace, community=place, platform="wechat", name=name)


def said(who: str, when: str, text: str, *, zone: str = ZONE, external_id: str = "") -> Inbound:
    """A message of the account and name `who`."""
    return Inbound(Kind.MESSAGE, ms(when, zone), who, who, text, external_id)


def came(who: str, when: str) -> Inbound:
    """Somebody joined."""
    return Inbound(Kind.JOIN, ms(when), who, who)


def left(who: str, when: str) -> Inbound:
    """Somebody left."""
    return Inbound(Kind.LEAVE, ms(when), who, who)


def tell(group: Group, items: Sequence[Inbound]) -> None:
    """Take the records in and bring totals and search up to date."""
    place = GroupPlace(group.pk, group.community_id, group.community.time_zone)
    acceptor = Acceptor(group.workspace_id, group.platform)
    acceptor.accept([place] * len(items), items)
    acceptor.finish()
    refresh_totals(group.workspace_id)
    update_index(group.workspace_id)


def id_of(account: str) -> int:
    """Id of the identity (and member) of an account."""
    return Identity.objects.get(account=account).pk
