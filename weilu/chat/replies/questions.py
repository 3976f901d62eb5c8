"""Which messages ask something, in Chinese and English chat, and when they were answered (H-2)."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from weilu.chat.replies.talk import Bools, Links, Talk

# Chinese writers leave no blank after an address, so it ends where Chinese begins.
_LINK = re.compile(r"(?:https?://|www\.)[^\s\u3400-\u9fff，。！？]+")
_LETTER = re.compile(r"\w")
# A question mark inside a path or a query string is none: "index.php?id=3".
_MARK = re.compile(r"？|\?(?![a-z0-9=&%/])")
# Every branch begins with one character that is no class and no look behind: so the engine passes
# over all others, three times as fast.
_CHINESE = re.compile(
    "干嘛|干吗|干啥|吗(?!的)|嗎|呢(?<!着呢)(?=[\\s?？!！。~～]*\n)|怎(?<![不没]怎)[么麼](?![都也回])|"
    "怎样|怎樣|咋(?![呼舌])|如何(?<![论論]如何)|什(?<![没沒为為]什)[么麼](?![的都也])|"
    "为什[么麼]|為什[么麼]|为啥|为何|啥(?<!没啥)(?![都也])|哪[里裡儿個个些种位家款天年]|"
    "哪(?=[\\s?？]*\n)|"
    "多少(?!有[点些])|几[点个号天块次](?=[^\n]{0,3}[?？\n])|有没有|有沒有|能不能|可不可以|"
    "会不会|是不是|要不要|行不行|好不好|对不对|知不知道|谁(?:知道|有|会|能|在用|懂|可以)|"
    "誰(?:知道|有|会|能|在用|懂|可以)|"
    "有人(?:知道|会|用过|懂|在)|请[问問教]|請[问問教]|求(?:助|教|问|推荐|解|大神|大佬|指|介绍|帮)|何时"
)
_ENGLISH = re.compile(
    "any ?(?:one|body) (?:know|here|else|have|has|got|use|using|tried|can|able|around|help)|"
    "does any|is there an?y? |how (?:do|can|should|would) (?:i|you|we)\\b"
)
_OPENING = re.compile(
    "\n *(?:[^\\s:,：，]{1,30} ?[:,：，] *)?"
    "(?:(?:hi|hello|hey|ok|so|and|but|please|well|hmm)\\b[ ,]*(?:all|guys|everyone|there)?[ ,]*)?"
    "(?:how\\b|why\\b|what(?:s|'s|\\b(?! an? | i ))|whats\\b|whose\\b|wh(?:en|ich|ere|o)(?:'s)? "
    "(?:is|are|was|do|does|did|can|could|will|would|should|has|have|one|version|knows?)\\b|"
    "(?:is|are|was) (?:there|it|this|that|these|you|they|he|she|any|the|my)\\b|"
    "(?:can|could|would|should|shall|may) (?:i|you|we|it|some|any|he|she|they|someone|anyone)\\b|"
    "(?:do|does|did|have|has|will) (?:i|you|we|it|any|the|this|that|anyone|they|he|she)\\b|求)"
)
_MAX_OWN_STEPS: Final = 64


@dataclass(frozen=True, slots=True)
class Answers:
    """First answer to each row that asks: its row, or -1, and the wait in ms, or -1."""

    row: NDArray[np.int32]
    wait_ms: NDArray[np.int64]


def is_question(text: str) -> bool:
    """Whether the text asks something; a lone question mark does not."""
    return bool(questions([text])[0])


def questions(texts: Sequence[str]) -> Bools:
    """Which of the texts ask something, in their order."""
    joined = "\n".join(texts)
    if joined.count("\n") >= len(texts):
        joined = "\n".join([t.replace("\n", " ") for t in texts])
    joined = f"\n{joined.lower()}\n"
    if "://" in joined or "www." in joined:
        joined = _LINK.sub(" ", joined)
    lines = joined.split("\n")[1:-1]
    ends = _ends(lines)
    asks = np.zeros(len(texts), bool)
    patterns = [(_ENGLISH, -1), (_OPENING, 0)]
    if not joined.isascii():
        patterns.append((_CHINESE, -1))
    for pattern, shift in patterns:
        asks[_rows(pattern, joined, ends, shift)] = True
    marked = np.unique(_rows(_MARK, joined, ends, -1))
    for row in marked[~asks[marked]].tolist():
        asks[row] = _LETTER.search(lines[row]) is not None
    return asks[: len(texts)]


def _ends(lines: Sequence[str]) -> NDArray[np.int64]:
    """Where each line ends when all are joined, line breaks counted."""
    return np.cumsum(np.fromiter(map(len, lines), np.int64, len(lines)) + 1)


def _rows(
    pattern: re.Pattern[str], joined: str, ends: NDArray[np.int64], shift: int
) -> NDArray[np.int64]:
    found = [m.start() for m in pattern.finditer(joined)]
    return np.searchsorted(ends, np.asarray(found, np.int64) + shift, side="right")


def answers(talk: Talk, links: Links, asks: Bools) -> Answers:
    """First answer by somebody else to every row that asks.

    An answer is linked to the question itself, or to what the asker added to it: a message of
    his that leads back to the question over his own messages only (64 at most).
    """
    rows = np.arange(len(asks), dtype=np.int64)
    parent = links.parent.astype(np.int64)
    speaker = talk.speaker
    linked = (parent != rows) & (speaker >= 0) & (speaker[parent] >= 0)
    own = np.where(linked & (speaker == speaker[parent]), parent, -1)
    answer = rows[linked & (speaker != speaker[parent])]
    at = parent[answer]
    first = np.full(len(asks), len(asks), np.int64)
    for _ in range(_MAX_OWN_STEPS):
        if not len(at):
            break
        np.minimum.at(first, at, answer)
        at = own[at]
        answer, at = answer[at >= 0], at[at >= 0]
    answered = asks & (first < len(asks))
    row = np.where(answered, first, -1)
    wait = np.where(answered, talk.sent_ms[row] - talk.sent_ms, -1)
    return Answers(row.astype(np.int32), wait.astype(np.int64))
