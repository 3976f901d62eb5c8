"""The canvas: steps saved one by one, plans to begin with, kept versions."""

from __future__ import annotations

from dataclasses import replace

import pytest

from weilu.communities.blueprint.actions import (
    begin_with,
    keep_plan,
    plan_community,
    save_step,
)
from weilu.communities.blueprint.models import Canvas, CanvasVersion
from weilu.communities.blueprint.queries import (
    kept_sheet,
    promised_themes,
    purpose_of,
    sheet_of,
    state_of,
    states_of,
    versions_of,
)
from weilu.communities.blueprint.rules.canvas import (
    MOST_THEMES,
    Sheet,
    Step,
    Theme,
    changed,
    filled,
    from_plain,
    mark_of,
    next_step,
    plain,
    themes_of,
)
from weilu.communities.models import Community
from weilu.core.access import Role
from weilu.core.errors import Conflict, Invalid, NotAllowed, NotFound
from weilu.core.models import LogRow, Workspace
from weilu.core.tests.cast import Person, person

WHOLE = Sheet(
    purpose="Tea people help each other to good tea",
    audience="People who brew at home",
    needs="To know what is worth its money",
    promises={"trust": "We say what we would not buy"},
    kind="interest",
    tier="middle",
    themes="Green tea: longjing, 龙井\nTea ware",
    name="Tea",
    tone="Like a neighbour",
)


@pytest.fixture
def community(workspace: Workspace) -> Community:
    """A community nobody planned yet."""
    return Community.objects.create(workspace=workspace, name="Tea", time_zone="UTC")


def log(name: str) -> int:
    return LogRow.objects.filter(name=name).count()


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", ()),
        ("防晒\n\n 成分 ", (Theme("防晒"), Theme("成分"))),
        ("换季护肤：敏感、泛红，屏障", (Theme("换季护肤", ("敏感", "泛红", "屏障")),)),
        ("Tea: green tea, oolong; green tea", (Theme("Tea", ("green tea", "oolong")),)),
        ("Tea\nTEA: oolong", (Theme("Tea"),)),
        (": words without a theme", ()),
        ("Tea :, ,", (Theme("Tea"),)),
    ],
)
def test_themes_are_lines_with_the_words_they_are_known_by(
    text: str, found: tuple[Theme, ...]
) -> None:
    assert themes_of(text) == found


def test_more_than_a_dozen_themes_are_none() -> None:
    assert len(themes_of("\n".join(f"t{n}" for n in range(40)))) == MOST_THEMES


def test_steps_are_filled_in_any_order() -> None:
    assert filled(Sheet()) == ()
    assert filled(WHOLE) == tuple(Step)
    half = Sheet(kind="product", name="Tea")
    assert filled(half) == (Step.TYPE, Step.NAME)
    assert next_step(half) is Step.POSITIONING
    assert next_step(half, after=Step.TYPE) is Step.TIER
    assert next_step(replace(WHOLE, needs=""), after=Step.TONE) is Step.NEEDS
    assert next_step(WHOLE, after=Step.TONE) is None


def test_a_sheet_survives_being_stored_also_by_another_release() -> None:
    assert from_plain(plain(WHOLE)) == WHOLE
    assert from_plain({"purpose": "p", "long gone": 1}) == Sheet(purpose="p")
    assert changed(WHOLE, replace(WHOLE, tone="dry", goal="g")) == ("goal", "tone")


@pytest.mark.django_db
def test_each_step_is_saved_by_itself(community: Community, manager: Person) -> None:
    mark = mark_of(sheet_of(community), Step.THEME)
    said = {"themes": "Tea\r\nWare"}
    save_step(manager.actor, community=community, step=Step.THEME, said=said, seen=mark)
    save_step(
        manager.actor,
        community=community,
        step=Step.VALUES,
        said={"promises": {"trust": " We say what is bad ", "social": ""}},
        seen="",
    )
    sheet = sheet_of(community)
    assert sheet == Sheet(
        name="Tea", themes="Tea\nWare", promises={"social": "", "trust": "We say what is bad"}
    )
    assert promised_themes(community) == (Theme("Tea"), Theme("Ware"))
    assert log("ThemesChanged") == 1
    # The same words again write and tell nothing.
    save_step(manager.actor, community=community, step=Step.THEME, said=said, seen="stale")
    assert log("ThemesChanged") == 1


@pytest.mark.django_db
def test_the_name_is_the_communitys_own(community: Community, manager: Person) -> None:
    Community.objects.create(workspace=community.workspace, name="Taken", time_zone="UTC")
    save_step(manager.actor, community=community, step=Step.NAME, said={"name": "Oolong"}, seen="")
    community.refresh_from_db()
    assert community.name == "Oolong"
    for bad, kind in (("Taken", Conflict), ("  ", Invalid), ("x" * 121, Invalid)):
        with pytest.raises(kind):
            save_step(
                manager.actor, community=community, step=Step.NAME, said={"name": bad}, seen=""
            )
    community.refresh_from_db()
    assert community.name == "Oolong"


@pytest.mark.django_db
def test_two_who_write_one_step_do_not_undo_each_other(
    community: Community, manager: Person, owner: Person
) -> None:
    seen = mark_of(sheet_of(community), Step.AUDIENCE)
    save_step(
        owner.actor, community=community, step=Step.AUDIENCE, said={"audience": "Ann"}, seen=seen
    )
    with pytest.raises(Conflict, match="changed_meanwhile"):
        save_step(
            manager.actor,
            community=community,
            step=Step.AUDIENCE,
            said={"audience": "Bob"},
            seen=seen,
        )
    assert sheet_of(community).audience == "Ann"
    # Another step of the same moment is nobody's trouble, and one's own words go on.
    save_step(manager.actor, community=community, step=Step.TYPE, said={"kind": "product"}, seen="")
    save_step(
        owner.actor, community=community, step=Step.AUDIENCE, said={"audience": "Ann B"}, seen=seen
    )
    assert (sheet_of(community).audience, sheet_of(community).kind) == ("Ann B", "product")


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("step", "said", "code"),
    [
        (Step.TYPE, {"kind": "sect"}, "bad_choice"),
        (Step.TIER, {"tier": "penthouse"}, "bad_choice"),
        (Step.VALUES, {"promises": {"money": "lots"}}, "bad_choice"),
        (Step.VALUES, {"promises": "trust"}, "bad_choice"),
        (Step.VALUES, {"promises": {"trust": "x" * 201}}, "too_long"),
        (Step.POSITIONING, {"purpose": "x" * 1001}, "too_long"),
        (Step.TONE, {"voice": "x" * 201}, "too_long"),
        (Step.THEME, {"themes": "\n".join("abcdefghijklm")}, "too_many_themes"),
    ],
)
def test_what_cannot_stand_there_is_refused(
    community: Community, manager: Person, step: Step, said: dict[str, object], code: str
) -> None:
    with pytest.raises(Invalid) as caught:
        save_step(manager.actor, community=community, step=step, said=said, seen="")
    assert caught.value.code == code
    assert not Canvas.objects.exists()


@pytest.mark.django_db
def test_a_plan_to_begin_with_fills_what_is_empty_or_all_of_it(
    community: Community, manager: Person
) -> None:
    save_step(manager.actor, community=community, step=Step.TONE, said={"tone": "Dry"}, seen="")
    begin_with(manager.actor, community=community, trade="food", start=WHOLE)
    assert sheet_of(community) == replace(WHOLE, tone="Dry")
    assert Canvas.objects.get().trade == "food"
    assert not CanvasVersion.objects.exists()
    other = replace(WHOLE, purpose="Another", name="Another")
    begin_with(manager.actor, community=community, trade="sport", start=other, anew=True)
    assert sheet_of(community) == replace(other, name="Tea")
    assert kept_sheet(CanvasVersion.objects.get()).tone == "Dry"
    assert log("PlanKept") == 1


@pytest.mark.django_db
def test_a_plan_is_kept_once_and_never_changes(community: Community, manager: Person) -> None:
    with pytest.raises(Invalid, match="plan_empty"):
        keep_plan(manager.actor, community=community)
    begin_with(manager.actor, community=community, trade="food", start=WHOLE)
    first = keep_plan(manager.actor, community=community, note=" Spring ")
    assert keep_plan(manager.actor, community=community).pk == first.pk
    save_step(manager.actor, community=community, step=Step.TONE, said={"tone": "Dry"}, seen="")
    second = keep_plan(manager.actor, community=community)
    assert [one.version for one in versions_of(manager.actor, community)] == [2, 1]
    assert (first.note, changed(kept_sheet(first), kept_sheet(second))) == ("Spring", ("tone",))
    assert log("PlanKept") == 2


@pytest.mark.django_db
def test_how_far_a_plan_is_can_be_asked_for_many_at_once(
    community: Community, manager: Person, django_assert_num_queries: object
) -> None:
    bare = Community.objects.create(workspace=community.workspace, name="Bare", time_zone="UTC")
    begin_with(manager.actor, community=community, trade="food", start=WHOLE)
    keep_plan(manager.actor, community=community)
    with django_assert_num_queries(4):  # type: ignore[operator]  # pytest-django's fixture
        states = states_of(manager.actor, [community, bare])
    assert (states[community.pk].is_whole, states[community.pk].version) == (True, 1)
    assert states[bare.pk].filled == (Step.NAME,)
    assert states[bare.pk].missing == tuple(step for step in Step if step is not Step.NAME)
    assert (states[bare.pk].verdict, states[bare.pk].platform) == ("", "")
    assert purpose_of(community) == WHOLE.purpose


@pytest.mark.django_db
def test_only_owners_and_managers_plan_and_only_at_home(
    community: Community, operator: Person, owner: Person
) -> None:
    analyst = person(community.workspace, "ana", Role.ANALYST)
    for actor in (operator.actor, analyst.actor):
        with pytest.raises(NotAllowed):
            save_step(actor, community=community, step=Step.TYPE, said={}, seen="")
        with pytest.raises(NotAllowed):
            begin_with(actor, community=community, trade="food", start=WHOLE)
        with pytest.raises(NotAllowed):
            keep_plan(actor, community=community)
        with pytest.raises(NotAllowed):
            plan_community(actor, name="New", time_zone="UTC")
    stranger = person(Workspace.objects.create(name="other"), "sue", Role.OWNER).actor
    for call in (
        lambda: save_step(stranger, community=community, step=Step.TYPE, said={}, seen=""),
        lambda: begin_with(stranger, community=community, trade="food", start=WHOLE),
        lambda: keep_plan(stranger, community=community),
        lambda: state_of(stranger, community),
    ):
        with pytest.raises(NotFound):
            call()
    assert not Canvas.objects.exists()
    assert states_of(stranger, [community]) == {}
    assert state_of(operator.actor, community).sheet.name == "Tea"


@pytest.mark.django_db
def test_a_community_is_begun_once_by_a_name(workspace: Workspace, owner: Person) -> None:
    made = plan_community(owner.actor, name="  Tea  ", time_zone="UTC")
    assert (made.name, made.workspace_id) == ("Tea", workspace.pk)
    with pytest.raises(Conflict):
        plan_community(owner.actor, name="Tea", time_zone="UTC")
    with pytest.raises(Invalid):
        plan_community(owner.actor, name=" ", time_zone="UTC")
    assert log("CommunityPlanned") == 1
