"""The search finds what reading everything finds, and nothing else."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from pyroaring import BitMap

from weilu.chat.models import Message, SearchPart, SearchSegment
from weilu.chat.ports import Kind
from weilu.chat.search import find
from weilu.chat.search.find import Found, Wanted, search
from weilu.chat.search.index import SEGMENT, update_index
from weilu.chat.search.tokens import fold, matcher, query_terms
from weilu.communities.models import Community
from weilu.core.errors import NotAllowed
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person
from weilu.groups.models import Group

HOUR = 3_600_000


@pytest.fixture
def group(workspace: Workspace) -> Group:
    """A group to talk in."""
    place = Community.objects.create(workspace=workspace, name="Tea", time_zone="Asia/Shanghai")
    return Group.objects.create(
        workspace=workspace, community=place, platform="wechat", name="Hall"
    )


def write(group: Group, rows: list[tuple[int, int, str]], **more: int) -> None:
    """Messages as (id, sent_ms, text)."""
    Message.objects.bulk_create(
        Message(
            id=pk,
            workspace_id=group.workspace_id,
            group=group,
            identity_id=more.get("identity", 1),
            kind=more.get("kind", int(Kind.MESSAGE)),
            flags=more.get("flags", 0),
            sent_ms=sent,
            text=text,
        )
        for pk, sent, text in rows
    )


def ids(found: Found) -> list[int]:
    return [hit.id for hit in found.hits]


def test_words_in_both_languages_are_found_newest_first(owner: Person, group: Group) -> None:
    write(
        group,
        [
            (1, HOUR, "今天的紅茶真好"),
            (2, 3 * HOUR, "红茶到货了"),
            (3, 2 * HOUR, "Fresh TEA today"),
        ],
    )
    assert update_index(group.workspace_id) == 1
    assert ids(search(owner.actor, Wanted("红茶"))) == [2, 1]
    assert ids(search(owner.actor, Wanted("tea"))) == [3]
    assert ids(search(owner.actor, Wanted("fres TODAY"))) == [3]
    assert ids(search(owner.actor, Wanted("绿茶"))) == []
    assert search(owner.actor, Wanted("  ")) == Found((), more=False)


def test_what_came_after_the_index_is_found_once(owner: Person, group: Group) -> None:
    write(group, [(1, HOUR, "green tea")])
    update_index(group.workspace_id)
    write(group, [(2, 2 * HOUR, "black tea"), (700, 3 * HOUR, "tea again")])
    assert ids(search(owner.actor, Wanted("tea"))) == [700, 2, 1]
    assert update_index(group.workspace_id) == 1
    assert ids(search(owner.actor, Wanted("tea"))) == [700, 2, 1]
    assert update_index(group.workspace_id) == 0


def test_a_workspace_never_indexed_is_searched(owner: Person, group: Group) -> None:
    write(group, [(pk, pk * HOUR, "tea") for pk in range(1, 60_000, 256)])
    found = search(owner.actor, Wanted("tea"), limit=3)
    assert ids(found) == [59_905, 59_649, 59_393]
    assert found.more


def test_recalled_edited_and_removed_messages(owner: Person, group: Group) -> None:
    write(group, [(1, HOUR, "old tea"), (2, HOUR, "gone tea"), (3, HOUR, "kept tea")])
    write(group, [(4, HOUR, "recalled tea")], flags=int(Message.Flag.RECALLED))
    write(group, [(5, HOUR, "tea")], kind=int(Kind.JOIN))
    update_index(group.workspace_id)
    Message.objects.filter(pk=1).update(text="edited coffee")
    Message.objects.filter(pk=2).delete()
    assert ids(search(owner.actor, Wanted("tea"))) == [3]


def test_filters(owner: Person, group: Group) -> None:
    other = Group.objects.create(
        workspace_id=group.workspace_id,
        community=group.community,
        platform="wechat",
        name="Yard",
    )
    write(group, [(1, HOUR, "tea"), (2, 2 * HOUR, "tea")], identity=7)
    write(other, [(3, 3 * HOUR, "tea")], identity=8)
    update_index(group.workspace_id)
    assert ids(search(owner.actor, Wanted("tea", group_ids=(group.pk,)))) == [2, 1]
    assert ids(search(owner.actor, Wanted("tea", identities=BitMap([8])))) == [3]
    assert ids(search(owner.actor, Wanted("tea", first_ms=2 * HOUR))) == [3, 2]
    assert ids(search(owner.actor, Wanted("tea", end_ms=2 * HOUR))) == [1]
    assert ids(search(owner.actor, Wanted("tea", before=(2 * HOUR, 2)))) == [1]


def test_nobody_finds_what_is_said_elsewhere(owner: Person, stranger: Person, group: Group) -> None:
    write(group, [(1, HOUR, "tea")])
    assert ids(search(stranger.actor, Wanted("tea"))) == []
    update_index(group.workspace_id)
    update_index(stranger.actor.workspace_id)
    assert ids(search(stranger.actor, Wanted("tea"))) == []


def test_looking_stops_and_says_so(
    owner: Person, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "ROWS_CHECKED", 300)
    write(group, [(pk, pk, "tea" if pk % 2 else "milk") for pk in range(1, 2560)])
    update_index(group.workspace_id)
    # Signs are not in the index.
    found = search(owner.actor, Wanted("→"))
    assert (found.hits, found.more, found.gave_up) == ((), True, True)


def test_a_long_recent_part_does_not_hide_the_index(
    owner: Person, group: Group, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(find, "ROWS_CHECKED", 10)
    monkeypatch.setattr(find, "_IDS_AT_ONCE", 8)
    write(group, [(1, HOUR, "tea")])
    update_index(group.workspace_id)
    write(group, [(pk, pk * HOUR, "milk") for pk in range(2, 40)])
    found = search(owner.actor, Wanted("tea"))
    assert (ids(found), found.more, found.gave_up) == ([1], True, True)


def test_words_that_never_stand_together_cost_no_row(owner: Person, group: Group) -> None:
    write(group, [(pk, pk, "tea" if pk % 2 else "milk") for pk in range(1, 2560)])
    update_index(group.workspace_id)
    with CaptureQueriesContext(connection) as asked:
        assert search(owner.actor, Wanted("tea milk")) == Found((), more=False)
    assert [q["sql"] for q in asked if " text " in q["sql"]] == []


def test_statements_are_few(owner: Person, group: Group) -> None:
    write(
        group,
        [(s * SEGMENT + k, (s * 9 + k) * HOUR, "tea house") for s in range(20) for k in range(9)],
    )
    update_index(group.workspace_id)
    for query, found, statements in (("tea", 5, 11), ("tea house", 5, 11), ("zeppelin", 0, 7)):
        with CaptureQueriesContext(connection) as asked:
            assert len(search(owner.actor, Wanted(query), limit=5).hits) == found
        assert len(asked) == statements


def test_how_many_there_are_is_estimated(owner: Person, group: Group) -> None:
    write(group, [(pk, pk, "tea" if pk % 2 else "milk") for pk in range(1, 10_001)])
    update_index(group.workspace_id)
    assert search(owner.actor, Wanted("tea")).about == 5_000
    assert search(owner.actor, Wanted("tea"), limit=6_000).about == 5_000
    assert search(owner.actor, Wanted("coffee")).about == 0


def test_pages_of_one_moment_lose_nothing(owner: Person, group: Group) -> None:
    write(group, [(pk, HOUR, "tea") for pk in range(1, 2000, 20)])
    update_index(group.workspace_id)
    seen: list[int] = []
    before = None
    while True:
        found = search(owner.actor, Wanted("tea", before=before), limit=7)
        seen += ids(found)
        if not found.more:
            break
        before = (found.hits[-1].sent_ms, found.hits[-1].id)
    assert seen == list(range(1, 2000, 20))[::-1]


def test_the_index_is_written_by_segments(owner: Person, group: Group) -> None:
    write(group, [(5, HOUR, "tea"), (SEGMENT + 5, 2 * HOUR, "tea")])
    assert update_index(group.workspace_id) == 2
    assert list(SearchSegment.objects.order_by("segment").values_list("segment", "indexed_to")) == [
        (0, SEGMENT - 1),
        (1, SEGMENT + 5),
    ]
    # The word, the group and the person.
    assert SearchPart.objects.filter(segment=0).count() == 3
    assert ids(search(owner.actor, Wanted("tea"))) == [SEGMENT + 5, 5]


def test_without_a_right_there_is_nothing(owner: Person, group: Group) -> None:
    class Nobody:
        workspace_id = group.workspace_id

        def require(self, right: object) -> None:
            raise NotAllowed(str(right))

    with pytest.raises(NotAllowed):
        search(Nobody(), Wanted("tea"))  # type: ignore[arg-type]  # somebody without rights


WORDS = st.sampled_from(
    [
        "tea",
        "teapot",
        "TEA",
        "te",
        "a",
        "ab-cd",
        "green",
        "grey",
        "茶",
        "红茶",
        "紅茶馆",
        "茶馆",
        "馆",
        "，",
    ]
)
TEXT = st.lists(WORDS, max_size=6).flatmap(
    lambda words: st.sampled_from([" ", "", ",", "\n"]).map(lambda sep: sep.join(words))
)


@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    rows=st.lists(st.tuples(TEXT, st.integers(0, 5)), max_size=25),
    spread=st.sampled_from([1, 100, 300]),
    indexed=st.integers(0, 25),
    query=st.lists(WORDS, min_size=1, max_size=3).map(" ".join),
)
def test_search_finds_what_reading_everything_finds(
    owner: Person,
    group: Group,
    rows: list[tuple[str, int]],
    spread: int,
    indexed: int,
    query: str,
) -> None:
    Message.objects.all().delete()
    SearchSegment.objects.all().delete()
    SearchPart.objects.all().delete()
    messages = [(1 + at * spread, hour * HOUR, text) for at, (text, hour) in enumerate(rows)]
    write(group, messages[:indexed])
    update_index(group.workspace_id)
    write(group, messages[indexed:])
    pattern = matcher(query_terms(query))
    naive = [
        pk
        for sent, pk, text in sorted(((s, pk, t) for pk, s, t in messages), reverse=True)
        if pattern.match(fold([text])[0])
    ]
    found = search(owner.actor, Wanted(query), limit=5)
    assert ids(found) == naive[:5]
    assert found.more == (len(naive) > 5)
