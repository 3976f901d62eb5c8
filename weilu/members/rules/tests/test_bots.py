"""Machines and relays told from people; who runs a group (H-6, C-6)."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from weilu.core.tests.halves import Halved
from weilu.members.rules.bots import BotScore, SpeakerFacts, Verdict, bot_score, speaker_facts
from weilu.members.rules.speech import Speech, prefix_of, profile, prompt_of
from weilu.members.rules.staff import StaffFacts, StaffHints, staff_hints
from weilu.members.rules.suspects import suspects
from weilu.members.rules.voices import voice_of

NAMES = ("阿毛", "evalbot", "bridge", "leafy")


def speech(lines: list[tuple[int, int, str]]) -> Speech:
    return profile(*columns(lines))


def test_profile_counts_what_was_said() -> None:
    found = speech(
        [
            (0, 0, "!tea oolong"),
            (1, 1_500, "阿毛: Oolong is half-oxidised, see https://tea.example/1"),
            (3, 60_000, "谢谢"),
            (2, 3_600_000, "<麦麦> 有人在吗"),
            (2, 3_700_000, "[xiaoman] 在的"),
        ]
    )
    assert found.messages.tolist() == [1, 1, 2, 1]
    assert found.links.tolist() == [0, 1, 0, 0]
    assert found.addressed.tolist() == [0, 1, 0, 0]
    assert found.relayed.tolist() == [0, 0, 2, 0]
    assert found.instant.tolist() == [0, 1, 0, 0]
    assert found.hours[2].nonzero()[0].tolist() == [1]
    assert dict(found.openings[1].prompts) == {"!": 1}
    assert dict(found.openings[2].voices) == {"麦麦": 1, "xiaoman": 1}
    assert dict(found.openings[1].prefixes) == {"oolong": 1}


def test_two_batches_add_up_to_one() -> None:
    lines = [
        (n % 4, n * 1_000, f"{n % 3} 第{n}泡 http://tea.example" if n % 5 else "嗯")
        for n in range(60)
    ]
    whole, first, second = speech(lines), speech(lines[:30]), speech(lines[30:])
    first.add(second)
    for one in ("messages", "links", "addressed", "relayed", "characters", "hours"):
        assert getattr(first, one).tolist() == getattr(whole, one).tolist()
    assert [o.prefixes for o in first.openings] == [o.prefixes for o in whole.openings]
    # The first message of a batch has nothing before it, so at most one prompt is missed.
    assert whole.instant.sum() - first.instant.sum() == 1


def test_minute_times_count_the_same_minute_as_at_once() -> None:
    found = speech([(0, 0, "!a"), (1, 0, "x"), (0, 60_000, "y")])
    assert found.instant.tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize(
    ("text", "prefix"),
    [
        ("2023-03-19T15:02:48Z #tea", "0-0-0t0:0:0z"),
        ("cf182e3f31 | fixed", "0"),
        (": 茶凉了", "茶凉了"),
        ("   ", ""),
        ("rakudo-moarvm-long", "rakudo-moarv"),
    ],
)
def test_prefix_of(text: str, prefix: str) -> None:
    assert prefix_of(text) == prefix


@pytest.mark.parametrize(
    ("text", "prompt"),
    [
        ("!tea", "!"),
        (".tell 阿毛 hi", "."),
        ("m: say 1", "m:"),
        ("...", ""),
        ("see www.tea.example", "link"),
    ],
)
def test_prompt_of(text: str, prompt: str) -> None:
    assert prompt_of(text) == prompt


def test_an_evaluating_bot_is_found_from_its_speech() -> None:
    lines = []
    for n in range(40):
        lines.append((0, n * 60_000, f"m: say {n}"))
        lines.append((1, n * 60_000 + 900, f"moar 5d784a9c9: OUTPUT: «{n}» and so on"))
    found = speech(lines)
    score = bot_score(speaker_facts(found, 1, "evaluator"))
    assert score == BotScore(
        0.959,
        Verdict.BOT,
        ("answers_commands", "answers_at_once", "same_openings", "repeats_itself"),
    )
    assert bot_score(speaker_facts(found, 0, "阿毛")).verdict == Verdict.PERSON


def test_a_relay_is_not_a_bot() -> None:
    lines = [(2, n * 9_000, f"<{('麦麦', '小满')[n % 2]}> 第{n}泡了") for n in range(20)]
    score = bot_score(speaker_facts(speech(lines), 2, "bridge"))
    assert score == BotScore(1.0, Verdict.RELAY, ("relays_others",))


@pytest.mark.parametrize(
    ("facts", "verdict", "reasons"),
    [
        (SpeakerFacts("小茶", 3, is_bot=True), Verdict.BOT, ("platform_flag",)),
        (SpeakerFacts("茶馆机器人", 3), Verdict.PERSON, ("name",)),
        (
            SpeakerFacts("GiveawayBot", 900, template_share=0.6, mean_length=40.0),
            Verdict.BOT,
            ("same_openings", "name"),
        ),
        # Checking in every day with the same two words is what people do.
        (
            SpeakerFacts("签到侠", 300, template_share=1.0, repeated_share=1.0, mean_length=3.0),
            Verdict.PERSON,
            (),
        ),
        # Somebody who never sleeps, answers at once and talks a lot.
        (
            SpeakerFacts("话痨", 9_000, instant_share=0.9, quiet_share=0.12, mean_length=30.0),
            Verdict.PERSON,
            ("answers_at_once", "never_sleeps"),
        ),
        # A few messages all alike.
        (
            SpeakerFacts("路人", 20, template_share=0.7, mean_length=30.0),
            Verdict.PERSON,
            ("same_openings",),
        ),
        (
            SpeakerFacts("发帖机", 600, template_share=0.68, link_share=0.39, mean_length=100.0),
            Verdict.BOT,
            ("same_openings", "sends_links"),
        ),
    ],
)
def test_bot_score(facts: SpeakerFacts, verdict: Verdict, reasons: tuple[str, ...]) -> None:
    found = bot_score(facts)
    assert (found.verdict, found.reasons) == (verdict, reasons)


@pytest.mark.parametrize(
    ("facts", "hints"),
    [
        (StaffFacts("茶小满"), StaffHints(0.0, ())),
        (StaffFacts("掌柜阿福"), StaffHints(0.5, ("title_owner",))),
        (StaffFacts("阿福", title="群主"), StaffHints(0.75, ("title_owner",))),
        (StaffFacts("leafy", removed_others=2), StaffHints(0.8, ("removed_others",))),
        (
            StaffFacts("阿福", platform_admin=True, announcements=3),
            StaffHints(0.993, ("platform_admin", "announced")),
        ),
        (
            StaffFacts("oper", mode_changes=1, topic_changes=1),
            StaffHints(0.865, ("changed_modes", "changed_topic")),
        ),
    ],
)
def test_staff_hints(facts: StaffFacts, hints: StaffHints) -> None:
    assert staff_hints(facts) == hints


def columns(
    lines: Sequence[tuple[int, int, str]],
) -> tuple[list[str], NDArray[np.int64], NDArray[np.int64], tuple[str, ...]]:
    return (
        [text for _, _, text in lines],
        np.array([at for _, at, _ in lines], dtype=np.int64),
        np.array([who for who, _, _ in lines], dtype=np.int64),
        NAMES,
    )


def test_people_are_cleared_and_machines_are_not() -> None:
    words = ["今天", "天气", "真好", "大家", "喝茶", "白茶", "红茶", "水温", "周末", "报名"]
    lines = []
    for n in range(200):
        said = "，".join(words[(n * k + k) % 10] for k in range(1, 7))
        lines.append((0, n * 600_000, f"{words[n % 10]}{words[n // 10 % 10]}{n % 7}茶 {said}"))
        lines.append((1, n * 600_000 + 300_000, f"第{n}次播报：今天的茶叶价格是{n}元一斤"))
        lines.append((2, n * 600_000 + 400_000, f"<{words[n % 10]}> 你好{n}"))
    assert suspects(*columns(lines)).tolist() == [False, True, True, False]
    assert suspects(*columns(lines), Halved()).tolist() == [False, True, True, False]


PIECES = st.sampled_from(
    [
        *(
            "!tea ",
            "m: ",
            "阿毛: ",
            "阿毛：",
            "@leafy ",
            "leafy ",
            "<麦麦> ",
            "[xiaoman] ",
            " ",
            "\n",
        ),
        *("公告 第3期 ", "嗯", "3", "https://tea.example/1 ", "www.tea.example", "a1b2c3d4 fixed"),
        *(" ", "\n", "beef1 ", "今天的茶叶到了请大家来取", ": ", "，"),
    ]
)


@given(
    st.lists(
        st.tuples(st.integers(0, 3), st.sampled_from([500, 40_000]), st.lists(PIECES, max_size=3)),
        max_size=12,
    ),
    st.integers(4, 60),
)
def test_nobody_who_may_be_a_machine_is_cleared(
    said: list[tuple[int, int, list[str]]], times: int
) -> None:
    lines = [
        (who, k * 50_000 + wait, "".join(text))
        for k in range(times)
        for who, wait, text in said[k % max(len(said), 1) :][:3]
    ]
    given_columns = columns(sorted(lines, key=lambda line: line[1]))
    found = profile(*given_columns)
    scores = [bot_score(speaker_facts(found, k, name)) for k, name in enumerate(NAMES)]
    machines = [score.verdict != Verdict.PERSON for score in scores]
    assert not np.any(np.array(machines) & ~suspects(*given_columns))


def test_signs_that_are_spaces_too_are_looked_at_once() -> None:
    assert voice_of("\x1f" * 1_000_000) is None
    found = voice_of(" \x1f\x02\x1f<leafy> hello")
    assert found is not None
    assert (found.mark, found.name) == ("<", "leafy")
