"""Labelled messages from files, for `weilu evaluate moderation` (B-5).

Either messages as JSON lines `{id, time, user, text}` with a CSV `id,label` beside them, or one
CSV `label,text` without times and users. Labels are normal, ad and abuse; 0 and 1 mean normal
and ad.
"""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from weilu.moderation.rules.evaluating import Labelled, Score, evaluate
from weilu.moderation.rules.starter import starter_words
from weilu.moderation.rules.words import Matcher

MEANINGS = {"0": "normal", "1": "ad", "ham": "normal", "spam": "ad"}
KNOWN = {"normal", "ad", "abuse"}
MOST_MS = 253_402_300_799_000


class Unreadable(ValueError):
    """A file that cannot be used; the message says where and why."""


def evaluate_files(messages: Path, labels: Path | None, decisions: int = 0) -> dict[str, Score]:
    """Judge the labelled messages of one or two files.

    Raises `Unreadable` with file and line, and `OSError` where a file cannot be opened.
    """
    rows = with_labels(messages, labels) if labels else list(table(messages))
    if not rows:
        raise Unreadable(f"{messages}: there are no messages in it")
    rows.sort(key=lambda row: row.time)
    return evaluate(Matcher(starter_words()), rows, decisions)


def as_values(scores: dict[str, Score]) -> dict[str, dict[str, float]]:
    """Scores as plain values, as `--json` prints them."""
    return {label: asdict(score) for label, score in scores.items()}


def table(path: Path) -> Iterator[Labelled]:
    """Messages of a CSV `label,text`, in any order of its columns."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not {"label", "text"} <= set(reader.fieldnames or ()):
            raise Unreadable(f"{path}, line 1: the columns label and text are needed")
        for row in reader:
            label = _label(row["label"], path, reader.line_num)
            yield Labelled(row["text"] or "", label)


def with_labels(messages: Path, labels: Path) -> list[Labelled]:
    """Messages of JSON lines with their labels; a message without a label is normal."""
    known: dict[str, str] = {}
    with labels.open(encoding="utf-8-sig", newline="") as file:
        reader = csv.DictReader(file)
        if not {"id", "label"} <= set(reader.fieldnames or ()):
            raise Unreadable(f"{labels}, line 1: the columns id and label are needed")
        for row in reader:
            known[row["id"]] = _label(row["label"], labels, reader.line_num)
    found = []
    with messages.open(encoding="utf-8-sig") as file:
        for number, line in enumerate(file, 1):
            if line.strip():
                found.append(_message(line, known, messages, number))
    return found


def _message(line: str, known: dict[str, str], path: Path, number: int) -> Labelled:
    try:
        row = json.loads(line)
        text, user = str(row["text"]), str(row["user"])
        return Labelled(text, known.get(str(row["id"]), "normal"), user, _time(row["time"]))
    except (ValueError, KeyError, TypeError, OverflowError) as error:
        raise Unreadable(
            f"{path}, line {number}: a JSON object with id, time, user and text is needed"
        ) from error


def _label(value: str | None, path: Path, line: int) -> str:
    plain = (value or "").strip().lower()
    label = MEANINGS.get(plain, plain)
    if label not in KNOWN:
        raise Unreadable(f"{path}, line {line}: the label {value!r} is not normal, ad or abuse")
    return label


def _time(value: object) -> int:
    """Milliseconds since 1970 of seconds, milliseconds or an ISO time (UTC where it says none)."""
    if isinstance(value, int | float):
        number = int(value if abs(value) > 100_000_000_000 else value * 1000)
        return max(-MOST_MS, min(MOST_MS, number))
    text = str(value)
    if text.lstrip("-").replace(".", "", 1).isdigit():
        return _time(float(text))
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
