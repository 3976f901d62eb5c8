"""Who may be a machine at all: a look at all texts at once, before anybody's are read (H-6).

Nobody whom `bots` calls a machine is missed: every share here is at least as large as there. Most
people are cleared by it, and only what the others wrote is read word by word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from weilu.core.helper import NOBODY, Helper
from weilu.core.texts import (
    DIGIT,
    Book,
    Bools,
    Chunks,
    Ints,
    Joined,
    Keys,
    Stretches,
    numbers_of,
    parts,
)
from weilu.members.rules import bots
from weilu.members.rules.speech import after_another

_MARKS = ",:，："
_PUNCTUATION = ":：,，|\\>+=-~"
_SIGNS = "!./#~！"
# A word with a colon asks a machine for something: so far from the beginning the colon stands.
_PROMPT = 15
_RELAYS = "<[\x02\x0f"
# What a first word and a whole message are told by, in characters.
_WORD = 24
_PREFIX = 12
_BODY = 80
# So much of a number tells what one speaker says apart; the speaker stands above it.
_KEY_BITS = 40
# First words that are not looked into, taken for the same.
_UNREAD, _NOTHING = np.uint64(0), np.uint64(1)

Shares = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class _Looks:
    """What texts look like, a row each.

    `begin` and `body` are numbers for the first word and for the whole without digits: what
    `speech` finds alike has the same. `begin` is `_UNREAD` where it is not known, `_NOTHING` for
    texts that say nothing.
    """

    begin: Keys
    body: Keys
    length: Ints
    addressed: Bools
    relays: Bools
    links: Bools
    prompts: Bools


def suspects(
    texts: Sequence[str],
    sent_ms: Ints,
    speakers: Ints,
    names: Sequence[str],
    helper: Helper = NOBODY,
) -> Bools:
    """Which speakers `bots.bot_score` may call a bot or a relay; parameters as in `profile`."""
    looks = _together(helper.over(_looks, [texts], names))
    said = _Said(speakers, len(names))
    instant = after_another(sent_ms, speakers)
    prompted = instant & np.append(False, looks.prompts[:-1])[: len(instant)]
    lengths = np.bincount(speakers, looks.length, len(names)) / said.messages
    long = lengths >= bots.LONG
    repeats = said.share(looks.addressed) + said.repeated(looks.body)
    signs = {
        "name": np.array([bots.has_bot_name(name) for name in names], bool),
        "same_openings": long & (said.commonest(looks.begin) >= bots.HALF),
        "repeats_itself": long & (repeats >= bots.HALF),
        "answers_commands": said.share(prompted) >= bots.HALF,
        "sends_links": said.share(looks.links) >= bots.LINKED,
        "answers_at_once": said.share(instant) >= bots.AT_ONCE,
        "never_sleeps": said.quiet(sent_ms) >= bots.QUIET,
    }
    doubt = np.ones(len(names))
    for sign, shown in signs.items():
        doubt[shown] *= bots.DOUBTS[sign]
    # Scores are rounded to three digits.
    machine: Bools = doubt <= 1 - bots.BOT_SCORE + 1e-3
    return machine | (said.share(looks.relays) >= bots.RELAY_SHARE)


def _looks(texts: Sequence[str], names: Sequence[str]) -> _Looks:
    """What texts look like, where speakers bear these names."""
    known = Book(dict.fromkeys((name.casefold() for name in names if name), 1))
    return _together([_look(texts[begin:end], known) for begin, end in parts(texts)])


def _together(found: Sequence[_Looks]) -> _Looks:
    columns = (np.concatenate([getattr(one, name) for one in found]) for name in _Looks.__slots__)
    return _Looks(*columns)


def _look(texts: Sequence[str], known: Book) -> _Looks:
    """What some texts look like."""
    joined = Joined(texts)
    chunks = joined.chunks(2)
    row, begin, addressed = _beginnings(joined, chunks, known)
    opens = chunks.start[chunks.place == 0]
    start, end = joined.bounds()
    links = _links(joined, start, end)
    marked = joined.has(start, np.minimum(end, start + _PROMPT), joined.codes == ord(":"))
    signed = np.isin(joined.codes[opens], numbers_of(_SIGNS))

    def spread(values: Bools) -> Bools:
        whole = np.zeros(len(texts), bool)
        whole[row] = values
        return whole

    begins = np.full(len(texts), _NOTHING, np.uint64)
    begins[row] = begin
    return _Looks(
        begin=begins,
        body=_bodies(joined),
        length=end - start,
        addressed=spread(addressed),
        relays=spread(np.isin(joined.codes[opens], numbers_of(_RELAYS))),
        links=links,
        prompts=links | marked | spread(signed),
    )


def _links(joined: Joined, start: Ints, end: Ints) -> Bools:
    """Which texts may hold an address."""
    codes = joined.codes
    slash = codes == ord("/")
    here = (codes[:-3] == ord(":")) & slash[1:-2] & slash[2:-1]
    world = np.ones(len(here), bool)
    for k, letter in enumerate("www."):
        world &= codes[k : len(here) + k] == ord(letter)
    return joined.has(start, end, np.append(here | world, [False] * 3))


def _beginnings(joined: Joined, chunks: Chunks, known: Book) -> tuple[Ints, Keys, Bools]:
    """Texts that say something: row, a number for the first word, whether they call somebody."""
    opens = np.flatnonzero(chunks.place == 0)
    start, end = chunks.start[opens], chunks.end[opens]
    after = _after_address(joined, start, end, known)
    # What follows the name of whoever is called stands in the same chunk or in the next.
    goes_on = np.append(chunks.place[1:] == 1, False)[opens]
    next_ = opens + (goes_on & (after == end))
    addressed = after > start
    start = np.where(after == end, chunks.start[next_], after)
    end = np.minimum(chunks.end[next_], start + _WORD)
    unread = (after == chunks.end[opens]) & ~goes_on
    unread |= np.isin(joined.codes[start], numbers_of(_PUNCTUATION))
    digits = np.append(np.flatnonzero(joined.kind & DIGIT), len(joined.codes))
    digit = digits[np.searchsorted(digits, start)]
    stop = np.minimum(_before_hash(joined, start, np.minimum(digit, end)), start + _PREFIX)
    found = joined.stretches.keys(start, stop)
    return chunks.row[opens], np.where(unread, _UNREAD, found), addressed


def _after_address(joined: Joined, start: Ints, end: Ints, known: Book) -> Ints:
    """Where first words go on behind a name and its sign; where they start if they call nobody."""
    keys = joined.stretches.keys
    marks = np.append(
        np.flatnonzero(np.isin(joined.codes, numbers_of(_MARKS))), len(joined.codes) - 1
    )
    head = np.minimum(marks[np.searchsorted(marks, start)], end)
    bare = np.minimum(start + (joined.codes[start] == ord("@")), head)
    calls = (known.get(keys(start, head), 0) | known.get(keys(bare, head), 0)) > 0
    whole = (known.get(keys(start, end), 0) | known.get(keys(bare, end), 0)) > 0
    return np.where(calls, np.minimum(head + 1, end), np.where(whole, end, start))


def _before_hash(joined: Joined, start: Ints, end: Ints) -> Ints:
    """Where words end when letters before a digit are left out that may belong to a hash."""
    is_hash = np.isin(joined.codes, numbers_of("abcdef"))
    plain = np.append(-1, np.flatnonzero(~is_hash))
    last = plain[np.searchsorted(plain, end) - 1]
    at_digit = (joined.kind[np.minimum(end, len(joined.kind) - 1)] & DIGIT) > 0
    return np.where(at_digit, np.maximum(last + 1, start), end)


def _bodies(joined: Joined) -> Keys:
    """What each text says, digits left out, as a number."""
    kept = (joined.kind & DIGIT) == 0
    at = np.concatenate([[0], np.cumsum(kept)])
    start, end = (at[side] for side in joined.bounds())
    return Stretches(joined.codes[kept]).keys(start, np.minimum(end, start + _BODY))


class _Said:
    """Counts by speaker, as shares of their messages."""

    def __init__(self, speakers: Ints, count: int) -> None:
        self.speakers = speakers
        self.count = count
        self.messages = np.maximum(np.bincount(speakers, minlength=count), 1)

    def share(self, chosen: Bools) -> Shares:
        """The share of each speaker's messages that are chosen."""
        return np.bincount(self.speakers[chosen], minlength=self.count) / self.messages

    def quiet(self, sent_ms: Ints) -> Shares:
        """The share of messages in the quietest six hours of the day."""
        hours = np.bincount(
            self.speakers * 24 + sent_ms // 3_600_000 % 24, minlength=self.count * 24
        )
        quiet: Ints = np.sort(hours.reshape(-1, 24), axis=1)[:, :6].sum(axis=1)
        return quiet / self.messages

    def commonest(self, keys: Keys) -> Shares:
        """The share that begin with one of the commonest words, and those not looked into."""
        something = keys != _NOTHING
        speaker, known, times = self._times(self.speakers[something], keys[something])
        # By speaker: what is not known, then the commonest.
        ordered = np.sort((speaker << 40) | (known << 39) | ((1 << 38) - times))
        speaker, known = ordered >> 40, (ordered >> 39) & 1
        rank = np.arange(len(speaker)) - np.searchsorted(speaker, speaker)
        chosen = (rank < bots.NATURAL_PREFIXES + 1) | (known == 0)
        times = (1 << 38) - (ordered[chosen] & ((1 << 39) - 1))
        return np.bincount(speaker[chosen], times, self.count) / self.messages

    def repeated(self, keys: Keys) -> Shares:
        """The share that was said more than once."""
        speaker, _, times = self._times(self.speakers, keys)
        again = times > 1
        return np.bincount(speaker[again], times[again], self.count) / self.messages

    def _times(self, speaker: Ints, keys: Keys) -> tuple[Ints, Ints, Ints]:
        """Speaker, whether the key is one that is known, and how often; each pair once."""
        short = (keys >> np.uint64(64 - _KEY_BITS)).astype(np.int64)
        ordered = np.sort((speaker << _KEY_BITS) | short)
        new = np.flatnonzero(np.diff(ordered, prepend=-1) != 0)
        known = ordered[new] & ((1 << _KEY_BITS) - 1) != int(_UNREAD)
        times = np.diff(np.append(new, len(ordered)))
        return ordered[new] >> _KEY_BITS, known.astype(np.int64), times
