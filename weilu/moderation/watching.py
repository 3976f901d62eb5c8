"""The groups a process listens to: who wrote what in each, kept between batches (B-5).

What is known of a group is made from its newest messages when it is first heard, or before: a
gateway listens back before it opens. Groups that begin together are read, and judged, together.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

import numpy as np

from weilu.chat.columns import DAY_MS
from weilu.chat.people import spans_of
from weilu.chat.timeline import Timeline, read_timeline
from weilu.groups.models import Group
from weilu.members.queries import People, people
from weilu.moderation.familiar import names_of
from weilu.moderation.rules.crowd import Crowd
from weilu.moderation.rules.ledger import Ledger
from weilu.moderation.rules.scoring import Judge

KNOWN_DAYS = 30
KNOWN_MESSAGES = 5_000
# Where many groups begin in one batch each is known by fewer messages: others wait to store.
KNOWN_TOGETHER, LEAST_KNOWN = 40_000, 100
# Most groups have said enough within the newest days.
_NEWEST_DAYS = 2
# How much is remembered of groups, in things of some 200 bytes (`Crowd.weight`), and after how
# many messages that is looked at again.
WEIGHT_KEPT = 1_000_000
WEIGHED_AFTER = 100_000
# Sayings remembered of all groups together: between one and two of these, of half the weight.
SAYINGS_KEPT = 300_000
BATCH = 1_000


@dataclass(slots=True)
class Heard:
    """A group under watch: its crowd, and the last message the crowd has heard.

    `since_ms` is when it was first heard here: who was seen before belongs to the group, by name.
    """

    group: Group
    crowd: Crowd
    last_id: int
    since_ms: int
    is_introduced: bool = False


@dataclass(frozen=True, slots=True)
class Begin:
    """A group to listen to: the first message to come, and when that was sent (UTC ms)."""

    group: Group
    before_id: int
    at_ms: int


@dataclass(slots=True)
class Watch:
    """The groups heard by this process, the one heard longest ago first."""

    groups: OrderedDict[int, Heard] = field(default_factory=OrderedDict)
    ledger: Ledger = field(default_factory=lambda: Ledger(SAYINGS_KEPT))
    # Messages to hear before what is remembered is weighed again.
    patience: int = WEIGHED_AFTER

    def weight(self) -> int:
        """How much is remembered, in things of some 200 bytes."""
        total = sum(one.crowd.weight() for one in self.groups.values())
        return total + self.ledger.sayings() // 2

    def forget_old(self, messages: int, *, has_new: bool) -> None:
        """Drop the groups heard longest ago when too much is remembered."""
        self.patience -= messages
        if self.patience > 0 and not has_new:
            return
        self.patience = WEIGHED_AFTER
        total = self.weight()
        while total > WEIGHT_KEPT and len(self.groups) > 1:
            crowd = self.groups.popitem(last=False)[1].crowd
            total -= crowd.weight()
            crowd.forget()

    def begin(self, many: Sequence[Begin], judge: Judge) -> None:
        """Listen to groups of one workspace, or listen to them anew."""
        begun: list[tuple[Heard, int]] = []
        for one in many:
            before = self.groups.get(one.group.pk)
            if before is not None:
                before.crowd.forget()
            heard = Heard(one.group, Crowd(self.ledger), 0, one.at_ms)
            self.groups[one.group.pk] = heard
            begun.append((heard, one.before_id))
        self._listen_back(begun, judge)

    def introduce(self, rooms: Sequence[Heard]) -> None:
        """Have the crowds of groups know their people's names."""
        strangers = {one.group.pk: one for one in rooms if not one.is_introduced}
        if not strangers:
            return
        found = names_of({pk: one.since_ms for pk, one in strangers.items()})
        for pk, one in strangers.items():
            one.crowd.names, one.is_introduced = found[pk], True

    def _listen_back(self, begun: Sequence[tuple[Heard, int]], judge: Judge) -> None:
        """Have crowds hear the newest that is stored of their groups, before a message of each."""
        spans = spans_of([heard.group.pk for heard, _before in begun])
        known = [(heard, before) for heard, before in begun if heard.group.pk in spans]
        if not known:
            return
        # Asked only where something was said before: a workspace may have very many people.
        everybody = people(known[0][0].group.workspace_id)
        most = max(min(KNOWN_MESSAGES, KNOWN_TOGETHER // len(known)), LEAST_KNOWN)
        held: list[tuple[Heard, Timeline]] = []
        for heard, before in known:
            first, last = spans[heard.group.pk]
            # What came since is not counted yet.
            last = max(last, min(heard.since_ms, last + DAY_MS))
            for part in _parts(_past(heard.group.pk, (first, last), before, most)):
                held.append((heard, part))
                if sum(len(past) for _heard, past in held) >= BATCH:
                    self._hear(held, everybody, judge)
                    held = []
        self._hear(held, everybody, judge)

    def _hear(
        self, held: Sequence[tuple[Heard, Timeline]], everybody: People, judge: Judge
    ) -> None:
        if not held:
            return
        rooms = [heard for heard, _past in held]
        crowds = [(heard.crowd, len(past)) for heard, past in held]
        members = everybody.of_array(np.concatenate([past.identity for _heard, past in held]))
        self.trust(crowds, members, everybody)
        judge.rooms(
            crowds,
            [text for _heard, past in held for text in past.text],
            members,
            np.concatenate([past.sent_ms for _heard, past in held]),
            lambda some: self.introduce([rooms[number] for number in some]),
        )

    def trust(
        self, crowds: Sequence[tuple[Crowd, int]], members: np.ndarray, known: People
    ) -> None:
        """Staff and machines get the benefit of the doubt, also those marked since.

        `members` wrote the messages of the crowds, in order, as many as stand beside each.
        """
        trusted = list(known.staff | known.bots)
        if not trusted:
            return
        rows = np.flatnonzero(np.isin(members, trusted))
        rooms = np.array([crowd.room for crowd, _count in crowds], dtype=np.int64)
        numbers = np.repeat(rooms, [count for _crowd, count in crowds])
        self.ledger.trust(numbers[rows], members[rows])


def _past(group_id: int, span: tuple[int, int], before_id: int, most: int) -> Timeline:
    """The newest messages of a group before one of them, as many at most, in order of time."""
    end = span[1] + 1
    since = max(span[0], span[1] - KNOWN_DAYS * DAY_MS)
    for first in sorted({since, max(since, end - _NEWEST_DAYS * DAY_MS)}, reverse=True):
        past = read_timeline(group_id, first, end)
        kept = np.flatnonzero(past.id < before_id)[-most:]
        if len(kept) == most:
            break
    return past.rows(int(kept[0]), int(kept[-1]) + 1) if len(kept) else past.rows(0, 0)


def _parts(past: Timeline) -> Iterator[Timeline]:
    for at in range(0, len(past), BATCH):
        yield past.rows(at, at + BATCH)
