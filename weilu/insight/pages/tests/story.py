"""Eight weeks of a small tea group, made by hand so that every number can be counted by hand.

Clock of Shanghai. The newest day is Sunday 31 March 2024, so the four weeks begin on 4 March and
the four before on 5 February.

1 Feb   Ada 1
10 Feb  Ada 2, Ben 1
5 Mar   (Tuesday) 20:00 Cleo joins and asks; Ada answers a minute later; Robo, a bot, says 3
6 Mar   Cleo 1
7 Mar   Dan joins and never says a word
8 Mar   Ben leaves
31 Mar  Ada 1 with a link; somebody called <script> 1 that begins with "="
"""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from weilu.chat.accept import Acceptor
from weilu.chat.ports import Inbound, Kind
from weilu.communities.models import Community
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.groups.queries import GroupPlace
from weilu.insight.refresh import refresh_groups

ZONE = "Asia/Shanghai"
HOSTILE = "<script>alert(1)</script>"
LINK = "https://tea.example.org/menu"


def at(month: int, day: int, hour: int, minute: int = 0) -> int:
    """A moment of 2024 in Shanghai, in UTC milliseconds."""
    moment = datetime(2024, month, day, hour, minute, tzinfo=ZoneInfo(ZONE))
    return int(moment.timestamp() * 1000)


def said(who: str, when: int, text: str, *, key: str = "", answers: str = "") -> Inbound:
    """A message."""
    return Inbound(Kind.MESSAGE, when, who.casefold(), who, text, external_id=key, reply_to=answers)


def robo(when: int) -> Inbound:
    """A message of the bot."""
    return Inbound(Kind.MESSAGE, when, "robo", "Robo", "beep", is_bot=True)


def moved(kind: Kind, who: str, when: int) -> Inbound:
    """A join or a leave."""
    return Inbound(kind, when, who.casefold(), who)


STORY = [
    said("Ada", at(2, 1, 9), "Good morning"),
    said("Ada", at(2, 10, 9), "The kettle is on"),
    said("Ada", at(2, 10, 10), "Green or black"),
    said("Ben", at(2, 10, 11), "Black for me"),
    moved(Kind.JOIN, "Cleo", at(3, 5, 19)),
    said("Cleo", at(3, 5, 20), "How do I brew this tea?", key="q1"),
    said("Ada", at(3, 5, 20, 1), "With hot water", key="a1", answers="q1"),
    robo(at(3, 5, 20, 10)),
    robo(at(3, 5, 20, 11)),
    robo(at(3, 5, 20, 12)),
    said("Cleo", at(3, 6, 8), "It was good"),
    moved(Kind.JOIN, "Dan", at(3, 7, 12)),
    moved(Kind.LEAVE, "Ben", at(3, 8, 12)),
    said("Ada", at(3, 31, 21), f"The menu is at {LINK}"),
    said(HOSTILE, at(3, 31, 22), "=1+1"),
]


def tell(workspace: Workspace, name: str = "Tea") -> Community:
    """A community with one group in which the story happened."""
    return tell_items(workspace, STORY, name)


def tell_items(workspace: Workspace, items: list[Inbound], name: str) -> Community:
    """A community with one group in which this happened."""
    community = Community.objects.create(workspace=workspace, name=name, time_zone=ZONE)
    group = Group.objects.create(
        workspace=workspace, community=community, platform="telegram", name=f"{name} <1>"
    )
    acceptor = Acceptor(workspace.pk, "telegram")
    acceptor.accept([GroupPlace(group.pk, community.pk, ZONE)] * len(items), items)
    acceptor.finish()
    refresh_groups([group.pk])
    return community
