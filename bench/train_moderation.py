"""Train the tables that come with moderation: `train_moderation.py ADS ABUSE [--write FILE]`.

Both are lists of CSV, TSV or text files with a comma between, each as `path:N` where N is the
column of the label (the text is the last one), or `path:junk`, `path:fine` for a file of nothing
else. Labels 1, spam, 0 and ham are understood. `starter:junk` stands for the words of our own lists
that speak of advertising, each as a message. A file named several times counts as often. Every
fifth row is left out and the tables are scored on it before they are trained on everything.

No Chinese advertising may be taken along: what the table of advertising knows of it are our lists
and `bench/moderation_examples.txt`, written for this, against Chinese talk with open licences.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import io
from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules import learning
from weilu.moderation.rules.folding import join
from weilu.moderation.rules.learning import Decision, Learned, fit
from weilu.moderation.rules.scoring import TEXT_CUT, Judge
from weilu.moderation.rules.starter import starter_words
from weilu.moderation.rules.words import Matcher, Word

SCALE = 25  # int8 holds weights up to five
CUT = 1.0
CLEAR = 2.0  # the weight of words that say enough by themselves
JUNK = {"1", "spam", "1.0"}


def rows_of(named: str) -> Iterable[tuple[str, bool]]:
    """Texts of one file, and whether each is junk."""
    path, _, column = named.rpartition(":")
    if path == "starter":
        yield from ((word.text, True) for word in starter_words() if _speaks_of_ads(word))
        return
    raw = Path(path).read_bytes()
    text = (gzip.decompress(raw) if path.endswith(".gz") else raw).decode("utf-8-sig", "replace")
    mark = "\t" if ".tsv" in path else ","
    if column in {"junk", "fine"}:
        yield from ((line, column == "junk") for line in text.split("\n") if line.strip())
        return
    if mark == "\t":
        lines: Iterable[list[str]] = (line.split(mark) for line in text.split("\n"))
    else:
        lines = csv.reader(io.StringIO(text))
    for row in lines:
        label = row[int(column)].strip().lower() if len(row) > int(column) else ""
        if label in JUNK | {"0", "ham", "0.0"}:
            yield row[-1], label in JUNK


def _speaks_of_ads(word: Word) -> bool:
    """Whether a word makes a message suspicious; what a shop says of its goods does not."""
    return word.kind not in {"abuse", "promotion"} and word.weight >= CLEAR


def decisions(rows: list[tuple[str, bool]], *, judged: bool) -> list[Decision]:
    """Rows as decisions, with the score that the judge gives them by its words alone."""
    texts = [text for text, _ in rows]
    distance = np.zeros(len(rows))
    if judged:
        plain = Judge(Matcher(starter_words()), learning.nothing(), learning.nothing())
        distance = plain.texts(texts).score - TEXT_CUT
    return [Decision(text, junk, float(d)) for (text, junk), d in zip(rows, distance, strict=True)]


def report(name: str, learned: Learned, rows: list[Decision]) -> None:
    """Print precision and recall of a table on rows it never saw."""
    score = learned.weigh(join([row.text for row in rows])) + [row.score for row in rows]
    junk = np.array([row.junk for row in rows], dtype=bool)
    for cut in (0.0, CUT):
        said = score > cut
        right = (said & junk).sum()
        print(
            f"{name} at {cut}: precision {right / max(said.sum(), 1):.3f}"
            f" recall {right / max(junk.sum(), 1):.3f} rows {len(rows)}"
        )


def main() -> None:
    """Train, print, write."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("ads")
    parser.add_argument("abuse")
    parser.add_argument("--write", type=Path)
    wished = parser.parse_args()
    learning.RIDGE, learning.MOST_DECISIONS = 0.5, 10**9
    tables: dict[str, npt.NDArray[np.generic]] = {}
    for name, files, judged in (("ads", wished.ads, True), ("abuse", wished.abuse, False)):
        rows = [row for named in files.split(",") for row in rows_of(named)]
        every = decisions(rows, judged=judged)
        report(name, fit([d for n, d in enumerate(every) if n % 5]), every[::5])
        learned = fit(every)
        small = np.clip(np.rint(learned.weights * SCALE), -127, 127).astype(np.int8)
        tables[name] = small
        tables[f"{name}_rows"] = np.array([learned.junk, learned.fine])
        rounded = replace(learned, weights=(small / SCALE).astype(np.float32))
        report(f"{name}, seen and rounded", rounded, every)
    if wished.write:
        np.savez_compressed(wished.write, allow_pickle=False, **tables)
        print(f"{wished.write}: {wished.write.stat().st_size} bytes")


if __name__ == "__main__":
    main()
