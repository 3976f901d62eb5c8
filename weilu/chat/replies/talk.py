"""What a group said, as columns, and who answers whom: the values this package takes and gives."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

Ints: TypeAlias = NDArray[np.int64]
Floats: TypeAlias = NDArray[np.float32]
Bools: TypeAlias = NDArray[np.bool_]


@dataclass(frozen=True, slots=True)
class Talk:
    """The messages of one group in time order, one column per fact.

    `sent_ms` int64, ascending. `speaker` int32, any person number, -1 for notices of the
    platform. `explicit` int32, row of the message the platform says is answered, else -1.
    `names` maps casefolded names and aliases to person numbers, for mentions.
    """

    sent_ms: NDArray[np.int64]
    speaker: NDArray[np.int32]
    text: Sequence[str]
    explicit: NDArray[np.int32]
    names: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Links:
    """Which earlier message every message answers.

    `parent` int32, the answered row, or the message's own row when it starts a talk.
    `confidence` float32, 0 to 1; 1 where the platform itself names the answered message.
    `called` is the person a message addresses by name, `named` another person in its text, -1 for
    nobody, for notices and where nothing was decided.
    """

    parent: NDArray[np.int32]
    confidence: NDArray[np.float32]
    called: Ints
    named: Ints
