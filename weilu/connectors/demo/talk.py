"""Sentences made from the word banks, fitting the hour, the season and the group (handbook K-4)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from random import Random

from weilu.connectors.demo import asking, words
from weilu.connectors.demo.plot import ROCK_TEA_GROUP, season
from weilu.connectors.demo.topics import ANY, ASKED_BACK, OWN, Topic
from weilu.connectors.demo.topics_daily import DAILY
from weilu.connectors.demo.topics_special import SPECIAL

TOPICS = DAILY + SPECIAL
ENDINGS = ("",) * 30 + ("～", "～", "！", "😄", "哈哈", "🍵", "😂", "👍")
JOINTS = ("，", "。", "，话说", "，对了，", "；", " ")
# Of this many sentences drawn, the one least lately said is taken.
DRAWN = 5
Slots = dict[str, str]


@dataclass(slots=True)
class Talker:
    """Finds words for one group, and remembers what was said a short while ago."""

    random: Random
    group: int
    used: dict[str, int] = field(default_factory=dict)
    turn: int = 0

    def slots(self, when: date, hour: int) -> Slots:
        """What one conversation is about: one tea, one ware, one place, one time of day."""
        teas = words.ROCK_TEAS if self.group == ROCK_TEA_GROUP else words.TEAS[season(when.month)]
        tea, other = self.random.sample(teas, 2)
        pick = self.random.choice
        return {
            "tea": tea,
            "other": other,
            "ware": pick(words.WARES),
            "snack": pick(words.SNACKS),
            "place": pick(words.PLACES),
            "time": pick(words.TIMES[_part_of_day(hour)]),
        }

    def sentence(self, choices: Sequence[str], slots: Slots, *, ending: bool = False) -> str:
        """One of the sentences, filled: of a few drawn the one not used for longest."""
        drawn = self.random.sample(choices, min(DRAWN, len(choices)))
        template = min(drawn, key=lambda one: self.used.get(one, 0))
        self.turn += 1
        self.used[template] = self.turn
        text = self.fill(template, slots)
        if ending and text[-1].isalnum():
            text += self.random.choice(ENDINGS)
        return text

    def fill(self, template: str, slots: Slots) -> str:
        """The template with its slots filled; flavour, feeling and numbers are drawn anew."""
        if "{" not in template:
            return template
        pick = self.random.choice
        low, high = sorted(self.random.sample(range(len(words.COUNTS)), 2))
        return template.format(
            **slots,
            flavour=pick(words.FLAVOURS),
            feeling=pick(words.FEELINGS),
            count=words.COUNTS[high],
            count2=words.COUNTS[low],
            number=self.random.randint(1000, 9999),
            number2=self.random.randint(11, 79),
        )

    def topic(self, when: date, hour: int) -> Topic:
        """Something people of this group may talk about in this month at this hour."""
        fitting = [one for one in TOPICS if _fits(one, self.group, when.month, hour)]
        # What belongs to the group, the season or a picture comes up more often than the rest.
        weights = [
            0.6 + 2.0 * (len(one.groups) == 1) + bool(one.months) + one.pictures for one in fitting
        ]
        return self.random.choices(fitting, weights)[0]

    def opening(self, topic: Topic, slots: Slots) -> str:
        """What starts a conversation; now and then with something added."""
        text = self.sentence(topic.openings, slots)
        if text[-1] in "？?" or self.random.random() > 0.2:
            return text + (self.random.choice(ENDINGS) if text[-1].isalnum() else "")
        return text + self.random.choice(JOINTS) + self.random.choice(words.ASIDES)

    def reply(self, replies: Sequence[str], slots: Slots) -> str:
        """A short answer: mostly one that fits the topic, else one that fits anything."""
        choices = replies if self.random.random() < 0.82 else ANY
        return self.sentence(choices, slots, ending=True)

    def own(self, slots: Slots, *, asked: bool) -> str:
        """What the one who began adds, or answers when asked back."""
        return self.sentence(ASKED_BACK if asked else OWN, slots)

    def question(self, slots: Slots) -> tuple[str, str, bool]:
        """A question, an answer that fits it, and whether only the shop can know."""
        shop = self.random.random() < 0.5
        asked, answers = self.random.choice(asking.SHOP if shop else asking.COMMON)
        return self.sentence(asked, slots), self.sentence(answers, slots), shop


def _part_of_day(hour: int) -> int:
    """Index into `words.TIMES` of an hour."""
    return (hour >= 5) + (hour >= 11) + (hour >= 14) + (hour >= 18)


def _fits(topic: Topic, group: int, month: int, hour: int) -> bool:
    return (
        group in topic.groups
        and (not topic.months or month in topic.months)
        and (not topic.hours or hour in topic.hours)
    )
