"""One group while its year is played: who is there at which moment, and what was recorded."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from random import Random

from weilu.chat.ports import Form, Inbound, Kind
from weilu.connectors.demo import cast
from weilu.connectors.demo.cast import Person
from weilu.connectors.demo.plot import DAYS
from weilu.connectors.demo.talk import Slots, Talker

HOUR_MS = 3_600_000
DAY_MS = 24 * HOUR_MS
CHINA_MS = 8 * HOUR_MS
NOON = 43_200
EVER = 10**15


@dataclass(slots=True)
class Stage:
    """A group's people, its clock (China time, no summer time), and its records so far."""

    random: Random
    group: int
    start: date
    people: list[Person]
    staff: tuple[Person, Person, Person]
    talker: Talker
    items: list[Inbound] = field(default_factory=list)
    told: int = 0
    # UTC ms at which accounts came and went.
    came: dict[str, int] = field(default_factory=dict)
    went: dict[str, int] = field(default_factory=dict)

    def at(self, day: int, second: float) -> int:
        """UTC ms of a second of a local day."""
        midnight = datetime.combine(self.start, datetime.min.time(), UTC)
        return int(midnight.timestamp() * 1000) - CHINA_MS + day * DAY_MS + int(second * 1000)

    def when(self, day: int) -> date:
        """The date of a day."""
        return self.start + timedelta(days=day)

    def hour(self, sent_ms: int) -> int:
        """The local hour of a moment."""
        return (sent_ms + CHINA_MS) % DAY_MS // HOUR_MS

    def day(self, sent_ms: int) -> int:
        """The local day of a moment."""
        return (sent_ms - self.at(0, 0)) // DAY_MS

    def slots(self, sent_ms: int) -> Slots:
        """What a conversation beginning at a moment may be about."""
        return self.talker.slots(self.when(self.day(sent_ms)), self.hour(sent_ms))

    def is_here(self, one: Person, sent_ms: int) -> bool:
        """Whether the person is in the group at that moment, after joining and before leaving."""
        came = self.came.get(one.account, EVER)
        return came < sent_ms < self.went.get(one.account, self.at(DAYS, 0))

    def say(
        self, one: Person, sent_ms: int, text: str, *, reply_to: str = "", form: Form = Form.TEXT
    ) -> str:
        """Record a message and return its id; "" when the person is not there (any more)."""
        if not self.is_here(one, sent_ms):
            return ""
        self.told += 1
        number = f"demo-{self.group}-{self.told}"
        self.items.append(
            Inbound(
                kind=Kind.MESSAGE,
                sent_ms=sent_ms,
                account=one.account,
                name=self.name_of(one, sent_ms),
                text=text,
                external_id=number,
                reply_to=reply_to,
                form=form,
                is_bot=one.is_bot,
            )
        )
        return number

    def join(self, one: Person, sent_ms: int) -> None:
        """Record that somebody came."""
        self.came[one.account] = sent_ms
        self._note(Kind.JOIN, one, sent_ms)

    def leave(self, one: Person, sent_ms: int, removed_by: str = "") -> None:
        """Record that somebody went."""
        self.went[one.account] = sent_ms
        self._note(Kind.LEAVE, one, sent_ms, removed_by)

    def rename(self, one: Person, day: int) -> None:
        """Record that somebody is called otherwise from noon of a day."""
        self._note(Kind.RENAME, one, self.at(day, NOON), one.renames[day])

    def _note(self, kind: Kind, one: Person, sent_ms: int, target: str = "") -> None:
        name = self.name_of(one, sent_ms)
        self.items.append(
            Inbound(kind, sent_ms, one.account, name, target=target, is_bot=one.is_bot)
        )

    def name_of(self, one: Person, sent_ms: int) -> str:
        """The name shown at that moment; a new name counts from noon of its day."""
        name = one.name
        for day, later in sorted(one.renames.items()):
            if sent_ms > self.at(day, NOON):
                name = later
        return name

    def talkers(self, day: int) -> list[Person]:
        """Who may talk in the course of a day."""
        return [one for one in self.people if one.weight and one.is_in(self.group, day)]

    def some(self, day: int, count: int) -> list[Person]:
        """A few different people, each as likely as the next."""
        here = self.talkers(day)
        return self.random.sample(here, min(count, len(here)))

    def find(self, account: str) -> Person:
        """The person with an account; raises StopIteration when there is none."""
        return next(one for one in self.people if one.account == account)

    @property
    def owner(self) -> Person:
        """Who runs the shop."""
        return self.staff[0]

    @property
    def clerk(self) -> Person:
        """Who answers customers."""
        return self.staff[1]

    @property
    def helper(self) -> Person:
        """The assistant account."""
        return self.staff[2]

    @property
    def expert(self) -> Person:
        """The member who knows everything."""
        return self.find(cast.EXPERT)
