"""What decisions teach the judge (B-5): weights of short runs of letters, found by regression.

Chinese counts by single characters, pairs and triples of the folded text, alphabets by runs of
four and six signs, spaces included. Each run is a number below 2**16; a model is one table of
weights for those numbers, so a batch of texts is weighed by a handful of array operations.

`fit` corrects the score a message had anyway: logistic regression with that score as its offset,
and ridge, so a text that has nothing in common with any decision keeps its score. The decisions
are all there is to keep: the table can be shown (`lesson`), thrown away, and made again.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.folding import NEWLINE, SIZE, Codes, Joined, join, plain_of, text_of

SLOTS = 1 << 16
RIDGE = 0.02
ROUNDS = 60
STEP = 0.5
LIMIT = 5.0
OFFSET_LIMIT = 4.0
MOST_DECISIONS = 20_000  # the newest; more teach little and cost time
HAN = 0x2E80
SPACE = 32
_MIX = np.uint64(0x9E3779B97F4A7C15)
WIDTHS_HAN = (1, 2, 3)
WIDTHS_LATIN = (4, 6)

Numbers = npt.NDArray[np.float64]
Whole = npt.NDArray[np.int64]
Weights = npt.NDArray[np.float32]
Flags = npt.NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Decision:
    """One decided message: its text, whether it was junk, and the score it had (log-odds)."""

    text: str
    junk: bool
    score: float


@dataclass(frozen=True, slots=True)
class Runs:
    """The runs of a batch, one row a run: slot, text number, and where it starts; `width` of it.

    `sizes` is how many runs each text has.
    """

    slot: Whole
    owner: Whole
    sizes: Whole


@dataclass(frozen=True, slots=True)
class Learned:
    """A table of weights (log-odds) and how many decisions of each kind it rests on."""

    weights: Weights
    junk: int = 0
    fine: int = 0

    def weigh(self, batch: Joined) -> Numbers:
        """What the decisions add to the score of each text of a batch."""
        return weigh_all(batch, (self,))[0]


def weigh_all(batch: Joined, tables: Sequence[Learned]) -> list[Numbers]:
    """What each of some tables adds to the score of each text: the runs are looked for once."""
    count = len(batch.starts)
    sizes, sums = np.zeros(count, np.int64), [np.zeros(count) for _ in tables]
    for where, slot, begins in _every_run(batch):
        cuts = where.searchsorted(begins)
        held = np.diff(np.append(cuts, len(where)))
        sizes += held
        some = held > 0
        if some.any():
            firsts = cuts[some]
            for total, table in zip(sums, tables, strict=True):
                total[some] += np.add.reduceat(table.weights[slot], firsts, dtype=np.float64)
    root = np.sqrt(np.maximum(sizes, 1))
    return [np.clip(total / root, -LIMIT, LIMIT) for total in sums]


def _every_run(batch: Joined) -> Iterator[tuple[Whole, Whole, Whole]]:
    """Of each width: where its runs start, their slots, and where each text begins there."""
    kinds = _kinds(batch.folded, han=True)
    for width in WIDTHS_HAN:
        yield *_slots(batch.folded, width, kinds), batch.bounds[:-1]
    plain = _closed_up(batch)
    kinds = _kinds(plain, han=False)
    for width in WIDTHS_LATIN:
        yield *_slots(plain, width, kinds), batch.starts


def _closed_up(batch: Joined) -> Codes:
    """The batch in its plain form, broken where space follows space: a gap tells nothing.

    Code is indented, advertisers put their filler far off: neither is what is said.
    """
    plain = plain_of(batch)
    space = plain == SPACE
    plain[1:][space[1:] & space[:-1]] = NEWLINE
    return plain


def runs_of(batch: Joined) -> Runs:
    """Every run of letters that counts, of every text."""
    plain = _closed_up(batch)
    han, latin = _kinds(batch.folded, han=True), _kinds(plain, han=False)
    folded = [_slots(batch.folded, width, han) for width in WIDTHS_HAN]
    written = [_slots(plain, width, latin) for width in WIDTHS_LATIN]
    places = [batch.kept[where] for where, _ in folded] + [where for where, _ in written]
    owner = batch.owner(np.concatenate(places))
    slot = np.concatenate([slot for _, slot in folded + written])
    return Runs(slot, owner, np.bincount(owner, minlength=len(batch.starts)))


@cache
def _latin() -> Flags:
    """What runs of an alphabet are made of: `bool[0x110000]`."""
    signs = np.zeros(SIZE, dtype=bool)
    signs[97:HAN] = True
    signs[[32, 36, 163]] = True
    return signs


def _kinds(codes: Codes, *, han: bool) -> tuple[Flags, Flags | None]:
    """Which signs may stand in a run; and which of them begin or end one, None where any may."""
    return (codes != 10, codes >= HAN) if han else (_latin()[codes], None)


def _slots(codes: Codes, width: int, kinds: tuple[Flags, Flags | None]) -> tuple[Whole, Whole]:
    """Where the runs of one width start, and their numbers."""
    last = len(codes) - width + 1
    if last <= 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    inside, ends = kinds
    good = inside[:last].copy() if ends is None else ends[:last] | ends[width - 1 :]
    for shift in range(width):
        good &= inside[shift : shift + last]
    parts = [codes[shift : shift + last] for shift in range(width)]
    where = np.flatnonzero(good)
    if 2 * len(where) > last:
        # Mixing all and taking what counts is faster than taking first.
        return where, _mixed(parts)[where]
    return where, _mixed([part[where] for part in parts])


def _mixed(parts: Sequence[Codes]) -> Whole:
    """The numbers of runs of as many letters as there are parts."""
    mixed = np.full(len(parts[0]), len(parts), dtype=np.uint64)
    for part in parts:
        mixed ^= part
        mixed *= _MIX
        mixed ^= mixed >> np.uint64(29)
    return (mixed & np.uint64(SLOTS - 1)).astype(np.int64)


def nothing() -> Learned:
    """What no decision teaches."""
    return Learned(np.zeros(SLOTS, dtype=np.float32))


def fit(decisions: Sequence[Decision], start: Learned | None = None) -> Learned:
    """Learn from the newest decisions; nothing from one kind alone.

    `start` is where the weights begin and what ridge draws them back to.
    """
    rows = decisions[-MOST_DECISIONS:]
    junk = sum(row.junk for row in rows)
    base = start or nothing()
    if not junk or junk == len(rows):
        return Learned(base.weights, junk, len(rows) - junk)
    runs = runs_of(join([row.text for row in rows]))
    weights = _descend(rows, runs, base.weights)
    return Learned(weights.astype(np.float32), junk, len(rows) - junk)


def _descend(rows: Sequence[Decision], runs: Runs, start: Weights) -> Numbers:
    """Ridge logistic regression by AdaGrad over all rows at once; `float[SLOTS]`.

    A level that all decisions have in common is found beside the weights and not kept: that most
    of what was doubtful turned out fine says nothing of the words in it.
    """
    offset = np.clip([row.score for row in rows], -OFFSET_LIMIT, OFFSET_LIMIT)
    target = np.array([row.junk for row in rows], dtype=float)
    # Rare kinds count as much as frequent ones, up to a factor of five.
    share = float(np.clip(target.mean(), 1 / 6, 5 / 6))
    balance = np.where(target > 0, 0.5 / share, 0.5 / (1 - share))
    value = (1 / np.sqrt(np.maximum(runs.sizes, 1)))[runs.owner]
    base = start.astype(float)
    # The last of the weights is the level.
    weights, squares = np.append(base, 0.0), np.full(SLOTS + 1, 1e-6)
    for _ in range(ROUNDS):
        says = weights[runs.slot] * value
        sums = np.bincount(runs.owner, weights=says, minlength=len(rows)) + weights[-1]
        error = balance * (1 / (1 + np.exp(-(offset + sums))) - target)
        pull = np.bincount(runs.slot, weights=error[runs.owner] * value, minlength=SLOTS)
        slope: Numbers = np.append(pull + RIDGE * (weights[:-1] - base), error.sum())
        squares += slope * slope
        weights -= STEP * slope / np.sqrt(squares)
    return weights[:-1]


def lesson(learned: Learned, texts: Sequence[str], most: int = 30) -> list[tuple[str, float]]:
    """The runs in some texts that say most by a table, loudest first; of overlapping ones one."""
    batch = join(texts)
    plain = plain_of(batch)
    found: dict[str, float] = {}
    for codes, widths, han in ((batch.folded, WIDTHS_HAN, True), (plain, WIDTHS_LATIN, False)):
        kinds = _kinds(codes, han=han)
        for width in widths:
            where, slot = _slots(codes, width, kinds)
            says = learned.weights[slot]
            loud = np.argsort(-np.abs(says), kind="stable")[: most * 8]
            for place, weight in zip(where[loud].tolist(), says[loud].tolist(), strict=True):
                found[text_of(codes[place : place + width]).strip()] = weight
    return _apart(sorted(found.items(), key=lambda one: (-abs(one[1]), one[0])), most)


def _apart(runs: Sequence[tuple[str, float]], most: int) -> list[tuple[str, float]]:
    """Of runs that hold each other and say the same the longest, where it says half as much."""
    kept: list[tuple[str, float]] = []
    for run, weight in runs:
        inside = [
            place
            for place, (other, says) in enumerate(kept)
            if says * weight > 0 and (run in other or other in run)
        ]
        if not inside:
            kept += [(run, weight)] if len(kept) < most else []
            continue
        other, says = kept[inside[0]]
        if len(run) > len(other) and abs(weight) >= abs(says) / 2:
            kept[inside[0]] = (run, says)
            kept = [one for place, one in enumerate(kept) if place not in inside[1:]]
    return kept


@cache
def shipped(name: str) -> Learned:
    """A table that comes with Weilu: `ads` or `abuse`; see `bench/train_moderation.py`."""
    path = Path(__file__).resolve().parent.parent / "starter" / "weights.npz"
    with np.load(path, allow_pickle=False) as file:
        junk, fine = file[f"{name}_rows"].tolist()
        return Learned(file[name].astype(np.float32) / 25, junk, fine)
