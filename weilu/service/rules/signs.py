"""What each message says by itself that matters to an exchange: thanks, and prizes (C-6, C-7)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from weilu.core.helper import Helper
from weilu.service.rules.prizes import offers
from weilu.service.rules.thanks import thanks

Bools = npt.NDArray[np.bool_]


class Signs(NamedTuple):
    """Which texts thank somebody, and which offer a prize; in their order."""

    thanking: Bools
    offering: Bools


def signs_of(texts: Sequence[str], helper: Helper) -> Signs:
    """The signs of texts; half of them are read by the helper where that is worth it."""
    found = helper.over(_signs, [texts])
    return Signs(*(np.concatenate(columns) for columns in zip(*found, strict=True)))


def _signs(texts: Sequence[str]) -> Signs:
    return Signs(thanks(texts), offers(texts))
