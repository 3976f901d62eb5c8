"""Goodwill explained: whose there is, and what a member's lines say (C-4)."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import transaction

from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group
from weilu.insight.people.goodwill import Explained, goodwill_of
from weilu.insight.people.record import Record
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.insight.worth.booking import today_of
from weilu.members.actions import mark, merge
from weilu.members.actions.ledgers import book, hold
from weilu.members.actions.scores import rescore
from weilu.members.models import Goodwill, Member
from weilu.members.queries import people
from weilu.members.rules.exchange import ROW, Exchange, mirrored

pytestmark = pytest.mark.django_db

TODAY = 19_813  # 2024-03-31


@pytest.fixture
def hall(workspace: Workspace, owner: Person) -> Group:
    """Reed answered a question of rush a half-life ago, talked today, spoke on two days."""
    group = make_group(workspace, "Hall")
    tell(group, [said(who, "2024-03-31 08:00", "tea") for who in ("reed", "rush", "moss")])
    reed, rush, moss = id_of("reed"), id_of("rush"), id_of("moss")
    rows = [
        (reed, Exchange.ANSWERED, TODAY - 90, rush, 1),
        (reed, Exchange.REPLIED, TODAY, moss, 40),
        (moss, Exchange.REPLIED, TODAY, reed, 2),
        (reed, Exchange.PRESENT, TODAY - 90, 0, 3),
        (reed, Exchange.PRESENT, TODAY, 0, 2),
        (reed, Exchange.NEAR_PRIZE, TODAY, 0, 2),
    ]
    table = np.array([(w, k, d, group.pk, p, n) for w, k, d, p, n in rows], dtype=ROW)
    with transaction.atomic():
        hold(workspace.pk)
        book(workspace.pk, mirrored(table))
    return group


def of(owner: Person, who: str) -> Explained | None:
    record = Record(Member.objects.get(pk=id_of(who)))
    return goodwill_of(owner.actor, record, people(record.member.workspace_id))


def test_what_counts(hall: Group, owner: Person) -> None:
    found = of(owner, "reed")
    assert found is not None
    told = found.score
    points = {line.kind: (line.times, line.counted, line.points) for line in told.lines}
    assert points == {
        Exchange.ANSWERED: (1, 1, 2.5),
        Exchange.THANKED: (0, 0, 0.0),
        Exchange.REPLIED: (40, 10, 10.0),
        Exchange.WAS_REPLIED: (2, 2, 1.0),
        Exchange.MENTIONED: (0, 0, 0.0),
        Exchange.PRESENT: (5, 2, 0.75),
    }
    # Two people and four kinds; one of each half a life back.
    assert (told.people, told.people_points) == (2, 3.0)
    assert (told.kinds, told.kinds_points) == (4, 3 * 3.5)
    assert told.points == 14.25 + 3.0 + 10.5


def test_bots_give_nothing_and_staff_have_none(hall: Group, owner: Person) -> None:
    mark(owner.actor, member_ids=[id_of("moss")], nature=Member.Nature.BOT)
    found = of(owner, "reed")
    assert found is not None
    assert found.score.people == 1
    assert {line.kind for line in found.score.lines if line.times} == {
        Exchange.ANSWERED, Exchange.PRESENT,
    }  # fmt: skip
    assert of(owner, "moss") is None
    mark(owner.actor, member_ids=[id_of("reed")], is_staff=True)
    assert of(owner, "reed") is None
    rescore(hall.workspace_id, today_of(hall.workspace_id))
    # Rush only asked; to ask is no goodwill yet.
    assert not Goodwill.objects.exists()


def test_talking_with_oneself_is_no_exchange(hall: Group, owner: Person) -> None:
    merge(owner.actor, kept_id=id_of("reed"), absorbed_id=id_of("moss"))
    found = of(owner, "reed")
    assert found is not None
    assert found.score.people == 1
