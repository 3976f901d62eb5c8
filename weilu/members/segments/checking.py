"""Now and then the mirror is looked at against the database, which is the truth (C-9).

What it copies is noted by whoever writes it; a writer who forgets would leave it wrong in silence.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import timedelta

from weilu.core.clock import now
from weilu.members.mirror.keeping import borrowed, forget_one
from weilu.members.scope import Scope
from weilu.members.segments import columnar
from weilu.members.segments.asking import Asking
from weilu.members.segments.trees import Node

log = logging.getLogger(__name__)
EVERY = timedelta(hours=1)


def look_after_mirror(scope: Scope, trees: Sequence[Node]) -> bool:
    """Ask for one of the trees in both ways, once an hour, each in its turn.

    False when they differed: that is logged, and the mirror is forgotten, to be made anew.
    """
    moment = now()
    with borrowed(scope.workspace_id) as mirror:
        if mirror is None or not trees or moment - mirror.checked_at < EVERY:
            return True
        mirror.checked_at = moment
    return _agree(scope, trees[int(moment.timestamp() // EVERY.total_seconds()) % len(trees)])


def _agree(scope: Scope, tree: Node) -> bool:
    before = columnar.answer(scope, tree)
    found = Asking(scope, by_sql=True).members(tree)
    # What was changed meanwhile is noted and changes the second answer: then nothing is told.
    if before is None or found == before or columnar.answer(scope, tree) != before:
        return True
    log.error(
        "the mirror of workspace %s was wrong about %s members; it is made anew",
        scope.workspace_id,
        len(found ^ before),
    )
    forget_one(scope.workspace_id)
    return False
