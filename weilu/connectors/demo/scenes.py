"""Conversations of the demo community: small talk, questions, praise, complaints, links."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from weilu.chat.ports import Form
from weilu.connectors.demo import asking, plot, words
from weilu.connectors.demo.cast import Person
from weilu.connectors.demo.stage import HOUR_MS, Stage
from weilu.connectors.demo.talk import Slots

QUESTION_SHARE, PRAISE_SHARE, COMPLAINT_SHARE, LINK_SHARE = 0.2, 0.05, 0.012, 0.03
ASKED_BACK_SHARE = 0.7
# Nights without anybody on duty fill with questions.
NIGHT_QUESTIONS = 0.12
FRIEND_SHARE, MENTION_SHARE, QUOTE_SHARE, STICKER_SHARE = 0.4, 0.22, 0.25, 0.03
# How many answers small talk gets.
LENGTHS, LENGTH_WEIGHTS = (0, 1, 2, 3, 4, 5, 6, 8, 11), (9, 14, 20, 18, 14, 10, 7, 5, 3)


@dataclass(slots=True)
class Scene:
    """A conversation under way: who is about, what it is about, who spoke last."""

    stage: Stage
    sent_ms: int
    voices: list[Person]
    slots: Slots
    lines: list[tuple[Person, str]] = field(default_factory=list)
    last_text: str = ""

    @property
    def opener(self) -> Person:
        """Who began."""
        return self.voices[0]

    @property
    def asks_opener(self) -> bool:
        """Whether the last line is somebody else's question."""
        return self.last_text.endswith("？") and self.lines[-1][0] is not self.opener

    def say(self, one: Person, text: str, reply_to: str = "", form: Form = Form.TEXT) -> None:
        """Let somebody say something now."""
        number = self.stage.say(one, self.sent_ms, text, reply_to=reply_to, form=form)
        if number:
            self.lines.append((one, number))
            self.last_text = text

    def wait(self, mean_s: float, least_s: float = 3.0) -> None:
        """Let time pass."""
        self.sent_ms += int((self.stage.random.expovariate(1 / mean_s) + least_s) * 1000)

    def at(self, one: Person) -> str:
        """A mention of somebody by the name of the moment."""
        return f"@{self.stage.name_of(one, self.sent_ms)} "


def play_thread(stage: Stage, sent_ms: int, voices: Sequence[Person]) -> None:
    """One conversation of those who are about; nothing when nobody is."""
    here = [one for one in dict.fromkeys(voices) if stage.is_here(one, sent_ms)]
    if not here:
        return
    scene = Scene(stage, sent_ms, here, stage.slots(sent_ms))
    roll = stage.random.random()
    if plot.is_poor_night(stage.group, stage.day(sent_ms), stage.hour(sent_ms)):
        roll -= NIGHT_QUESTIONS
    for share, play in (
        (QUESTION_SHARE, _question),
        (PRAISE_SHARE, _praise),
        (COMPLAINT_SHARE, _complaint),
        (LINK_SHARE, _link),
    ):
        if roll < share:
            play(scene)
            return
        roll -= share
    _small_talk(scene)


def _small_talk(scene: Scene) -> None:
    stage, random = scene.stage, scene.stage.random
    hour = stage.hour(scene.sent_ms)
    topic = stage.talker.topic(stage.when(stage.day(scene.sent_ms)), hour)
    scene.say(scene.opener, stage.talker.opening(topic, scene.slots))
    if random.random() < topic.pictures:
        scene.wait(6)
        scene.say(scene.opener, "", form=Form.PICTURE)
    _replies(scene, topic.replies, random.choices(LENGTHS, LENGTH_WEIGHTS)[0])


def _replies(scene: Scene, replies: Sequence[str], count: int) -> None:
    for _ in range(count):
        scene.wait(55)
        if not scene.lines:
            return
        if scene.asks_opener and scene.stage.random.random() < ASKED_BACK_SHARE:
            number = scene.lines[-1][1]
            scene.say(scene.opener, scene.stage.talker.own(scene.slots, asked=True), number)
            continue
        one = _next_voice(scene)
        if one is not None:
            _reply(scene, one, replies)


def _reply(scene: Scene, one: Person, replies: Sequence[str]) -> None:
    """One more answer: to the opening or to the last line, by name, as a quotation or plainly."""
    random, talker = scene.stage.random, scene.stage.talker
    if random.random() < STICKER_SHARE:
        scene.say(one, "", form=Form.STICKER)
        return
    own = one is scene.opener
    text = talker.own(scene.slots, asked=False) if own else talker.reply(replies, scene.slots)
    whom, number = scene.lines[0] if random.random() < 0.5 else scene.lines[-1]
    if whom is one:
        scene.say(one, text)
    elif random.random() < MENTION_SHARE:
        scene.say(one, scene.at(whom) + text)
    else:
        scene.say(one, text, number if random.random() < QUOTE_SHARE else "")


def _next_voice(scene: Scene) -> Person | None:
    """Friends answer friends; else whoever is about. Nobody answers himself."""
    stage, random = scene.stage, scene.stage.random
    last = scene.lines[-1][0] if scene.lines else scene.opener
    friends = [
        one
        for number in scene.opener.friends
        if (one := stage.people[number]).weight
        and one is not last
        and stage.is_here(one, scene.sent_ms)
    ]
    if friends and random.random() < FRIEND_SHARE:
        return random.choice(friends)
    others = [one for one in scene.voices if one is not last]
    return random.choice(others) if others else None


def _question(scene: Scene) -> None:
    stage, random = scene.stage, scene.stage.random
    asked, answer, shop = stage.talker.question(scene.slots)
    scene.say(scene.opener, asked)
    day, hour = stage.day(scene.sent_ms), stage.hour(scene.sent_ms)
    poor = plot.is_poor_night(stage.group, day, hour)
    if random.random() < plot.unanswered_share(stage.group, day, hour):
        if poor:
            _in_vain(scene, answer)
        return
    answerer = _answerer(scene, shop=shop and not poor)
    if answerer is None or not scene.lines:
        return
    if poor:
        scene.wait(1_500, 600)
    else:
        scene.wait(240, 15)
    number = scene.lines[0][1] if random.random() < 0.45 else ""
    scene.say(answerer, answer if number else scene.at(scene.opener) + answer, number)
    _after_answer(scene)


def _after_answer(scene: Scene) -> None:
    stage, random = scene.stage, scene.stage.random
    if random.random() < 0.55:
        scene.wait(50)
        scene.say(scene.opener, stage.talker.sentence(asking.THANKS, scene.slots))
    others = [one for one in scene.voices if one not in {who for who, _ in scene.lines}]
    if others and random.random() < 0.3:
        scene.wait(60)
        scene.say(others[0], stage.talker.sentence(asking.EXTRAS, scene.slots))


def _in_vain(scene: Scene, answer: str) -> None:
    """Nobody is on duty: some ask again, and some get an apology in the morning."""
    stage, random = scene.stage, scene.stage.random
    first = scene.lines[0][1] if scene.lines else ""
    if random.random() < 0.4:
        scene.wait(900, 500)
        scene.say(scene.opener, stage.talker.sentence(asking.FOLLOW_UPS, scene.slots))
    if first and random.random() < 0.25:
        morning = stage.at(
            stage.day(scene.sent_ms - 6 * HOUR_MS) + 1, random.uniform(33_000, 37_000)
        )
        scene.sent_ms = morning
        late = random.choice(asking.LATE_ANSWERS).format(answer=answer)
        scene.say(stage.clerk, scene.at(scene.opener) + late, first)


def _answerer(scene: Scene, *, shop: bool) -> Person | None:
    """The clerk or the owner for what only they know; else the expert or whoever is about."""
    stage, random = scene.stage, scene.stage.random
    if shop:
        return stage.clerk if random.random() < 0.8 else stage.owner
    expert = stage.expert
    if (
        random.random() < 0.45
        and expert is not scene.opener
        and stage.is_here(expert, scene.sent_ms)
    ):
        return expert
    others = scene.voices[1:]
    return random.choice(others) if others else None


def _praise(scene: Scene) -> None:
    stage, random = scene.stage, scene.stage.random
    scene.say(scene.opener, stage.talker.sentence(words.PRAISE, scene.slots, ending=True))
    _replies(scene, words.PRAISE_REPLIES, random.randint(0, 3))
    if random.random() < 0.3 and stage.hour(scene.sent_ms) in range(9, 22):
        scene.wait(200)
        scene.say(
            stage.owner,
            scene.at(scene.opener) + stage.talker.sentence(words.OWNER_PRAISE, scene.slots),
        )


def _complaint(scene: Scene) -> None:
    stage, random = scene.stage, scene.stage.random
    scene.say(scene.opener, stage.talker.sentence(words.COMPLAINTS, scene.slots))
    _replies(scene, words.COMPLAINT_REPLIES, random.randint(0, 3))
    day, hour = stage.day(scene.sent_ms), stage.hour(scene.sent_ms)
    if random.random() > plot.unanswered_share(stage.group, day, hour) and scene.lines:
        scene.wait(600, 60)
        text = stage.talker.sentence(words.APOLOGIES, scene.slots)
        scene.say(stage.clerk, scene.at(scene.opener) + text, scene.lines[0][1])


def _link(scene: Scene) -> None:
    stage, random = scene.stage, scene.stage.random
    scene.say(scene.opener, stage.talker.sentence(words.LINK_TALK, scene.slots))
    _replies(scene, words.LINK_REPLIES, random.randint(0, 4))
