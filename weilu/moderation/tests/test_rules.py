"""Each rule with its own consequences, over the live path."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from importlib import import_module
from types import SimpleNamespace

import pytest

from weilu.chat.models import Message, Outgoing
from weilu.communities.models import Community
from weilu.communities.rulebook import Rule, Text, publish
from weilu.core.clock import now, now_ms
from weilu.core.errors import Conflict
from weilu.core.tests.cast import Person
from weilu.groups.models import Connection
from weilu.members.models import Member
from weilu.moderation import live
from weilu.moderation.by_hand import break_rule, rules_to_break
from weilu.moderation.models import Doubt, Policy, PolicyVersion, Violation
from weilu.moderation.policies import rules_broken, violations_of
from weilu.moderation.rules.terms import Kept
from weilu.moderation.tests.test_order import AD, hear, policy
from weilu.moderation.tests.test_order import line as line  # noqa: PLC0414 - a fixture
from weilu.moderation.trying import try_out

pytestmark = pytest.mark.django_db(transaction=True)
MUTE: Kept = {"way": "own", "ladder": [["mute", 10], ["mute", 60]], "window_days": 7}
WAIT: Kept = {"way": "wait", "ladder": [], "window_days": 30}
USUAL_WAY: Kept = {"way": "usual", "ladder": [], "window_days": 30}


@pytest.fixture(autouse=True)
def _fresh() -> None:
    live.forget()


def flood(line: Connection, who: str, start: int, count: int = 9) -> None:
    hear(line, *[(who, start + n * 200, f"{n}号位还有吗") for n in range(count)])


def steps() -> list[tuple[str, str, int]]:
    return list(Violation.objects.order_by("at").values_list("kind", "step", "minutes"))


def test_flooding_is_muted_once_a_burst_and_counts_for_itself(
    line: Connection, owner: Person
) -> None:
    policy(owner, ("remind", 0), ("remove", 0), rules={"flood": MUTE})
    start = now_ms() - 120_000
    hear(line, ("loud", start - 9_000, AD))
    flood(line, "loud", start)
    flood(line, "loud", start + 30_000)
    assert steps() == [("ad", "remind", 0), ("flood", "mute", 10), ("flood", "mute", 60)]
    hear(line, ("loud", start + 60_000, AD + "!"))
    assert steps()[-1] == ("ad", "remove", 0)
    reasons = Violation.objects.filter(kind="flood").values_list("reasons", flat=True)[0]
    assert reasons == [["flood", 1.0]]


def test_nobody_climbs_while_a_burst_goes_on(line: Connection, owner: Person) -> None:
    policy(owner, ("warn", 0), ("mute", 60), ("remove", 0), rules={"flood": USUAL_WAY})
    start = now_ms() - 120_000
    same = [("loud", start + n * 300, "朋友们都来主页找我") for n in range(12)]
    hear(line, *same)
    found = Violation.objects.order_by("at")
    assert {one.step for one in found} == {"warn"}
    assert [one.counts for one in found] == [True] + [False] * (len(found) - 1)
    assert len(found) > 1
    assert Outgoing.objects.filter(deed="send").count() == 1
    assert Outgoing.objects.filter(deed="recall").count() == len(found)
    hear(line, ("loud", start + 60_000, AD))
    assert Violation.objects.latest("at").step == "mute"
    tried = try_out(owner.actor, Policy.objects.get())
    assert tried.steps == {"warn": 1, "mute": 1}


def test_an_advertisement_repeated_within_seconds_is_one_step(
    line: Connection, owner: Person
) -> None:
    policy(owner, ("remind", 0), ("warn", 0), ("mute", 60), ("remove", 0))
    start = now_ms() - 120_000
    hear(line, *[("loud", start + n * 300, AD) for n in range(3)])
    hear(line, ("loud", start + 2_000, AD), ("loud", start + 3_000, f"{AD}，快来"))
    found = Violation.objects.order_by("at")
    assert [(one.step, one.counts) for one in found] == [("remind", True)] + [("remind", False)] * 4
    assert Outgoing.objects.filter(deed="send").count() == 1
    assert Outgoing.objects.filter(deed="recall").count() == 5
    hear(line, ("loud", start + 11_000, AD))
    assert Violation.objects.latest("at").step == "warn"
    tried = try_out(owner.actor, Policy.objects.get())
    assert tried.steps == {"remind": 1, "warn": 1}


@pytest.mark.parametrize(
    ("after_s", "text", "step"),
    [
        (1.5, f"{AD}，快来", "warn"),
        (1.5, AD, "remind"),
        (2.5, AD, "warn"),
        (0.5, f"{AD}！", "remind"),
    ],
)
def test_who_was_told_climbs_and_who_cannot_have_read_it_does_not(
    line: Connection, owner: Person, after_s: float, text: str, step: str
) -> None:
    policy(owner, ("remind", 0), ("warn", 0))
    start = now_ms() - 120_000
    hear(line, ("loud", start, AD))
    told = datetime.fromtimestamp(start / 1000, UTC) + timedelta(seconds=0.5)
    Outgoing.objects.filter(deed="send").update(state="sent", ended_at=told)
    hear(line, ("loud", start + int(after_s * 1000), text))
    assert Violation.objects.latest("at").step == step


def test_who_talks_fast_is_left_alone_where_no_rule_says_so(
    line: Connection, owner: Person
) -> None:
    policy(owner)
    flood(line, "loud", now_ms() - 60_000)
    assert not Doubt.objects.filter(kind="flood").exists()
    policy(owner, rules={"flood": WAIT})
    flood(line, "loud", now_ms() - 30_000)
    assert Doubt.objects.filter(kind="flood").count() == 1
    assert not Violation.objects.exists()


def test_calling_everybody_is_for_staff(line: Connection, owner: Person) -> None:
    policy(owner, rules={"call_all": MUTE})
    Member.objects.filter(name="u1").update(is_staff=True)
    hear(line, ("u1", now_ms() - 5000, "@全体成员 明天见"), ("u2", now_ms(), "@全体成员 明天见"))
    violation = Violation.objects.get()
    assert (violation.kind, violation.step) == ("call_all", "mute")
    assert Member.objects.get(pk=violation.member_id).name == "u2"


def test_the_log_names_the_rule_and_its_version(line: Connection, owner: Person) -> None:
    community = Community.objects.get()
    text = Text("", [Rule("只聊茶", "", "ad"), Rule("别刷屏", "", "flood")], "林姨")
    book = publish(owner.actor, community=community, text=text)
    policy(owner, ("mute", 60), rules={"flood": MUTE})
    hear(line, ("spam", now_ms() - 90_000, AD))
    flood(line, "loud", now_ms() - 60_000)
    found = {row.rule: row for row in violations_of(owner.actor)}
    assert set(found) == {"只聊茶", "别刷屏"}
    assert {row.rules_version for row in found.values()} == {book.version}
    broken = rules_broken(owner.actor)
    assert sorted((one.rule, one.version, one.count) for one in broken) == [
        ("别刷屏", 1, 1),
        ("只聊茶", 1, 1),
    ]
    assert [row.rule for row in violations_of(owner.actor, broken[0])] == [broken[0].rule]
    word = Outgoing.objects.get(deed="send", identity_id=found["只聊茶"].identity_id).text
    assert "our rule “只聊茶”" in word
    assert "1 hour" in word
    assert word.endswith("tell 林姨.")


def test_nobody_is_told_the_same_twice_within_minutes(line: Connection, owner: Person) -> None:
    policy(owner, ("mute", 60))
    start = now_ms() - 20 * 60_000
    hear(line, ("spam", start, AD), ("spam", start + 1000, AD + "1"))
    hear(line, ("spam", start + 60_000, AD + "2"))
    words = Outgoing.objects.filter(deed="send")
    assert (Violation.objects.count(), words.count()) == (3, 1)
    hear(line, ("spam", start + 15 * 60_000, AD + "3"))
    assert (Violation.objects.count(), words.count()) == (4, 2)


def test_a_policy_remembers_what_it_said(line: Connection, owner: Person) -> None:
    policy(owner, ("mute", 60))
    policy(owner, ("warn", 0), rules={"flood": MUTE})
    kept = list(PolicyVersion.objects.order_by("version").values_list("version", "values"))
    assert [version for version, _ in kept] == [1, 2]
    assert kept[0][1]["ladder"] == [["mute", 60]]
    assert kept[1][1]["rules"]["flood"]["ladder"] == MUTE["ladder"]


def test_an_old_ladder_for_insults_becomes_that_rules_own(owner: Person, line: Connection) -> None:
    migration = import_module("weilu.moderation.migrations.0006_move_abuse_ladders")
    kept = policy(owner)
    kept.changed_at = now()
    old = SimpleNamespace(
        abuse_ladder=[["warn", 0], ["mute", 60]], window_days=14, rules={}, save=lambda **_: None
    )
    rows = SimpleNamespace(objects=SimpleNamespace(all=lambda: [old]))
    migration.move(SimpleNamespace(get_model=lambda *_: rows), None)
    terms = Policy(ladder=[["ban", 0]], rules=old.rules, window_days=14).terms("abuse")
    assert (terms.pool, [rung.step for rung in terms.ladder]) == ("abuse", ["warn", "mute"])
    old.abuse_ladder = []
    migration.move_back(SimpleNamespace(get_model=lambda *_: rows), None)
    assert old.abuse_ladder == [["warn", 0], ["mute", 60]]


def test_a_person_says_which_rule_a_message_breaks(line: Connection, owner: Person) -> None:
    text = Text("", [Rule("只聊茶", "", "ad"), Rule("说真话", "")], "林姨")
    publish(owner.actor, community=Community.objects.get(), text=text)
    policy(owner, ("warn", 0))
    hear(line, ("new", now_ms() - 5000, "今天的茶不错"))
    pk = Message.objects.order_by("-pk").values_list("pk", flat=True)[0]
    assert rules_to_break(owner.actor, pk) == ["只聊茶", "说真话"]
    client = owner.client()
    assert "说真话" in client.get(f"/messages/{pk}/").content.decode()
    for _twice in range(2):
        client.post(f"/cleanup/broken/{pk}/", {"rule": "1"})
    row = Violation.objects.get()
    assert (row.rule, row.kind, row.step, row.by_id) == ("说真话", "told", "warn", owner.user.pk)
    word = Outgoing.objects.get(deed="send")
    assert "our rule “说真话”" in word.text
    assert not Doubt.objects.exists()
    assert client.post(f"/cleanup/broken/{pk}/", {"rule": "7"}).status_code == 404
    policy(owner, rules={"abuse": WAIT})
    Policy.objects.update(is_on=False)
    assert rules_to_break(owner.actor, pk) == []
    with pytest.raises(Conflict, match="policy_off"):
        break_rule(owner.actor, message_id=pk, number=0)


def test_what_was_taken_away_with_somebody_is_not_taken_away_again(
    line: Connection, owner: Person
) -> None:
    policy(owner, ("remove", 0))
    start = now_ms() - 3_600_000
    hear(line, ("spam", start, "今天天气不错呀"), ("spam", start + 60_000, AD))
    hear(line, ("spam", start + 120_000, "我又回来了各位"), ("spam", start + 180_000, AD + "2"))
    recalls = Outgoing.objects.filter(deed="recall")
    assert Violation.objects.filter(step="remove").count() == 2
    texts = Message.objects.in_bulk(recalls.values_list("message_id", flat=True))
    assert sorted(one.text for one in texts.values()) == sorted(
        [AD, AD + "2", "今天天气不错呀", "我又回来了各位"]
    )
    assert recalls.count() == 4
