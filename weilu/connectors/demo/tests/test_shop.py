"""The demo year: the same every time, within membership and time, with every turn of the story."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from itertools import islice

import pytest

from weilu.chat.ports import Form, Inbound, Kind, Portion
from weilu.connectors.demo import cast, plot, words
from weilu.connectors.demo.shop import tea_shop

UNTIL = date(2026, 11, 22)
DAY_MS = 86_400_000
START_MS = (
    int(datetime(2025, 11, 23, tzinfo=UTC).timestamp() * 1000) - 8 * 3_600_000
)  # midnight in China
OLD, NEW, ROCK = range(3)
# Messages, joins, leaves and renames of each group.
COUNTS = [(25323, 232, 27, 9), (19143, 297, 85, 24), (7764, 133, 10, 7)]
STAFF = {cast.OWNER, cast.CLERK}


def _day(item: Inbound) -> int:
    return (item.sent_ms - START_MS) // DAY_MS


def _hour(item: Inbound) -> int:
    return (item.sent_ms - START_MS) % DAY_MS // 3_600_000


@pytest.fixture(scope="module")
def portions() -> list[Portion]:
    return list(tea_shop(UNTIL))


@pytest.fixture(scope="module")
def groups(portions: list[Portion]) -> list[list[Inbound]]:
    found: dict[str, list[Inbound]] = {key: [] for key in cast.KEYS}
    for portion in portions:
        found[portion.chat.key].extend(portion.items)
    return list(found.values())


def _messages(items: Sequence[Inbound], first: int = 0, last: int = 364) -> list[Inbound]:
    return [i for i in items if i.kind == Kind.MESSAGE and first <= _day(i) <= last]


def test_same_seed_same_year(portions: list[Portion]) -> None:
    again = islice(tea_shop(UNTIL), 14)
    assert list(again) == portions[:14]
    assert {p.chat.key for p in portions[:14]} == set(cast.KEYS[:2])
    assert next(tea_shop(UNTIL, seed=1)).items != portions[0].items


def test_exact_counts(groups: list[list[Inbound]]) -> None:
    counts = [Counter(Kind(i.kind).name for i in items) for items in groups]
    assert [(c["MESSAGE"], c["JOIN"], c["LEAVE"], c["RENAME"]) for c in counts] == COUNTS
    assert 40_000 <= sum(c["MESSAGE"] for c in counts) <= 60_000


def test_who_is_there(groups: list[list[Inbound]]) -> None:
    accounts = {i.account for items in groups for i in items}
    assert len(accounts) == 600 + 3 + 9
    assert all(one.startswith("demo-") for one in accounts)
    assert {i.account for items in groups for i in items if i.is_bot} == {cast.HELPER}


@pytest.mark.parametrize("group", [OLD, NEW, ROCK])
def test_order_and_span(groups: list[list[Inbound]], group: int) -> None:
    times = [i.sent_ms for i in groups[group]]
    assert times == sorted(times)
    assert times[0] >= START_MS
    assert times[-1] < START_MS + 365 * DAY_MS
    assert {_day(i) for i in groups[group]} <= set(range(365))


def test_portions_are_small_and_progress_rises(portions: list[Portion]) -> None:
    assert max(len(p.items) for p in portions) == 2_000
    done = [p.done for p in portions]
    assert done == sorted(done)
    assert done[-1] == 1.0


@pytest.mark.parametrize("group", [OLD, NEW, ROCK])
def test_nobody_speaks_outside_membership(groups: list[list[Inbound]], group: int) -> None:
    here: set[str] = set()
    for item in groups[group]:
        if item.kind == Kind.JOIN:
            assert item.account not in here
            here.add(item.account)
            continue
        assert item.account in here
        if item.kind == Kind.LEAVE:
            here.remove(item.account)


@pytest.mark.parametrize("group", [OLD, NEW, ROCK])
def test_replies_point_to_earlier_words_of_others(groups: list[list[Inbound]], group: int) -> None:
    said: dict[str, str] = {}
    replies = 0
    for item in _messages(groups[group]):
        if item.reply_to:
            replies += 1
            assert said[item.reply_to] != item.account
        assert item.external_id not in said
        said[item.external_id] = item.account
    assert replies > len(said) * 0.08


def test_no_slot_is_left_open(groups: list[list[Inbound]]) -> None:
    texts = [i.text for items in groups for i in _messages(items)]
    assert not [t for t in texts if re.search(r"[{}]", t)]
    silent = {Form(i.form) for items in groups for i in _messages(items) if not i.text}
    assert silent == {Form.PICTURE, Form.STICKER}


def test_words_are_not_dull(groups: list[list[Inbound]]) -> None:
    for items in groups:
        texts = [i.text for i in _messages(items) if i.text]
        assert len(set(texts)) > 0.35 * len(texts)
        assert Counter(texts).most_common(1)[0][1] < 0.006 * len(texts)


def test_old_friends_fall_silent_when_the_expert_goes(groups: list[list[Inbound]]) -> None:
    items = groups[OLD]
    before = _messages(items, 309, 336)
    now = _messages(items, 337, 364)
    assert len(now) < 0.7 * len(before)
    assert sum(i.account == cast.EXPERT for i in before) > 0.05 * len(before)
    assert not [i for i in now if i.account == cast.EXPERT]
    farewell = [i for i in items if i.account == cast.EXPERT][-2:]
    assert [i.kind for i in farewell] == [Kind.MESSAGE, Kind.LEAVE]
    assert "江湖再见" in farewell[0].text


def test_study_circle_becomes_a_notice_board(groups: list[list[Inbound]]) -> None:
    items = groups[ROCK]
    assert len(_messages(items, 0, 149)) > 5_000
    end = [i for i in _messages(items, 337, 364) if not i.is_bot]
    assert sum(i.account in STAFF for i in end) > 0.5 * len(end)
    assert len(end) < 60


def test_newcomers_are_left_alone_at_night(groups: list[list[Inbound]]) -> None:
    def share(first: int, last: int) -> float:
        asked = [
            i
            for i in _messages(groups[NEW], first, last)
            if _hour(i) >= plot.NIGHT_FROM and i.text.endswith("吗？") and "@" not in i.text
        ]
        heard = {i.reply_to for i in groups[NEW]}
        return sum(i.external_id in heard for i in asked) / len(asked)

    assert share(304, 364) < 0.7 * share(0, 303)
    late = [i for i in _messages(groups[NEW]) if "昨晚没人值班" in i.text]
    assert late
    assert min(map(_day, late)) >= plot.POOR_NIGHTS_FROM
    assert {i.account for i in late} == {cast.CLERK}


def test_crisis_lasts_three_days(groups: list[list[Inbound]]) -> None:
    first, last = plot.CRISIS_DAYS.start, plot.CRISIS_DAYS.stop - 1
    for items in groups[:2]:
        told = [i for i in _messages(items) if i.text in words.STAFF_CRISIS]
        assert [i.text for i in told] == list(words.STAFF_CRISIS)
        assert {_day(i) for i in told} == {first, first + 1, last}
        upset = Counter(_day(i) for i in _messages(items) if i.text in words.CRISIS)
        assert set(upset) == {first}
        assert upset[first] >= 15


def test_prize_hunters_come_for_red_packets_only(groups: list[list[Inbound]]) -> None:
    hunters = {f"demo-{number:04d}" for number in range(250, 264)}
    for items in groups[:2]:
        packets = [i.sent_ms for i in items if i.form == Form.RED_PACKET]
        assert len(packets) == 52
        days = {(UNTIL - timedelta(days=364 - _day(i))).weekday() for i in items if i.form == 10}
        assert days == {plot.RED_PACKET_WEEKDAY}
        heard = [i for i in _messages(items) if i.account in hunters]
        assert len(heard) > 100
        assert all(any(0 < i.sent_ms - at < 160_000 for at in packets) for i in heard)
        assert {i.text for i in heard} <= set(words.PRIZE_TALK)


def test_strangers_advertise_and_are_removed(groups: list[list[Inbound]]) -> None:
    rows = [i for items in groups for i in items if i.account.startswith("demo-ad-")]
    assert Counter(Kind(i.kind).name for i in rows) == {"JOIN": 9, "MESSAGE": 9, "LEAVE": 9}
    assert {i.target for i in rows if i.kind == Kind.LEAVE} == {"店主·盏盏", "店员·小焙"}


def test_few_late_newcomers_are_heard_again(groups: list[list[Inbound]]) -> None:
    joined = {i.account for i in groups[NEW] if i.kind == Kind.JOIN and _day(i) >= cast.LOST_FROM}
    said = Counter(i.account for i in _messages(groups[NEW]) if i.account in joined)
    said = Counter({who: n for who, n in said.items() if not who.startswith("demo-ad-")})
    stay = {f"demo-{number:04d}" for number in range(0, cast.MEMBERS, cast.STAYS)}
    lost = {n for who, n in said.items() if who not in stay}
    assert len(said) >= 20
    assert lost == {1}
    back = [who for who, n in said.items() if n > 1]
    assert 0.05 <= len(back) / len(said) <= 0.3


def test_days_have_their_rhythm(groups: list[list[Inbound]]) -> None:
    hours = Counter(_hour(i) for i in _messages(groups[OLD]))
    assert hours[20] > 3 * hours[7]
    assert hours[3] < 20
    months = Counter((UNTIL - timedelta(days=364 - _day(i))).month for i in _messages(groups[OLD]))
    assert months[4] > months[7]


def test_renamed_people_go_by_the_new_name(groups: list[list[Inbound]]) -> None:
    for items in groups:
        called: dict[str, str] = {}
        for item in items:
            assert called.get(item.account, item.name) == item.name
            if item.kind == Kind.RENAME:
                assert item.target != item.name
                called[item.account] = item.target
        assert called
