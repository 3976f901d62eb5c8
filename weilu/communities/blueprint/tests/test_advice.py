"""Platforms weighed: points, handwork, order."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.communities.blueprint.platform_facts import BY_NAME, PLATFORMS
from weilu.communities.blueprint.rules.advice import (
    TAKES,
    WEIGHTS,
    Advice,
    Candidate,
    Criterion,
    How,
    Need,
    Openness,
    PlatformFact,
    Way,
    Wishes,
    advise,
    groups_for,
    how_done,
)

ABILITIES = sorted({name for names in TAKES.values() for name in names})
HAND = Way("", dict.fromkeys(ABILITIES, How.BY_HAND))
ALONE = Way("bot", dict.fromkeys(ABILITIES, How.AUTOMATIC))
OFFICIAL = Way(
    "official",
    {"membership": How.AUTOMATIC, "send_text": How.CONFIRMED, "receive": How.IMPOSSIBLE,
     "recall": How.BY_HAND, "remove": How.BY_HAND, "invite_link": How.AUTOMATIC},
)  # fmt: skip
CHAT = Candidate(PlatformFact("chat", ("chat",), Openness.PRIVATE, code_days=7), (HAND,), 500)
WORK = Candidate(PlatformFact("work", ("chat", "work"), Openness.PRIVATE), (OFFICIAL, HAND), 500)
BOT = Candidate(PlatformFact("bot", ("bot",), Openness.BOTH, fee_yuan=50), (ALONE, HAND))
ALL = (CHAT, WORK, BOT)


def of(wishes: Wishes, name: str) -> Advice:
    return next(one for one in advise(wishes, ALL) if one.platform == name)


def points(advice: Advice) -> dict[Criterion, int]:
    return {line.criterion: line.points for line in advice.lines}


def test_the_weights_make_a_hundred() -> None:
    assert sum(WEIGHTS.values()) == 100


@pytest.mark.parametrize(
    ("size", "cap", "groups"), [(0, 500, 1), (500, 500, 1), (501, 500, 2), (9, None, 1)]
)
def test_groups_are_filled_before_another_is_opened(
    size: int, cap: int | None, groups: int
) -> None:
    assert groups_for(size, cap) == groups


def test_a_need_is_met_as_the_worst_of_what_it_takes() -> None:
    assert how_done(OFFICIAL.supports, Need.GREET) is How.CONFIRMED
    assert how_done(OFFICIAL.supports, Need.CLEAN) is How.IMPOSSIBLE
    assert how_done({}, Need.POST) is How.BY_HAND


def test_handwork_is_counted_from_what_it_is() -> None:
    wishes = Wishes(frozenset({"chat"}), size=1040, must=frozenset({Need.POST, Need.LINKS}))
    by_hand = {chore.kind: chore.minutes for chore in of(wishes, "chat").chores}
    # Three groups; 20 newcomers and 6 cases a week.
    assert by_hand == {
        "post": 5 * 3 * 3, "greet": 20, "read": 3 * 70, "clean": 18, "take_in": 30, "codes": 5,
    }  # fmt: skip
    confirmed = {chore.kind: chore.minutes for chore in of(wishes, "work").chores}
    assert confirmed == {"confirm": 5, "greet": 20, "read": 210, "clean": 18, "take_in": 30}
    alone = of(wishes, "bot")
    assert ({c.kind: c.minutes for c in alone.chores}, alone.groups) == ({"doubts": 10}, 1)
    assert of(wishes, "work").needs == ((Need.POST, How.CONFIRMED), (Need.LINKS, How.AUTOMATIC))


def test_being_there_at_all_may_cost_hours() -> None:
    stage = Candidate(
        PlatformFact("stage", ("stage",), Openness.PUBLIC, host_minutes=480), (ALONE,)
    )
    (advice,) = advise(Wishes(frozenset({"stage"}), 10, hours=4), [stage])
    assert {c.kind: c.minutes for c in advice.chores} == {"host": 480, "doubts": 10}
    assert points(advice)[Criterion.HOURS] == 7  # 240 of 490 minutes


def test_points_come_from_the_answers() -> None:
    wishes = Wishes(
        frozenset({"chat", "mail"}), 1040, frozenset({Need.POST, Need.LINKS}), Openness.PUBLIC, 0, 2
    )
    assert points(of(wishes, "work")) == {
        Criterion.REACH: 18,  # half of 35
        Criterion.AUTOMATION: 19,  # three quarters of 25
        Criterion.HOURS: 6,  # 120 of 283 minutes
        Criterion.SIZE: 7,
        Criterion.OPENNESS: 0,
        Criterion.FEES: 5,
    }
    assert points(of(wishes, "bot")) == {
        Criterion.REACH: 0,
        Criterion.AUTOMATION: 25,
        Criterion.HOURS: 15,
        Criterion.SIZE: 10,
        Criterion.OPENNESS: 10,
        Criterion.FEES: 0,
        Criterion.ABSENT: -30,
    }
    assert of(wishes, "bot").points == 30


WISHES = st.builds(
    Wishes,
    where=st.frozensets(st.sampled_from(["chat", "work", "bot", "mail"])),
    size=st.integers(1, 100_000),
    must=st.frozensets(st.sampled_from(list(Need))),
    openness=st.sampled_from(list(Openness)),
    fee_yuan=st.integers(0, 100),
    hours=st.integers(0, 100),
)


@given(WISHES)
def test_the_order_is_that_of_the_points(wishes: Wishes) -> None:
    found = advise(wishes, ALL)
    assert sorted(one.platform for one in found) == ["bot", "chat", "work"]
    assert [one.points for one in found] == sorted((one.points for one in found), reverse=True)
    for one in found:
        assert 0 <= one.points <= 100
        assert all(
            0 <= line.points <= line.most
            for line in one.lines
            if line.criterion is not Criterion.ABSENT
        )
        assert one.minutes == sum(chore.minutes for chore in one.chores)
    # A way that leaves less to hands is never passed over.
    assert of(wishes, "bot").connector == "bot"


@given(WISHES, st.integers(0, 100))
def test_more_hours_never_hurt(wishes: Wishes, more: int) -> None:
    richer = Wishes(
        wishes.where, wishes.size, wishes.must, wishes.openness, wishes.fee_yuan,
        wishes.hours + more,
    )  # fmt: skip
    for name in ("bot", "chat", "work"):
        assert of(richer, name).points >= of(wishes, name).points


def test_every_platform_of_the_handbook_is_known_with_date_and_words() -> None:
    assert set(BY_NAME) == {
        "wechat", "wecom", "qq", "dingtalk", "weibo", "douban", "tieba", "taobao", "live", "app",
        "telegram", "discord", "matrix",
    }  # fmt: skip
    assert len(BY_NAME) == len(PLATFORMS)
    for known in PLATFORMS:
        assert known.good.endswith(".")
        assert known.mind.endswith(".")
        assert known.as_of.year >= 2024
