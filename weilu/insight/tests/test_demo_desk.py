"""The demo's desk: laid once, of ordinary things, and cleared with the demo."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from weilu.chat.demo import make_demo
from weilu.chat.imports.actions import undo_import
from weilu.chat.models import Import, Outgoing
from weilu.chat.ports import DEMO, ChatRef, Inbound, Kind, Platform, Portion
from weilu.communities.models import Community
from weilu.connectors.demo import cast
from weilu.connectors.demo.cast import GROUPS
from weilu.core.access import Actor, system
from weilu.core.clock import now
from weilu.core.models import Job, Workspace
from weilu.core.worker import drain
from weilu.groups.models import Group, JoinLink, KnownJoin, Scan
from weilu.insight.demo import words
from weilu.insight.demo.desk import lay_desk
from weilu.insight.models import DemoDesk
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.members.actions.tags import TagWords, put_on, save_tag
from weilu.members.models import (
    Circle,
    Company,
    Consent,
    Field,
    Member,
    Note,
    OwnStage,
    Segment,
    Tag,
    TagGroup,
)
from weilu.moderation.models import Report
from weilu.service.models import Companion
from weilu.team.models import Post, Seed

pytestmark = pytest.mark.django_db

SPEAKERS, DAYS = 40, 50
BEYOND = (Tag, TagGroup, Segment, OwnStage, Field, Circle, Note, Consent, Company)
WITHIN = (JoinLink, Scan, KnownJoin, Outgoing, Report, Seed, Post, Companion)


def story(until: date) -> Iterator[Portion]:
    """Three groups of forty; each comes in on a day of its own, and talks on the last days."""
    end = datetime(until.year, until.month, until.day, 12, tzinfo=UTC)
    for number, name in enumerate(GROUPS):
        items = []
        for n in range(SPEAKERS):
            account = f"demo-{number}-{n}"
            came = end - timedelta(days=DAYS - n)
            items.append(Inbound(Kind.JOIN, _ms(came), account, account))
            items += [
                Inbound(Kind.MESSAGE, _ms(end - timedelta(days=d, minutes=n)), account, account, t)
                for d, t in ((3, "早"), (2, f"第{n}泡"), (1, "水温几度？"))
            ]
        items.sort(key=lambda one: one.sent_ms)
        yield Portion(ChatRef(Platform.WECHAT, f"demo-{number}", name), items, done=1.0)


def _ms(at: datetime) -> int:
    return int(at.timestamp() * 1000)


@pytest.fixture
def actor(monkeypatch: pytest.MonkeyPatch) -> Actor:
    monkeypatch.setattr(DEMO, "tell", story)
    return system(Workspace.objects.create(name="w", time_zone="Asia/Shanghai").pk)


def make(actor: Actor) -> Community:
    made = make_demo(actor, lambda _done: None)
    drain()
    return made


def counts() -> dict[str, int]:
    return {model.__name__: model._default_manager.count() for model in (*BEYOND, *WITHIN)}


def test_groups_and_staff_are_called_as_in_the_story() -> None:
    assert (words.OWNER, words.CLERK) == (cast.OWNER, cast.CLERK)
    assert {words.ROCK_TEA_GROUP, words.NEWCOMERS_GROUP, words.OLD_FRIENDS_GROUP} == set(GROUPS)
    assert set(words.GROUPS) == set(GROUPS)


def test_it_is_laid_once_and_no_page_is_empty(actor: Actor) -> None:
    community = make(actor)
    laid = counts()
    assert all(laid.values()), laid
    assert laid["Segment"] == laid["Tag"] == laid["OwnStage"] == 3
    assert {one.name: one.members for one in Segment.objects.all()}[words.ROCK_TEA_FRIENDS] > 0
    soonest, second, third, *_ = sorted(Company.objects.values_list("next_on", flat=True))
    assert soonest == second < third
    assert all(n for seed in Seed.objects.all() for _kind, n in seed.reasons)
    states = dict(Outgoing.objects.values_list("key", "state"))
    assert [states[f"demo-{one.key}"] for one in words.DONE] == ["sent", "sent"]
    assert [states[f"demo-{one.key}"] for one in words.TASKS] == ["waiting"] * len(words.TASKS)
    assert not lay_desk(community)
    make(actor)
    assert counts() == laid
    assert not Job.objects.exclude(error="").exists()


def test_a_group_that_is_called_otherwise_holds_nothing_up(actor: Actor) -> None:
    community = make(actor)
    DemoDesk.objects.all().delete()
    Group.objects.filter(name=words.NEWCOMERS_GROUP).update(name="newcomers")
    before = counts()
    assert not lay_desk(community)
    assert counts() == before
    assert DemoDesk.objects.count() == 0


def test_visits_come_before_the_joins_they_led_to(actor: Actor) -> None:
    make(actor)
    for known in KnownJoin.objects.all():
        before = Scan.objects.filter(
            link_id=known.link_id, at__lt=known.at, at__gt=known.at - timedelta(minutes=10)
        )
        assert before.exists()
    assert Scan.objects.filter(at__gt=now()).count() == 0


def test_it_goes_with_the_demo(actor: Actor) -> None:
    make(actor)
    undo_import(actor, run=Import.objects.get())
    drain()
    assert not any(counts().values()), counts()
    assert Member.objects.count() == 0
    assert DemoDesk.objects.count() == 0
    make(actor)
    assert all(counts().values())


def test_what_serves_others_stays(actor: Actor) -> None:
    make(actor)
    tell(make_group(Workspace.objects.get(), "Hall"), [said("reed", "2024-03-02 08:00", "tea")])
    tag = Tag.objects.get(name=words.LIKES_ROCK_TEA)
    put_on(actor, tag_id=tag.pk, member_ids=[id_of("reed")])
    undo_import(actor, run=Import.objects.get())
    drain()
    assert list(Tag.objects.values_list("name", flat=True)) == [words.LIKES_ROCK_TEA]
    assert TagGroup.objects.count() == 1
    assert Member.objects.count() == 1


def test_a_house_in_use_keeps_its_names(actor: Actor) -> None:
    save_tag(actor, TagWords(words.LIKES_ROCK_TEA))
    make(actor)
    assert Tag.objects.count() == 1
    assert Segment.objects.count() == JoinLink.objects.count() == 0
    assert DemoDesk.objects.get().made == {}
