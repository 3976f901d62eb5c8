"""One person is erased from everything: every table is searched for them afterwards (C-3)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.conf import settings as in_force
from pyroaring import BitMap
from pytest_django import DjangoCaptureOnCommitCallbacks, Settings

from weilu.chat.accept import Acceptor
from weilu.chat.models import Import, ImportBundle, Message, Outgoing, SearchSegment
from weilu.chat.ports import Inbound, Kind
from weilu.chat.search.find import Wanted, search
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.jobs import schedule
from weilu.core.models import Job, LogRow, Workspace
from weilu.core.tests.cast import Person as Cast
from weilu.core.worker import drain
from weilu.groups.models import Connection, Group, JoinAsk, Participation
from weilu.groups.queries import GroupPlace
from weilu.insight.models import GroupDay, MemberTotals, WordWeek
from weilu.insight.people.copying import copy_of
from weilu.insight.people.segments import recount
from weilu.insight.people.tests.history import id_of, make_group, said, tell
from weilu.insight.people.tests.searching import left_of, rows_with
from weilu.insight.recounting import recount_community
from weilu.members.actions import mark, merge
from weilu.members.actions.erasing import ask_erasure
from weilu.members.actions.facts import add_field, set_fact
from weilu.members.actions.notes import Agreed, give_consent, write_note
from weilu.members.actions.segments import save_segment
from weilu.members.actions.tags import named_tag, put_on
from weilu.members.models import (
    Consent,
    Erasure,
    Field,
    Identity,
    Member,
    Tagging,
)
from weilu.moderation.models import Doubt, Violation
from weilu.moderation.tests.traces import leave_order
from weilu.service.models import Pair, Question

pytestmark = pytest.mark.django_db

# Nowhere but in what is of or about the person; the accounts are the names in these histories.
NAME, OTHER_NAME = "Quillfeather", "羽毛笔小姐"
SAID = "zebrafish"
SECRETS = (NAME, OTHER_NAME, SAID, "quill-note", "quill-fact", "quill-consent", "quill-tag-proof")


@pytest.fixture
def hall(
    workspace: Workspace,
    owner: Cast,
    operator: Cast,
    tmp_path: Path,
    settings: Settings,
) -> Group:
    """A hall in which the person left every kind of trace there is."""
    settings.MEDIA_ROOT = str(tmp_path)
    group = make_group(workspace, "Hall")
    tell(group, list(_talk()))
    everybody = list(Member.objects.values_list("pk", flat=True))
    mark(owner.actor, member_ids=everybody, nature=Member.Nature.PERSON)
    recount_community(group.community, lambda _done: None)
    bundle = _import(workspace, group, tmp_path)
    Message.objects.all().update(source_id=bundle.pk)
    pk, other = id_of(NAME), id_of(OTHER_NAME)
    merge(owner.actor, kept_id=pk, absorbed_id=other)
    mark(owner.actor, member_ids=[pk, id_of("reed")], is_staff=True)
    _write_of(operator, pk)
    _follow(workspace, group, pk)
    drain()
    return group


# Nobody says the same every day: that would be a bot.
_LEAVES = ("oolong", "sencha", "matcha", "jasmine", "assam", "pu'er", "keemun", "gunpowder")
_THINGS = ("kettle", "garden", "morning", "harbour", "winter", "neighbour", "window", "journey")


def _talk() -> Iterator[Inbound]:
    for n in range(1, 25):
        leaf, thing = _LEAVES[n % 8], _THINGS[n * 5 % 7]
        day, minute = f"2024-03-{n:02d} {8 + n % 9:02d}", n * 7 % 50
        yield said("reed", f"{day}:{minute:02d}", f"does anybody know how to steep {leaf}?")
        words = f"{leaf} in the {thing}, {SAID} says https://{SAID}.example/{n}"
        yield said(NAME, f"{day}:{minute + 2:02d}", words if n % 3 else f"{SAID} {thing}")
        thanks = f"@{NAME} thanks, {NAME.lower()}!"
        yield said("rush", f"{day}:{minute + 3:02d}", f"{thanks} The {thing} and {n} {leaf}")
        yield said(OTHER_NAME, f"{day}:{minute + 5:02d}", f"我也喝{SAID} {thing * (n % 3)}{n}")
        yield said("rush", f"{day}:{minute + 6:02d}", f"问问{OTHER_NAME}{leaf * (n % 2)}")
    yield Inbound(Kind.NOTICE, 1_711_000_000_000, "rush", "rush", f"{NAME} came to tea")
    yield Inbound(Kind.MESSAGE, 1_711_000_100_000, NAME, NAME, "bye", external_id=f"{NAME}-1")
    yield Inbound(Kind.MESSAGE, 1_711_000_200_000, "reed", "reed", "bye you", reply_to=f"{NAME}-1")


def _import(workspace: Workspace, group: Group, folder: Path) -> ImportBundle:
    run = Import.objects.create(
        workspace=workspace, community=group.community, state=Import.State.DONE, paths=[]
    )
    upload = folder / str(run.pk) / f"{NAME}.txt"
    upload.parent.mkdir()
    upload.write_text(f"{NAME}: {SAID}", encoding="utf-8")
    Import.objects.filter(pk=run.pk).update(paths=[str(upload)], error=f"{NAME} is odd")
    return ImportBundle.objects.create(
        run=run,
        position=0,
        format="whatsapp",
        label=f"Chat with {NAME}",
        state=ImportBundle.State.DONE,
        problems=[{"code": "x", "excerpt": f"{NAME}: {SAID.upper()} {OTHER_NAME}"}],
        found={"first_file": f"{NAME}.txt"},
    )


def _write_of(operator: Cast, pk: int) -> None:
    actor, today = operator.actor, now().date()
    tag = named_tag(actor, "regular")
    put_on(actor, tag_id=tag.pk, member_ids=[pk, id_of("reed")])
    tree = {"op": "and", "of": [{"is": "tag", "values": {"tag": [str(tag.pk)]}}]}
    recount(actor, save_segment(actor, name="regulars", tree=tree))
    write_note(actor, member_id=pk, text="quill-note")
    field = add_field(actor, name="size", kind=Field.Kind.TEXT)
    set_fact(actor, member_id=pk, field_id=field.pk, typed="quill-fact")
    agreed = Agreed(Consent.Purpose.CONTACT, Consent.Way.CHAT, "quill-consent", today)
    give_consent(actor, agreed, member_id=pk, today=today)


def _follow(workspace: Workspace, group: Group, pk: int) -> None:
    """What other packages come to hold of a person."""
    theirs = Message.objects.filter(identity_id=pk).order_by("pk")[0]
    when: dict[str, Any] = {"created_at": now(), "due_at": now()}
    Doubt.objects.update_or_create(
        id=theirs.pk,
        defaults={
            "workspace": workspace, "group": group, "identity_id": pk, "sent_ms": 0,
            "kind": "ad", "score": 1.0, "plain": 1.0,
        },
    )  # fmt: skip
    violation = Violation.objects.create(
        id=theirs.pk, workspace=workspace, community=group.community, group=group,
        identity_id=pk, member_id=pk, kind="ad", step="warn", policy_version=1, at=now(),
    )  # fmt: skip
    leave_order(violation, (NAME, OTHER_NAME))
    proof = Path(in_force.MEDIA_ROOT) / "quill-tag-proof.jpg"
    proof.write_bytes(b"picture")
    Outgoing.objects.create(
        workspace=workspace, group=group, key="warn", deed="send", origin="x", way="by_hand",
        state="sent", identity_id=pk, text=f"@{NAME} no ads", proof=proof.name, **when,
    )  # fmt: skip
    Outgoing.objects.create(
        workspace=workspace, group=group, key="all", deed="send", origin="x", way="by_hand",
        state="sent", text=f"Welcome {OTHER_NAME}", note=f"{NAME} asked", **when,
    )  # fmt: skip
    JoinAsk.objects.create(
        workspace=workspace, group=group, external_id="a", account=NAME, name="x", asked_ms=0
    )
    Job.objects.create(
        workspace=workspace, name="x", due_at=now(), state=Job.State.FAILED, error=f"at {NAME}"
    )


def erase(actor: Cast, pk: int, *, everywhere: bool = True) -> Erasure:
    erasure = ask_erasure(
        actor.actor,
        member_id=pk,
        typed_name=Member.objects.get(pk=pk).name,
        reason=Erasure.Reason.ASKED,
        everywhere=everywhere,
    )
    work()
    erasure.refresh_from_db()
    return erasure


def work(after: timedelta = timedelta(0)) -> None:
    """Work until nothing is due, also not in a minute; begin after a while."""
    with time_machine.travel(now() + after, tick=False) as clock:
        for _ in range(20):
            drain()
            clock.shift(timedelta(seconds=5))


def test_the_search_would_find_them(hall: Group) -> None:
    """Without an erasure every secret is found, in all the places one would think of."""
    places = left_of(SECRETS)
    for secret in SECRETS:
        assert any(p.endswith(f": {secret}") for p in places), secret
    tables = {p.split(".")[0] for p in places}
    assert {
        "members_member", "members_identity", "members_alias", "members_note", "members_fact",
        "members_consent", "chat_message", "chat_outgoing", "chat_import", "chat_importbundle",
        "groups_joinask", "core_job", "insight_wordweek", "insight_linkday", "moderation_report",
    } <= tables  # fmt: skip
    ids = {id_of(NAME), id_of(OTHER_NAME)}
    assert {
        "GroupDay.people", "CommunityDay.people", "Participation.identity_id",
        "MemberTotals.member_id", "Message.identity_id", "Violation.member_id",
        "Segment.ids", "SegmentMove.entered", "Doubt.identity_id", "Tagging.identity_id",
        "Merge.kept_id", "Pair.answering", "Ledger.body", "ExchangeDay.body",
    } <= rows_with(ids)  # fmt: skip


def test_nothing_is_left_of_an_erased_person(
    hall: Group,
    owner: Cast,
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    ids = {id_of(NAME), id_of(OTHER_NAME)}
    before = Message.objects.exclude(identity_id__in=ids).count()
    with django_capture_on_commit_callbacks(execute=True):
        erasure = erase(owner, id_of(NAME))
    assert erasure.state == Erasure.State.DONE
    assert left_of(SECRETS) == set()
    assert rows_with(ids) == set()
    for row in LogRow.objects.all():
        named = [row.payload.get(name) for name in ("kept_id", "absorbed_id", "member_id")]
        assert not ids & {*named, *row.payload.get("member_ids", [])}, row.name
    # Their files are gone, and nobody else's message is.
    assert [p for p in Path(in_force.MEDIA_ROOT).rglob("*") if p.is_file()] == []
    assert Message.objects.count() == before
    assert Message.objects.filter(text__startswith="@[…] thanks, […]! The").count() == 24
    assert not Message.objects.exclude(answers="").exists()
    assert erasure.counts == {
        "messages": 49, "mentions": 49, "sent": 1, "files": 1, "order": 5, "communities": 1,
    }  # fmt: skip
    assert (erasure.member_id, erasure.by_id) == (None, owner.user.pk)
    # What was said of others stands.
    assert Tagging.objects.count() == 1
    assert Member.objects.get(name="reed").is_staff


def test_the_copy_holds_what_points_at_them_by_a_detour(hall: Group, owner: Cast) -> None:
    rows = copy_of(owner.actor, id_of(NAME)).rows
    assert [one["account"] for one in rows["groups_joinask"]] == [NAME]
    (appeal,) = rows["moderation_appeal"]
    assert NAME in str(appeal["words"])
    theirs = copy_of(owner.actor, id_of("reed")).rows
    assert not {"groups_joinask", "moderation_appeal"} & set(theirs)


def test_the_search_index_no_longer_knows_them(hall: Group, owner: Cast) -> None:
    assert search(owner.actor, Wanted(SAID)).hits
    erase(owner, id_of(NAME))
    for words in (SAID, NAME, OTHER_NAME):
        assert search(owner.actor, Wanted(words)).hits == ()
    assert len(search(owner.actor, Wanted("steep")).hits) == 24
    # The index was made anew from what is there: its blocks hold no place of a message gone.
    kept = set(Message.objects.filter(kind=Kind.MESSAGE).values_list("pk", flat=True))
    for one in SearchSegment.objects.all():
        first = one.segment * 65_536
        assert {first + place for place in BitMap.deserialize(bytes(one.held))} <= kept


def test_numbers_are_what_they_are_without_them(hall: Group, owner: Cast) -> None:
    erase(owner, id_of(NAME))
    after = [*GroupDay.objects.order_by("day").values_list("day", "messages", "people", "counts")]
    recount_community(hall.community, lambda _done: None)
    assert after == [
        *GroupDay.objects.order_by("day").values_list("day", "messages", "people", "counts")
    ]
    assert Participation.objects.count() == 2
    assert MemberTotals.objects.count() == 2
    assert not WordWeek.objects.filter(word=SAID).exists()
    assert Question.objects.count() == 24
    assert not Pair.objects.exclude(answering__in=Identity.objects.values("pk")).exists()


def test_twice_does_no_harm(hall: Group, owner: Cast) -> None:
    erasure = erase(owner, id_of(NAME))
    again = dict(erasure.counts)
    schedule("erase_member", workspace_id=hall.workspace_id, key=str(erasure.pk))
    work()
    erasure.refresh_from_db()
    assert erasure.counts == again
    assert LogRow.objects.filter(name="MemberErased").count() == 1


@pytest.mark.parametrize("step", ["remove_words", "remove_rows"])
def test_killed_in_a_step_it_goes_on(
    hall: Group, owner: Cast, step: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    from weilu.members import jobs  # noqa: PLC0415 - to be broken once

    real, broken = getattr(jobs, step), [True]

    def dying(*args: object) -> None:
        real(*args)
        if broken.pop() if broken else False:
            raise KeyboardInterrupt

    monkeypatch.setattr(jobs, step, dying)
    ask_erasure(owner.actor, member_id=id_of(NAME), typed_name=NAME, reason=Erasure.Reason.ASKED)
    with pytest.raises(KeyboardInterrupt):
        work()
    work(timedelta(minutes=5))
    assert left_of(SECRETS) == set()


def test_whoever_comes_back_is_a_stranger(hall: Group, owner: Cast) -> None:
    """A gateway that knew the person may store one more message; it goes with them."""
    Connection.objects.create(
        workspace=hall.workspace, community=hall.community, connector="matrix", name="line",
        hook="x", since=now(), created_at=now(),
    )  # fmt: skip
    Group.objects.filter(pk=hall.pk).update(connection=Connection.objects.get())
    place = GroupPlace(hall.pk, hall.community_id, hall.community.time_zone)
    acceptor = Acceptor(hall.workspace_id, hall.platform)
    acceptor.accept([place], [said(NAME, "2024-04-01 08:00", SAID)])
    acceptor.finish()
    old = id_of(NAME)
    ask_erasure(owner.actor, member_id=old, typed_name=NAME, reason=Erasure.Reason.ASKED)
    with time_machine.travel(now(), tick=False) as clock:
        drain()
        assert Connection.objects.get().version == 1
        acceptor.accept([place], [said(NAME, "2024-04-01 09:00", SAID)])
        acceptor.finish()
        for _ in range(30):
            clock.shift(timedelta(seconds=5))
            drain()
    assert left_of(SECRETS) == set()
    tell(hall, [said(NAME, "2024-04-02 08:00", "hello")])
    assert id_of(NAME) != old


def test_it_waits_for_an_import(hall: Group, owner: Cast) -> None:
    run = Import.objects.create(workspace=hall.workspace, state=Import.State.RUNNING)
    erasure = erase(owner, id_of(NAME))
    assert erasure.state == Erasure.State.WAITING
    assert id_of(NAME)
    Import.objects.filter(pk=run.pk).update(state=Import.State.DONE)
    work(timedelta(minutes=5))
    assert left_of(SECRETS) == set()


def test_addressed_only_leaves_what_others_said_of_them(hall: Group, owner: Cast) -> None:
    erase(owner, id_of(NAME), everywhere=False)
    assert Message.objects.filter(text__startswith=f"@[…] thanks, {NAME.lower()}!").count() == 24
    assert Message.objects.filter(text__startswith=f"问问{OTHER_NAME}").count() == 24
    assert not Identity.objects.filter(account=NAME).exists()


def test_only_for_whoever_may_and_by_name(
    hall: Group, owner: Cast, operator: Cast, stranger: Cast
) -> None:
    pk = id_of(NAME)
    asked: dict[str, Any] = {"member_id": pk, "reason": Erasure.Reason.ASKED}
    with pytest.raises(NotAllowed):
        ask_erasure(operator.actor, typed_name=NAME, **asked)
    with pytest.raises(NotFound):
        ask_erasure(stranger.actor, typed_name=NAME, **asked)
    with pytest.raises(Invalid, match="name_differs"):
        ask_erasure(owner.actor, typed_name=NAME[:-1], **asked)
    assert not Erasure.objects.exists()
    ask_erasure(owner.actor, typed_name=f" {NAME} ", **asked)
    with pytest.raises(Conflict, match="already_erasing"):
        ask_erasure(owner.actor, typed_name=NAME, **asked)
