"""The scorer of links: a small network over pair and message features, run with numpy.

`weights.npz` is made by `bench/train_replies.py`. One softmax covers "starts a talk" and all
candidates, so its largest share is both the choice and the confidence.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from weilu.chat.replies.features import Pairs
from weilu.chat.replies.talk import Floats, Ints

_WEIGHTS: Final = "weights.npz"
_NEVER: Final = np.float32(-30.0)
# So much is cut off at zero at once: numpy is quick where both sides are arrays, and stays at hand.
_ZEROS: Final = np.zeros(1 << 12, np.float32)


@dataclass(frozen=True, slots=True)
class Weights:
    """Layers: `pair`, `child`, `parent` with `bias`; `middle`; `last`; `alone*` for no parent."""

    pair: Floats
    child: Floats
    parent: Floats
    bias: Floats
    middle: Floats
    middle_bias: Floats
    last: Floats
    alone: Floats
    alone_bias: Floats
    alone_last: Floats
    alone_shift: Floats

    @classmethod
    def of(cls, values: Mapping[str, Floats]) -> "Weights":
        """Weights by the names of the fields."""
        return cls(**{name: values[name] for name in cls.__slots__})


@cache
def shipped_weights() -> Weights:
    """The weights that come with the package."""
    with files(__package__).joinpath(_WEIGHTS).open("rb") as stream, np.load(stream) as values:
        return Weights.of(values)


@dataclass(frozen=True, slots=True)
class Prepared:
    """The part of the first layer that hangs on one message only, computed once a message."""

    child: Floats
    parent: Floats
    alone: Floats


def prepare(weights: Weights, message: Floats) -> Prepared:
    """First layer of every message, as child and as parent, and its score for no parent."""
    hidden = np.maximum(message @ weights.alone + weights.alone_bias, 0)
    return Prepared(
        child=message @ weights.child + weights.bias,
        parent=message @ weights.parent,
        alone=hidden @ weights.alone_last + weights.alone_shift,
    )


def shares(weights: Weights, prepared: Prepared, rows: Ints, pairs: Pairs) -> Floats:
    """Softmax over (no parent, candidates...) for each row, shape (rows, 1 + slots)."""
    hidden = pairs.feature.T @ weights.pair
    hidden += np.take(prepared.parent, pairs.parent[pairs.real], axis=0)
    hidden += np.repeat(prepared.child[rows], pairs.real.sum(axis=1), axis=0)
    _cut_off(hidden)
    second = hidden @ weights.middle
    second += weights.middle_bias
    _cut_off(second)
    score = np.full((len(rows), 1 + pairs.real.shape[1]), _NEVER, np.float32)
    score[:, :1] = prepared.alone[rows]
    score[:, 1:][pairs.real] = (second @ weights.last)[:, 0]
    score = np.exp(score - score.max(axis=1, keepdims=True))
    return np.asarray(score / score.sum(axis=1, keepdims=True), np.float32)


def _cut_off(values: NDArray[np.floating[Any]]) -> None:
    """Set what is below zero to zero, in place."""
    flat = values.reshape(-1)
    for begin in range(0, len(flat), len(_ZEROS)):
        part = flat[begin : begin + len(_ZEROS)]
        np.maximum(part, _ZEROS[: len(part)], out=part)
