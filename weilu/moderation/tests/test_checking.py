"""History looked through: what is doubtful, what is decided, twice and after a crash."""

from __future__ import annotations

import pytest

from weilu.chat.accept import Acceptor
from weilu.chat.models import Message
from weilu.chat.ports import Form, Inbound, Kind
from weilu.communities.models import Community
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import Job, LogRow, Workspace
from weilu.core.reactions import REACTIONS
from weilu.core.tests.cast import Person
from weilu.events.chat import HistoryImported, ImportUndone
from weilu.groups.models import Connection
from weilu.groups.queries import GroupPlace
from weilu.members.models import Identity, Member
from weilu.moderation import actions, judges
from weilu.moderation.checking import check_group
from weilu.moderation.judges import decisions_of, judge_of, learned_by, words_of
from weilu.moderation.models import Check, Doubt, WordList
from weilu.moderation.piles import Pile
from weilu.moderation.queries import counts, standing, suspects
from weilu.moderation.reactions import check_import, forget_undone
from weilu.moderation.tests.story import DAY, HINTS, START, group_with_ads

pytestmark = pytest.mark.django_db


def nothing(_done: float) -> None:
    """Progress nobody looks at."""


def doubtful() -> dict[str, list[str]]:
    """Texts by the account that said them."""
    names = dict(Identity.objects.values_list("pk", "name"))
    texts = dict(Message.objects.values_list("pk", "text"))
    found: dict[str, list[str]] = {}
    for one in Doubt.objects.order_by("sent_ms"):
        found.setdefault(names[one.identity_id], []).append(texts[one.pk])
    return found


def test_ads_are_found_with_their_places_and_reasons(workspace: Workspace) -> None:
    group = group_with_ads(workspace)
    assert check_group(group, nothing) == 7
    assert {who: len(texts) for who, texts in doubtful().items()} == {
        "a": 1,
        "spam": 1,
        "sly": 4,
        "rude": 1,
    }
    assert doubtful()["sly"] == list(HINTS)
    one = Doubt.objects.get(identity__name="spam")
    text = Message.objects.get(pk=one.pk).text
    assert [text[start:end] for start, end in one.spans] == ["兼职日结", "加微信 abc12345"]
    assert one.kind == Doubt.Kind.AD
    assert Doubt.objects.get(identity__name="rude").kind == Doubt.Kind.ABUSE
    check = Check.objects.get()
    assert (check.messages, check.done) == (67, 1.0)


def test_a_check_twice_is_a_check_once(workspace: Workspace, operator: Person) -> None:
    group = group_with_ads(workspace)
    check_group(group, nothing)
    before = list(Doubt.objects.order_by("pk").values())
    check_group(group, nothing)
    assert list(Doubt.objects.order_by("pk").values()) == before
    decided = before[0]["id"]
    actions.decide(operator.actor, message_ids=[decided], state=Doubt.State.FINE)
    check_group(group, nothing)
    assert Doubt.objects.get(pk=decided).state == Doubt.State.FINE
    assert Doubt.objects.count() == len(before)


def test_a_check_that_dies_leaves_what_was_there(
    workspace: Workspace, monkeypatch: pytest.MonkeyPatch
) -> None:
    group = group_with_ads(workspace)
    check_group(group, nothing)
    before = set(Doubt.objects.values_list("pk", flat=True))

    def die(*_args: object, **_kwargs: object) -> None:
        raise SystemExit

    monkeypatch.setattr(Check.objects, "update_or_create", die)
    with pytest.raises(SystemExit):
        check_group(group, nothing)
    assert set(Doubt.objects.values_list("pk", flat=True)) == before


def test_staff_and_bots_are_trusted(workspace: Workspace) -> None:
    group = group_with_ads(workspace)
    Member.objects.filter(name="spam").update(is_staff=True)
    Member.objects.filter(name="sly").update(nature=Member.Nature.BOT)
    Member.objects.filter(name="rude").update(is_staff=True)
    check_group(group, nothing)
    assert set(doubtful()) == {"a"}


def test_decisions_are_announced_counted_and_taken_back(
    workspace: Workspace, operator: Person
) -> None:
    check_group(group_with_ads(workspace), nothing)
    found, total = suspects(operator.actor, family="ad", on=Pile.OPEN, limit=10, offset=0)
    assert total == 3
    assert {one.identity.name: one.count for one in found} == {"a": 1, "spam": 1, "sly": 4}
    sly = next(one for one in found if one.identity.name == "sly")
    assert len(sly.shown) == 3
    assert actions.decide(operator.actor, message_ids=sly.message_ids, state=Doubt.State.JUNK) == 4
    assert actions.decide(operator.actor, message_ids=sly.message_ids, state=Doubt.State.JUNK) == 0
    assert LogRow.objects.filter(name="DoubtsDecided").count() == 1
    assert counts(operator.actor)["ad", Pile.JUNK] == 4
    assert {d.text for d in decisions_of(workspace.pk)} == set(HINTS)
    assert actions.forget_decisions(operator.actor) == 4
    assert decisions_of(workspace.pk) == []


def test_decisions_change_the_judge(workspace: Workspace, operator: Person) -> None:
    check_group(group_with_ads(workspace), nothing)
    judge = judge_of(workspace.pk)
    assert judge_of(workspace.pk) is judge
    ids = dict(Doubt.objects.values_list("identity__name", "pk"))
    actions.decide(operator.actor, message_ids=[ids["spam"]], state=Doubt.State.JUNK)
    actions.decide(operator.actor, message_ids=[ids["rude"]], state=Doubt.State.FINE)
    assert judge_of(workspace.pk) is not judge
    assert judge_of(workspace.pk).matcher is judge.matcher
    learned = learned_by(workspace.pk)
    assert (learned.junk, learned.fine) == (1, 1)


def test_judges_of_those_who_listen_are_made_beforehand(
    workspace: Workspace, stranger: Person, monkeypatch: pytest.MonkeyPatch
) -> None:
    theirs = stranger.seat.workspace
    for name, one, is_on in (("a", workspace, True), ("b", workspace, True), ("c", theirs, False)):
        place = Community.objects.create(workspace=one, name=name, time_zone="UTC")
        Connection.objects.create(
            workspace=one, community=place, connector="matrix", name=name, hook=name,
            is_on=is_on, since=now(), created_at=now(),
        )  # fmt: skip
    made: list[int] = []
    monkeypatch.setattr(judges, "judge_in_office", made.append)
    judges.prepare_judges(["matrix"])
    assert made == [workspace.pk]


def test_own_words_are_found(workspace: Workspace, operator: Person) -> None:
    group = group_with_ads(workspace)
    check_group(group, nothing)
    assert "b" not in doubtful()
    one = actions.add_list(
        operator.actor, name="trade", kind="promotion", weight=3.0, data="盖碗\n".encode()
    )
    assert words_of(workspace.pk)[0].text == "盖碗"
    actions.switch_list(operator.actor, list_id=one.pk, is_on=False)
    assert words_of(workspace.pk)[0].text != "盖碗"
    actions.remove_list(operator.actor, list_id=one.pk)
    assert not WordList.objects.exists()


def test_bad_lists_are_refused(operator: Person) -> None:
    actor = operator.actor
    with pytest.raises(Invalid, match="no_words"):
        actions.add_list(actor, name="x", kind="fraud", weight=2.0, data=b"\n\n")
    with pytest.raises(Invalid, match="required"):
        actions.add_list(actor, name=" ", kind="fraud", weight=2.0, data=b"word")
    with pytest.raises(Invalid, match="required"):
        actions.add_list(actor, name="x", kind="other", weight=2.0, data=b"word")
    actions.add_list(actor, name="x", kind="fraud", weight=2.0, data=b"word")
    with pytest.raises(Conflict, match="taken"):
        actions.add_list(actor, name="x", kind="fraud", weight=2.0, data=b"word")


def test_nobody_else_decides(
    workspace: Workspace, analyst: Person, stranger: Person, operator: Person
) -> None:
    check_group(group_with_ads(workspace), nothing)
    ids = list(Doubt.objects.values_list("pk", flat=True))
    with pytest.raises(NotAllowed):
        actions.decide(analyst.actor, message_ids=ids, state=Doubt.State.JUNK)
    assert actions.decide(stranger.actor, message_ids=ids, state=Doubt.State.JUNK) == 0
    assert actions.forget_decisions(stranger.actor) == 0
    one = actions.add_list(operator.actor, name="x", kind="fraud", weight=2.0, data=b"word")
    with pytest.raises(NotFound):
        actions.remove_list(stranger.actor, list_id=one.pk)
    seen = suspects(stranger.actor, family="ad", on=Pile.OPEN, limit=9, offset=0)
    assert seen == ([], 0)
    assert standing(stranger.actor).groups == 0


def test_reactions_run_twice_do_once(workspace: Workspace) -> None:
    group = group_with_ads(workspace)
    event = HistoryImported(workspace_id=workspace.pk, import_id=1, group_ids=[group.pk])
    check_import([event])
    check_import([event, event])
    assert Job.objects.filter(name="check_junk", state=Job.State.DUE).count() == 1
    check_group(group, nothing)
    gone = Doubt.objects.get(identity__name="spam").pk
    Message.objects.filter(pk=gone).delete()
    undone = ImportUndone(workspace_id=workspace.pk, import_id=1, community_id=1)
    forget_undone([undone])
    forget_undone([undone])
    assert Doubt.objects.count() == 6
    assert not Doubt.objects.filter(pk=gone).exists()
    assert check_import in REACTIONS["HistoryImported"].values()
    assert forget_undone in REACTIONS["ImportUndone"].values()


def test_cards_and_names_of_history_are_seen_as_live(workspace: Workspace) -> None:
    group = group_with_ads(workspace)
    late = START + 5 * DAY
    name = "加微信abc12345看片"
    items = [
        Inbound(Kind.MESSAGE, late, "card", "小美", "客服小美", "c1", form=Form.CARD),
        Inbound(Kind.JOIN, late + 1, "j1", name, "", "j1"),
        Inbound(Kind.JOIN, late + 2, "j2", "小王", "", "j2"),
        Inbound(Kind.RENAME, late + 3, "b", "b", "", "r1", target=name),
        Inbound(Kind.RENAME, late + 4, "b", "b", "", "r2", target=name),
    ]
    place = GroupPlace(group.pk, group.community_id, "Asia/Shanghai")
    acceptor = Acceptor(workspace.pk, "qq")
    acceptor.accept([place] * len(items), items)
    acceptor.finish()
    for _again in range(2):
        check_group(group, lambda _done: None)
        ids = {m.pk: m.external_id for m in Message.objects.filter(sent_ms__gte=late)}
        found = {
            ids[one.pk]: (str(one.kind), one.seen, one.reasons[0][0])
            for one in Doubt.objects.filter(pk__in=ids)
        }
        assert found == {
            "c1": ("contact", "", "card"), "j1": ("ad", name, "named"),
            "r1": ("ad", name, "renamed"),
        }  # fmt: skip
