"""How right the judge is on messages that people have labelled (B-5): pure, for `weilu evaluate`.

Messages are judged in order of time as they would be in a group; an account that is found to be
an advertiser takes its other messages with it, as removing it would. With decisions, the first
messages that come up for review are answered by their label, as an operator would, teach the
judge, and are left out of the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.crowd import SETTLED_MESSAGES, Crowd
from weilu.moderation.rules.folding import fold
from weilu.moderation.rules.learning import Decision, fit, shipped
from weilu.moderation.rules.ledger import DAY_MS
from weilu.moderation.rules.scoring import REVIEW, TEXT_CUT, Judge, Signal, Verdicts
from weilu.moderation.rules.words import Matcher

Flags = npt.NDArray[np.bool_]

LABELS = ("ad", "abuse")
BATCH = 500
ROUNDS = 4
MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Labelled:
    """One message with its label (`normal`, `ad`, `abuse`); `user` and `time` where known (ms)."""

    text: str
    label: str
    user: str | None = None
    time: int | None = None


@dataclass(frozen=True, slots=True)
class Score:
    """Figures of one label; `accounts_found` as a share of the accounts with such messages.

    `false_per_1000` false alerts per thousand messages; `regulars_removed` settled members that
    would have been removed though most of what they said is normal.
    """

    precision: float
    recall: float
    f1: float
    false_per_1000: float
    accounts_found: float
    regulars_removed: int
    labelled: int


def evaluate(
    matcher: Matcher, messages: Sequence[Labelled], decisions: int = 0
) -> dict[str, Score]:
    """Judge labelled messages; a score for each label."""
    messages, times = _in_order(messages)
    asked = _decide(matcher, messages, decisions)
    learned = fit(list(asked.values()), shipped("ads"))
    ads, abuse, removed = _judge(Judge(matcher, learned), messages, times)
    keep = np.array([n not in asked for n in range(len(messages))], dtype=bool)
    return {
        "ad": _score(messages, ads, keep, "ad", removed),
        "abuse": _score(messages, abuse & ~ads, keep, "abuse", set()),
    }


def _in_order(messages: Sequence[Labelled]) -> tuple[list[Labelled], list[int]]:
    """Messages in order of time, and their times.

    Where the time or its hour is not known a message stands a minute behind the one before it:
    how fast these came is not known either, and counting them as one rush would be wrong.
    """
    is_by_day = all(m.time % DAY_MS == 0 for m in messages if m.time is not None)
    last, told = 0, list[tuple[int, bool, Labelled]]()
    for message in messages:
        last = last if message.time is None else message.time
        told.append((last, message.time is not None and not is_by_day, message))
    told.sort(key=lambda one: one[0])
    clock, times = 0, list[int]()
    for time, is_exact, _message in told:
        clock = max(clock + (not is_exact) * MINUTE_MS, time) if times else time
        times.append(clock)
    return [message for *_rest, message in told], times


def _judge(
    judge: Judge, messages: Sequence[Labelled], times: Sequence[int]
) -> tuple[Flags, Flags, set[str]]:
    """What is flagged as ad and as abuse, and whose accounts are removed."""
    if not any(m.user for m in messages):
        verdicts = judge.texts([m.text for m in messages])
        return verdicts.score >= TEXT_CUT, verdicts.abusive, set()
    return _with_accounts(judge, messages, times)


def _with_accounts(
    judge: Judge, messages: Sequence[Labelled], times: Sequence[int]
) -> tuple[Flags, Flags, set[str]]:
    crowd, numbers = Crowd(), dict[str, int]()
    writers = [numbers.setdefault(m.user or f"\0{n}", len(numbers)) for n, m in enumerate(messages)]
    crowd.names = {fold(m.user) for m in messages if m.user}
    ads = np.zeros(len(messages), dtype=bool)
    abuse = np.zeros(len(messages), dtype=bool)
    guilty: set[int] = set()
    for first in range(0, len(messages), BATCH):
        rows = slice(first, first + BATCH)
        texts = [m.text for m in messages[rows]]
        verdicts = judge.talk(crowd, texts, writers[rows], times[rows])
        ads[rows] = verdicts.score >= REVIEW
        abuse[rows] = verdicts.abusive
        _accuse(guilty, writers[rows], verdicts)
    ads |= np.isin(writers, list(guilty))
    names = list(numbers)
    return ads, abuse, {names[number] for number in guilty}


def _accuse(guilty: set[int], writers: Sequence[int], verdicts: Verdicts) -> None:
    """Add accounts that are advertisers; clear those who settled in since."""
    for writer, guilty_now in zip(writers, verdicts.advertiser.tolist(), strict=True):
        if guilty_now:
            guilty.add(writer)
        else:
            guilty.discard(writer)


def _decide(matcher: Matcher, messages: Sequence[Labelled], count: int) -> dict[int, Decision]:
    """The answers to the most doubtful messages, asked in rounds; by number of the message."""
    base = shipped("ads")
    texts = [m.text for m in messages]
    said = Judge(matcher).texts(texts)
    plain = said.score - said.parts[Signal.LEARNED]
    answers: dict[int, Decision] = {}
    for turn in range(1, ROUNDS + 1):
        score = plain + fit(list(answers.values()), base).weigh(said.text.batch)
        for number in np.argsort(np.abs(score - TEXT_CUT), kind="stable").tolist():
            if len(answers) >= count * turn // ROUNDS:
                break
            if number not in answers:
                message = messages[number]
                distance = float(plain[number] - TEXT_CUT)
                answers[number] = Decision(message.text, message.label == "ad", distance)
    return answers


def _score(
    messages: Sequence[Labelled], flagged: Flags, keep: Flags, label: str, removed: set[str]
) -> Score:
    """Precision, recall and the rest over what was not asked."""
    meant = np.array([m.label == label for m in messages], dtype=bool)
    hit = int((flagged & meant & keep).sum())
    alerts = int((flagged & keep).sum())
    labelled = int((meant & keep).sum())
    precision = hit / alerts if alerts else 0.0
    recall = hit / labelled if labelled else 0.0
    both = precision + recall
    users = {m.user for m, is_meant in zip(messages, meant, strict=True) if is_meant and m.user}
    known = {m.user for m, is_hit in zip(messages, flagged & meant, strict=True) if is_hit}
    return Score(
        precision=precision,
        recall=recall,
        f1=2 * precision * recall / both if both else 0.0,
        false_per_1000=1000 * (alerts - hit) / max(int(keep.sum()), 1),
        accounts_found=len(users & known) / len(users) if users else 0.0,
        regulars_removed=_regulars(messages, label, removed),
        labelled=labelled,
    )


def _regulars(messages: Sequence[Labelled], label: str, removed: set[str]) -> int:
    """Removed accounts with enough messages, most of them not of this label."""
    said: dict[str, list[int]] = {}
    for message in messages:
        if message.user in removed:
            counts = said.setdefault(message.user or "", [0, 0])
            counts[message.label == label] += 1
    return sum(fine + bad >= SETTLED_MESSAGES and fine > bad for fine, bad in said.values())
