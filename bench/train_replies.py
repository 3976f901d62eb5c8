"""Train the scorer of reply links: `train_replies.py FOLDER [--write WEIGHTS] [--folds N]`.

The folder holds pairs `X.raw.txt`, `X.annotation.txt`. With `--folds` every file is scored by
weights that never saw it. Adam in numpy on a marginal softmax: a message with several hand-made
parents is right with any of them. Whole features are dropped at random, because the few thousand
links would otherwise be learned by heart.
"""

import argparse
import dataclasses
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from weilu.chat.replies.evaluate import Pair, annotation_of, read_pair, score
from weilu.chat.replies.features import message_features, pair_features
from weilu.chat.replies.rules import link_with, spoken_context
from weilu.chat.replies.scorer import Weights

Array = NDArray[np.float32]
Layers = dict[str, Array]
HIDDEN, MIDDLE, ALONE = 32, 16, 16
EPOCHS, BATCH, RATE, DECAY = 25, 32, 3e-3, 1e-2
DROP, DROP_FEATURE = 0.3, 0.18
WARM_UP = 50


@dataclass(frozen=True, slots=True)
class Examples:
    """Rows to learn: child (R, M), parents (R, S, M), pairs (R, S, F), real, right (R, 1 + S)."""

    child: Array
    parent: Array
    pair: Array
    real: Array
    right: Array

    def pick(self, rows: NDArray[np.int64]) -> "Examples":
        """The examples of these rows."""
        return Examples(*(getattr(self, f.name)[rows] for f in dataclasses.fields(self)))


def examples(pair: Pair) -> Examples:
    """Examples of one file: every message with a hand-made link that is among the candidates."""
    talk, links = pair
    kept = np.flatnonzero(talk.speaker >= 0)
    context = spoken_context(talk, kept)
    table = message_features(context)
    wanted: dict[int, set[int]] = {}
    for parent, child in links:
        wanted.setdefault(child, set()).add(parent)
    begin = int(np.searchsorted(kept, min(wanted)))
    found = pair_features(context, np.arange(begin, len(kept)))
    right = np.zeros((len(kept) - begin, found.parent.shape[1] + 1), np.float32)
    for place, row in enumerate(kept[begin:].tolist()):
        gold = list(wanted.get(row, ()))
        right[place, 0] = row in gold
        right[place, 1:] = np.isin(kept[found.parent[place]], gold) & found.real[place]
    pairs = np.zeros((*found.parent.shape, len(found.feature)), np.float32)
    pairs[found.real] = found.feature.T
    learnable = np.flatnonzero(right.any(axis=1))
    whole = Examples(
        table[begin:], table[found.parent], pairs, found.real.astype(np.float32), right
    )
    return whole.pick(learnable)


def join(parts: list[Examples]) -> Examples:
    """Examples of several files."""
    names = [f.name for f in dataclasses.fields(Examples)]
    return Examples(*(np.concatenate([getattr(p, n) for p in parts]) for n in names))


def fresh_layers(messages: int, pairs: int, rng: np.random.Generator) -> Layers:
    """Random layers for so many message and pair features."""

    def layer(rows: int, columns: int, scale: float = 1.0) -> Array:
        drawn = rng.standard_normal((rows, columns)) * (scale / rows**0.5)
        return np.asarray(drawn, np.float32)

    return {
        "pair": layer(pairs, HIDDEN),
        "child": layer(messages, HIDDEN, 0.5),
        "parent": layer(messages, HIDDEN, 0.5),
        "bias": np.zeros(HIDDEN, np.float32),
        "middle": layer(HIDDEN, MIDDLE),
        "middle_bias": np.zeros(MIDDLE, np.float32),
        "last": layer(MIDDLE, 1),
        "alone": layer(messages, ALONE),
        "alone_bias": np.zeros(ALONE, np.float32),
        "alone_last": layer(ALONE, 1),
        "alone_shift": np.zeros(1, np.float32),
    }


def keep_mask(rng: np.random.Generator, shape: tuple[int, ...], drop: float) -> Array:
    """Random mask that keeps the mean."""
    kept: Array = (rng.random(shape) >= drop).astype(np.float32)
    return kept / np.float32(1 - drop)


def thinned(batch: Examples, rng: np.random.Generator) -> Examples:
    """The batch without a few features, the same ones for all of it."""
    messages, pairs = batch.child.shape[1], batch.pair.shape[2]
    return dataclasses.replace(
        batch,
        child=batch.child * keep_mask(rng, (messages,), DROP_FEATURE),
        parent=batch.parent * keep_mask(rng, (messages,), DROP_FEATURE),
        pair=batch.pair * keep_mask(rng, (pairs,), DROP_FEATURE / 2),
    )


def flat(values: Array) -> Array:
    """All but the last axis joined."""
    return np.reshape(values, (-1, values.shape[-1]))


def gradients(layers: Layers, batch: Examples, rng: np.random.Generator) -> Layers:
    """Gradient of the loss of one batch for every layer."""
    size = len(batch.child)
    keep1, keep2 = (
        keep_mask(rng, (size, 1, n), d) for n, d in ((HIDDEN, DROP), (MIDDLE, DROP / 2))
    )
    keep3 = keep_mask(rng, (size, ALONE), DROP)
    first = batch.pair @ layers["pair"] + batch.parent @ layers["parent"]
    first += (batch.child @ layers["child"] + layers["bias"])[:, None]
    first = np.maximum(first, 0) * keep1
    second = np.maximum(first @ layers["middle"] + layers["middle_bias"], 0) * keep2
    alone = np.maximum(batch.child @ layers["alone"] + layers["alone_bias"], 0) * keep3
    scores = np.where(batch.real > 0, (second @ layers["last"])[..., 0], -30)
    scores = np.concatenate([alone @ layers["alone_last"] + layers["alone_shift"], scores], axis=1)
    share = np.exp(scores - scores.max(axis=1, keepdims=True))
    share /= share.sum(axis=1, keepdims=True)
    goal = share * batch.right
    goal /= np.maximum(goal.sum(axis=1, keepdims=True), 1e-9)
    wrong = ((share - goal) / size).astype(np.float32)
    wrong_alone, wrong_pair = wrong[:, :1], (wrong[:, 1:] * batch.real)[..., None]
    back3 = (wrong_alone @ layers["alone_last"].T) * keep3 * (alone > 0)
    back2 = (wrong_pair @ layers["last"].T) * keep2 * (second > 0)
    back1 = (back2 @ layers["middle"].T) * keep1 * (first > 0)
    return {
        "pair": flat(batch.pair).T @ flat(back1),
        "child": batch.child.T @ back1.sum(axis=1),
        "parent": flat(batch.parent).T @ flat(back1),
        "bias": flat(back1).sum(axis=0),
        "middle": flat(first).T @ flat(back2),
        "middle_bias": flat(back2).sum(axis=0),
        "last": flat(second).T @ flat(wrong_pair),
        "alone": batch.child.T @ back3,
        "alone_bias": back3.sum(axis=0),
        "alone_last": alone.T @ wrong_alone,
        "alone_shift": wrong_alone.sum(axis=0),
    }


class Adam:
    """Adam with decay of the weights (not of the biases)."""

    def __init__(self, layers: Layers, steps: int) -> None:
        self.layers, self.steps, self.step = layers, steps, 0
        self.mean = {name: np.zeros_like(v) for name, v in layers.items()}
        self.square = {name: np.zeros_like(v) for name, v in layers.items()}

    def move(self, slopes: Layers) -> None:
        """One step; the rate warms up, then falls along a cosine."""
        self.step += 1
        rate = RATE * min(1, self.step / WARM_UP)
        rate *= 0.5 * (1 + np.cos(np.pi * self.step / self.steps)) + 0.01
        for name, slope in slopes.items():
            self.mean[name] = 0.9 * self.mean[name] + 0.1 * slope
            self.square[name] = 0.999 * self.square[name] + 0.001 * slope**2
            mean = self.mean[name] / (1 - 0.9**self.step)
            square = self.square[name] / (1 - 0.999**self.step)
            pull = DECAY * self.layers[name] if slope.ndim > 1 else 0.0
            self.layers[name] -= np.float32(rate) * (mean / (np.sqrt(square) + 1e-8) + pull)


def train(data: Examples, seed: int) -> Weights:
    """Weights for features as they are: the scaling is folded into the first layers."""
    rng = np.random.default_rng(seed)
    middle, spread = data.child.mean(axis=0), data.child.std(axis=0) + 0.05
    known = data.pair[data.real > 0]
    pair_middle, pair_spread = known.mean(axis=0), known.std(axis=0) + 0.05
    scaled = dataclasses.replace(
        data,
        child=(data.child - middle) / spread,
        parent=(data.parent - middle) / spread,
        pair=(data.pair - pair_middle) / pair_spread,
    )
    layers = fresh_layers(data.child.shape[1], data.pair.shape[2], rng)
    size = len(data.child)
    adam = Adam(layers, EPOCHS * -(-size // BATCH))
    for _ in range(EPOCHS):
        order = rng.permutation(size)
        for begin in range(0, size, BATCH):
            batch = thinned(scaled.pick(order[begin : begin + BATCH]), rng)
            adam.move(gradients(layers, batch, rng))
    for name, by, off in (
        ("pair", pair_spread, pair_middle),
        ("child", spread, middle),
        ("parent", spread, middle),
        ("alone", spread, middle),
    ):
        layers[name] = layers[name] / by[:, None]
        bias = "alone_bias" if name == "alone" else "bias"
        layers[bias] = layers[bias] - off @ layers[name]
    return Weights.of({name: v.astype(np.float32) for name, v in layers.items()})


def cross_validate(pairs: list[Pair], folds: int) -> None:
    """Print the scores of each fold and the mean f1, every file scored by weights blind to it."""
    parts = [examples(pair) for pair in pairs]
    total = 0.0
    for fold in range(folds):
        rest = [part for place, part in enumerate(parts) if place % folds != fold]
        weights = train(join(rest), seed=fold)
        held = [pair for place, pair in enumerate(pairs) if place % folds == fold]
        scores = score(held, partial(link_with, weights))
        total += scores.f1 / folds
        print(f"fold {fold}: {scores}")
    print(f"mean f1 {total:.4f}")


def main() -> None:
    """Read the folder, cross-validate or train, and write the weights."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--write", type=Path)
    parser.add_argument("--folds", type=int, default=0)
    arguments = parser.parse_args()
    raws = sorted(arguments.folder.glob("*.raw.txt"))
    pairs = [read_pair(raw, annotation_of(raw)) for raw in raws]
    if arguments.folds:
        cross_validate(pairs, arguments.folds)
    if arguments.write:
        weights = train(join([examples(pair) for pair in pairs]), seed=0)
        np.savez_compressed(
            arguments.write, **{name: getattr(weights, name) for name in Weights.__slots__}
        )


if __name__ == "__main__":
    main()
