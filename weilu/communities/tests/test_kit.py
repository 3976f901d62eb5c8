"""Drafts of the starter kit, and keeping what was made of them."""

from __future__ import annotations

from dataclasses import replace

import pytest

from weilu.communities.blueprint.rules.canvas import Sheet
from weilu.communities.blueprint.starts import TRADES, starts
from weilu.communities.kit.drafts import OPENINGS, Piece, drafts
from weilu.communities.kit.pieces import MOST_CHARS, TEXT_CHARS, kit_of, note_use, save_kit, written
from weilu.communities.models import Community
from weilu.core.errors import Invalid, NotAllowed, NotFound
from weilu.core.models import Workspace
from weilu.core.tests.cast import Person


@pytest.mark.parametrize("language", ["zh-hans", "en"])
@pytest.mark.parametrize("trade", [*TRADES, "", "unknown"])
def test_every_trade_has_whole_drafts_in_both_languages(trade: str, language: str) -> None:
    start = next((one.sheet for one in starts(language) if one.trade == trade), Sheet())
    sheet = replace(start, name="Tea")
    found = drafts(sheet, trade, language)
    assert list(found) == list(Piece)
    for piece, text in found.items():
        assert 0 < len(text) <= MOST_CHARS.get(piece, TEXT_CHARS) or piece is Piece.INTRO
        assert "{purpose}" not in text
        assert "{voice}" not in text
        assert not any(twice in text for twice in ("。。", "..", "。，", "！。", ".;"))
    assert len({found[piece] for piece in OPENINGS}) == 3


def test_a_line_whose_word_is_missing_is_left_out() -> None:
    bare = drafts(Sheet(name="Tea"), "", "en")
    assert bare[Piece.WELCOME].startswith("Welcome to Tea, {names}.")
    assert "Your host" not in bare[Piece.WELCOME]
    assert "{rules}" in bare[Piece.WELCOME]
    assert bare[Piece.INTRO] == ""
    full = drafts(Sheet(name="Tea", voice="Lin", purpose="Good tea. {odd}"), "", "en")
    assert "Your host: Lin." in full[Piece.WELCOME]
    assert full[Piece.INTRO] == "Good tea. {odd}"


def test_what_stands_within_a_sentence_brings_no_stop_of_its_own() -> None:
    sheet = Sheet(name="茶", voice="小林，", promises={"trust": " 。", "people": "不好包退。"})
    found = drafts(sheet, "", "zh-hans")
    assert "招呼大家的是小林，有事随时喊。" in found[Piece.WELCOME]
    assert "我们答应大家：不好包退。\n" in found[Piece.ANNOUNCEMENT]


def test_chinese_and_english_are_written_apart() -> None:
    assert drafts(Sheet(name="茶"), "food", "zh-hans") != drafts(Sheet(name="茶"), "food", "en")


@pytest.mark.django_db
def test_pieces_are_kept_and_a_changed_one_counts_as_unused(
    workspace: Workspace, operator: Person, analyst: Person, stranger: Person
) -> None:
    tea = Community.objects.create(workspace=workspace, name="Tea", time_zone="UTC")
    texts = {Piece.WELCOME: "Hi {names}\r\nthere", Piece.NAME: "Tea 1"}
    assert save_kit(operator.actor, community=tea, texts=texts) == 2
    assert save_kit(operator.actor, community=tea, texts=texts) == 0
    assert kit_of(operator.actor, tea)[Piece.WELCOME].text == "Hi {names}\nthere"
    note_use(operator.actor, community=tea, piece=Piece.WELCOME)
    assert kit_of(operator.actor, tea)[Piece.WELCOME].used_at is not None
    assert save_kit(operator.actor, community=tea, texts={Piece.WELCOME: "Hello"}) == 1
    assert kit_of(operator.actor, tea)[Piece.WELCOME].used_at is None
    save_kit(operator.actor, community=tea, texts={Piece.NAME: ""})
    assert written([tea.pk])[tea.pk] == {Piece.WELCOME}
    with pytest.raises(Invalid, match="too_long"):
        save_kit(operator.actor, community=tea, texts={Piece.INTRO: "x" * 301})
    with pytest.raises(NotAllowed):
        save_kit(analyst.actor, community=tea, texts={Piece.NAME: "x"})
    with pytest.raises(NotFound):
        save_kit(stranger.actor, community=tea, texts={Piece.NAME: "x"})
