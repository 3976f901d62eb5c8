"""Exports from two phones that call people otherwise: merged without doubles."""

from __future__ import annotations

from pathlib import Path

import pytest

from weilu.chat.imports.actions import undo_import
from weilu.chat.imports.phones import same_people
from weilu.chat.imports.run import run_import
from weilu.chat.models import Message
from weilu.chat.ports import FORMATS, Inbound, Kind
from weilu.chat.tests.story import MinuteFormat, community_of, counts, prepare, snapshot
from weilu.core.access import system
from weilu.core.worker import drain
from weilu.members.models import Suggestion

pytestmark = pytest.mark.django_db

TALK = [
    (0, "ann", "good morning"),
    (1, "bob", "is there new tea"),
    (2, "ann", "it came on monday"),
    (3, "bob", "then I take two"),
    (4, "ann", "ok"),
    (5, "ann", "come by at noon"),
    (6, "bob", "see you there"),
]


@pytest.fixture(autouse=True)
def formats(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(FORMATS, "formats", {**FORMATS.formats, "minutes": Phone()})


class Phone(MinuteFormat):
    """Portions as large as those of the readers."""

    portion = 5000


def go(_done: float) -> bool:
    return True


def lines(talk: list[tuple[int, str, str]], **called: str) -> list[str]:
    return [f"{m * 60} tea {called.get(who, who)} says - {text}" for m, who, text in talk]


def test_the_second_phone_adds_only_what_the_first_has_not(tmp_path: Path) -> None:
    community = community_of()
    assert run_import(prepare(community, tmp_path, lines(TALK), MinuteFormat.head), go)
    before = snapshot(community)["messages"]
    more = [*TALK, (9, "ann", "the next batch"), (10, "eve", "hello all of you")]
    again = prepare(community, tmp_path, lines(more, ann="Aunt-A"), MinuteFormat.head)
    assert run_import(again, go)

    assert counts(again) == (2, 7)
    assert Message.objects.count() == 9
    # Whether both names are one person is for the operator to say.
    one = Suggestion.objects.get()
    assert one.reasons == ["two_phones"]
    assert {one.first.name, one.second.name} == {"ann", "Aunt-A"}

    undo_import(system(community.workspace_id), run=again)
    drain()
    assert snapshot(community)["messages"] == before


def test_of_another_phone_one_message_tells_who_it_is(tmp_path: Path) -> None:
    community = community_of()
    talk = [(k, f"p{k % 3}", f"what number {k} says") for k in range(9)]
    talk += [(20, "rare", "a long time ago"), (21, "new", "hello")]
    called = {who: f"called-{who}" for who in ("p0", "p1", "p2", "rare")}
    assert run_import(prepare(community, tmp_path, lines(talk[:-1]), MinuteFormat.head), go)
    again = prepare(community, tmp_path, lines(talk, **called), MinuteFormat.head)
    assert run_import(again, go)
    assert counts(again) == (1, 10)


def test_taken_back_the_first_leaves_what_the_second_brought(tmp_path: Path) -> None:
    community = community_of()
    first = prepare(community, tmp_path, lines(TALK), MinuteFormat.head)
    assert run_import(first, go)
    again = prepare(community, tmp_path, lines(TALK[1:], bob="Aunt-A"), MinuteFormat.head)
    assert run_import(again, go)
    undo_import(system(community.workspace_id), run=first)
    drain()
    assert [m[-2] for m in sorted(snapshot(community)["messages"], key=lambda m: m[4])] == [
        text for _, _, text in TALK[1:]
    ]


def said(name: str, *words: tuple[int, str]) -> list[Inbound]:
    return [Inbound(Kind.MESSAGE, minute * 60_000, "", name, text) for minute, text in words]


WORDS = ((1, "first words"), (2, "second words"), (3, "third words"))
STORED = {(minute, int(Kind.MESSAGE), text): [(minute, 7)] for minute, text in WORDS}


@pytest.mark.parametrize(
    ("items", "expected"),
    [
        (said("x", *WORDS), {"x": 7}),
        # Known under a name here, too: then x is another.
        (said("x", *WORDS) + said("ann", (3, "something else")), {}),
        # Two of one name for it: neither.
        (said("x", *WORDS) + said("y", *WORDS), {}),
        # Too little, or too much that nobody stored.
        (said("x", *WORDS[:2]), {}),
        (said("x", *WORDS, *((2, f"not stored {k}") for k in range(4))), {}),
        # What lies outside of the common time tells nothing.
        (said("x", *WORDS, *((k, "later on") for k in range(10, 30))), {"x": 7}),
    ],
)
def test_who_is_taken_for_one(items: list[Inbound], expected: dict[str, int]) -> None:
    assert same_people(items, STORED, {7: {"ann"}}) == expected
