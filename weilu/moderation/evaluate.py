"""Labelled messages from files, for `weilu evaluate moderation` (B-5).

Either messages `id, time, user, text` with labels `id, label` beside them, or one table of labels
and texts. Each is JSON lines, a JSON array, or a table with commas, semicolons or tabs, in UTF-8,
UTF-16 or GB18030, gzipped or not; in a table without headings the column of labels is found by
what stands in it, the text is the longest other one. Labels are normal, ad and abuse, and what
other collections call them; what a caller says of a label goes before that. Where every message of
a file is of one kind, it needs no labels, and may be lines of text.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Literal

from weilu.core.decoding import text_of, unpacked
from weilu.moderation.rules.evaluating import Labelled, Score, evaluate
from weilu.moderation.rules.starter import starter_words
from weilu.moderation.rules.words import Matcher

if TYPE_CHECKING:
    from _csv import Reader

_CALLED = {
    "normal": "normal ham 0 -1 ok safe clean legit none neutral false no 正常 普通 安全",
    "ad": "ad 1 spam ads advert advertisement advertising junk true yes promotion fraud scam"
    " phishing smishing loan gambling porn 广告 垃圾 垃圾广告 垃圾信息 垃圾短信 推广 诈骗 欺诈"
    " 诈骗短信 贷款 赌博 博彩 色情 刷单 冒充 兼职",
    "abuse": "abuse abusive offensive toxic hate hateful insult obscene threat profanity"
    " 辱骂 谩骂 攻击 冒犯 仇恨",
}
# A class called after one of these is one of its kinds: `fake_police`, `loan-fraud`.
_KINDS_OF = {"fake": "ad", "fraud": "ad", "scam": "ad", "spam": "ad", "诈骗": "ad", "冒充": "ad"}
# Under these headings 1 and true speak of abuse.
_OF_ABUSE = {"toxic", "toxicity", "offensive", "abusive", "abuse", "hate", "hateful", "insult"}
_MEANINGS = {word: label for label, words in _CALLED.items() for word in words.split()}
_HEADINGS = {
    "label": "label labels class category target type tag y is_spam spam is_ad is_fraud fraud v1"
    " 标签 类别 分类 类型 toxic toxicity offensive abusive abuse hate hateful insult",
    "text": "text message content sms body comment msg v2 comment_text tweet sentence utterance"
    " review 文本 内容 消息 正文 短信 短信内容 评论",
    "id": "id message_id msg_id messageid 编号",
    "user": "user user_id sender account name author 用户 发送者",
    "time": "time timestamp date created_at ts 时间",
}
_NEGATION = re.compile(r"(?:not|non)[ _-]?|非")
_FIELDS = {heading: field for field, words in _HEADINGS.items() for heading in words.split()}
_NO_TIME = {"", "unknown", "none", "null", "nan", "nat", "na", "n/a", "-", "?", "未知"}
_DATE = re.compile(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?")
_MOST_BYTES = 512 * 1024 * 1024
MOST_MS = 253_402_300_799_000
_FIELD_LIMIT = 16 * 1024 * 1024

_LOOKED_AT = 50  # rows by which the columns of a table without headings are told apart
_MOST_CLASSES = 12

Row = tuple[int, Mapping[str, object]]


class Unreadable(ValueError):
    """A file that cannot be used; the message says where and why."""


@dataclass(frozen=True, slots=True)
class Calling:
    """What a caller says of the labels: what some of them mean, or what every message is."""

    called: Mapping[str, str] = field(default_factory=dict)
    every: str = ""

    @classmethod
    def of(cls, said: Sequence[str], every: str = "") -> Calling:
        """From words like `1=abuse`; raises `Unreadable` for what means none of the three."""
        called = {}
        for one in said:
            word, _sign, label = one.rpartition("=")
            if not word.strip() or label.strip() not in _CALLED:
                raise Unreadable(f"{one!r} does not say what a label means; write 1=abuse")
            called[_plain(word)] = label.strip()
        if every and every not in _CALLED:
            raise Unreadable(f"{every!r} is not normal, ad or abuse")
        return cls(called, every)

    def meaning(self, word: str) -> str:
        """Normal, ad or abuse; "" for a word that means none. What is not junk is normal."""
        plain = _plain(word)
        if said := self.called.get(plain) or _MEANINGS.get(plain):
            return said
        negated = _NEGATION.match(plain)
        if negated and plain[negated.end() :] in _MEANINGS:
            return "normal"
        parts = re.split(r"[ _-]+", plain)
        return next((_KINDS_OF[part] for part in parts if part in _KINDS_OF), "")


def _plain(word: str) -> str:
    return word.strip().lower().removesuffix(".0")


_AS_USUAL = Calling()


def evaluate_files(
    messages: Path, labels: Path | None, decisions: int = 0, calling: Calling = _AS_USUAL
) -> dict[str, Score]:
    """Judge the labelled messages of one or two files.

    Raises `Unreadable` with file and line, and `OSError` where a file cannot be opened.
    """
    known = _labels(labels, calling) if labels else None
    rows = list(labelled(messages, known, calling))
    if not rows:
        raise Unreadable(f"{messages}: there are no messages in it")
    return evaluate(Matcher(starter_words()), rows, decisions)


def as_values(scores: dict[str, Score]) -> dict[str, dict[str, float]]:
    """Scores as plain values, as `--json` prints them."""
    return {label: asdict(score) for label, score in scores.items()}


def labelled(
    path: Path, known: Mapping[str, str] | None = None, calling: Calling = _AS_USUAL
) -> Iterator[Labelled]:
    """Messages of a file with the labels that `known` has under their ids, or with their own.

    A message that `known` does not have is normal. A time that cannot be read is not known;
    raises `Unreadable` where none can, or where `known` has none of the messages.
    """
    is_timed, untimely, is_met = False, None, not known
    needed = {"text"} if known is not None or calling.every else {"label", "text"}
    for number, row in _rows(path, needed, calling):
        if known is not None:
            pk = _id(row.get("id"))
            label, is_met = known.get(pk, "normal"), is_met or pk in known
        else:
            label = calling.every or _label(row["label"], path, number, calling)
        user = row.get("user")
        try:
            sent = _time(row.get("time"))
        except (ValueError, OverflowError):
            sent, untimely = None, untimely or (number, row["time"])
        is_timed |= sent is not None
        text = "" if row["text"] is None else str(row["text"])
        yield Labelled(text, label, None if user in {None, ""} else str(user), sent)
    if not is_met:
        raise Unreadable(f"{path}: none of the labels is about a message in it; the ids differ")
    if untimely and not is_timed:
        raise Unreadable(f"{path}, line {untimely[0]}: this is no time: {untimely[1]}")


def _labels(path: Path, calling: Calling) -> dict[str, str]:
    rows = _rows(path, {"id", "label"}, calling)
    known = {_id(row["id"]): _label(row["label"], path, number, calling) for number, row in rows}
    if not known:
        raise Unreadable(f"{path}: there are no labels in it")
    return known


def _rows(path: Path, needed: set[str], calling: Calling) -> Iterator[Row]:
    """Rows by our names of their fields, with their lines; all that are needed are there."""
    text = _decoded(path)
    start = text.lstrip()[:1]
    if start == "[":
        rows = _array(text, path)
    else:
        rows = _json_lines(text, path) if start == "{" else _written(text, path, needed, calling)
    for number, row in rows:
        named = _named(row, calling)
        if missing := sorted(needed - named.keys()):
            raise Unreadable(f"{path}, line {number}: there is no {' and no '.join(missing)}")
        yield number, named


def _named(row: Mapping[str, object], calling: Calling) -> dict[str, object]:
    """A row by our names of its fields; 1 under `toxic` is abuse."""
    named: dict[str, object] = {}
    for key, value in row.items():
        heading = str(key).strip().lower()
        name = _FIELDS.get(heading, "")
        is_abuse = heading in _OF_ABUSE and value is not None
        is_abuse &= not calling.called and calling.meaning(str(value)) == "ad"
        named.setdefault(name, "abuse" if is_abuse else value)
    return named


def _decoded(path: Path) -> str:
    """The file as text, line ends as LF. Raises Unreadable for what is no text."""
    with path.open("rb") as stream:
        data = stream.read(_MOST_BYTES + 1)
    try:
        data = unpacked(data, _MOST_BYTES)
    except ValueError as error:
        raise Unreadable(f"{path}: the packed file is broken: {error}") from error
    if len(data) > _MOST_BYTES:
        raise Unreadable(f"{path}: this is more than {_MOST_BYTES >> 20} MB, take a part of it")
    try:
        return text_of(data).replace("\r\n", "\n")
    except ValueError as error:
        raise Unreadable(f"{path}: this is {error}") from error


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


def _written(text: str, path: Path, needed: set[str], calling: Calling) -> Iterator[Row]:
    """Rows of a table; where no labels are needed and no heading is there, lines of text."""
    if not text.strip():
        return iter(())
    try:
        told = _columns(text, path, needed, calling)
    except Unreadable:
        if needed != {"text"}:
            raise
        lines = enumerate(text.split("\n"), 1)
        return ((number, {"text": line}) for number, line in lines if line.strip())
    return _table(text, path, told, calling)


def _table(
    text: str, path: Path, told: tuple[str, Sequence[str], bool], calling: Calling
) -> Iterator[Row]:
    """Rows of a table whose columns are known."""
    sign, headings, is_message = told
    is_plain = sign == "\t" and _is_unquoted(text, calling)
    reader = _read(text, sign, is_plain=is_plain)
    try:
        for row in reader:
            if not any(row):
                continue
            if not is_message:
                is_message = True
                continue
            if len(row) > len(headings) and is_plain:
                row[len(headings) - 1 :] = [sign.join(row[len(headings) - 1 :])]
            yield reader.line_num, dict(zip(headings, row, strict=False))
    except csv.Error as error:
        raise Unreadable(f"{path}, line {reader.line_num}: {error}") from error


def _read(text: str, sign: str, *, is_plain: bool = False) -> Reader:
    quoting: Literal[0, 3] = csv.QUOTE_NONE if is_plain else csv.QUOTE_MINIMAL
    return csv.reader(io.StringIO(text, newline=""), delimiter=sign, quoting=quoting)


def _is_unquoted(text: str, calling: Calling) -> bool:
    """Whether quotes are part of what was said: read as quotes they would swallow whole rows."""
    for row in csv.reader(io.StringIO(text, newline=""), delimiter="\t"):
        for cell in row:
            swallowed = (line.partition("\t") for line in cell.split("\n")[1:])
            if any(tab and calling.meaning(start) for start, tab, _ in swallowed):
                return True
    return False


def _columns(
    text: str, path: Path, needed: set[str], calling: Calling
) -> tuple[str, Sequence[str], bool]:
    """What parts the cells, the headings, and whether the first row is a message already.

    Raises `Unreadable` where the columns that are needed cannot be told.
    """
    csv.field_size_limit(_FIELD_LIMIT)
    for sign in "\t,;|":
        try:
            rows = [row for row in islice(_read(text, sign), _LOOKED_AT) if any(row)]
        except csv.Error:
            continue
        if rows and needed <= {_FIELDS.get(cell.strip().lower(), "") for cell in rows[0]}:
            return sign, rows[0], False
        if rows and needed == {"label", "text"} and (found := _guessed(rows, calling)):
            return sign, found, True
    wanted = " and ".join(sorted(needed))
    raise Unreadable(
        f"{path}, line 1: the columns {wanted} are needed; where labels are called otherwise, say"
        " what they mean by --map 1=abuse, where all are of one kind by --every ad"
    )


def _guessed(rows: Sequence[Sequence[str]], calling: Calling) -> Sequence[str] | None:
    """Headings for columns without: labels by their few words, the longest other one is text."""
    width = min(map(len, rows))
    if width < 2:
        return None
    columns = [[row[place] for row in rows] for place in range(width)]
    means = [sum(bool(calling.meaning(cell)) for cell in cells) for cells in columns]
    few = [
        len(set(cells)) <= _MOST_CLASSES and bool(calling.meaning(cells[0])) for cells in columns
    ]
    could = [place for place in range(width) if few[place]]
    if not could:
        return None
    label = max(could, key=lambda place: (means[place], -len(set(columns[place]))))
    if width > 2 and means[label] < len(rows):
        return None
    others = [place for place in range(width) if place != label]
    longest = max(others, key=lambda place: sum(map(len, columns[place])))
    names = {label: "label", longest: "text"}
    return [names.get(place, f"column {place + 1}") for place in range(width)]


def _id(value: object) -> str:
    """An id as text; spreadsheets write whole numbers with a point."""
    return "" if value is None else str(value).strip().removesuffix(".0")


def _label(value: object, path: Path, line: int, calling: Calling) -> str:
    label = "" if value is None else calling.meaning(str(value))
    if not label:
        raise Unreadable(
            f"{path}, line {line}: the label {value!r} is not normal, ad or abuse; say what it"
            f" means by --map {str(value).strip() or 'x'}=ad"
        )
    return label


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
