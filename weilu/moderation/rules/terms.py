"""What follows from breaking which rule: each rule may have a ladder of its own (A-6, B-6).

Pure. A community has one usual ladder; what Weilu detects, kind by kind, follows it, follows a
ladder of its own, waits for a person, or is not looked for. Violations on a ladder of its own
count there alone and within its own window; all that follow the usual ladder add up together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from enum import StrEnum
from typing import TypedDict

from weilu.moderation.rules.ladder import Rung, Step, parse, stored


class Detected(StrEnum):
    """What Weilu can tell by itself about a message."""

    AD = "ad"
    CONTACT = "contact"  # an address, a number or a card that draws members away
    QR = "qr"  # a picture with a code that leads away
    ABUSE = "abuse"
    FLOOD = "flood"  # many messages within seconds, or the same again and again
    CALL_ALL = "call_all"


class Way(StrEnum):
    """What is done about a kind."""

    OFF = "off"
    WAIT = "wait"
    USUAL = "usual"
    OWN = "own"


# Without a word about it: advertising follows the usual ladder, insults wait for a person; what
# is only noise is looked for once somebody asks for it.
UNSAID: dict[str, Way] = {
    Detected.AD: Way.USUAL,
    Detected.CONTACT: Way.USUAL,
    Detected.QR: Way.USUAL,
    Detected.ABUSE: Way.WAIT,
    Detected.FLOOD: Way.OFF,
    Detected.CALL_ALL: Way.OFF,
}
# Advertising is looked for in any case: what is not acted on waits for a person.
ALWAYS = frozenset({Detected.AD, Detected.CONTACT, Detected.QR, Detected.ABUSE})
# A good ladder to begin with, where it is not the usual one.
FIRST: dict[str, tuple[Rung, ...]] = {
    Detected.ABUSE: (Rung(Step.WARN), Rung(Step.MUTE, 60), Rung(Step.MUTE, 1440)),
    Detected.FLOOD: (Rung(Step.MUTE, 10), Rung(Step.MUTE, 60), Rung(Step.REMOVE)),
    Detected.CALL_ALL: (Rung(Step.REMIND), Rung(Step.MUTE, 60)),
}


class Kept(TypedDict):
    """The terms of a kind as they are stored."""

    way: str
    ladder: list[list[object]]
    window_days: int


@dataclass(frozen=True, slots=True)
class Terms:
    """What follows from a kind: `pool` says which violations add up; "" is the usual ladder's."""

    way: Way
    ladder: tuple[Rung, ...]
    window: timedelta
    pool: str = ""

    @property
    def acts(self) -> bool:
        """Whether Weilu acts by itself."""
        return self.way in {Way.USUAL, Way.OWN}

    @property
    def looks(self) -> bool:
        """Whether the kind is looked for at all."""
        return self.way != Way.OFF


def terms_of(
    rules: Mapping[str, Kept], usual: Sequence[Sequence[object]], window_days: int, kind: str
) -> Terms:
    """The terms of a kind; what a person calls junk follows the usual ladder where none is set."""
    kept = rules.get(kind)
    way = Way(kept["way"]) if kept else UNSAID.get(kind, Way.USUAL)
    if kept and way == Way.OWN:
        window = timedelta(days=kept["window_days"])
        return Terms(way, parse(kept["ladder"]), window, kind)
    return Terms(way, parse(usual), timedelta(days=window_days))


def checked(kind: str, kept: Kept, most_rungs: int) -> Kept:
    """Terms as they may be stored; raises ValueError with a code when they cannot be."""
    if kind not in UNSAID:
        raise ValueError("bad_kind")
    way = Way(kept["way"])
    if way == Way.OFF and kind in ALWAYS:
        raise ValueError("bad_way")
    if way != Way.OWN:
        return {"way": way.value, "ladder": [], "window_days": 30}
    try:
        ladder = parse(kept["ladder"])
    except ValueError as error:
        raise ValueError("bad_ladder") from error
    if len(ladder) > most_rungs:
        raise ValueError("bad_ladder")
    if not 1 <= kept["window_days"] <= 365:
        raise ValueError("bad_window")
    return {"way": way.value, "ladder": stored(ladder), "window_days": kept["window_days"]}
