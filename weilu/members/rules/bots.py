"""Bots and relays, told from people by how they speak (handbook H-6, C-6).

Every sign leaves a share of doubt; the score is what the signs together leave no doubt of. One
weak sign never suffices: talkative, sleepless or repetitive people are people.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import NamedTuple

import numpy as np

from weilu.members.rules.speech import Openings, Speech

BOT_SCORE = 0.7
FEW_MESSAGES = 15
MANY_MESSAGES = 100
RELAY_SHARE = 0.8
NATURAL_PREFIXES = 3
LONG = 12
HALF = 0.5
LINKED = 0.35
AT_ONCE = 0.85
QUIET = 0.09
# The least doubt that each sign leaves.
DOUBTS = {
    "name": 0.5,
    "same_openings": 0.15,
    "repeats_itself": 0.55,
    "answers_commands": 0.3,
    "sends_links": 0.6,
    "answers_at_once": 0.5,
    "never_sleeps": 0.75,
}

_BOT_NAME = re.compile(
    r"bots?[\d_\]]*$|serv$|机器人|機器人|小助手|群助手|小秘书|^bot[_\-]",
    re.IGNORECASE,
)


class Verdict(StrEnum):
    """What speaks: a relay is a machine through which people speak."""

    PERSON = "person"
    BOT = "bot"
    RELAY = "relay"


@dataclass(frozen=True, slots=True)
class SpeakerFacts:
    """One speaker in numbers; shares are of his messages, 0-1.

    `template_share`: begun with one of his three commonest first words. `prompt_share`: right
    after somebody's command of his commonest kind. `repeated_share`: said before word for word.
    `instant_share`: within two seconds of somebody else. `voices`: different names in brackets.
    `quiet_share`: in the quietest six hours of his day.
    """

    name: str
    messages: int
    is_bot: bool = False
    template_share: float = 0.0
    prompt_share: float = 0.0
    repeated_share: float = 0.0
    link_share: float = 0.0
    instant_share: float = 0.0
    relay_share: float = 0.0
    voices: int = 0
    mean_length: float = 0.0
    quiet_share: float = 0.0


class BotScore(NamedTuple):
    """How sure it is that a machine speaks (0-1), what kind, and the signs, strongest first.

    Reasons: `platform_flag`, `relays_others`, `same_openings`, `answers_commands`,
    `repeats_itself`, `sends_links`, `answers_at_once`, `never_sleeps`, `name`.
    """

    score: float
    verdict: Verdict
    reasons: tuple[str, ...]


def speaker_facts(speech: Speech, speaker: int, name: str, *, is_bot: bool = False) -> SpeakerFacts:
    """One row of `speech` as shares; a speaker without messages gets zeros."""
    messages = int(speech.messages[speaker])
    if messages == 0:
        return SpeakerFacts(name, 0, is_bot)
    opening = speech.openings[speaker]
    return SpeakerFacts(
        name=name,
        messages=messages,
        is_bot=is_bot,
        template_share=sum(n for _, n in opening.prefixes.most_common(NATURAL_PREFIXES)) / messages,
        prompt_share=_commonest_prompt(opening, name) / messages,
        repeated_share=sum(n for n in opening.bodies.values() if n > 1) / messages,
        link_share=int(speech.links[speaker]) / messages,
        instant_share=int(speech.instant[speaker]) / messages,
        relay_share=int(speech.relayed[speaker]) / messages,
        voices=len(opening.voices),
        mean_length=int(speech.characters[speaker]) / messages,
        quiet_share=int(np.sort(speech.hours[speaker])[:6].sum()) / messages,
    )


def _commonest_prompt(opening: Openings, name: str) -> int:
    """Being called by name prompts people too, so it does not count."""
    own = name.casefold() + ":"
    return max((n for kind, n in opening.prompts.items() if kind not in ("", own)), default=0)


def has_bot_name(name: str) -> bool:
    """Whether a name is one that bots bear."""
    return _BOT_NAME.search(name) is not None


def bot_score(facts: SpeakerFacts) -> BotScore:
    """Weigh the signs of a machine; fewer than 15 messages only let flag and name speak.

    Below a score of 0.7 the verdict is person.
    """
    if facts.is_bot:
        return BotScore(1.0, Verdict.BOT, ("platform_flag",))
    signs = {"name": DOUBTS["name"]} if has_bot_name(facts.name) else {}
    if facts.messages >= FEW_MESSAGES:
        if facts.relay_share >= RELAY_SHARE and facts.voices >= 2:
            return BotScore(round(facts.relay_share, 3), Verdict.RELAY, ("relays_others",))
        signs |= _signs_of_text(facts) | _signs_of_time(facts)
    doubt = 1.0
    for left in signs.values():
        doubt *= left
    score = round(1.0 - doubt, 3)
    reasons = tuple(sorted(signs, key=lambda reason: (signs[reason], reason)))
    return BotScore(score, Verdict.BOT if score >= BOT_SCORE else Verdict.PERSON, reasons)


def _signs_of_text(facts: SpeakerFacts) -> dict[str, float]:
    signs: dict[str, float] = {}
    # Short set phrases ("签到", "lol") are how people talk; templates are long.
    if facts.mean_length >= LONG:
        if facts.template_share >= HALF:
            signs["same_openings"] = _doubt_of_template(facts)
        if facts.repeated_share >= HALF:
            signs["repeats_itself"] = DOUBTS["repeats_itself"]
    if facts.prompt_share >= HALF:
        signs["answers_commands"] = DOUBTS["answers_commands"]
    if facts.link_share >= LINKED:
        signs["sends_links"] = DOUBTS["sends_links"]
    return signs


def _doubt_of_template(facts: SpeakerFacts) -> float:
    """Among few messages three openings are soon the most of them."""
    if facts.messages < MANY_MESSAGES:
        return 0.5 if facts.template_share >= 0.8 else 0.8
    return DOUBTS["same_openings"] if facts.template_share >= 0.8 else 0.45


def _signs_of_time(facts: SpeakerFacts) -> dict[str, float]:
    signs: dict[str, float] = {}
    if facts.instant_share >= AT_ONCE:
        signs["answers_at_once"] = DOUBTS["answers_at_once"]
    if facts.quiet_share >= QUIET and facts.messages >= 200:
        signs["never_sleeps"] = DOUBTS["never_sleeps"]
    return signs
