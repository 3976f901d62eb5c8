"""Which messages thank somebody for help, in Chinese and English chat (C-6)."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

_LINK = re.compile(r"https?://\S+")
_THANKS = re.compile(
    r"\b(?:thank(?:s|you|ies)?|thx|tnx|tks|ty|tyvm|cheers|kudos|much obliged|appreciate[ds]?"
    r"|that (?:worked|works|did it|fixed it|helped|helps))\b"
    r"|谢(?:谢|了|啦|过|大|老师|楼)|多谢|感谢|感恩|[谢謝]{2}|3q|解决了|搞定了|学到了|涨知识|长知识"
    r"|有用[!！。~～]*$|救了我|受教|管用"
)
# Thanks in advance, refused, or for what is only fun.
_NOT = re.compile(
    r"\bno,? thank|\bthanks? (?:in advance|anyway|but no|god)|without thanks"
    r"|thanks to (?:the|my|this)"
    r"|不用谢|不谢|谢绝|别谢|甭谢|先谢|提前谢|谢天谢地|谢了.{0,2}不用|谢谢(?:老板|店主|红包|金主)"
)


def thanks(texts: Sequence[str]) -> npt.NDArray[np.bool_]:
    """Which of the texts thank somebody, in their order."""
    return np.fromiter((_thanks(text) for text in texts), dtype=np.bool_, count=len(texts))


def _thanks(text: str) -> bool:
    folded = text.casefold()
    if _THANKS.search(folded) is None:
        return False
    bare = _LINK.sub(" ", folded)
    return _THANKS.search(bare) is not None and _NOT.search(bare) is None
