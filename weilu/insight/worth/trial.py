"""How often the look at prize hunters is right, on made-up talk whose truth is known (C-7).

A season of a group with draws and red packets. Honest members of many kinds, among them those who
love prizes and talk too, newcomers who come on the day of a draw and stay, and quiet ones who
once said thanks for a red packet; and prize hunters of four kinds.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from dataclasses import dataclass, field

import numpy as np

from weilu.chat.ports import Form
from weilu.members.rules.prizes import HELD_OUT, LEFT_WITHIN_DAYS, Seen, look
from weilu.service.rules.prizes import fixed_phrases, near_prizes, offers

DAYS = 90
_HOUR = 3_600_000
_DAY = 24 * _HOUR
_OFFERS = ("今晚八点抽奖，回复参与", "抽5位送小样", "发红包啦", "整点抽奖，开奖名单稍后公布")
_PHRASES = ("1", "来了来了", "谢谢老板", "抽我", "还有吗", "老板大气", "666", "中中中", "手慢无")
_TALK = (
    "今天泡的白茶有点淡，是不是水温低了",
    "孩子终于睡了，来聊会儿",
    "昨天到的货已经喝上了",
    "请问这款适合早上喝吗",
    "周末去爬山，有一起的吗",
    "我家那把壶用了三年了",
    "这个天气喝点热的正好",
    "照你说的泡，确实甜",
    "谁知道怎么存放比较好",
    "新买的杯子到了，颜色比图上深",
)
# How many of a hundred honest members are of a kind, how much they talk, how many draws they
# answer at most, with how many people, and how often they help.
_HONEST: dict[str, tuple[int, tuple[int, int], int, tuple[int, int], tuple[int, int]]] = {
    "regular": (28, (8, 60), 2, (3, 20), (0, 4)),
    "helper": (10, (20, 90), 2, (8, 30), (3, 40)),
    "quiet": (22, (0, 3), 1, (0, 2), (0, 0)),
    # Reads everything, says a word when there is a red packet: nothing but that is seen of them.
    "onlooker": (10, (0, 2), 5, (0, 2), (0, 0)),
    "prize_lover": (10, (4, 30), 9, (1, 9), (0, 2)),
    "newcomer": (12, (1, 9), 2, (0, 5), (0, 1)),
    "passing": (8, (0, 2), 1, (0, 1), (0, 0)),
}


@dataclass(slots=True)
class Somebody:
    """One member of the made-up group: the truth about them and what they were seen to do."""

    kind: str
    is_hunter: bool
    people: int = 0
    helped: int = 0
    left_day: int | None = None
    said: list[tuple[int, str]] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Rates:
    """How right the look is: of those held out, of the hunters, and of everybody honest."""

    members: int
    hunters: int
    held_out: int
    precision: float
    recall: float
    false_accusations: float


def try_out(seed: int = 1, members: int = 1000) -> Rates:
    """The rates over a group of so many, about a tenth of them hunters; the same seed, the same."""
    chance = random.Random(seed)  # noqa: S311 - made-up people
    draws = sorted(chance.sample(range(2, DAYS - 3), 12))
    crowd = [_somebody(chance, draws) for _ in range(members)]
    seen = _seen(crowd, draws, chance)
    held = [look(one).score >= HELD_OUT for one in seen]
    hunters = [one.is_hunter for one in crowd]
    right = sum(h and t for h, t in zip(held, hunters, strict=True))
    wrong = sum(h and not t for h, t in zip(held, hunters, strict=True))
    return Rates(
        members=members,
        hunters=sum(hunters),
        held_out=sum(held),
        precision=right / max(1, sum(held)),
        recall=right / max(1, sum(hunters)),
        false_accusations=wrong / max(1, members - sum(hunters)),
    )


def _somebody(chance: random.Random, draws: list[int]) -> Somebody:
    if chance.random() < 0.1:
        return _hunter(chance, draws)
    return _honest(chance, draws)


def _hunter(chance: random.Random, draws: list[int]) -> Somebody:
    kind = chance.choice(("regular", "once_and_gone", "careful", "chatty"))
    one = Somebody(kind, is_hunter=True, people=chance.choice((0, 0, 1, 2)))
    mine = draws if kind != "once_and_gone" else [chance.choice(draws)]
    keen = chance.uniform(0.2, 0.9)
    for day in mine:
        if kind == "once_and_gone" or chance.random() < keen:
            one.said += [(_at(day, chance, near=True), chance.choice(_PHRASES)) for _ in range(3)]
    if kind == "once_and_gone":
        one.left_day = mine[0] + chance.choice((0, 1, 2))
    # Some hide a little: a word now and then, or their own words around the draw.
    if kind == "careful":
        one.said += [(_at(chance.randrange(DAYS), chance), chance.choice(_TALK)) for _ in range(3)]
    if kind == "chatty":
        one.said += [(_at(day, chance, near=True), chance.choice(_TALK)) for day in mine[:5]]
    return one


def _honest(chance: random.Random, draws: list[int]) -> Somebody:
    kind = chance.choices(list(_HONEST), [one[0] for one in _HONEST.values()])[0]
    _share, talk, thanks, people, helped = _HONEST[kind]
    one = Somebody(kind, is_hunter=False, people=chance.randint(*people))
    one.helped = chance.randint(*helped)
    for _ in range(chance.randint(*talk)):
        one.said.append((_at(chance.randrange(DAYS), chance), chance.choice(_TALK)))
    for day in chance.sample(draws, min(len(draws), chance.randint(0, thanks))):
        one.said.append((_at(day, chance, near=True), chance.choice(_PHRASES)))
    if kind == "passing" and chance.random() < 0.5:
        one.left_day = chance.randrange(DAYS)
    return one


def _at(day: int, chance: random.Random, *, near: bool = False) -> int:
    """A moment of a day: any waking hour, or within half an hour of the draw at eight."""
    if near:
        return day * _DAY + 20 * _HOUR + chance.randrange(1000, _HOUR // 2)
    return day * _DAY + 8 * _HOUR + chance.randrange(14 * _HOUR)


def _seen(crowd: list[Somebody], draws: list[int], chance: random.Random) -> list[Seen]:
    """What the rules see: the talk of all in order, through the same rules as real talk."""
    told = sorted(_lines(crowd, draws, chance))
    sent = np.array([at for at, _who, _form, _text in told], dtype=np.int64)
    form = np.array([form for _at, _who, form, _text in told], dtype=np.int64)
    texts = [text for _at, _who, _form, text in told]
    near = near_prizes(sent, form, offers(texts))
    fixed = fixed_phrases(texts) & near
    who = np.array([w for _at, w, _form, _text in told], dtype=np.int64)
    usual = float(near[who >= 0].mean())
    found = []
    for k, one in enumerate(crowd):
        mine = who == k
        days = np.unique(sent[mine & near] // _DAY)
        left = one.left_day is not None and len(days) > 0
        found.append(
            Seen(
                messages=int(mine.sum()), near=int((mine & near).sum()),
                fixed=int((mine & fixed).sum()), occasions=len(days), people=one.people,
                helped=one.helped, usual=usual,
                left_after=left
                and 0 <= (one.left_day or 0) - int(days[-1]) <= LEFT_WITHIN_DAYS,
            )
        )  # fmt: skip
    return found


def _lines(
    crowd: list[Somebody], draws: list[int], chance: random.Random
) -> Iterator[tuple[int, int, int, str]]:
    for day in draws:
        form = chance.choice((Form.TEXT, Form.RED_PACKET))
        yield day * _DAY + 20 * _HOUR, -1, int(form), chance.choice(_OFFERS)
    for k, one in enumerate(crowd):
        for at, text in one.said:
            yield at, k, int(Form.TEXT), text
