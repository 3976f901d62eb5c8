"""How likely a message is junk, and its account an advertiser; each with its reasons (B-5, B-6).

Weights are log-odds, set by hand and rounded; they add up. A message's score starts from the
rarity of junk, an account's evidence is what its messages scored above suspicion. Settled
members get the benefit of the doubt: their evidence never makes them an advertiser by itself.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Container, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import accumulate

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.addresses import Addresses
from weilu.moderation.rules.contacts import NamesOf
from weilu.moderation.rules.crowd import UNKNOWN, Crowd, Heard, Rooms, hear_all
from weilu.moderation.rules.learning import Learned, shipped, weigh_all
from weilu.moderation.rules.signals import Text, read
from weilu.moderation.rules.words import Matcher

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
# Has some of the crowds of a batch, by their number in it, know their people's names.
Introduce = Callable[[Sequence[int]], None]

RARE = -6.5  # junk is one message in several hundred before anything is known
WORDS, WORDS_LIMIT = 1.6, 8.0
ADDRESS = 2.2
ODD, ODD_LIMIT = 1.4, 4.0
SPLIT, SPLIT_LIMIT = 1.0, 2.0
UNHEARD = 2.5
UNHEARD_LENGTH = 14  # folded characters; a new word or a name is most of what is shorter
NEWCOMER = 2.2
SETTLED = -1.0
OWN, OTHERS, REPEAT_LIMIT = 0.7, 1.2, 3.0
LOADED = 1.5  # the weight of words from which saying it again counts in full
FLOOD_FROM, FLOOD = 6, 1.5
ABUSE_CUT = 2.2
ABUSE_WORDS = 0.7
ABUSE_LENGTH = 12  # folded characters; what is shorter shows too little to be sure
LEARNED_LENGTH = 6  # folded characters; a word or two resemble too much to be held against anybody
SUSPICION = -3.0  # the score from which a message counts against its account
TELLING = 1.5  # what its text has to say for that: to be new and unheard of is no evidence
MERCY = -1.0  # what a harmless message takes off the evidence
REVIEW = -1.2
TEXT_CUT = -1.5  # where only the text is known
CERTAIN = 2.5
ACCOUNT = 4.0  # evidence that makes a newcomer an advertiser


class Signal(StrEnum):
    """Why a message scored: a code the console has a sentence for."""

    WORDS = "words"
    ADDRESS = "address"
    ODD = "odd"
    SPLIT = "split"
    UNHEARD = "unheard"
    NEWCOMER = "newcomer"
    SETTLED = "settled"
    OWN_REPEAT = "own_repeat"
    OTHERS_REPEAT = "others_repeat"
    FLOOD = "flood"
    LEARNED = "learned"
    ABUSE = "abuse"


@dataclass(frozen=True, slots=True)
class Verdicts:
    """A judged batch: `score`, `account` and `before` (evidence after and before) in log-odds.

    `junk` messages to act on, `advertiser` whose account is one by now, `abusive` messages.
    `parts` are the signals' shares of the score, for `reasons`. `flood`, `own` and `trusted`
    as `Heard` has them.
    """

    score: Numbers
    account: Numbers
    before: Numbers
    junk: npt.NDArray[np.bool_]
    advertiser: npt.NDArray[np.bool_]
    abusive: npt.NDArray[np.bool_]
    parts: dict[Signal, Numbers]
    text: Text
    flood: Whole
    own: Whole
    trusted: npt.NDArray[np.bool_]

    def reasons(self, row: int) -> list[tuple[Signal, float]]:
        """The signals that moved one message's score, loudest first."""
        said = [(signal, float(column[row])) for signal, column in self.parts.items()]
        return sorted((one for one in said if one[1]), key=lambda one: -abs(one[1]))


class Judge:
    """Judges batches; holds the word matcher and what this workspace's decisions taught."""

    def __init__(
        self,
        matcher: Matcher,
        ads: Learned | None = None,
        abuse: Learned | None = None,
        addresses: Addresses | None = None,
    ) -> None:
        """Immutable parts: what changes is a new judge, swapped in between two batches.

        `ads` and `abuse` are what decisions taught; without them, what comes with Weilu.
        """
        self.matcher = matcher
        self.ads = ads or shipped("ads")
        self.abuse = abuse or shipped("abuse")
        self.addresses = addresses

    def texts(self, texts: Sequence[str]) -> Verdicts:
        """Judge texts alone: no account, no group is known."""
        text = read(self.matcher, texts, None, self.addresses)
        learned, rude = weigh_all(text.batch, (self.ads, self.abuse))
        parts = self._text_parts(text, learned)
        score = RARE + NEWCOMER + sum(parts.values(), np.zeros(len(texts)))
        none = np.zeros(len(texts))
        still = none.astype(np.int64)
        abusive = _abusive(text, rude)
        junk = score >= TEXT_CUT
        return Verdicts(
            score, none, none, junk, none > 0, abusive, parts, text, still, still, still > 0
        )

    def talk(
        self,
        crowd: Crowd,
        texts: Sequence[str],
        writers: Whole | Sequence[int],
        times: Whole | Sequence[int],
    ) -> Verdicts:
        """Judge messages of a group in order of time; the crowd remembers them."""
        return self.rooms([(crowd, len(texts))], texts, writers, times)

    def rooms(
        self,
        crowds: Rooms,
        texts: Sequence[str],
        writers: Whole | Sequence[int],
        times: Whole | Sequence[int],
        introduce: Introduce | None = None,
    ) -> Verdicts:
        """Judge messages of several groups at once, each group's in order of time.

        `crowds` are the groups in order of their rows, with how many rows each has (at least
        one). All texts are read together: a batch of ten groups costs little more than of one.
        `introduce` is called before the names of some groups are looked at, by their numbers.
        """
        text = read(self.matcher, texts, _names_of(crowds, introduce), self.addresses)
        heard, accounts = hear_all(crowds, text.batch, writers, times)
        learned, rude = weigh_all(text.batch, (self.ads, self.abuse))
        said, around = self._text_parts(text, learned), _crowd_parts(heard, text)
        telling = sum(said.values(), np.zeros(len(texts)))
        score = sum(around.values(), RARE + telling)
        score[heard.trusted] = np.minimum(score[heard.trusted], REVIEW - 1)
        steps = np.maximum(score - SUSPICION, MERCY)
        steps[telling < TELLING] = np.minimum(steps[telling < TELLING], 0.0)
        before, evidence = crowds[0][0].ledger.accuse(accounts, steps)
        advertiser = (evidence >= ACCOUNT) & heard.new & ~heard.trusted
        junk, abusive = (score >= REVIEW) | advertiser, _abusive(text, rude)
        noise = (heard.flood, heard.own, heard.trusted)
        return Verdicts(
            score, evidence, before, junk, advertiser, abusive, said | around, text, *noise
        )

    def _text_parts(self, text: Text, learned: Numbers) -> dict[Signal, Numbers]:
        """What the texts say."""
        sure = np.minimum(text.length / LEARNED_LENGTH, 1.0)
        return {
            Signal.WORDS: np.minimum(WORDS * text.ads, WORDS_LIMIT),
            Signal.ADDRESS: ADDRESS * text.address,
            Signal.ODD: np.minimum(ODD * text.odd, ODD_LIMIT),
            Signal.SPLIT: np.minimum(SPLIT * text.split, SPLIT_LIMIT),
            Signal.LEARNED: np.where(learned > 0, learned * sure, learned),
        }


def _abusive(text: Text, learned: Numbers) -> npt.NDArray[np.bool_]:
    """Which texts attack people: by what was learned, and by the words of the list."""
    sure = np.minimum(text.length / ABUSE_LENGTH, 1.0)
    return learned * sure + ABUSE_WORDS * text.abuse >= ABUSE_CUT


def _crowd_parts(heard: Heard, text: Text) -> dict[Signal, Numbers]:
    """What is known of the writers."""
    new = heard.new
    # Saying a harmless thing again is impatience, not advertising; so is asking after a coupon.
    loaded = np.where((text.ads >= LOADED) | (text.address + text.odd > 0), 1.0, 0.2)
    repeats = np.minimum(OWN * heard.own * new, REPEAT_LIMIT) * loaded
    strange = np.maximum(heard.unheard - UNKNOWN, 0.0)
    strange *= np.minimum(text.length / UNHEARD_LENGTH, 1.0)
    return {
        Signal.UNHEARD: UNHEARD * (np.minimum(heard.unheard, UNKNOWN) + strange),
        Signal.NEWCOMER: np.where(new, NEWCOMER, 0.0),
        Signal.SETTLED: np.where(new, 0.0, SETTLED),
        Signal.OWN_REPEAT: repeats,
        Signal.OTHERS_REPEAT: np.minimum(OTHERS * heard.others * new, REPEAT_LIMIT) * loaded,
        Signal.FLOOD: np.where(heard.flood >= FLOOD_FROM, FLOOD, 0.0) * new * loaded,
    }


def _names_of(rooms: Rooms, introduce: Introduce | None) -> NamesOf:
    """The names of those who belong to the group of each text, by the text's number."""
    ends = list(accumulate(count for _crowd, count in rooms))

    def names(numbers: Sequence[int]) -> list[Container[str]]:
        theirs = [bisect_right(ends, number) for number in numbers]
        if introduce is not None:
            introduce(sorted({*theirs}))
        return [rooms[room][0].names for room in theirs]

    return names
