"""Moments told by clocks that are wrong: nothing is as of tomorrow, and nothing is there twice.

A record is known by its id and its hour. One whose time is not to be believed is stored as of its
arrival, which is another moment each time it is told: it is looked for among what is there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from msgspec.structs import replace

from weilu.chat.named import HOURS_BACK, moment_of
from weilu.chat.ports.records import Inbound
from weilu.groups.queries import GroupPlace

# Clocks differ by minutes. One that is further ahead does not tell the time.
SKEW_MS = 5 * 60_000
# Cursor entry: between which moments (UTC ms) a time that was told was not believed.
AHEAD = "ahead"
# What comes again later than this is not found any more.
_FOUND_MS = HOURS_BACK * 3_600_000


def can_be(sent_ms: int, present_ms: int) -> bool:
    """Whether a moment that was told can be the right one."""
    return 0 < sent_ms <= present_ms + SKEW_MS


@dataclass(slots=True)
class Clock:
    """What is known of a connection's clock: it was ahead `since_ms`, and told up to `until_ms`.

    Its times between the two may be of something that is there as of another moment, once the
    present has come up to them. Both are 0 for a clock that was right all along.
    """

    since_ms: int = 0
    until_ms: int = 0
    is_new: bool = False

    @classmethod
    def restored(cls, cursor: Mapping[str, str]) -> Clock:
        """As the cursor of a connection keeps it."""
        since, _, until = cursor.get(AHEAD, "").partition(":")
        is_kept = since.isdecimal() and until.isdecimal()
        return cls(int(since), int(until)) if is_kept else cls()

    def news(self) -> dict[str, str]:
        """The cursor entry, if it is another one than when it was last asked for."""
        found, self.is_new = self.is_new, False
        return {AHEAD: f"{self.since_ms}:{self.until_ms}"} if found else {}

    def believed(self, sent_ms: int, present_ms: int) -> int:
        """The moment, or the present for one that cannot be."""
        if can_be(sent_ms, present_ms):
            return sent_ms
        if sent_ms > 0:
            if present_ms > self.until_ms:
                self.since_ms = present_ms
            until = min(sent_ms, present_ms + _FOUND_MS)
            self.is_new = self.is_new or until > self.until_ms
            self.until_ms = max(self.until_ms, until)
        return present_ms

    def keep_moments(
        self, places: Sequence[GroupPlace], told: Sequence[int], items: list[Inbound]
    ) -> None:
        """Give what is told again the moment it was stored with; `told` are the times told."""
        for k, (sent_ms, item) in enumerate(zip(told, items, strict=True)):
            is_doubtful = sent_ms != item.sent_ms or self.since_ms <= sent_ms <= self.until_ms
            before = moment_of(places[k].group_id, item) if is_doubtful else None
            if before is not None:
                items[k] = replace(item, sent_ms=before)
