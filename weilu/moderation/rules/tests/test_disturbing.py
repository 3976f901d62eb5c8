"""Flooding and calling everybody."""

from __future__ import annotations

import numpy as np
import pytest

from weilu.moderation.rules.crowd import Crowd
from weilu.moderation.rules.disturbing import bursts, calls_all, floods
from weilu.moderation.rules.folding import join


@pytest.mark.parametrize(
    ("text", "is_call"),
    [
        ("@全体成员 明天八点", True),
        ("＠所有人 看这里", True),
        ("@everyone look", True),
        ("hello @room", True),
        ("@all", True),
        ("@ all read this", True),
        ("@allen are you there", False),
        ("@room7.org", False),
        ("mail me at me@here.example.org", False),
        ("大家好", False),
        ("@小茶 所有人都知道", False),
    ],
)
def test_who_is_called(text: str, is_call: bool) -> None:
    texts = ["早", text, "晚"]
    assert calls_all(join(texts), texts).tolist() == [False, is_call, False]


def test_a_burst_counts_once_and_again_after_ten_seconds() -> None:
    times = [*range(0, 9_000, 1_000), *range(20_000, 26_000, 1_000)]
    crowd = Crowd()
    heard = crowd.hear(join([f"n{n}" for n in range(len(times))]), [1] * len(times), times)
    rows = np.flatnonzero(floods(heard.flood, heard.own)).tolist()
    assert rows == [5, 14]
    assert np.flatnonzero(bursts(np.ones(len(times), int), np.array(times))).tolist() == rows


def test_two_who_talk_fast_flood_nothing() -> None:
    writers = np.array([1, 2] * 5)
    times = np.arange(10) * 1_000
    assert not bursts(writers, times).any()


def test_the_very_same_said_again_and_again() -> None:
    times = [n * 60_000 for n in range(8)]
    crowd = Crowd()
    heard = crowd.hear(join(["谁知道这壶茶在哪里买的呀"] * 8), [1] * 8, times)
    assert np.flatnonzero(floods(heard.flood, heard.own)).tolist() == [3, 6]


def test_history_and_live_agree_about_bursts() -> None:
    random = np.random.default_rng(7)
    times = np.sort(random.integers(0, 400_000, 900))
    writers = random.integers(1, 9, 900)
    heard = Crowd().hear(join([f"x{n}" for n in range(900)]), writers.tolist(), times.tolist())
    live = floods(heard.flood, np.zeros_like(heard.own))
    assert live.any()
    assert (live == bursts(writers, times)).all()
