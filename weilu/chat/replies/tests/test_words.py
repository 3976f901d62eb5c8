"""Words of messages as columns: whom they name, what classes they have, what they share."""

from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from weilu.chat.replies.classes import COMMAND_BIT, DIGIT_BIT, URL_BIT
from weilu.chat.replies.rare import WORD_WINDOW, shared_words
from weilu.chat.replies.words import Words, read_words
from weilu.core.texts import Book, Joined, Stretches, codes_of

NAMES = {"amber": 0, "birch": 1, "小明": 2, "小 红": 3, "the": 4, "ok": 5}
ALONE = np.log(WORD_WINDOW + 1)


def words_of(*texts: str) -> Words:
    return read_words(texts, NAMES)


@pytest.mark.parametrize(
    ("text", "called", "named"),
    [
        ("amber: try again", 0, -1),
        ("Amber, birch said so", 0, 1),
        ("i met birch, yesterday", -1, 1),
        ("hi birch: look", 1, -1),
        ("小明：看这里", 2, -1),
        ("小明，你好", 2, -1),
        ("@小明看这里", 2, -1),
        ("看 @小明\u2005 在吗", 2, -1),
        ("@小 红 在吗", 3, -1),
        ("@小  红, 在吗", 3, -1),
        ("the disk", -1, -1),
        ("the: yes", 4, -1),
        ("ok", -1, -1),
        ("@nobody hi", -1, -1),
        ("!seen birch", 1, -1),
        ("", -1, -1),
    ],
)
def test_whom_a_message_names(text: str, called: int, named: int) -> None:
    found = words_of("before", text, "after")
    assert (found.called[1], found.named[1]) == (called, named)
    assert found.called[[0, 2]].tolist() == [-1, -1]


@pytest.mark.parametrize(
    ("text", "bit", "has"),
    [
        ("see http://a.example/x", URL_BIT, True),
        ("www.a.example", URL_BIT, True),
        ("a : / /", URL_BIT, False),
        ("!help", COMMAND_BIT, True),
        ("!", COMMAND_BIT, False),
        ("版本３", DIGIT_BIT, True),
        ("你好", 0, True),
        ("你好", 7, False),
        ("好的", 7, True),
        ("有没有人在", 1, True),
        ("大家好呀", 0, True),
        ("大家好呀", 1, False),
        ("Thanks!", 6, True),
    ],
)
def test_classes_of_a_message(text: str, bit: int, has: bool) -> None:
    assert bool(words_of(text).bits[0] >> bit & 1) is has


def test_opening_passes_over_whom_it_calls() -> None:
    found = words_of("amber: thanks a lot, 好的")
    assert found.opening[0] >> 6 & 1
    assert not found.opening[0] >> 7 & 1


def test_rare_words_are_shared_with_earlier_messages() -> None:
    found = words_of("kernel panics", "nothing", "kernel panic 内核崩溃", "内核", "核")
    table = shared_words(found.own, found.shared, 0, 5)
    again = np.log((WORD_WINDOW + 1) / 2)
    assert table[2, 2] == pytest.approx(2 * again)
    assert table[3, 1] == pytest.approx(again)
    # Words stand alone or in pairs: a single character is no part of a pair.
    assert table[4, 1] == 0
    assert table[:, 0] == pytest.approx(
        [2 * ALONE, ALONE, 2 * again + 3 * ALONE, again, ALONE], rel=1e-5
    )


def test_words_beyond_the_window_are_forgotten() -> None:
    far = read_words(["kernel", *["好的"] * WORD_WINDOW, "kernel"], {})
    near = read_words(["kernel", *["好的"] * (WORD_WINDOW - 1), "kernel"], {})
    last = WORD_WINDOW + 1
    assert shared_words(far.own, far.shared, last, last + 1)[0, 1:].sum() == 0
    assert shared_words(near.own, near.shared, last - 1, last)[0, WORD_WINDOW] > 0


@given(st.lists(st.text(max_size=30), max_size=30))
def test_chunks_are_those_of_split(texts: list[str]) -> None:
    joined = Joined(texts)
    chunks = joined.chunks(80)
    found = [
        (row, joined.text[start:end])
        for row, start, end in zip(
            chunks.row.tolist(), chunks.start.tolist(), chunks.end.tolist(), strict=True
        )
    ]
    assert found == [(k, c) for k, text in enumerate(texts) for c in text.casefold().split()]


@given(st.text(alphabet="ab小\u2005", max_size=12))
def test_equal_stretches_have_equal_numbers(text: str) -> None:
    places = [(a, b) for b in range(len(text) + 1) for a in range(b + 1)]
    start, end = (np.array(side, np.int64) for side in zip(*places, strict=True))
    keys = Stretches(codes_of(text)).keys(start, end).tolist()
    pieces = sorted((text[a:b], key) for (a, b), key in zip(places, keys, strict=True))
    assert all((one[0] == two[0]) == (one[1] == two[1]) for one, two in pairwise(pieces))


def test_a_book_knows_its_words_only() -> None:
    codes = codes_of("ambertheamber")
    starts, ends = np.array([0, 5, 8, 0]), np.array([5, 8, 13, 4])
    keys = Stretches(codes).keys(starts, ends)
    assert Book(NAMES).get(keys, -1).tolist() == [0, 4, 0, -1]
    assert Book({}).get(keys, -7).tolist() == [-7] * 4
