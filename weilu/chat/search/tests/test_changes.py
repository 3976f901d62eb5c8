"""What changes after it was indexed is found by its new words, merged or not, killed or not."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace

import pytest

from weilu.chat import jobs
from weilu.chat.accept import Acceptor
from weilu.chat.models import Batch, Message, SearchChange, SearchPart, SearchSegment
from weilu.chat.ports import Inbound, Kind
from weilu.chat.reactions import find_late
from weilu.chat.search import changes, index, merge
from weilu.chat.search.changes import note_edits, note_late, settle_changes, tidy_index
from weilu.chat.search.find import Wanted, search
from weilu.chat.search.index import MERGED, SEGMENT, update_index
from weilu.chat.search.merge import merge_segments
from weilu.chat.search.packing import packed
from weilu.chat.search.tests.test_find import HOUR, group, ids, write
from weilu.core.clock import now
from weilu.core.jobs import schedule
from weilu.core.models import Job
from weilu.core.tests.cast import Person
from weilu.events.chat import BatchAccepted
from weilu.groups.models import Group
from weilu.groups.queries import GroupPlace

__all__ = ["group"]


class Killed(Exception):
    """The process dies here."""


def _hits(owner: Person, query: str) -> list[int]:
    return ids(search(owner.actor, Wanted(query)))


def _edit(group: Group, pk: int, text: str) -> None:
    Message.objects.filter(pk=pk).update(text=text)
    note_edits(group.workspace_id, [pk])


def _fill(group: Group, segments: int) -> None:
    """A few messages in each of some finished segments."""
    write(
        group,
        [
            (s * SEGMENT + 7 + k, (s * 9 + k + 1) * HOUR, f"tea number{s}x{k}")
            for s in range(segments)
            for k in range(3)
        ],
    )
    write(group, [(segments * SEGMENT, segments * 9 * HOUR, "last")])


@pytest.mark.parametrize("merged", [False, True])
def test_an_edited_text_is_found_by_its_new_words_only(
    owner: Person, group: Group, merged: bool
) -> None:
    _fill(group, MERGED)
    update_index(group.workspace_id)
    if merged:
        assert merge_segments(group.workspace_id)
    _edit(group, 8, "白茶到货")
    for settled in (1, 0, 0):
        assert _hits(owner, "白茶") == [8]
        assert _hits(owner, "number0x1") == []
        assert _hits(owner, "number0x2") == [9]
        assert settle_changes(group.workspace_id) == settled
    assert not _noted()
    assert SearchSegment.objects.filter(level=1).count() == int(merged)


def _noted() -> int:
    return SearchChange.objects.count()


def test_an_edit_that_arrives_is_noted(owner: Person, group: Group) -> None:
    place = GroupPlace(group.pk, group.community_id, "Asia/Shanghai")
    acceptor = Acceptor(group.workspace_id, "wechat")
    said = Inbound(
        kind=Kind.MESSAGE, sent_ms=HOUR, account="a", name="a", text="tea", external_id="m"
    )
    acceptor.accept([place], [said])
    acceptor.finish()
    update_index(group.workspace_id)
    edit = Inbound(
        kind=Kind.EDIT, sent_ms=HOUR, account="a", name="a", text="coffee", external_id="m"
    )
    acceptor.accept([place], [edit])
    acceptor.finish()
    pk = Message.objects.get(external_id="m").pk
    assert list(SearchChange.objects.values_list("first_id", "last_id")) == [(pk, pk)]
    assert (_hits(owner, "coffee"), _hits(owner, "tea")) == ([pk], [])


@pytest.mark.parametrize("merged", [False, True])
def test_a_late_id_is_found(owner: Person, group: Group, merged: bool) -> None:
    _fill(group, MERGED)
    update_index(group.workspace_id)
    if merged:
        assert merge_segments(group.workspace_id)
    write(group, [(5000 + k, (900 + k) * HOUR, "岩茶 oolong") for k in range(3)])
    batch = Batch.objects.create(workspace_id=group.workspace_id, first_id=4998, count=6, at=now())
    event = BatchAccepted(workspace_id=group.workspace_id, batch_id=batch.pk)
    assert _hits(owner, "oolong") == []
    find_late([event])
    find_late([event])
    assert list(SearchChange.objects.values_list("first_id", "last_id")) == [(5000, 5002)] * 2
    assert _hits(owner, "oolong") == [5002, 5001, 5000]
    assert settle_changes(group.workspace_id) == 2
    assert _hits(owner, "岩茶") == [5002, 5001, 5000]
    assert search(owner.actor, Wanted("岩茶", first_ms=901 * HOUR)).hits[-1].id == 5001
    find_late([event])
    assert not _noted()


def test_what_was_indexed_is_not_late(owner: Person, group: Group) -> None:
    write(group, [(pk, HOUR, "tea") for pk in range(1, 10)])
    write(group, [(10, HOUR, "")])
    batch = Batch.objects.create(workspace_id=group.workspace_id, first_id=1, count=10, at=now())
    assert note_late(group.workspace_id, [batch.pk]) == 0
    update_index(group.workspace_id)
    assert note_late(group.workspace_id, [batch.pk]) == 0
    assert not _noted()


def test_merging_changes_no_answer(owner: Person, group: Group) -> None:
    _fill(group, MERGED + 3)
    update_index(group.workspace_id)
    words = ("tea", "number3x1", "number15x2", "number17x0", "last", "nothing")
    before = [_hits(owner, word) for word in words]
    assert merge_segments(group.workspace_id)
    assert not merge_segments(group.workspace_id)
    assert [_hits(owner, word) for word in words] == before
    assert [len(hits) for hits in before] == [50, 1, 1, 1, 1, 0]
    assert list(SearchSegment.objects.order_by("level", "segment").values_list("level", "segment"))[
        -1
    ] == (1, 0)
    assert SearchSegment.objects.filter(level=0).count() == 4
    assert not SearchPart.objects.filter(level=0, segment__lt=MERGED).exists()
    assert update_index(group.workspace_id) == 0


def test_a_merge_that_was_overtaken_writes_nothing(
    owner: Person, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(group, MERGED)
    update_index(group.workspace_id)
    calls: list[int] = []

    def overtaken(*given: object) -> object:
        if not calls:
            calls.append(1)
            _edit(group, 8, "白茶")
            assert settle_changes(group.workspace_id) == 1
        return packed(*given)  # type: ignore[arg-type]  # passed on as it came

    monkeypatch.setattr(merge, "packed", overtaken)
    assert not merge_segments(group.workspace_id)
    assert SearchSegment.objects.filter(level=1).count() == 0
    assert _hits(owner, "白茶") == [8]
    assert merge_segments(group.workspace_id)
    assert _hits(owner, "白茶") == [8]


def test_two_workers_add_to_one_segment(owner: Person, group: Group) -> None:
    write(group, [(1, HOUR, "tea")])
    update_index(group.workspace_id)
    one = SearchSegment.objects.get()
    write(group, [(2, HOUR, "tea"), (3, HOUR, "tea")])
    rows = index.read_rows(group.workspace_id, 2, 3)
    assert index.add_rows(one, rows, 3)
    assert not index.add_rows(one, rows[:1], 2)
    assert SearchSegment.objects.get().indexed_to == 3
    assert _hits(owner, "tea") == [3, 2, 1]


def _die_writing(monkeypatch: pytest.MonkeyPatch) -> None:
    def die(*_given: object) -> None:
        raise Killed

    monkeypatch.setattr(index, "replace_parts", die)
    monkeypatch.setattr(merge, "replace_parts", die)


@pytest.mark.parametrize("work", [update_index, settle_changes, merge_segments])
def test_work_that_is_killed_is_done_again(
    owner: Person, group: Group, work: Callable[[int], int], monkeypatch: pytest.MonkeyPatch
) -> None:
    _fill(group, MERGED)
    update_index(group.workspace_id)
    _edit(group, 8, "白茶")
    write(group, [(MERGED * SEGMENT + 9, 999 * HOUR, "白茶")])
    with monkeypatch.context() as patched:
        _die_writing(patched)
        with pytest.raises(Killed):
            work(group.workspace_id)
    assert _hits(owner, "白茶") == [MERGED * SEGMENT + 9, 8]
    assert len(_hits(owner, "tea")) == 3 * MERGED - 1
    assert work(group.workspace_id)
    assert not work(group.workspace_id)
    assert _hits(owner, "白茶") == [MERGED * SEGMENT + 9, 8]
    assert len(_hits(owner, "tea")) == 3 * MERGED - 1


def test_the_chore_does_all_of_it_and_then_nothing(
    owner: Person, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(changes, "_WORTH_WRITING", 1)
    _fill(group, MERGED)
    while tidy_index():
        pass
    _edit(group, 8, "白茶")
    assert tidy_index() == 1
    assert tidy_index() == 0
    assert (SearchSegment.objects.count(), _noted()) == (2, 0)
    assert _hits(owner, "白茶") == [8]


def test_the_index_lets_other_work_go_first_a_minute_at_most(
    group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    clock = iter([100.0, 159.0, 160.0, 200.0, 201.0])
    monkeypatch.setattr("weilu.chat.jobs.time", SimpleNamespace(monotonic=lambda: next(clock)))
    write(group, [(8192, HOUR, "tea")])
    schedule("look_at_import", workspace_id=group.workspace_id)
    assert [jobs.tidy_search(), jobs.tidy_search()] == [0, 0]
    assert not SearchSegment.objects.exists()
    assert jobs.tidy_search() == 1
    write(group, [(2 * 8192, HOUR, "tea")])
    assert jobs.tidy_search() == 0
    Job.objects.all().delete()
    assert jobs.tidy_search() == 1
