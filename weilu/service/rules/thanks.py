"""Which messages thank somebody for help, in Chinese and English chat (C-6)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from weilu.core.texts import holding

_LINK = re.compile(r"https?://\S+")
# Every branch begins with one character: see `holding`.
_THANKS = re.compile(
    r"t(?<!\wt)(?:hank(?:s|you|ies)?|hx|nx|ks|y|yvm"
    r"|hat (?:worked|works|did it|fixed it|helped|helps))\b"
    r"|cheers(?<!\wcheers)\b|kudos(?<!\wkudos)\b|much obliged(?<!\wmuch obliged)\b"
    r"|appreciate(?<!\wappreciate)[ds]?\b"
    r"|谢(?:[谢謝了啦过大楼]|老师)|謝[谢謝]|多谢|感谢|感恩|3q|解决了|搞定了|学到了|涨知识|长知识"
    r"|有用[!！。~～]*$|救了我|受教|管用",
    re.MULTILINE,
)
# Thanks in advance, refused, or for what is only fun.
_NOT = re.compile(
    r"\bno,? thank|\bthanks? (?:in advance|anyway|but no|god)|without thanks"
    r"|thanks to (?:the|my|this)"
    r"|不用谢|不谢|谢绝|别谢|甭谢|先谢|提前谢|谢天谢地|谢了.{0,2}不用|谢谢(?:老板|店主|红包|金主)"
)


def thanks(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which of the texts thank somebody, in their order."""
    folded = "\n".join([t.replace("\n", " ") if "\n" in t else t for t in texts]).casefold()
    lines = folded.split("\n") if texts else []
    found = holding(lines, _THANKS)
    rows = np.flatnonzero(found)
    bare = [lines[row] for row in rows.tolist()]
    if "://" in folded:
        bare = [_LINK.sub(" ", line) for line in bare]
        found[rows] = holding(bare, _THANKS)
    found[rows] &= ~holding(bare, _NOT)
    return found
