"""Who lives in the demo community: staff, members with their habits, strangers (handbook K-4)."""

from __future__ import annotations

from dataclasses import dataclass, field
from random import Random

from weilu.connectors.demo.names import NICK_CORES, NICK_HEADS, NICK_TAILS
from weilu.connectors.demo.plot import DAYS, EXPERT_GONE

MEMBERS = 600
GROUPS = ("老客茶友群", "新客尝鲜群", "岩茶研习社")
KEYS = ("demo-old-friends", "demo-newcomers", "demo-rock-tea")
OWNER, CLERK, HELPER = "demo-owner", "demo-clerk", "demo-helper"
EXPERT = "demo-0006"
EXPERT_WEIGHT = 150.0
PRIZE_HUNTERS = 14
ADVERTISERS = 9
LAST_JOIN_DAY = DAYS - 5
# Who joins the newcomers in the last weeks says hello, finds nobody to talk with, and is silent:
# all but every ninth, who stays whatever happens.
LOST_FROM = DAYS - 32
STAYS = 9
CIRCLE = 5


@dataclass(slots=True, eq=False)
class Person:
    """One account: in which groups it is, from and to which day, and how eagerly it talks."""

    account: str
    name: str
    weight: float
    groups: tuple[int, ...]
    first_day: int
    last_day: int
    hunts_prizes: bool = False
    only_greets: bool = False
    advertises: bool = False
    is_bot: bool = False
    friends: tuple[int, ...] = ()
    renames: dict[int, str] = field(default_factory=dict)

    def is_in(self, group: int, day: int) -> bool:
        """Whether the person stands in the group on that day."""
        return group in self.groups and self.first_day <= day <= self.last_day


def staff() -> tuple[Person, Person, Person]:
    """Owner, clerk and assistant account, in every group from the first day."""
    everywhere = (0, 1, 2)
    return (
        Person(OWNER, "店主·盏盏", 0.0, everywhere, 0, DAYS),
        Person(CLERK, "店员·小焙", 0.0, everywhere, 0, DAYS),
        Person(HELPER, "一盏茶小助手", 0.0, everywhere, 0, DAYS, is_bot=True),
    )


def members(random: Random) -> list[Person]:
    """The 600 members (staff and strangers apart): unique names, few who talk much."""
    names = _names(random, MEMBERS + 40)
    people = [_member(random, number, names) for number in range(MEMBERS)]
    for number in range(6, MEMBERS):
        people[number].friends = _friends(random, people, number)
    for number in random.sample(range(20, MEMBERS), 40):
        one = people[number]
        middle = (one.first_day + one.last_day) // 2
        one.renames[middle] = names.pop()
    return people


def strangers(random: Random) -> list[Person]:
    """Advertisers who come, post and are thrown out the same day."""
    return [
        Person(
            account=f"demo-ad-{number}",
            name=f"福利专员{random.randint(10, 99)}",
            weight=0.0,
            groups=(number % 2,),
            first_day=(day := random.randint(20, DAYS - 10)),
            last_day=day,
            advertises=True,
        )
        for number in range(ADVERTISERS)
    ]


def _names(random: Random, count: int) -> list[str]:
    found: dict[str, None] = {}
    while len(found) < count:
        name = random.choice(NICK_HEADS) + random.choice(NICK_CORES) + random.choice(NICK_TAILS)
        found.setdefault(name)
    return list(found)


def _member(random: Random, number: int, names: list[str]) -> Person:
    groups = _groups_of(number)
    founder = number < 160 or 210 <= number < 300 or 500 <= number < 560
    first = 0 if founder else _join_day(random, groups[0])
    last = DAYS
    if number >= 20 and random.random() < (0.34 if groups[0] == 1 else 0.12):
        last = first + int(random.expovariate(1 / 60)) + 1
    hunts = 250 <= number < 250 + PRIZE_HUNTERS
    weight = 0.0 if hunts or random.random() < 0.22 else min(random.paretovariate(0.9), 40.0)
    late = groups == (1,) and first >= LOST_FROM
    lost = late and number % STAYS != 0
    weight = 0.0 if lost else max(weight, 1.5) if late else weight
    one = Person(f"demo-{number:04d}", names.pop(), weight, groups, first, last, hunts_prizes=hunts)
    one.only_greets = lost
    if one.account == EXPERT:
        one.name, one.weight, one.groups = "岩上老松", EXPERT_WEIGHT, (0, 2)
        one.last_day = EXPERT_GONE
    return one


def _groups_of(number: int) -> tuple[int, ...]:
    """Old friends, newcomers, students of rock tea; some old friends study too."""
    if number < 210:
        return (0, 2) if number % 7 == 6 else (0,)
    if number >= 500:
        return (2,)
    return (0, 1) if number < 250 + PRIZE_HUNTERS and number >= 250 else (1,)


def _join_day(random: Random, group: int) -> int:
    """Newcomers come in waves: after the gift boxes and the spring tea more than else."""
    if group == 1 and random.random() < 0.5:
        wave = int(random.gauss(random.choice((70, 190, 300, 345, 345)), 9))
        return min(LAST_JOIN_DAY, max(1, wave))
    return random.randint(1, LAST_JOIN_DAY)


def _friends(random: Random, people: list[Person], number: int) -> tuple[int, ...]:
    """A circle: people of the same five, who answer each other by name."""
    start = number // CIRCLE * CIRCLE
    circle = [other for other in range(start, min(start + CIRCLE, len(people))) if other != number]
    return tuple(circle if random.random() < 0.8 else ())
