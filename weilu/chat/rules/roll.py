"""What a group's list of members tells that events did not (B-4, C-1). Pure.

Events tell who comes and goes while somebody listens. The list tells who is there: those who never
said a word, who came before the group was connected, and who left while nobody listened.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from weilu.chat.ports.records import Inbound, Kind
from weilu.chat.ports.sessions import Person

# What happened so shortly before the list was asked for may be on its way as an event.
SLACK_MS = 60_000
# As many may be missing from one list before a second one is waited for; small groups may shrink.
FEW = 10


@dataclass(frozen=True, slots=True)
class Kept:
    """What is kept of an account in a group, in UTC ms; None: never seen to.

    `joined_ms` is 0 for who was there before anybody listened.
    """

    name: str
    seen_ms: int
    joined_ms: int | None = None
    last_joined_ms: int | None = None
    last_left_ms: int | None = None
    last_spoke_ms: int | None = None

    @property
    def sign_ms(self) -> int:
        """When they were last known to be there."""
        return max(self.seen_ms, self.last_joined_ms or 0, self.last_spoke_ms or 0)

    @property
    def is_here(self) -> bool:
        """Whether they are taken to be there."""
        return self.last_left_ms is None or self.last_left_ms < max(
            self.last_joined_ms or 0, self.last_spoke_ms or 0
        )


def those_there(listed: Iterable[Person], kept: Mapping[str, Kept], asked_ms: int) -> list[Inbound]:
    """Records for people on the list: joins nobody told of, and who simply was there.

    A join is only made of a moment that the platform names, or of a return: who is found without
    either was there before, and is no growth.
    """
    found = [
        record
        for one in listed
        if one.account
        and not one.is_self
        and (record := _there(one, kept.get(one.account), asked_ms)) is not None
    ]
    return sorted(found, key=lambda one: one.sent_ms)


def _there(one: Person, old: Kept | None, asked_ms: int) -> Inbound | None:
    latest = asked_ms - SLACK_MS
    joined = one.joined_ms if 0 < one.joined_ms <= latest else 0
    if old is None:
        if one.joined_ms > latest:
            return None
        return _record(Kind.JOIN, joined, one) if joined else _record(Kind.PRESENT, asked_ms, one)
    if not old.is_here:
        left = old.last_left_ms or 0
        # A list that dates them from before they left is older than that: some lag behind.
        if left > latest or one.joined_ms > latest or 0 < joined <= left:
            return None
        return _record(Kind.JOIN, joined or asked_ms, one)
    if joined and not old.joined_ms:
        return _record(Kind.JOIN, joined, one)
    return None


def those_gone(
    listed: Sequence[Person], kept: Mapping[str, Kept], asked_ms: int, *, is_first: bool
) -> list[Inbound]:
    """Records for people who are kept as being there and are not on the complete list.

    The first list is held against history: who is missing left some time after their last sign,
    which is when they are booked as leaving. It says nothing where it knows hardly anybody of
    those in the history: then the two number people in different ways.
    """
    names = {one.account for one in listed}
    here = {key: one for key, one in kept.items() if one.is_here}
    if not names or (is_first and 2 * len(names & kept.keys()) < min(len(names), len(here))):
        return []
    gone = [
        (key, one)
        for key, one in here.items()
        if key not in names and one.sign_ms < asked_ms - SLACK_MS
    ]
    return [
        Inbound(
            Kind.LEAVE,
            one.sign_ms + 1000 if is_first else asked_ms,
            key,
            one.name,
            external_id=f"roll-l-{key}-{one.sign_ms}",
        )
        for key, one in gone
    ]


def is_doubtful(gone: int, here: int) -> bool:
    """Whether so many are missing of those who were there that a second list has to agree."""
    return gone > FEW and 2 * gone > here


def _record(kind: Kind, at_ms: int, one: Person) -> Inbound:
    letter = "j" if kind == Kind.JOIN else "p"
    return Inbound(
        kind,
        at_ms,
        one.account,
        one.name or one.account,
        external_id=f"roll-{letter}-{one.account}-{at_ms // 1000}",
        is_bot=one.is_bot,
    )
