"""Goodwill from a stored history: what counts, and that anew is the same (C-4)."""

from __future__ import annotations

import pytest

from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.insight.people.goodwill import goodwill_of
from weilu.insight.people.profile import profile
from weilu.insight.people.tests.history import id_of, make_group, ms, said, tell
from weilu.insight.recounting import recount_community
from weilu.members.actions import mark, merge
from weilu.members.models import Member
from weilu.members.rules.goodwill import Exchange, Score
from weilu.service.models import Pair, Question

pytestmark = pytest.mark.django_db


@pytest.fixture
def hall(workspace: Workspace, owner: Person) -> None:
    """Reed answered a question of rush a half-life ago, talked last month, spoke on two days."""
    group = make_group(workspace, "Hall")
    tell(
        group,
        [
            said("reed", "2024-01-01 08:00", "tea"),
            said("rush", "2024-01-01 08:00", "tea?"),
            said("moss", "2024-03-31 08:00", "tea"),
            said("reed", "2024-03-31 08:01", "tea"),
        ],
    )
    ids = {who: id_of(who) for who in ("reed", "rush", "moss")}
    Question.objects.all().delete()
    Pair.objects.all().delete()
    Question.objects.create(
        id=1, workspace=workspace, group=group, identity_id=ids["rush"], day=19_723,
        asked_ms=ms("2024-01-01 08:00"), answered_by_id=ids["reed"], answer_after_ms=60_000,
    )  # fmt: skip
    month = 2024 * 12 + 2
    Pair.objects.create(
        group=group, month=month, answering=ids["reed"], answered=ids["moss"], links=40
    )
    Pair.objects.create(
        group=group, month=month, answering=ids["moss"], answered=ids["reed"], links=2
    )


def of(owner: Person, who: str) -> Score | None:
    return goodwill_of(profile(owner.actor, id_of(who)))


def test_what_counts(hall: None, owner: Person) -> None:
    found = of(owner, "reed")
    assert found is not None
    points = {line.kind: (line.times, line.counted, line.points) for line in found.lines}
    assert points == {
        Exchange.ANSWERED: (1, 1, 2.5),
        Exchange.REPLIED: (40, 30, 30.0),
        Exchange.WAS_REPLIED: (2, 2, 1.0),
        Exchange.PRESENT: (2, 2, 0.75),
    }
    assert (found.people, found.people_points) == (2, 3.0)
    assert found.points == 37.25


def test_bots_give_nothing_and_staff_have_none(hall: None, owner: Person) -> None:
    mark(owner.actor, member_ids=[id_of("moss")], nature=Member.Nature.BOT)
    found = of(owner, "reed")
    assert found is not None
    assert (found.people, found.points) == (1, 2.5 + 0.75 + 1.0)
    assert of(owner, "moss") is None
    mark(owner.actor, member_ids=[id_of("reed")], is_staff=True)
    assert of(owner, "reed") is None


def test_talking_with_oneself_is_no_exchange(hall: None, owner: Person) -> None:
    merge(owner.actor, kept_id=id_of("reed"), absorbed_id=id_of("moss"))
    found = goodwill_of(profile(owner.actor, id_of("reed")))
    assert found is not None
    assert found.people == 1


def test_anew_is_the_same(workspace: Workspace, owner: Person) -> None:
    group = make_group(workspace, "Hall")
    tell(
        group,
        [
            said(who, f"2024-03-{day:02d} {8 + k:02d}:0{k}", f"{text} {day}")
            for day in range(1, 20)
            for k, (who, text) in enumerate(
                (("reed", "does anybody know which tea to take?"), ("rush", "take this one"))
            )
        ],
    )
    everybody = list(Member.objects.values_list("pk", flat=True))
    mark(owner.actor, member_ids=everybody, nature=Member.Nature.PERSON)
    recount_community(group.community, lambda _done: None)
    before = of(owner, "rush")
    recount_community(group.community, lambda _done: None)
    assert before is not None
    assert before.points > 0
    assert of(owner, "rush") == before
