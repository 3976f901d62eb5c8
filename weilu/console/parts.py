"""What pages are made of, as plain values; `templatetags.weilu` draws them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from django.utils.functional import Promise

Text = str | Promise


class Tone(StrEnum):
    """How serious something is; always shown with a word and an icon, never by colour alone."""

    GOOD = "good"
    CALM = "calm"
    WATCH = "watch"
    BAD = "bad"


TONE_ICONS = {
    Tone.GOOD: "circle-check",
    Tone.CALM: "circle-dot",
    Tone.WATCH: "alert-circle",
    Tone.BAD: "alert-triangle",
}


@dataclass(frozen=True, slots=True)
class Head:
    """The head of a page: its name and one sentence that says what the page knows.

    `back` and `back_label` link to the page above.
    """

    title: Text
    sentence: Text = ""
    back: str = ""
    back_label: Text = ""


@dataclass(frozen=True, slots=True)
class Badge:
    """A word with a tone; `order` is its place among its kind where a list is sorted by it."""

    word: Text
    tone: Tone = Tone.CALM
    order: int | None = None

    @property
    def icon(self) -> str:
        """Icon of the tone."""
        return TONE_ICONS[self.tone]


@dataclass(frozen=True, slots=True)
class Tile:
    """One number: what it is, how much, how it changed, and where its rows are.

    `value` is ready to read (see `formats`); `now` and `before` give the change in words; `good`
    is "up", "down" or "" for neither; of a share (0–1, `is_share`) the earlier one is told
    instead, as 15 % less of a percentage is read as points; `spark` are the values of the last
    days, oldest first.
    """

    label: Text
    value: str
    unit: Text = ""
    now: float | None = None
    before: float | None = None
    good: str = ""
    spark: Sequence[float] = ()
    definition: Text = ""
    href: str = ""
    is_share: bool = False

    @property
    def tone(self) -> Tone:
        """Whether the change is good, bad, or neither."""
        if not self.good or self.now is None or self.before is None or self.now == self.before:
            return Tone.CALM
        return Tone.GOOD if (self.now > self.before) == (self.good == "up") else Tone.BAD

    @property
    def direction(self) -> str:
        """Icon of the direction of change; empty when there is none."""
        if self.now is None or self.before is None or self.now == self.before:
            return ""
        return "trending-up" if self.now > self.before else "trending-down"


@dataclass(frozen=True, slots=True)
class Empty:
    """What an empty list or chart says: why it is empty and what to do next."""

    title: Text
    text: Text = ""
    icon: str = "campfire"
    action: Text = ""
    href: str = ""


@dataclass(frozen=True, slots=True)
class Tab:
    """One tab; a link, so that every view can be bookmarked."""

    label: Text
    href: str
    here: bool = False
    count: int | None = None


@dataclass(frozen=True, slots=True)
class Progress:
    """How far long work has come; `url` answers the same fragment and is asked every second.

    `done` and `total` are of one unit; total 0: not known. `finished` stops the asking.
    """

    label: Text
    done: int
    total: int
    url: str
    text: Text = ""
    finished: bool = False
    cancel_url: str = ""

    @property
    def share(self) -> float | None:
        """Part done, 0–1; None when the total is not known."""
        return min(1.0, self.done / self.total) if self.total > 0 else None
