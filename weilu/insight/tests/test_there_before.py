"""Who was in a group before anybody listened: a member, silent, and no newcomer."""

from __future__ import annotations

import pytest

from weilu.chat.ports.records import Inbound, Kind
from weilu.core.clock import now_ms
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Participation
from weilu.insight.models import MemberTotals
from weilu.insight.people.segments import asking
from weilu.insight.people.tests.history import make_group, tell
from weilu.members.models import Identity
from weilu.members.segments.trees import Leaf

pytestmark = pytest.mark.django_db


def spoken(who: str, sent_ms: int) -> Inbound:
    return Inbound(Kind.MESSAGE, sent_ms, who, who.upper(), "hello")


def test_they_are_members_and_silent_but_not_new(workspace: Workspace, owner: Person) -> None:
    group, moment = make_group(workspace, "Tea"), now_ms()
    there = [Inbound(Kind.PRESENT, moment, who, who.upper()) for who in ("ada", "bo")]
    tell(group, [*there, spoken("cy", moment), spoken("bo", moment + 1)])
    name = {one.account: one.member_id for one in Identity.objects.all()}
    first = dict(MemberTotals.objects.values_list("pk", "first_ms"))
    assert first == {name["ada"]: 0, name["bo"]: 0, name["cy"]: moment}
    kept = Participation.objects.values_list("identity__account", "joins", "joined_ms", "messages")
    assert sorted(kept) == [
        ("ada", 0, Participation.BEFORE_RECORDS, 0),
        ("bo", 0, Participation.BEFORE_RECORDS, 1),
        ("cy", 0, None, 1),
    ]
    assert not Participation.objects.exclude(last_joined_ms=None).exists()
    ask = asking(owner.actor)
    assert set(ask.find(Leaf("newcomer", {"days": "14"}))) == {name["cy"]}
    assert set(ask.find(Leaf("group", {"group": [str(group.pk)], "when": "now"}))) == set(
        name.values()
    )
    page = owner.client().get(f"/members/{name['ada']}/").content.decode()
    assert "There before the records begin, never said a word." in page
    page = owner.client().get(f"/members/{name['bo']}/").content.decode()
    assert "1970" not in page
