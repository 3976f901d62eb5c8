"""Taking imports back: what only they brought goes, what others brought or people said stays."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from weilu.chat.imports import run as running
from weilu.chat.imports.actions import cancel_import, create_import, start_import, undo_import
from weilu.chat.imports.look import look
from weilu.chat.imports.run import run_import
from weilu.chat.imports.sweep import sweep
from weilu.chat.models import Batch, Echo, Import, ImportBundle, Message
from weilu.chat.ports import FORMATS
from weilu.chat.rebuild import rebuild
from weilu.chat.tests.story import (
    TALK,
    Crash,
    MinuteFormat,
    PlainFormat,
    community_of,
    counts,
    crash_at,
    prepare,
    snapshot,
)
from weilu.communities.actions import ensure_community
from weilu.communities.models import Community
from weilu.core import ids
from weilu.core.access import system
from weilu.core.models import Job
from weilu.core.worker import drain
from weilu.groups.actions import ensure_group
from weilu.groups.models import Group
from weilu.insight.models import MemberTotals
from weilu.members.actions import mark, merge
from weilu.members.actions.notes import write_note
from weilu.members.actions.tags import named_tag, put_on
from weilu.members.models import Alias, Identity, Member, Note
from weilu.members.queries.known import worn_by

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def formats(monkeypatch: pytest.MonkeyPatch) -> None:
    known = {**FORMATS.formats, "plain": PlainFormat(), "minutes": MinuteFormat()}
    monkeypatch.setattr(FORMATS, "formats", known)
    monkeypatch.setattr(running, "ROWS_AT_ONCE", PlainFormat.portion)


def bring(
    community: Community, folder: Path, lines: list[str], head: bytes = PlainFormat.head
) -> Import:
    run = prepare(community, folder, lines, head)
    drain()
    run.refresh_from_db()
    assert run.state == Import.State.DONE
    return run


def take_back(run: Import) -> None:
    undo_import(system(run.workspace_id), run=run)
    drain()


def left(workspace_id: int) -> dict[str, int]:
    """How many rows of each kind a workspace has."""
    models = {
        "groups": Group,
        "members": Member,
        "identities": Identity,
        "aliases": Alias,
        "messages": Message,
        "batches": Batch,
        "totals": MemberTotals,
    }
    return {
        name: model._default_manager.filter(workspace_id=workspace_id).count()
        for name, model in models.items()
    }


NOTHING = dict.fromkeys(
    ("groups", "members", "identities", "aliases", "messages", "batches", "totals"), 0
)


def test_the_only_import_leaves_nothing(tmp_path: Path) -> None:
    community = community_of()
    run = bring(community, tmp_path, TALK)
    assert left(community.workspace_id) == {
        "groups": 2,
        "members": 3,
        "identities": 3,
        "aliases": 3,
        "messages": 10,
        "batches": 4,
        "totals": 3,
    }
    take_back(run)
    assert left(community.workspace_id) == NOTHING
    assert Community.objects.filter(pk=community.pk).exists()


def test_a_group_that_it_did_not_make_stays_though_it_is_empty(tmp_path: Path) -> None:
    community = community_of()
    actor = system(community.workspace_id)

    def added(name: str) -> Group:
        return ensure_group(
            actor, community=community, platform="other", external_key="", name=name
        )

    # Two by hand, one of which the import is of, and a third after it.
    mine = [added("By hand"), added("tea")]
    run = bring(community, tmp_path, TALK)
    mine.append(added("By hand, later"))
    take_back(run)
    assert set(Group.objects.values_list("pk", flat=True)) == {one.pk for one in mine}


def test_a_community_made_for_it_goes_too(tmp_path: Path) -> None:
    community = community_of("other")
    actor = system(community.workspace_id)
    path = tmp_path / "talk.txt"
    path.write_bytes(PlainFormat.head + "\n".join(TALK).encode())
    run = create_import(actor, paths=[path], zone="UTC")
    assert look(run, lambda _done: True)
    Import.objects.filter(pk=run.pk).update(state=Import.State.READY)
    made = ensure_community(actor, name="Snow", time_zone="UTC")
    start_import(actor, run=run, community=made)
    drain()
    run.refresh_from_db()
    take_back(run)
    assert [c.name for c in Community.objects.filter(workspace_id=actor.workspace_id)] == ["other"]


@pytest.mark.parametrize("head", [PlainFormat.head, MinuteFormat.head], ids=["ids", "words"])
def test_what_another_import_brought_too_stays(tmp_path: Path, head: bytes) -> None:
    """Of two that overlap the first is taken back: the second's part is all there, counted once."""
    community = community_of()
    first = bring(community, tmp_path, TALK[:7])
    rest = TALK[3:]
    if head != PlainFormat.head:
        rest = [" ".join([*line.split(" ", 5)[:4], "-", line.split(" ", 5)[5]]) for line in rest]
    second = bring(community, tmp_path, rest, head)
    assert counts(second) == (3, 4)
    take_back(first)
    assert counts(second) == (7, 0)
    found = snapshot(community)
    assert sorted(m[5] for m in found["messages"]) == [
        "also",
        "https://example.org/",
        "ok",
        "ok",
        "ok",
        "out",
        "the next day",
    ]
    assert sum(day[0] for day in found["community"].values()) == 6
    before = snapshot(community)
    assert rebuild(community, lambda _done: None) == 7
    assert snapshot(community) == before
    take_back(second)
    assert left(community.workspace_id) == NOTHING


def test_the_later_of_two_leaves_the_earlier_as_it_was(tmp_path: Path) -> None:
    community = community_of()
    first = bring(community, tmp_path, TALK[:5])
    before = snapshot(community), left(community.workspace_id)
    second = bring(community, tmp_path, TALK)
    assert counts(second) == (5, 5)
    take_back(second)
    assert (snapshot(community), left(community.workspace_id)) == before
    assert counts(first) == (5, 0)
    assert Echo.objects.count() == 0
    assert [g.name for g in Group.objects.filter(community=community)] == ["tea"]


def test_three_that_overlap_hand_on(tmp_path: Path) -> None:
    """Messages go to the earliest that brought them too, then to the next."""
    community = community_of()
    runs = [bring(community, tmp_path, lines) for lines in (TALK[1:9], TALK[1:4], TALK[2:9])]
    assert [counts(run) for run in runs] == [(8, 0), (0, 3), (0, 7)]
    take_back(runs[0])
    assert [counts(run) for run in runs[1:]] == [(3, 0), (5, 2)]
    take_back(runs[1])
    assert counts(runs[2]) == (7, 0)
    assert len(snapshot(community)["messages"]) == 7
    take_back(runs[2])
    assert left(community.workspace_id) == NOTHING


def test_a_person_spoken_of_stays(tmp_path: Path) -> None:
    """Marked as staff, or merged by hand: what an operator said is not thrown away."""
    community = community_of()
    run = bring(community, tmp_path, TALK)
    actor = system(community.workspace_id)
    known = dict(Member.objects.values_list("name", "pk"))
    mark(actor, member_ids=[known["elf"]], is_staff=True)
    merge(actor, kept_id=known["nine"], absorbed_id=known["ten"])
    take_back(run)
    assert left(community.workspace_id) == {
        **NOTHING,
        "members": 3,
        "identities": 3,
        "aliases": 3,
    }


def test_a_person_written_of_stays(tmp_path: Path) -> None:
    community = community_of("Once")
    run = bring(community, tmp_path, TALK)
    noted, tagged, *_others = Member.objects.order_by("pk").values_list("pk", flat=True)
    actor = system(community.workspace_id)
    write_note(actor, member_id=noted, text="likes red tea")
    put_on(actor, tag_id=named_tag(actor, "regular").pk, member_ids=[tagged])
    take_back(run)
    assert sorted(Member.objects.values_list("pk", flat=True)) == [noted, tagged]
    assert Note.objects.get().identity.member_id == noted
    assert list(worn_by([noted, tagged])) == [tagged]


def test_merged_by_evidence_goes(tmp_path: Path) -> None:
    community = community_of()
    run = bring(community, tmp_path, TALK)
    known = dict(Member.objects.values_list("name", "pk"))
    merge(
        system(community.workspace_id),
        kept_id=known["nine"],
        absorbed_id=known["ten"],
        source=Member.Source.EVIDENCE,
    )
    take_back(run)
    assert left(community.workspace_id) == NOTHING


def test_a_name_only_it_brought_goes(tmp_path: Path) -> None:
    """Somebody known before gets the name back that was known before."""

    class Renamed(PlainFormat):
        """Everybody has an account of one letter less than the name."""

        def _record(self, line: str) -> Any:
            group, item = super()._record(line)
            return group, type(item)(
                item.kind, item.sent_ms, f"id-{item.name[:3]}", item.name, item.text
            )

    community = community_of()
    FORMATS.formats["plain"] = Renamed()
    bring(community, tmp_path, ["0 tea ann says - hello"])
    run = bring(community, tmp_path, ["100 tea ann2 says - hello again"])
    assert sorted(Alias.objects.values_list("name", flat=True)) == ["ann", "ann2"]
    assert Member.objects.get().name == "ann2"
    take_back(run)
    assert list(Alias.objects.values_list("name", flat=True)) == ["ann"]
    assert (Member.objects.get().name, Identity.objects.get().name) == ("ann", "ann")


def test_cancelled_half_way_leaves_nothing(tmp_path: Path) -> None:
    community = community_of()
    run = prepare(community, tmp_path, TALK)
    seen: list[float] = []

    def stop_late(done: float) -> bool:
        seen.append(done)
        return len(seen) < 4

    assert not run_import(run, stop_late)
    cancel_import(system(community.workspace_id), run=run)
    drain()
    assert left(community.workspace_id) == NOTHING


def test_it_waits_for_what_is_being_read(tmp_path: Path) -> None:
    community = community_of()
    first = bring(community, tmp_path, TALK[:5])
    second = prepare(community, tmp_path, TALK)
    Job.objects.filter(name="run_import", key=str(second.pk)).delete()
    take_back(first)
    assert Message.objects.count() == 5
    assert not sweep(community.workspace_id)
    assert run_import(second, lambda _done: True)
    Job.objects.filter(name="undo_import").update(due_at="2026-01-01T00:00:00Z")
    drain()
    assert counts(second) == (10, 0)
    assert len(snapshot(community)["messages"]) == 10


@pytest.mark.long
@pytest.mark.django_db(transaction=True)
def test_killed_anywhere_it_ends_the_same(tmp_path: Path) -> None:
    """Dying at every 23rd statement of the whole work (61st on PostgreSQL), then going on."""
    step = 61 if connection.vendor == "postgresql" else 23
    ids.forget()
    number, died = 1, True
    while died:
        community = community_of(f"crash {number}")
        first = bring(community, tmp_path, TALK[:7])
        second = bring(community, tmp_path, TALK[3:])
        undo_import(system(community.workspace_id), run=first)
        died = False
        try:
            with connection.execute_wrapper(crash_at(number)):
                drain()
        except Crash:
            died = True
            Job.objects.filter(state=Job.State.DUE).update(leased_until=None, lease="")
            drain()
        assert left(community.workspace_id) == {
            "groups": 2,
            "members": 3,
            "identities": 3,
            "aliases": 3,
            "messages": 7,
            "batches": 4,
            "totals": 3,
        }, f"statement {number}"
        assert counts(second) == (7, 0), f"statement {number}"
        assert ImportBundle.objects.get(run=first).read == 0
        number += step
    assert number > 100
    # The database is emptied now, its counters too.
    ids.forget()
