"""The plans to begin with: whole, within bounds, in both languages."""

from __future__ import annotations

import pytest

from weilu.communities.blueprint.actions import begin_with, save_step
from weilu.communities.blueprint.queries import sheet_of
from weilu.communities.blueprint.rules.canvas import (
    FIELDS,
    LINE_CHARS,
    TEXT_CHARS,
    Kind,
    Step,
    Tier,
    Value,
    filled,
    themes_of,
)
from weilu.communities.blueprint.starts import TRADES, Start, start_named, starts
from weilu.communities.models import Community
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person

ALL = [*starts("zh-hans"), *starts("en")]


@pytest.mark.parametrize("start", ALL, ids=lambda one: f"{one.trade} {one.label}")
def test_each_is_whole_but_for_the_name(start: Start) -> None:
    sheet = start.sheet
    assert filled(sheet) == tuple(step for step in Step if step is not Step.NAME)
    assert sheet.goal
    assert sheet.not_for
    assert sheet.pains
    assert sheet.voice
    assert sheet.kind in set(Kind)
    assert sheet.tier in set(Tier)
    assert set(sheet.promises) <= set(Value)
    assert all(0 < len(how) <= LINE_CHARS for how in sheet.promises.values())
    assert all(len(getattr(sheet, n)) <= TEXT_CHARS for n in ("purpose", "audience", "themes"))
    assert 3 <= len(start.names) <= 5
    themes = themes_of(sheet.themes)
    assert len(themes) >= 4
    assert all(theme.marks for theme in themes)


def test_both_languages_have_the_same_trades_and_other_words() -> None:
    assert [one.trade for one in starts("zh-hans")] == list(TRADES)
    assert [one.trade for one in starts("en")] == list(TRADES)
    for trade in TRADES:
        chinese, english = start_named(trade, "zh-hans"), start_named(trade, "en")
        assert chinese is not None
        assert english is not None
        assert chinese.sheet.purpose != english.sheet.purpose
        assert (chinese.sheet.kind, chinese.sheet.tier) == (english.sheet.kind, english.sheet.tier)
    assert start_named("arms", "en") is None


@pytest.mark.django_db
def test_each_can_be_saved_step_by_step(workspace: Workspace, manager: Person) -> None:
    community = Community.objects.create(workspace=workspace, name="Tea", time_zone="UTC")
    for start in ALL:
        begin_with(
            manager.actor, community=community, trade=start.trade, start=start.sheet, anew=True
        )
        kept = sheet_of(community)
        for step in Step:
            said = {name: getattr(kept, name) for name in FIELDS[step]}
            save_step(manager.actor, community=community, step=step, said=said, seen="")
        assert sheet_of(community) == kept
