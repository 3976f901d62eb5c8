"""Labelled messages from files, for `weilu evaluate moderation` (B-5).

Either messages `id, time, user, text` with labels `id, label` beside them, or one table of labels
and texts. Each is JSON lines, a JSON array, or a table with commas, semicolons or tabs, in UTF-8,
UTF-16 or GB18030, gzipped or not; a table without headings is taken as label and text. Labels are
normal, ad and abuse, and what other collections call them.
"""

from __future__ import annotations

import codecs
import csv
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

from weilu.moderation.rules.evaluating import Labelled, Score, evaluate
from weilu.moderation.rules.starter import starter_words
from weilu.moderation.rules.words import Matcher

_CALLED = {
    "normal": "normal ham 0 -1 ok safe clean legit none neutral false no 正常 普通 安全",
    "ad": "ad 1 spam ads advert advertisement advertising junk true yes promotion fraud scam"
    " phishing smishing 广告 垃圾 垃圾广告 垃圾信息 推广 诈骗 欺诈",
    "abuse": "abuse abusive offensive toxic hate insult 辱骂 谩骂 攻击 冒犯",
}
_MEANINGS = {word: label for label, words in _CALLED.items() for word in words.split()}
_HEADINGS = {
    "label": "label class category target type is_spam spam v1 标签 类别 分类",
    "text": "text message content sms body comment msg v2 文本 内容 消息 正文",
    "id": "id message_id msg_id messageid 编号",
    "user": "user user_id sender account name author 用户 发送者",
    "time": "time timestamp date created_at ts 时间",
}
_NEGATION = re.compile(r"(?:not|non)[ _-]?|非")
_FIELDS = {heading: field for field, words in _HEADINGS.items() for heading in words.split()}
_NO_TIME = {"", "unknown", "none", "null", "nan", "nat", "na", "n/a", "-", "?", "未知"}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_GZIP = b"\x1f\x8b"
_MOST_BYTES = 512 * 1024 * 1024
MOST_MS = 253_402_300_799_000
_FIELD_LIMIT = 16 * 1024 * 1024

Row = tuple[int, Mapping[str, object]]


class Unreadable(ValueError):
    """A file that cannot be used; the message says where and why."""


def evaluate_files(messages: Path, labels: Path | None, decisions: int = 0) -> dict[str, Score]:
    """Judge the labelled messages of one or two files.

    Raises `Unreadable` with file and line, and `OSError` where a file cannot be opened.
    """
    rows = list(labelled(messages, _labels(labels) if labels else None))
    if not rows:
        raise Unreadable(f"{messages}: there are no messages in it")
    return evaluate(Matcher(starter_words()), rows, decisions)


def as_values(scores: dict[str, Score]) -> dict[str, dict[str, float]]:
    """Scores as plain values, as `--json` prints them."""
    return {label: asdict(score) for label, score in scores.items()}


def labelled(path: Path, known: Mapping[str, str] | None = None) -> Iterator[Labelled]:
    """Messages of a file with the labels that `known` has under their ids, or with their own.

    A message that `known` does not have is normal. A time that cannot be read is not known;
    raises `Unreadable` where none can.
    """
    is_timed, untimely = False, None
    needed = {"text"} if known is not None else {"label", "text"}
    for number, row in _rows(path, needed):
        if known is not None:
            label = known.get(_id(row.get("id")), "normal")
        else:
            label = _label(row["label"], path, number)
        user = row.get("user")
        try:
            sent = _time(row.get("time"))
        except (ValueError, OverflowError):
            sent, untimely = None, untimely or (number, row["time"])
        is_timed |= sent is not None
        text = "" if row["text"] is None else str(row["text"])
        yield Labelled(text, label, None if user in {None, ""} else str(user), sent)
    if untimely and not is_timed:
        raise Unreadable(f"{path}, line {untimely[0]}: this is no time: {untimely[1]}")


def _labels(path: Path) -> dict[str, str]:
    rows = _rows(path, {"id", "label"})
    return {_id(row["id"]): _label(row["label"], path, number) for number, row in rows}


def _rows(path: Path, needed: set[str]) -> Iterator[Row]:
    """Rows by our names of their fields, with their lines; all that are needed are there."""
    text = _decoded(path)
    start = text.lstrip()[:1]
    if start == "[":
        rows = _array(text, path)
    else:
        rows = _json_lines(text, path) if start == "{" else _table(text, path, needed)
    for number, row in rows:
        named = {_FIELDS.get(str(key).strip().lower(), ""): value for key, value in row.items()}
        if missing := sorted(needed - named.keys()):
            raise Unreadable(f"{path}, line {number}: there is no {' and no '.join(missing)}")
        yield number, named


def _decoded(path: Path) -> str:
    """The file as text, line ends as LF. Raises Unreadable for what is no text."""
    with path.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    if data.startswith(_GZIP):
        try:
            with gzip.open(path) as packed:
                data = packed.read(_MOST_BYTES + 1)
        except (EOFError, zlib.error, gzip.BadGzipFile) as error:
            raise Unreadable(f"{path}: the packed file is broken: {error}") from error
    if len(data) > _MOST_BYTES:
        raise Unreadable(f"{path}: this is more than {_MOST_BYTES >> 20} MB, take a part of it")
    if data.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return data.decode("utf-16", "replace").replace("\r\n", "\n")
    if b"\0" in data[:4096]:
        raise Unreadable(f"{path}: this is a picture or a program, not text")
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding).replace("\r\n", "\n")
        except UnicodeDecodeError:
            continue
    return data.decode("utf-8", "replace").replace("\r\n", "\n")


def _array(text: str, path: Path) -> Iterator[Row]:
    try:
        found = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise Unreadable(f"{path}: the JSON is broken: {error}") from error
    for number, row in enumerate(found, 1):
        yield number, _object(row, path, number)


def _json_lines(text: str, path: Path) -> Iterator[Row]:
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            row = json.loads(line)
        except (ValueError, RecursionError):
            row = None
        yield number, _object(row, path, number)


def _object(row: object, path: Path, number: int) -> Mapping[str, object]:
    if not isinstance(row, dict):
        raise Unreadable(
            f"{path}, line {number}: a JSON object with id, time, user and text is needed"
        )
    return row


def _table(text: str, path: Path, needed: set[str]) -> Iterator[Row]:
    """Rows of a table by its headings; one without headings has labels and texts."""
    csv.field_size_limit(_FIELD_LIMIT)
    first = text.lstrip("\n").partition("\n")[0]
    sign = _sign(first, needed)
    is_plain = sign == "\t" and _is_unquoted(text)
    reader = csv.reader(
        io.StringIO(text, newline=""),
        delimiter=sign,
        quoting=csv.QUOTE_NONE if is_plain else csv.QUOTE_MINIMAL,
    )
    headings: Sequence[str] = ()
    try:
        for row in reader:
            if not any(row):
                continue
            if not headings:
                headings, is_message = _headings(row, path, needed)
                if not is_message:
                    continue
            if len(row) > len(headings) and is_plain:
                row[len(headings) - 1 :] = [sign.join(row[len(headings) - 1 :])]
            yield reader.line_num, dict(zip(headings, row, strict=False))
    except csv.Error as error:
        raise Unreadable(f"{path}, line {reader.line_num}: {error}") from error


def _is_unquoted(text: str) -> bool:
    """Whether quotes are part of what was said: read as quotes they would swallow whole rows."""
    for row in csv.reader(io.StringIO(text, newline=""), delimiter="\t"):
        for cell in row:
            swallowed = (line.partition("\t") for line in cell.split("\n")[1:])
            if any(tab and _meaning(start) for start, tab, _ in swallowed):
                return True
    return False


def _headings(row: Sequence[str], path: Path, needed: set[str]) -> tuple[Sequence[str], bool]:
    """Headings of a table by its first row, and whether that is a message already."""
    if needed <= {_FIELDS.get(cell.strip().lower(), "") for cell in row}:
        return row, False
    if needed == {"label", "text"} and len(row) == 2:
        for place in (0, 1):
            if _meaning(row[place]):
                return ("label", "text") if place == 0 else ("text", "label"), True
    raise Unreadable(f"{path}, line 1: the columns {' and '.join(sorted(needed))} are needed")


def _sign(first: str, needed: set[str]) -> str:
    """What parts the cells: the sign by which the first line makes sense, else the commonest."""
    for sign in "\t,;":
        try:
            _headings(next(csv.reader([first], delimiter=sign), []), Path(), needed)
        except (Unreadable, csv.Error):
            continue
        return sign
    return max(",\t;", key=first.count)


def _id(value: object) -> str:
    """An id as text; spreadsheets write whole numbers with a point."""
    return "" if value is None else str(value).strip().removesuffix(".0")


def _label(value: object, path: Path, line: int) -> str:
    label = "" if value is None else _meaning(str(value))
    if not label:
        raise Unreadable(f"{path}, line {line}: the label {value!r} is not normal, ad or abuse")
    return label


def _meaning(word: str) -> str:
    """Normal, ad or abuse; "" for a word that means none. What is not junk is normal."""
    plain = word.strip().lower().removesuffix(".0")
    if plain in _MEANINGS:
        return _MEANINGS[plain]
    negated = _NEGATION.match(plain)
    return "normal" if negated and plain[negated.end() :] in _MEANINGS else ""


def _time(value: object) -> int | None:
    """Milliseconds since 1970 of seconds, milliseconds or a year-first time; None if it is unknown.

    It counts as UTC where it says none.
    """
    if value is None or str(value).strip().lower() in _NO_TIME:
        return None
    if isinstance(value, int | float):
        number = int(value if abs(value) > 100_000_000_000 else value * 1000)
        return max(-MOST_MS, min(MOST_MS, number))
    text = str(value).strip()
    if text.lstrip("-").replace(".", "", 1).isdigit():
        return _time(float(text))
    if dated := _DATE.match(text):
        text = "-".join(part.zfill(2) for part in dated.groups()) + text[dated.end() :]
    moment = datetime.fromisoformat(text)
    return int((moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp() * 1000)
