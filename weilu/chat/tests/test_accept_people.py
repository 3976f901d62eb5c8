"""Who said it: the quick look-up of known people keeps names and identities right."""

from __future__ import annotations

import pytest

from weilu.chat.accept import Acceptor
from weilu.chat.models import Message
from weilu.chat.ports import Inbound, Kind
from weilu.communities.models import Community
from weilu.core.models import Workspace
from weilu.groups.models import Group
from weilu.groups.queries import GroupPlace
from weilu.members.models import Alias, Identity

pytestmark = pytest.mark.django_db


def _said(account: str, name: str, second: int) -> Inbound:
    return Inbound(int(Kind.MESSAGE), second * 1000, account, name, f"line {second}")


def test_name_goes_there_and_back_and_names_stay_within_their_group() -> None:
    space = Workspace.objects.create(name="w")
    community = Community.objects.create(workspace=space, name="c", time_zone="UTC")
    first, second = (
        GroupPlace(
            Group.objects.create(
                workspace=space, community=community, platform="irc", name=name
            ).pk,
            community.pk,
            "UTC",
        )
        for name in ("g", "h")
    )
    acceptor = Acceptor(space.pk, "irc")
    for second_of, name in ((1, "ada"), (2, "ada"), (3, "bea"), (4, "bea"), (5, "ada")):
        acceptor.accept([first], [_said("u1", name, second_of)])
    acceptor.accept([first, second, first], [_said("", "cleo", k) for k in (6, 7, 8)])
    acceptor.accept([first], [Inbound(int(Kind.NOTICE), 9000, "", "", "hush")])

    known = Identity.objects.get(account="u1")
    assert known.name == "ada"
    names = (
        Alias.objects.filter(identity=known).order_by("first_ms").values_list("name", "first_ms")
    )
    assert list(names) == [("ada", 1000), ("bea", 3000)]
    here, there = (
        Identity.objects.get(account="cleo", scope=p.group_id).pk for p in (first, second)
    )
    who = list(Message.objects.order_by("id").values_list("identity_id", flat=True))
    assert who == [known.pk] * 5 + [here, there, here, 0]
