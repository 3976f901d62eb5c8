"""Segments over HTTP: building without scripts, counting, saving, tags by rule."""

from __future__ import annotations

import io
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from python_calamine import CalamineWorkbook

from weilu.console.conftest import signed_in
from weilu.console.members.builder import filled_in
from weilu.console.members.segment_starts import STARTS
from weilu.console.members.segment_words import CONDITION_WORDS, KINDS, PARAM_WORDS, leaf_words
from weilu.core.clock import now
from weilu.core.models import User, Workspace
from weilu.core.tests.cast import Person
from weilu.core.worker import drain
from weilu.insight.people.segments import recount
from weilu.insight.people.tests.history import came, id_of, make_group, said, tell
from weilu.members.actions.circles import save_circle
from weilu.members.actions.segments import keep_tag, save_segment
from weilu.members.actions.standing import save_own_stage
from weilu.members.actions.tags import named_tag, put_on
from weilu.members.models import Circle, OwnStage, Segment, SegmentMove, Tag
from weilu.members.queries.known import worn_by
from weilu.members.segments.registry import CONDITIONS
from weilu.members.segments.trees import Branch, Leaf, plain

HOSTILE = "<script>alert(1)</script>"


@pytest.fixture
def browser(operator: Person) -> Client:
    """The operator's."""
    return operator.client()


@pytest.fixture
def tag(workspace: Workspace, operator: Person) -> Tag:
    """Three in a hall, one of them tagged."""
    tell(
        make_group(workspace, "Hall"),
        [
            *(said("reed", f"2024-03-0{n} 08:00", "tea") for n in range(1, 5)),
            said("rush", "2024-03-02 08:05", "more tea"),
            came("mute", "2024-03-02 10:00"),
        ],
    )
    tag = named_tag(operator.actor, HOSTILE)
    put_on(operator.actor, tag_id=tag.pk, member_ids=[id_of("rush")])
    return tag


def tree(tag: Tag) -> dict[str, object]:
    return {"op": "and", "of": [{"is": "tag", "values": {"tag": [str(tag.pk)]}}]}


def test_every_condition_has_words() -> None:
    assert set(CONDITION_WORDS) == set(CONDITIONS)
    # Each is offered, once.
    assert sorted(kind for _title, some in KINDS for kind in some) == sorted(CONDITIONS)
    asked = {param.name for one in CONDITIONS.values() for param in one.params}
    assert asked == set(PARAM_WORDS)


def by_stage(operator: Person) -> Segment:
    """A segment that asks for a stage of one's own, and for a circle."""
    stage = save_own_stage(operator.actor, name="Council")
    circle = save_circle(operator.actor, name="Brewers")
    asked = Branch(
        of=(
            Leaf("own_stage", {"own_stage": [str(stage.pk)]}),
            Leaf("circle", {"circle": [str(circle.pk)]}),
        )
    )
    return save_segment(operator.actor, name="In the council", tree=plain(asked))


def test_it_is_told_what_asks_for_a_stage_or_a_circle_before_it_goes(
    browser: Client, operator: Person
) -> None:
    by_stage(operator)
    stage, circle = OwnStage.objects.get(), Circle.objects.get()
    places = {
        reverse("members_stage", args=[stage.pk]): "Council",
        reverse("members_circle", args=[circle.pk]): "Brewers",
    }
    for url, name in places.items():
        text = browser.get(url).content.decode()
        assert name in text
        assert ">In the council</a>" in text, url
    url = reverse("members_stage", args=[stage.pk])
    browser.post(url, {"name": "The council", "colour": "green", "position": "3"})
    stage.refresh_from_db()
    assert (stage.name, stage.colour, stage.position) == ("The council", "green", 3)
    browser.post(reverse("members_stage_remove", args=[stage.pk]))
    assert not OwnStage.objects.exists()


def test_it_is_told_what_asks_for_a_tag_and_what_finds_nobody(
    browser: Client, operator: Person, tag: Tag
) -> None:
    one = save_segment(operator.actor, name="Tagged", tree=tree(tag))
    page = reverse("members_segment", args=[one.pk])
    assert "cannot be asked" not in browser.get(page).content.decode()
    url = reverse("members_tag", args=[tag.pk])
    assert f'href="{page}">Tagged</a>' in browser.get(url).content.decode()
    keep_tag(operator.actor, segment_id=by_stage(operator).pk, tag_id=tag.pk)
    assert ">In the council</a>" in browser.get(url).content.decode()
    browser.post(reverse("members_tag_remove", args=[tag.pk]))
    assert "cannot be asked" in browser.get(page).content.decode()


def test_a_segment_is_built_button_by_button(browser: Client, tag: Tag) -> None:
    """No script is needed: every button brings the whole tree back, changed."""
    url = reverse("members_segment_new")
    assert "3 members of 3 fit." in browser.get(url).content.decode()
    asked: dict[str, object] = {"op_0": "and", "new_0": "spoke", "name": "Lively"}
    text = browser.post(url, {**asked, "act": "add:0"}).content.decode()
    assert 'name="v_0-0_times" value="3"' in text
    assert 'value="Lively"' in text
    assert "1 member of 3 fits." in text
    asked |= {"is_0-0": "spoke", "v_0-0_times": "1", "v_0-0_days": "14", "v_0-0_group": ""}
    text = browser.post(url, {**asked, "act": "group:0"}).content.decode()
    assert "2 members of 3 fit." in text
    assert 'name="op_0-1"' in text
    asked |= {"op_0-1": "none", "new_0-1": "tag"}
    text = browser.post(url, {**asked, "act": "add:0-1"}).content.decode()
    assert 'name="v_0-1-0_tag"' in text
    assert HOSTILE not in text
    # What is chosen to be added next is chosen still, whatever else is counted meanwhile.
    picked = browser.post(url, {**asked, "new_0": "role", "act": ""}).content.decode()
    assert '<option value="role" selected>' in picked
    asked |= {"is_0-1-0": "tag", "v_0-1-0_tag": [str(tag.pk)]}
    text = browser.post(url, {**asked, "act": "count"}).content.decode()
    assert "1 member of 3 fits." in text
    assert "spoke at least 1 time in 14 days (all groups)" in text
    dropped = browser.post(url, {**asked, "act": "drop:0-1"})
    assert b'name="op_0-1"' not in dropped.content
    saved = browser.post(url, {**asked, "act": "save"}, follow=True)
    one = Segment.objects.get()
    assert saved.redirect_chain == [(reverse("members_segment", args=[one.pk]), 302)]
    assert "1 came in" in saved.content.decode()
    assert one.members == 1


@pytest.mark.parametrize("key", STARTS)
def test_a_start_can_be_asked_and_saved_as_it_is(
    operator: Person, browser: Client, tag: Tag, key: str
) -> None:
    page = browser.get(reverse("members_segment_new"), {"start": key}).content.decode()
    assert f'value="{STARTS[key].name}"' in page
    assert " of 3 fit" in page
    assert f'href="{reverse("members_segment_new")}?start=' not in page
    saved = save_segment(operator.actor, name="x", tree=plain(STARTS[key].tree))
    assert saved.pk


def test_open_ends_are_said_in_words() -> None:
    def said(**values: str) -> str:
        return leaf_words(Leaf("messages", values), 0)

    assert said(**{"from": "2", "to": "5"}) == "messages: 2 to 5"
    assert said(**{"from": "2"}) == "messages: at least 2"
    assert said(to="5") == "messages: at most 5"
    assert said() == "messages: any"
    assert leaf_words(Leaf("first_seen", {"to": "2026-03-01"}), 0) == (
        "first seen: until 2026-03-01"
    )


def test_what_is_wrong_stands_where_it_is(browser: Client, tag: Tag) -> None:
    url = reverse("members_segment_new")
    empty = browser.post(url, {"op_0": "and", "act": "save", "name": "x"})
    assert empty.status_code == 422
    assert "Add at least one condition." in empty.content.decode()
    asked = {"op_0": "and", "is_0-0": "quiet", "v_0-0_days": "soon", "name": "Quiet"}
    wrong = browser.post(url, {**asked, "act": "save"})
    assert wrong.status_code == 422
    text = wrong.content.decode()
    assert "Write a number" in text
    assert 'value="soon"' in text
    assert 'value="Quiet"' in text
    nameless = browser.post(url, {**asked, "v_0-0_days": "3", "name": "", "act": "save"})
    assert "Please fill this in." in nameless.content.decode()
    assert not Segment.objects.exists()


def test_nonsense_is_no_crash(browser: Client, tag: Tag) -> None:
    url = reverse("members_segment_new")
    for act in ("add:0-9-9", "drop:0", "drop:x", "group:9", "add", "¿"):
        asked = {"op_0": "¿", "is_0-0": "unheard", "new_0": "¿", "act": act}
        assert browser.post(url, asked).status_code == 200
    deep = {f"op_{'-'.join('0' * n)}": "and" for n in range(1, 30)}
    assert browser.post(url, {**deep, "act": "count"}).status_code == 200


def test_a_segment_is_changed_and_thrown_away(browser: Client, operator: Person, tag: Tag) -> None:
    one = save_segment(operator.actor, name="Tagged", tree=tree(tag))
    edit = reverse("members_segment_edit", args=[one.pk])
    assert 'value="Tagged"' in browser.get(edit).content.decode()
    asked = {
        "op_0": "and", "is_0-0": "tag", "v_0-0_tag": str(tag.pk), "not_0-0": "on",
        "name": "Not tagged", "act": "save",
    }  # fmt: skip
    browser.post(edit, asked)
    one.refresh_from_db()
    assert (one.name, one.members) == ("Not tagged", 2)
    listed = browser.get(reverse("members_segments")).content.decode()
    assert "not: has a tag: &lt;script&gt;" in listed
    browser.post(reverse("members_segment_remove", args=[one.pk]))
    assert not Segment.objects.exists()


def test_the_list_is_narrowed_to_a_segment_and_downloads(
    browser: Client, operator: Person, tag: Tag
) -> None:
    one = save_segment(operator.actor, name="Tagged", tree=tree(tag))
    url = reverse("members")
    text = browser.get(url, {"segment": one.pk}).content.decode()
    assert "1 person." in text
    assert "rush" in text
    assert "mute" not in text
    response = browser.get(f"{url}?segment={one.pk}&format=xlsx")
    book = CalamineWorkbook.from_filelike(io.BytesIO(b"".join(response.streaming_content)))  # type: ignore[attr-defined]  # a FileResponse
    assert [row[0] for row in book.get_sheet_by_index(0).to_python()] == ["Name", "rush"]
    assert browser.get(url, {"segment": 99}).status_code == 404
    many = f"{reverse('members_many')}?segment={one.pk}"
    assert "1 member is picked." in browser.get(many).content.decode()


def test_who_came_and_who_left_stands_behind_the_numbers(
    browser: Client, operator: Person, tag: Tag
) -> None:
    one = save_segment(operator.actor, name="Tagged", tree=tree(tag))
    recount(operator.actor, one, was_edited=True)
    url, listed = reverse("members_segment", args=[one.pk]), reverse("members")
    first = SegmentMove.objects.get()
    shown = browser.get(url).content.decode()
    assert "first counted" in shown
    assert "the segment was changed" not in shown
    assert f"{listed}?came={first.pk}" in shown
    fewer = {"is": "tag", "values": {"tag": [str(tag.pk)]}, "not": True}
    one = save_segment(
        operator.actor, name="Tagged", tree={"op": "and", "of": [fewer]}, segment_id=one.pk
    )
    recount(operator.actor, one, was_edited=True)
    move = SegmentMove.objects.latest("pk")
    assert (move.entered_members, move.left_members, move.was_first) == (2, 1, False)
    shown = browser.get(url).content.decode()
    assert shown.count("the segment was changed") == 1
    assert f"{listed}?went={move.pk}" in shown
    for asked, count, name in (("came", "2 people.", "mute"), ("went", "1 person.", "rush")):
        text = browser.get(listed, {asked: move.pk}).content.decode()
        assert count in text
        assert name in text
        assert "Tagged" in text
        assert 'href="?"' in text, "back to everybody"
    assert browser.get(listed, {"went": 99}).status_code == 404


def test_a_tag_by_rule_shows_whom_it_changes_first(
    browser: Client, operator: Person, tag: Tag
) -> None:
    lively = named_tag(operator.actor, "lively")
    put_on(operator.actor, tag_id=lively.pk, member_ids=[id_of("mute")])
    asked = {"op": "and", "of": [{"is": "spoke", "values": {"times": "3", "days": "14"}}]}
    one = save_segment(operator.actor, name="Lively", tree=asked)
    url = reverse("members_segment_tag", args=[one.pk])
    text = browser.get(url, {"tag": lively.pk}).content.decode()
    assert "1 member gets it" in text
    assert "1 member loses it" in text
    assert "reed" in text
    assert "mute" in text
    assert list(worn_by([id_of("mute"), id_of("reed")])) == [id_of("mute")]
    browser.post(url, {"tag": lively.pk})
    with time_machine.travel(now() + timedelta(seconds=5)):
        drain()
    assert list(worn_by([id_of("mute"), id_of("reed")])) == [id_of("reed")]
    assert "keeps the tag lively" in browser.get(reverse("members_segments")).content.decode()
    browser.post(url, {"tag": ""})
    one.refresh_from_db()
    assert one.tag_id is None
    two = save_segment(operator.actor, name="Tagged", tree=tree(tag))
    circle = browser.post(reverse("members_segment_tag", args=[two.pk]), {"tag": tag.pk})
    assert circle.status_code == 409
    assert "that is a circle" in circle.content.decode()


def test_analysts_look_but_build_nothing(analyst: User, operator: Person, tag: Tag) -> None:
    one = save_segment(operator.actor, name="Tagged", tree=tree(tag))
    browser = signed_in(analyst)
    page = browser.get(reverse("members_segment", args=[one.pk])).content.decode()
    assert "1 member of 3 fits." in page
    assert "See whom it would change" not in page
    assert browser.get(reverse("members_segment_new")).status_code == 403
    assert browser.post(reverse("members_segment_remove", args=[one.pk])).status_code == 403
    assert Segment.objects.count() == 1


def test_counting_asks_little_of_the_database(browser: Client, tag: Tag) -> None:
    url = reverse("members_segment_new")
    asked = {"op_0": "or", "act": "count"}
    for k in range(6):
        asked |= {f"is_0-{k}": "quiet", f"v_0-{k}_days": str(k + 1)}
    browser.post(url, asked)
    with CaptureQueriesContext(connection) as seen:
        browser.post(url, asked)
    mine = [q for q in seen if "insight_membertotals" in q["sql"] or "members_" in q["sql"]]
    assert len(mine) <= 9


def test_what_is_not_filled_in_yet_is_left_out_of_the_count() -> None:
    left, bare = Leaf("left", {}), Leaf("messages", {"from": "much"})
    tree = Branch(True, (left, bare, Branch(False, (bare, Branch())), Branch(False, (bare, left))))
    assert filled_in(tree, 0) == (Branch(True, (left, Branch(False, (left,)))), 3)
    assert filled_in(Branch(True, (bare,), negated=True), 0) == (Branch(True, (), True), 1)
