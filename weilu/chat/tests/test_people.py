"""What the talk of a group says about who is who, against the database."""

from __future__ import annotations

import pytest

from weilu.chat.accept import Acceptor
from weilu.chat.people import know_people
from weilu.chat.ports import Inbound, Kind
from weilu.communities.models import Community
from weilu.core.access import system
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.groups.queries import GroupPlace
from weilu.members.actions import unmerge
from weilu.members.models import Identity, Merge

pytestmark = pytest.mark.django_db

MINUTE = 60_000
HOUR = 60 * MINUTE
START = 1_700_000_000_000


def said(nick: str, at: int, text: str = "hello there") -> Inbound:
    return Inbound(Kind.MESSAGE, START + at, nick, nick, text)


def renamed(nick: str, new: str, at: int) -> Inbound:
    return Inbound(Kind.RENAME, START + at, nick, nick, target=new)


def story() -> list[Inbound]:
    """Maomao goes by maomao_home in the evening, three days in a row, and comes back."""
    items: list[Inbound] = []
    for day in range(3):
        at = day * 24 * HOUR
        items += [
            said("maomao", at),
            renamed("maomao", "maomao_home", at + HOUR),
            said("maomao_home", at + HOUR + MINUTE),
            renamed("maomao_home", "maomao", at + 2 * HOUR),
            said("maomao", at + 2 * HOUR + MINUTE),
            said("xiaoman", at + 3 * HOUR),
        ]
    return items


def heard() -> Group:
    workspace = Workspace.objects.create(name="w")
    community = Community.objects.create(workspace=workspace, name="c", time_zone="UTC")
    group = Group.objects.create(
        workspace=workspace, community=community, platform="irc", name="#tea"
    )
    acceptor = Acceptor(workspace.pk, "irc")
    items = story()
    acceptor.accept([GroupPlace(group.pk, community.pk, "UTC")] * len(items), items)
    acceptor.finish()
    return group


def member_of(nick: str) -> int:
    return Identity.objects.get(account=nick).member_id


def test_a_renamed_person_becomes_one_member_and_stays_it_when_run_twice() -> None:
    group = heard()
    for _ in range(2):
        know_people(group, (START, START + 100 * HOUR), is_all=True)
        assert member_of("maomao") == member_of("maomao_home")
        assert member_of("xiaoman") != member_of("maomao")
        assert Merge.objects.count() == 1


def test_what_an_operator_parted_evidence_does_not_join_again() -> None:
    group = heard()
    know_people(group, (START, START + 100 * HOUR), is_all=True)
    unmerge(system(group.workspace_id), merge_id=Merge.objects.get().pk)
    know_people(group, (START, START + 100 * HOUR), is_all=True)
    assert member_of("maomao") != member_of("maomao_home")
    assert Merge.objects.count() == 1
