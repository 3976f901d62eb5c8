"""What a bridge passes on is said by people: told apart, and put together again, losing nothing."""

from __future__ import annotations

import io
import json
from collections import Counter
from collections.abc import Iterable
from itertools import pairwise
from typing import BinaryIO

import pytest

from weilu.chat.accept import Acceptor
from weilu.chat.exporting import export_group
from weilu.chat.imports.echoes import EchoFinder
from weilu.chat.models import Message
from weilu.chat.people import know_people
from weilu.chat.ports import ChatRef, Inbound, Kind
from weilu.chat.rebuild import rebuild
from weilu.chat.timeline import Readings
from weilu.communities.models import Community
from weilu.core.access import system
from weilu.core.models import Workspace
from weilu.groups.models import Group, Participation
from weilu.groups.queries import GroupPlace
from weilu.insight.group_numbers import Asked, group_numbers
from weilu.members.actions import mark, merge, unmerge
from weilu.members.models import Identity, Member
from weilu.members.queries import people

pytestmark = pytest.mark.django_db

MINUTE = 60_000
START = 1_700_000_000_000
SPAN = (START, START + 10_000 * MINUTE)
TALK = [
    ("bridge", "<maomao> is there tea"),
    ("reed", "maomao: there is"),
    ("bridge", "<xiaoman> I want some as well"),
    ("bridge", "<mao\u200bmao> green please"),
    ("reed", "it is for sale"),
] * 6


def said(who: str, number: int, text: str) -> Inbound:
    return Inbound(Kind.MESSAGE, START + number * MINUTE, who, who, text, external_id=f"m{number}")


def records(talk: list[tuple[str, str]], first: int = 0) -> list[Inbound]:
    return [said(who, first + k, text) for k, (who, text) in enumerate(talk)]


def make_group() -> Group:
    workspace = Workspace.objects.create(name="w")
    community = Community.objects.create(workspace=workspace, name="c", time_zone="UTC")
    return Group.objects.create(
        workspace=workspace, community=community, platform="irc", name="#tea"
    )


def tell(group: Group, items: list[Inbound]) -> Acceptor:
    acceptor = Acceptor(group.workspace_id, "irc")
    place = GroupPlace(group.pk, group.community_id, "UTC")
    acceptor.accept([place] * len(items), items)
    acceptor.finish()
    return acceptor


def bridged(talk: list[tuple[str, str]] = TALK) -> Group:
    group = make_group()
    tell(group, records(talk))
    know_people(group, SPAN, is_all=True)
    return group


def spoke(group: Group, *, raw: bool = False) -> dict[str, int]:
    return dict(group_numbers(group, Asked("UTC", raw=raw, bots=True)).top_speakers)


def the(name: str) -> int:
    return Identity.objects.get(name=name, through__isnull=False).member_id


BRIDGE = {"bridge": 18, "reed": 12}
PEOPLE = {"maomao": 12, "reed": 12, "xiaoman": 6}


def test_people_behind_a_bridge_are_told_apart_once() -> None:
    group = bridged()
    for _ in range(2):
        assert spoke(group) == PEOPLE
        assert spoke(group, raw=True) == BRIDGE
        assert Identity.objects.filter(through__isnull=False).count() == 2
        know_people(group, SPAN, is_all=True)
    # The words stay as they came.
    assert Message.objects.filter(text__startswith="<maomao>").count() == 6
    assert dict(Participation.objects.values_list("identity__name", "messages")) == PEOPLE
    rebuild(group.community, lambda _: None)
    assert spoke(group) == PEOPLE


def test_what_comes_later_goes_to_them_at_once_and_is_known_again() -> None:
    group = bridged()
    later = records([("bridge", "<maomao> more"), ("bridge", "topic: tea")], first=100)
    tell(group, later)
    assert spoke(group) == {**PEOPLE, "maomao": 13, "bridge": 1}
    # Another export of the same, without ids, brings nothing new.
    finder = EchoFinder(source_id=7, format="other")
    again = [Inbound(i.kind, i.sent_ms, i.account, i.name, i.text) for i in records(TALK) + later]
    assert finder.fresh(group.pk, again) == []


def test_who_is_no_bridge_gets_everything_back_and_loses_it_again() -> None:
    group = bridged()
    actor = system(group.workspace_id)
    bridge = Member.objects.get(name="bridge")
    assert bridge.nature == Member.Nature.RELAY
    joined = merge(actor, kept_id=Identity.objects.get(account="reed").member_id,
                   absorbed_id=the("xiaoman"))  # fmt: skip
    for newcomers, nature in enumerate((Member.Nature.PERSON, Member.Nature.BOT)):
        mark(actor, member_ids=[bridge.pk], nature=nature)
        assert spoke(group) == {**BRIDGE, "bridge": 18 + newcomers}
        tell(group, records([("bridge", "<newcomer> hello")], first=200))
        know_people(group, SPAN, is_all=True)
        assert spoke(group) == {**BRIDGE, "bridge": 19}
        mark(actor, member_ids=[bridge.pk], nature=Member.Nature.RELAY)
        assert spoke(group) == {"maomao": 12, "reed": 18, "newcomer": 1}
    unmerge(actor, merge_id=joined.pk)
    assert spoke(group) == {**PEOPLE, "newcomer": 1}


def test_others_are_answered_by_name_and_words_are_read_without_it() -> None:
    group = bridged()
    talk = Readings(group.pk).messages(*SPAN)
    assert talk.text[:4] == ["is there tea", "maomao: there is", "I want some as well",
                             "green please"]  # fmt: skip
    assert not people(group.workspace_id).bots


class Names:
    """Writes who wrote."""

    def write(self, chat: ChatRef, items: Iterable[Inbound], out: BinaryIO) -> int:
        return out.write(json.dumps(Counter(f"{i.account}={i.name}" for i in items)).encode())


def test_an_export_tells_of_the_account_that_wrote() -> None:
    group = bridged()
    out = io.BytesIO()
    export_group(system(group.workspace_id), group=group, writer=Names(), out=out)
    assert json.loads(out.getvalue()) == {"bridge=bridge": 18, "reed=reed": 12}


def test_brackets_that_nobody_answers_to_name_nobody() -> None:
    news = [("feed", f"[{place}] somebody pushed change {n}") for n in range(10)
            for place in ("tea", "cups")]  # fmt: skip
    group = bridged(news)
    assert spoke(group) == {"feed": 20}
    assert not Identity.objects.filter(through__isnull=False).exists()


def test_brackets_somebody_answers_to_are_names() -> None:
    talk = [(who, text.replace("<", "[").replace(">", "]")) for who, text in TALK]
    assert spoke(bridged(talk)) == PEOPLE


def test_one_bridge_under_two_accounts_names_one_person() -> None:
    other = [("bridge_" if who == "bridge" else who, text) for who, text in TALK]
    group = make_group()
    tell(group, records(TALK) + records(other, first=1000))
    actor = system(group.workspace_id)
    one, two = (Identity.objects.get(account=name).member_id for name in ("bridge", "bridge_"))
    merge(actor, kept_id=one, absorbed_id=two)
    know_people(group, SPAN, is_all=True)
    assert spoke(group) == {"reed": 24, "maomao": 24, "xiaoman": 12}
    assert spoke(group, raw=True) == {"reed": 24, "bridge": 18, "bridge_": 18}


def test_talk_keeps_its_order() -> None:
    times = Readings(bridged().pk).messages(*SPAN).sent_ms.tolist()
    assert all(a < b for a, b in pairwise(times))
