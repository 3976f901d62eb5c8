"""What is judged beside the talk: changed messages, new names, codes in pictures, cards (B-5).

Weights are log-odds, as in `scoring`. Who belongs to a group gets the benefit of the doubt: a code
or a card of theirs waits for a person.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from weilu.moderation.rules.disturbing import Fact
from weilu.moderation.rules.scoring import CERTAIN, NEWCOMER, RARE, SETTLED, Numbers

# A card shows somebody to write to, whatever else it says.
CARD = 7.0
# Many come with their number or their trade in their name: alone it is doubtful at most.
WEIGHTS: dict[Fact, float] = {Fact.CODE: 2.0, Fact.EDITED: 1.0, Fact.RENAMED: 1.0, Fact.NAMED: -3.0}
# These say little by themselves when they come from somebody who belongs.
FORGIVEN = frozenset({Fact.CODE, Fact.CARD})
_UNSURE = CERTAIN - 0.01


def weighed(scores: Numbers, facts: Sequence[Fact], settled: npt.NDArray[np.bool_]) -> Numbers:
    """Scores of texts alone (as of a newcomer), with what is known beside them."""
    added = np.array([WEIGHTS.get(fact, 0.0) for fact in facts])
    found: Numbers = scores + added + np.where(settled, SETTLED - NEWCOMER, 0.0)
    forgiven = settled & np.array([fact in FORGIVEN for fact in facts], dtype=bool)
    return np.where(forgiven, np.minimum(found, _UNSURE), found)


def card_scores(
    scores: Numbers, cards: npt.NDArray[np.bool_], new: npt.NDArray[np.bool_]
) -> Numbers:
    """Scores of a batch with cards counted in: a newcomer's is certain, another's doubtful."""
    least = np.where(new, RARE + NEWCOMER + CARD, _UNSURE)
    return np.where(cards, np.maximum(scores, least), scores)
