"""Which platform suits a community: points with their working, and the work left to hands (A-5).

Six things are weighed (`WEIGHTS`, a hundred points in all; our own rule of thumb):

- reach: the part of the customers' places that the platform reaches;
- automation: how what must be automatic is done there: by itself all of it, confirmed by a person
  half, by hand or not at all none;
- hours: the hours there are against those that handwork costs a week;
- size: how many groups are needed: one all, up to four 7/10, up to twenty 4/10, more 1/10;
- openness: private or public as wished; a platform that is both suits either;
- fees: what it costs a month is within the money there is, or not.

A platform that reaches none of the customers keeps half of its points (`ABSENT`): they would all
have to move there.

Handwork is counted in minutes a week (`Chore`), from these assumptions: five posts a week, three
minutes for each by hand in each group, one where somebody only confirms it for all groups; one
newcomer a week for every 52 people expected, greeted in a minute; ten minutes a day in each group
to read along where messages are not told, ten a week where they are; one case in a week for every
200 people, three minutes each; ten minutes a week and group to take the history into Weilu by
hand; five minutes for a new group code as often as it runs out; and what a platform asks for by
itself, such as the hours of two people before a camera.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

POSTS_A_WEEK = 5
POST_MIN = 3
CONFIRM_MIN = 1
GREET_MIN = 1
READ_DAILY_MIN = 10
READ_WEEKLY_MIN = 10
PEOPLE_A_CASE = 200
CASE_MIN = 3
TAKE_IN_MIN = 10
CODE_MIN = 5
WEEKS_A_YEAR = 52


class Openness(StrEnum):
    """Who can see a community."""

    PRIVATE = "private"
    PUBLIC = "public"
    BOTH = "both"


class Need(StrEnum):
    """What has to happen without a hand."""

    GREET = "greet"
    POST = "post"
    CLEAN = "clean"
    NUMBERS = "numbers"
    LINKS = "links"


class How(StrEnum):
    """How something is done, best first."""

    AUTOMATIC = "automatic"
    CONFIRMED = "confirmed"
    BY_HAND = "by_hand"
    IMPOSSIBLE = "impossible"


class Criterion(StrEnum):
    """What is weighed."""

    REACH = "reach"
    AUTOMATION = "automation"
    HOURS = "hours"
    SIZE = "size"
    OPENNESS = "openness"
    FEES = "fees"
    ABSENT = "absent"


WEIGHTS: Mapping[Criterion, int] = {
    Criterion.REACH: 35,
    Criterion.AUTOMATION: 25,
    Criterion.HOURS: 15,
    Criterion.SIZE: 10,
    Criterion.OPENNESS: 10,
    Criterion.FEES: 5,
}

# The abilities each need takes; the worst of them says how it is done.
TAKES: Mapping[Need, tuple[str, ...]] = {
    Need.GREET: ("membership", "send_text"),
    Need.POST: ("send_text",),
    Need.CLEAN: ("receive", "recall", "remove"),
    Need.NUMBERS: ("receive",),
    Need.LINKS: ("invite_link",),
}
_WORTH = {How.AUTOMATIC: 1.0, How.CONFIRMED: 0.5, How.BY_HAND: 0.0, How.IMPOSSIBLE: 0.0}
_ORDER = tuple(How)


@dataclass(frozen=True, slots=True)
class PlatformFact:
    """What the advice needs to know of a platform; `code_days` until a code runs out, 0: never.

    `host_minutes` a week are what it takes to be there at all, whoever comes. `is_far`: people on
    the mainland cannot open it without detours.
    """

    platform: str
    reaches: tuple[str, ...]
    openness: Openness
    fee_yuan: int = 0
    code_days: int = 0
    host_minutes: int = 0
    is_far: bool = False


@dataclass(frozen=True, slots=True)
class Way:
    """A way to run groups there: a connector, or "" by hand; ability → how it is done."""

    connector: str
    supports: Mapping[str, How]


@dataclass(frozen=True, slots=True)
class Candidate:
    """A platform with the ways to run it and how many people a group holds, None: no limit."""

    fact: PlatformFact
    ways: tuple[Way, ...]
    cap: int | None = None


@dataclass(frozen=True, slots=True)
class Wishes:
    """The answers: where customers are, people expected in a year, what must be automatic."""

    where: frozenset[str] = frozenset()
    size: int = 200
    must: frozenset[str] = frozenset()
    openness: Openness = Openness.BOTH
    fee_yuan: int = 0
    hours: int = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A criterion with its points; of `ABSENT` they are taken off, and `most` is 0."""

    criterion: Criterion
    points: int
    most: int


@dataclass(frozen=True, slots=True)
class Chore:
    """Work of a hand: minutes a week, and the numbers they come from."""

    kind: str
    minutes: int
    values: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Advice:
    """A platform with its points and their working; `connector` is the way that was weighed."""

    platform: str
    connector: str
    points: int
    lines: tuple[Line, ...]
    groups: int
    needs: tuple[tuple[Need, How], ...]
    chores: tuple[Chore, ...]

    @property
    def meets(self) -> bool:
        """Whether some of the customers are there; True where nobody said where they are."""
        return all(line.criterion is not Criterion.ABSENT for line in self.lines)

    @property
    def minutes(self) -> int:
        """Handwork a week."""
        return sum(chore.minutes for chore in self.chores)


def advise(wishes: Wishes, candidates: Sequence[Candidate]) -> tuple[Advice, ...]:
    """Every platform, the one with most points first.

    Equals by less handwork, then what these customers can open first, then by name.
    """
    far = {one.fact.platform for one in candidates if one.fact.is_far}
    at_home = bool(wishes.where - far)
    found = [_weighed(wishes, one) for one in candidates]
    return tuple(
        sorted(
            found,
            key=lambda one: (
                -one.points, one.minutes, at_home and one.platform in far, one.platform,
            ),
        )
    )  # fmt: skip


def groups_for(size: int, cap: int | None) -> int:
    """How many groups so many people need."""
    return max(1, -(-size // cap)) if cap else 1


def how_done(supports: Mapping[str, How], need: Need) -> How:
    """How a need is met: as the worst of the abilities it takes."""
    return max((supports.get(name, How.BY_HAND) for name in TAKES[need]), key=_ORDER.index)


def _weighed(wishes: Wishes, one: Candidate) -> Advice:
    """A platform by the way that leaves the least to hands."""
    groups = groups_for(wishes.size, one.cap)
    ways = [(way, _chores(wishes, one.fact, way.supports, groups)) for way in one.ways]
    way, chores = min(ways, key=lambda pair: sum(chore.minutes for chore in pair[1]))
    minutes = sum(chore.minutes for chore in chores)
    shares = {
        Criterion.REACH: _reached(wishes.where, one.fact.reaches),
        Criterion.AUTOMATION: _automatic(wishes.must, way.supports),
        Criterion.HOURS: min(1.0, wishes.hours * 60 / minutes) if minutes else 1.0,
        Criterion.SIZE: _sized(groups),
        Criterion.OPENNESS: float(_is_open(wishes.openness, one.fact.openness)),
        Criterion.FEES: float(one.fact.fee_yuan <= wishes.fee_yuan),
    }
    lines = [Line(c, round(share * WEIGHTS[c]), WEIGHTS[c]) for c, share in shares.items()]
    if wishes.where and not shares[Criterion.REACH]:
        lines.append(Line(Criterion.ABSENT, -(sum(line.points for line in lines) // 2), 0))
    return Advice(
        platform=one.fact.platform,
        connector=way.connector,
        points=sum(line.points for line in lines),
        lines=tuple(lines),
        groups=groups,
        needs=tuple((need, how_done(way.supports, need)) for need in Need if need in wishes.must),
        chores=chores,
    )


def _reached(where: Collection[str], reaches: Collection[str]) -> float:
    return len(set(where) & set(reaches)) / len(where) if where else 0.0


def _automatic(must: Collection[str], supports: Mapping[str, How]) -> float:
    if not must:
        return 1.0
    return sum(_WORTH[how_done(supports, Need(name))] for name in must) / len(must)


def _sized(groups: int) -> float:
    if groups == 1:
        return 1.0
    return 0.7 if groups <= 4 else 0.4 if groups <= 20 else 0.1


def _is_open(wished: Openness, there: Openness) -> bool:
    return Openness.BOTH in {wished, there} or wished is there


def _chores(
    wishes: Wishes, fact: PlatformFact, supports: Mapping[str, How], groups: int
) -> tuple[Chore, ...]:
    """What is left to hands in a week; nothing of what happens by itself."""
    newcomers = -(-wishes.size // WEEKS_A_YEAR)
    cases = -(-wishes.size // PEOPLE_A_CASE)
    reads = supports.get("receive", How.BY_HAND) is How.AUTOMATIC
    done = {need: how_done(supports, need) for need in Need}
    found = [Chore("host", fact.host_minutes), _posting(done[Need.POST], groups)]
    if done[Need.GREET] is not How.AUTOMATIC:
        found.append(Chore("greet", newcomers * GREET_MIN, {"newcomers": newcomers}))
    daily = READ_WEEKLY_MIN if reads else READ_DAILY_MIN * 7
    found.append(Chore("doubts" if reads else "read", groups * daily, {"groups": groups}))
    if done[Need.CLEAN] is not How.AUTOMATIC:
        found.append(Chore("clean", cases * CASE_MIN, {"cases": cases}))
    if not reads:
        found.append(Chore("take_in", groups * TAKE_IN_MIN, {"groups": groups}))
    if fact.code_days and done[Need.LINKS] is not How.AUTOMATIC:
        found.append(Chore("codes", -(-CODE_MIN * 7 // fact.code_days), {"days": fact.code_days}))
    return tuple(chore for chore in found if chore.minutes)


def _posting(how: How, groups: int) -> Chore:
    if how is How.AUTOMATIC:
        return Chore("post", 0)
    if how is How.CONFIRMED:
        return Chore("confirm", POSTS_A_WEEK * CONFIRM_MIN, {"posts": POSTS_A_WEEK})
    minutes = POSTS_A_WEEK * POST_MIN * groups
    return Chore("post", minutes, {"posts": POSTS_A_WEEK, "groups": groups})
