"""The year of the tea shop, played out as portions of records (handbook K-4, J-1, J-2)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from random import Random

from weilu.chat.ports import ChatRef, Form, Platform, Portion
from weilu.connectors.demo import cast, plot, words
from weilu.connectors.demo.cast import GROUPS, KEYS, Person
from weilu.connectors.demo.plot import DAYS
from weilu.connectors.demo.scenes import play_thread
from weilu.connectors.demo.stage import Stage
from weilu.connectors.demo.talk import Talker

PORTION = 2_000
VOICES = 8


def tea_shop(until: date, seed: int = 8420) -> Iterator[Portion]:
    """Play the twelve months that end with `until`; group after group, in order of time.

    The same date and seed give the same records. Portions hold at most 2,000 items.
    """
    people = cast.members(Random(seed))  # noqa: S311 - a story, not a secret
    strangers = cast.strangers(Random(seed + 1))  # noqa: S311 - a story, not a secret
    for group, (key, name) in enumerate(zip(KEYS, GROUPS, strict=True)):
        random = Random(seed * 10 + group)  # noqa: S311 - a story, not a secret
        stage = Stage(
            random=random,
            group=group,
            start=until - timedelta(days=DAYS - 1),
            people=people + strangers,
            staff=cast.staff(),
            talker=Talker(random, group),
        )
        _play(stage)
        items = sorted(stage.items, key=lambda item: item.sent_ms)
        chat = ChatRef(Platform.WECHAT, key, name)
        for first in range(0, len(items), PORTION):
            share = (group + min(1.0, (first + PORTION) / len(items))) / len(GROUPS)
            yield Portion(chat, items[first : first + PORTION], done=share)


def _play(stage: Stage) -> None:
    for one in stage.staff:
        stage.join(one, stage.at(0, 25_000))
    for day in range(DAYS):
        _come_and_go(stage, day)
        _staff_day(stage, day)
        _threads(stage, day)


def _threads(stage: Stage, day: int) -> None:
    """What members talk of by themselves."""
    here, when, random = stage.talkers(day), stage.when(day), stage.random
    if not here:
        return
    expected = plot.threads_of_day(stage.group, day, when)
    count = int(expected) + (random.random() < expected % 1)
    hours = plot.HOURS_REST if when.weekday() >= 5 else plot.HOURS_WORK
    weights = [one.weight for one in here]
    for hour in random.choices(range(24), hours, k=count):
        sent_ms = stage.at(day, hour * 3600 + random.random() * 3600)
        play_thread(stage, sent_ms, random.choices(here, weights, k=VOICES))


def _come_and_go(stage: Stage, day: int) -> None:
    for one in stage.people:
        if stage.group not in one.groups:
            continue
        if one.last_day == day and not one.advertises:
            _leave(stage, day, one)
        if one.first_day == day:
            _join(stage, day, one)
        if day in one.renames and one.first_day < day < one.last_day:
            stage.rename(one, day)


def _leave(stage: Stage, day: int, one: Person) -> None:
    """Somebody goes; the expert says so, the others just go."""
    sent_ms = stage.at(day, stage.random.uniform(30_000, 82_000))
    if one.account == cast.EXPERT:
        slots = stage.slots(sent_ms)
        stage.say(one, sent_ms - 90_000, stage.talker.fill(words.FAREWELL, slots))
    stage.leave(one, sent_ms)


def _join(stage: Stage, day: int, one: Person) -> None:
    random = stage.random
    second = random.uniform(30_000, 79_000) if day else random.uniform(25_001, 26_000)
    stage.join(one, stage.at(day, second))
    slots = stage.slots(stage.at(day, second))
    if one.advertises:
        text = stage.talker.sentence(words.ADS, slots)
        stage.say(one, stage.at(day, second + 40), text)
        # The owner minds the old friends herself, the clerk the newcomers.
        minds = stage.owner if stage.group == plot.OLD_FRIENDS_GROUP else stage.clerk
        stage.leave(one, stage.at(day, second + 900), minds.name)
    elif day and not one.hunts_prizes:
        name = stage.name_of(one, stage.at(day, second))
        welcome = random.choice(words.WELCOMES).format(name=name)
        stage.say(stage.helper, stage.at(day, second + 2), welcome)
        if one.only_greets or (one.weight and random.random() < 0.6):
            hello = stage.talker.sentence(words.HELLOS, slots, ending=True)
            stage.say(one, stage.at(day, second + random.uniform(60, 900)), hello)


def _staff_day(stage: Stage, day: int) -> None:
    """What the shop posts, and what happens because of it."""
    random = stage.random
    quiet = stage.group == plot.ROCK_TEA_GROUP and day >= plot.NOTICE_BOARD_FROM
    if random.random() < (0.75 if quiet else 0.35):
        sent_ms = stage.at(day, random.uniform(34_000, 40_000))
        stage.say(stage.owner, sent_ms, stage.talker.sentence(words.NOTICES, stage.slots(sent_ms)))
    if stage.group == plot.OLD_FRIENDS_GROUP and day in plot.MISSED_DAYS:
        _say_some(stage, day, words.MISSED, random.randint(0, 2))
    if stage.group == plot.ROCK_TEA_GROUP:
        return
    if stage.when(day).weekday() == plot.RED_PACKET_WEEKDAY:
        _red_packet(stage, day)
    if day in plot.CRISIS_DAYS:
        _crisis(stage, day)
    if day in plot.CALM_DAYS:
        _say_some(stage, day, words.CALM, 8)


def _say_some(stage: Stage, day: int, sentences: tuple[str, ...], count: int) -> None:
    """A few people say something of a kind in the course of a day."""
    for one in stage.some(day, count):
        sent_ms = stage.at(day, stage.random.uniform(36_000, 80_000))
        text = stage.talker.sentence(sentences, stage.slots(sent_ms), ending=True)
        stage.say(one, sent_ms, text)


def _red_packet(stage: Stage, day: int) -> None:
    random, second = stage.random, 72_000 + stage.random.uniform(0, 300)
    slots = stage.slots(stage.at(day, second))
    text = stage.talker.sentence(words.RED_PACKETS, slots)
    stage.say(stage.owner, stage.at(day, second), text, form=Form.RED_PACKET)
    hunters = [one for one in stage.people if one.hunts_prizes and one.is_in(stage.group, day)]
    for one in hunters + stage.some(day, 5):
        if random.random() < 0.6:
            thanks = stage.talker.sentence(words.PRIZE_TALK, slots)
            stage.say(one, stage.at(day, second + random.uniform(4, 150)), thanks)


def _crisis(stage: Stage, day: int) -> None:
    """A day of the wrong labels: complaints, apologies, and what the owner tells everybody."""
    random, number = stage.random, day - plot.CRISIS_DAYS.start
    told_ms = stage.at(day, plot.OWNER_SPEAKS)
    voices = stage.some(day, plot.CRISIS_VOICES[number])
    moments = sorted(stage.at(day, random.uniform(32_000, 84_000)) for _ in voices)
    for one, sent_ms in zip(voices, moments, strict=True):
        known = number > 0 or sent_ms > told_ms
        slots = stage.slots(sent_ms)
        sentences = words.CRISIS_LATER if known else words.CRISIS
        heard = stage.say(one, sent_ms, stage.talker.sentence(sentences, slots))
        if heard and random.random() < 0.3:
            answered_ms = sent_ms + random.randint(120, 2400) * 1000
            apology = stage.talker.sentence(words.APOLOGIES, slots)
            text = f"@{stage.name_of(one, answered_ms)} {apology}"
            stage.say(stage.clerk, answered_ms, text, reply_to=heard)
    share = -(-len(words.STAFF_CRISIS) // len(plot.CRISIS_DAYS))
    for place, sentence in enumerate(words.STAFF_CRISIS[number * share : (number + 1) * share]):
        stage.say(stage.owner, told_ms + place * 45_000, sentence)
