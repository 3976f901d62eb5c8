"""What few messages are judged by without arrays is what many are judged by with them."""

from __future__ import annotations

import random
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from weilu.moderation.rules import contacts, crowd, ledger, words
from weilu.moderation.rules.crowd import KNOWN_TALK, Crowd
from weilu.moderation.rules.folding import join
from weilu.moderation.rules.ledger import Ledger
from weilu.moderation.rules.scoring import Judge, Verdicts
from weilu.moderation.rules.words import Matcher, Word

LISTED = [
    Word("裸聊", "porn", 2.0, sounds=True),
    Word("兼职刷单", "fraud", 2.0, sounds=True),
    Word("加微信", "promotion", 1.0, strict=True),
    Word("av", "porn", 1.0),
    Word("信", "fraud", 0.5),
    Word("傻逼", "abuse", 2.0),
]
# Written every way people hide, and every way that could trip the arrays.
PIECES = [
    "裸聊", "裸。聊", "猓聊", "裸\u200b聊", "裸 聊", "加 微 信", "加微信", "亻言",
    "av", "have", "AV!", "a v", "兼职刷单", "兼\n职刷单", "傻 逼", "abc12345",
    "http://t.cn/12345", "a@b.cn", "加V 839948507", "١٢٣٤٥٦٧", "１３８００１３８０００",
    "今天天气真好", "大家早上好", "\ud800", "\U0001f170", "", "\n", "、", "x", "1.2.3.4:80",
]  # fmt: skip
HOSTILE = st.lists(
    st.one_of(
        st.text(max_size=20), st.lists(st.sampled_from(PIECES), max_size=5).map("".join)
    ),
    min_size=1,
    max_size=30,
)  # fmt: skip
MANY, FEW = 0, 10_000


@pytest.fixture(scope="module")
def judge() -> Judge:
    """A judge of words that are read, heard, strict and Latin."""
    return Judge(Matcher(LISTED))


def judged(
    judge: Judge, texts: list[str], cuts: list[int], few: int
) -> tuple[Verdicts, list[object]]:
    """The verdicts on texts that several groups said, and what is known of them after."""
    draw = random.Random(len(texts))
    book = Ledger(generation=40)
    rooms = [Crowd(book, {"abc12345"}) for _ in range(3)]
    rooms[1].used = KNOWN_TALK
    with pytest.MonkeyPatch.context() as patch:
        for module, name in (
            (crowd, "FEW_ROWS"), (ledger, "FEW_ROWS"), (words, "FEW_HITS"), (contacts, "FEW_TEXTS"),
        ):  # fmt: skip
            patch.setattr(module, name, few)
        for _time in range(2):
            bounds = [0, *cuts, len(texts)]
            parts = [end - begin for begin, end in pairwise(bounds)]
            heard = [(room, many) for room, many in zip(rooms, parts, strict=False) if many]
            writers = np.array([draw.randrange(5) for _ in texts])
            times = np.arange(len(texts)) * draw.choice((500, 40_000_000))
            verdicts = judge.rooms(heard, texts, writers, times)
    known: list[object] = [one.account(writer) for one in rooms for writer in range(5)]
    return verdicts, [*known, [(one.used, one._letters, one._waiting) for one in rooms]]


@given(HOSTILE, st.data())
@settings(max_examples=150, deadline=None)
def test_few_are_judged_as_many_are(judge: Judge, texts: list[str], data: st.DataObject) -> None:
    cuts = sorted(data.draw(st.lists(st.integers(0, len(texts)), min_size=2, max_size=2)))
    (one, known), (other, also) = (judged(judge, texts, cuts, way) for way in (FEW, MANY))
    for name in ("score", "account", "before", "junk", "abusive", "flood", "own", "trusted"):
        assert getattr(one, name).tolist() == getattr(other, name).tolist()
        assert getattr(one, name).dtype == getattr(other, name).dtype
    for name in ("text", "start", "end", "word", "by_sound"):
        assert getattr(one.text.hits, name).tolist() == getattr(other.text.hits, name).tolist()
    assert one.text.found == other.text.found
    assert known == also


def test_few_hits_are_what_many_are(judge: Judge) -> None:
    texts = ["".join(random.Random(n).choices(PIECES, k=6)) for n in range(300)]
    alone = [judge.matcher.find([text]) for text in texts]
    together = judge.matcher.find_in(join(texts))
    assert len(together) > words.FEW_HITS
    found = sorted(
        zip(*(getattr(together, n).tolist() for n in ("text", "start", "end", "word")), strict=True)
    )
    assert found == sorted(
        (n, start, end, word)
        for n, hits in enumerate(alone)
        for start, end, word in zip(
            hits.start.tolist(), hits.end.tolist(), hits.word.tolist(), strict=True
        )
    )
