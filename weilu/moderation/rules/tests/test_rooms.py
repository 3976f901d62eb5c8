"""Groups judged together are judged as each by itself."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weilu.moderation.rules.crowd import KNOWN_TALK, LETTERS_AT_ONCE, UNKNOWN, Crowd
from weilu.moderation.rules.folding import join, part
from weilu.moderation.rules.ledger import Ledger
from weilu.moderation.rules.scoring import Judge
from weilu.moderation.rules.words import Matcher, Word

TEXTS = st.lists(
    st.one_of(
        st.text(max_size=30),
        st.sampled_from(
            ["兼职刷单 加微信 abc12345", "大家早上好", "你这个傻逼", "", "\n", "hello there"]
        ),
    ),
    min_size=1,
    max_size=8,
)


@pytest.fixture(scope="module")
def judge() -> Judge:
    """A judge who knows one word."""
    return Judge(Matcher([Word("兼职刷单", "fraud", 2.0)]))


def has_talked(crowd: Crowd) -> Crowd:
    """The crowd, its talk known from now on."""
    crowd.keep(LETTERS_AT_ONCE, ["大家早上好", "hello"])
    crowd.used = KNOWN_TALK
    return crowd


@given(rooms=st.lists(TEXTS, min_size=1, max_size=5))
@settings(max_examples=100, deadline=None)
def test_together_is_as_one_by_one(judge: Judge, rooms: list[list[str]]) -> None:
    ledger = Ledger()
    alone, together = [Crowd() for _ in rooms], [Crowd(ledger) for _ in rooms]
    for crowd in (*alone[::2], *together[::2]):
        has_talked(crowd)
    scores, junk = [], []
    for crowd, texts in zip(alone, rooms, strict=True):
        writers, times = list(range(len(texts))), list(range(len(texts)))
        verdicts = judge.talk(crowd, texts, writers, times)
        scores.append(verdicts.score)
        junk.append(verdicts.junk)
    texts = [text for room in rooms for text in room]
    writers = [n for room in rooms for n in range(len(room))]
    crowds = [(crowd, len(room)) for crowd, room in zip(together, rooms, strict=True)]
    verdicts = judge.rooms(crowds, texts, writers, writers)
    assert (verdicts.score == np.concatenate(scores)).all()
    assert (verdicts.junk == np.concatenate(junk)).all()
    for crowd, other, room in zip(together, alone, rooms, strict=True):
        known = [crowd.account(writer) for writer in range(len(room))]
        assert known == [other.account(writer) for writer in range(len(room))]


@given(TEXTS, st.data())
def test_a_part_of_a_batch_is_the_batch_of_the_part(texts: list[str], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(texts) - 1))
    last = data.draw(st.integers(first + 1, len(texts)))
    cut, alone = part(join(texts), first, last), join(texts[first:last])
    assert cut.written == alone.written
    for name in ("codes", "starts", "kept", "folded", "bounds"):
        assert getattr(cut, name).tolist() == getattr(alone, name).tolist()


def test_new_is_what_nobody_in_the_group_said_letter_by_letter() -> None:
    crowd = has_talked(Crowd())
    texts = ["", "早上好", "早", "好上早安", "", "hello大家早上坏", ""]
    heard = crowd.hear(join(texts), range(7), range(7))
    assert heard.unheard.tolist() == [UNKNOWN, 0.0, UNKNOWN, 1.0, UNKNOWN, 2 / 9, UNKNOWN]
    assert crowd.hear(join([""]), [9], [9]).unheard.tolist() == [UNKNOWN]
