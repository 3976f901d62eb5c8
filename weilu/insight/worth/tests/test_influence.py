"""KOC and true fans from stored exchange, and their pages (C-6)."""

from __future__ import annotations

import numpy as np
import pytest
from django.db import transaction
from django.urls import reverse

from weilu.chat.columns import DAY_MS
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group
from weilu.insight.models import GroupDay, Influence, MemberTotals
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.insight.rules.influence import (
    Caused,
    Present,
    Thank,
    is_koc,
    is_true_fan,
    points,
    usual_strengths,
    ways_to_thank,
)
from weilu.insight.standing import refresh_standing
from weilu.insight.worth.booking import today_of
from weilu.insight.worth.influence import EFFECTS, refresh_influence
from weilu.members.actions import mark
from weilu.members.actions.ledgers import book, hold
from weilu.members.models import Member
from weilu.members.rules.exchange import ROW, Exchange, mirrored

pytestmark = pytest.mark.django_db

TODAY = 19_813  # 2024-03-31
FIRST = TODAY - 200
CROWD = tuple(f"p{n}" for n in range(14))


@pytest.fixture
def hall(workspace: Workspace, owner: Person) -> Group:
    """Rush is thanked by many, reed by one only, moss was the first to answer a newcomer."""
    group = make_group(workspace, "Hall")
    everybody = ("rush", "reed", "moss", *CROWD)
    tell(group, [said(who, "2024-03-31 08:00", f"tea of {who}") for who in everybody])
    GroupDay.objects.filter(group=group).update(day=TODAY)
    GroupDay.objects.create(group=group, day=FIRST, people=b"", counts=b"", hours=b"")
    MemberTotals.objects.update(first_ms=FIRST * DAY_MS)
    rush, reed, moss = id_of("rush"), id_of("reed"), id_of("moss")
    fresh = TODAY - 60
    MemberTotals.objects.filter(pk=id_of("p0")).update(first_ms=fresh * DAY_MS)
    rows = [(rush, Exchange.THANKED, TODAY - 5, id_of(who), 1) for who in CROWD[:10]]
    rows += [(id_of(who), Exchange.REPLIED, TODAY - 5, rush, 2) for who in CROWD[:6]]
    rows += [(rush, Exchange.REPLIED, TODAY - 4, id_of(who), 1) for who in CROWD[:5]]
    rows += [(rush, Exchange.MENTIONED, TODAY - 3, id_of("p12"), 3)]
    rows += [(rush, Exchange.PRESENT, TODAY - 6 * k, 0, 1) for k in range(13)]
    rows += [(reed, Exchange.THANKED, TODAY - 2, id_of("p1"), 40)]
    rows += [(reed, Exchange.THANKED, TODAY - 366, id_of("p2"), 4)]
    rows += [(moss, Exchange.REPLIED, fresh + 1, id_of("p0"), 1)]
    # Rush answered the same newcomer too, but a day later.
    rows += [(rush, Exchange.ANSWERED, fresh + 2, id_of("p0"), 1)]
    rows += [(rush, Exchange.REPLIED, fresh + 2, id_of("p0"), 1)]
    table = np.array([(w, k, d, group.pk, p, n) for w, k, d, p, n in rows], dtype=ROW)
    with transaction.atomic():
        hold(workspace.pk)
        book(workspace.pk, mirrored(table))
    return group


def refresh(group: Group) -> dict[int, Influence]:
    refresh_influence(group.workspace_id, today_of(group.workspace_id))
    return {one.pk: one for one in Influence.objects.all()}


def test_what_is_caused_and_by_how_many(hall: Group) -> None:
    found = refresh(hall)
    rush, reed, moss = found[id_of("rush")], found[id_of("reed")], found[id_of("moss")]
    assert (rush.thanks, rush.thankers, rush.answered, rush.repliers) == (10, 10, 1, 6)
    assert (rush.mentioners, rush.met, rush.stayed, rush.moved) == (1, 0, 0, 11)
    assert rush.points == 3 * 10 + 2 * 1 + 6 + 1
    assert (rush.is_koc, rush.is_fan) == (True, True)
    # Forty thanks of one person are five; what is more than a year back is not there.
    assert (reed.thanks, reed.thankers, reed.points, reed.is_koc) == (5, 1, 15.0, False)
    assert (moss.met, moss.stayed, moss.moved, moss.points) == (1, 1, 1, 4.0)
    assert not found[id_of("p1")].is_fan if id_of("p1") in found else True


def test_again_is_the_same_and_nobody_stays_who_has_nothing(hall: Group, owner: Person) -> None:
    before = [*Influence.objects.order_by("pk").values()] if refresh(hall) else []
    refresh(hall)
    assert [*Influence.objects.order_by("pk").values()] == before
    mark(owner.actor, member_ids=[id_of("rush")], is_staff=True)
    mark(owner.actor, member_ids=[id_of("reed")], nature=Member.Nature.BOT)
    found = refresh(hall)
    assert not {id_of("rush"), id_of("reed")} & set(found)


def test_a_newer_community_takes_nothing_from_an_older_one(hall: Group) -> None:
    """Each year is the last one of a history of its own."""
    alone = refresh(hall)[id_of("rush")]
    newer = make_group(hall.workspace, "Newer", zone="UTC")
    tell(newer, [said("late", "2026-06-01 08:00", "tea", zone="UTC")])
    MemberTotals.objects.filter(pk=id_of("rush")).update(first_ms=FIRST * DAY_MS)
    for group in (hall, newer):
        refresh_standing(group.community)
    assert today_of(hall.workspace_id).day > TODAY + 700
    found = refresh(hall)[id_of("rush")]
    assert (found.points, found.is_koc, found.is_fan) == (alone.points, True, True)


def test_effects_of_other_packages_count(hall: Group, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []

    def bought_after(workspace_id: int, since: int) -> dict[int, float]:
        asked.append((workspace_id, since))
        return {id_of("moss"): 20.0}

    monkeypatch.setitem(EFFECTS, "bought", bought_after)
    found = refresh(hall)
    assert asked == [(hall.workspace_id, TODAY - 365)]
    moss = found[id_of("moss")]
    assert (moss.points, moss.more) == (24.0, {"bought": 20.0})


@pytest.mark.parametrize(
    ("values", "fan"),
    [
        ((90, 6, 12, 5, 5, False), True),
        ((89, 6, 12, 5, 5, False), False),
        ((90, 5, 12, 5, 5, False), False),
        ((90, 6, 11, 5, 5, False), False),
        ((90, 6, 12, 4, 5, False), False),
        ((90, 6, 12, 5, 4, False), False),
        ((90, 6, 12, 5, 5, True), False),
    ],
)
def test_who_is_a_true_fan(values: tuple[int, int, int, int, int, bool], fan: bool) -> None:
    assert is_true_fan(Present(*values)) is fan


def test_thanks_fit_what_was_done() -> None:
    answers = Caused(thanks=9, thankers=9, answered=4, repliers=5, moved=12)
    hosts = Caused(met=9, stayed=6, repliers=9, moved=9)
    usual = usual_strengths([answers, hosts])
    assert ways_to_thank(answers, usual, is_fan=False) == [Thank.NAME_ANSWER, Thank.BY_HAND]
    assert ways_to_thank(hosts, usual, is_fan=True) == [Thank.COMPANION, Thank.FIRST_TO_TRY]
    assert ways_to_thank(Caused(), usual, is_fan=False) == [Thank.BY_HAND]
    assert ways_to_thank(answers, usual_strengths([]), is_fan=False)[0] is Thank.NAME_ANSWER
    assert (is_koc(answers), is_koc(hosts), points(Caused())) == (True, False, 0)


def test_the_pages_show_it(hall: Group, owner: Person) -> None:
    refresh(hall)
    client = owner.client()
    listed = client.get(reverse("members_koc")).content.decode()
    assert listed.index("rush") < listed.index("reed")
    assert "<strong>1</strong>" in listed
    fans = client.get(reverse("members_koc"), {"only": "fans"}).content.decode()
    assert "rush" in fans
    assert "reed" not in fans
    page = client.get(reverse("member_caused", args=[id_of("rush")])).content.decode()
    assert all(f">{who}<" in page for who in CROWD[:10])
    for sort in ("points", "-thanks", "-stayed", "nonsense"):
        assert client.get(reverse("members_koc"), {"sort": sort}).status_code == 200


def test_people_are_thanked_for_what_others_do_less() -> None:
    # Everybody is answered by many; who also helps, or keeps newcomers, is thanked for that.
    many = [Caused(thanks=1, answered=10, repliers=90)] * 8
    helper, host = Caused(answered=40, repliers=90), Caused(answered=10, repliers=160)
    keeper = Caused(answered=10, repliers=90, stayed=5)
    usual = usual_strengths([*many, helper, host, keeper])
    best = [ways_to_thank(one, usual, is_fan=False)[0] for one in (helper, host, keeper)]
    assert best == [Thank.NAME_ANSWER, Thank.HOST_TOPIC, Thank.COMPANION]
