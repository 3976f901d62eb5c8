"""What follows from which rule."""

from __future__ import annotations

import pytest

from weilu.communities.models import Rules
from weilu.moderation.models import Doubt
from weilu.moderation.rules.ladder import USUAL, Rung, Step, stored
from weilu.moderation.rules.terms import FIRST, UNSAID, Detected, Kept, Way, checked, terms_of

OWN: Kept = {"way": "own", "ladder": [["mute", 10]], "window_days": 7}


def test_every_kind_is_known_to_the_rulebook_the_doubts_and_the_terms() -> None:
    kinds = {one.value for one in Detected}
    assert set(Rules.Kind.values) == kinds
    assert set(Doubt.Kind.values) == kinds | {"reported"}
    assert set(UNSAID) == kinds


def test_without_a_word_ads_follow_the_usual_ladder_insults_wait_noise_is_not_looked_for() -> None:
    found = {kind: terms_of({}, stored(USUAL), 30, kind) for kind in UNSAID}
    assert [kind for kind, one in found.items() if one.acts] == ["ad", "contact", "qr"]
    assert [kind for kind, one in found.items() if not one.looks] == ["flood", "call_all"]
    assert {one.pool for one in found.values()} == {""}
    assert found["ad"].ladder == USUAL


def test_a_rule_with_its_own_ladder_counts_for_itself() -> None:
    terms = terms_of({"flood": OWN}, stored(USUAL), 30, "flood")
    assert (terms.pool, terms.ladder, terms.window.days) == ("flood", (Rung(Step.MUTE, 10),), 7)
    assert terms_of({"flood": OWN}, stored(USUAL), 30, "ad").pool == ""
    assert terms_of({}, stored(USUAL), 30, "reported").acts


@pytest.mark.parametrize(
    ("kind", "change", "code"),
    [
        ("shout", {}, "bad_kind"),
        ("ad", {"way": "off"}, "bad_way"),
        ("flood", {"ladder": []}, "bad_ladder"),
        ("flood", {"ladder": [["mute", 0]]}, "bad_ladder"),
        ("flood", {"ladder": [["warn", 0]] * 9}, "bad_ladder"),
        ("flood", {"window_days": 0}, "bad_window"),
    ],
)
def test_what_cannot_be_is_refused(kind: str, change: dict[str, object], code: str) -> None:
    with pytest.raises(ValueError, match=code):
        checked(kind, {**OWN, **change}, 8)  # type: ignore[typeddict-item]


def test_what_waits_keeps_no_ladder() -> None:
    assert checked("flood", {**OWN, "way": "wait"}, 8)["ladder"] == []
    assert checked("flood", OWN, 8) == OWN
    assert all(ladder[0].step not in {Step.REMOVE, Step.BAN} for ladder in FIRST.values())
    assert {Way(one) for one in UNSAID.values()} == {Way.OFF, Way.WAIT, Way.USUAL}
