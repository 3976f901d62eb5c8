"""Names that advertise: taken after somebody was trusted, or brought along from the start (B-5).

A name is judged when it changes, when its bearer joins, and with the first message of somebody
never seen before. Most names say nothing: they are read together, and only what is left is judged.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from weilu.chat.columns import DAY_MS, HOUR_MS, Columns
from weilu.chat.models import Message
from weilu.chat.ports import Kind
from weilu.chat.stages import at_once
from weilu.core.clock import now_ms
from weilu.core.lookup import Lookup
from weilu.events.chat import NamesChanged
from weilu.members.models import Identity
from weilu.moderation.aside import Change, judge
from weilu.moderation.judges import judge_in_office
from weilu.moderation.models import Doubt
from weilu.moderation.rules.aside import WEIGHTS
from weilu.moderation.rules.disturbing import Fact
from weilu.moderation.rules.scoring import REVIEW, Judge

# Whoever came longer ago is not news: lists of members tell of everybody who ever joined.
RECENT_MS = DAY_MS
_AT_ONCE = 500
_NAMES = Lookup(lambda ids: Identity.objects.filter(pk__in=ids).values_list("pk", "name"))


@at_once("names")
def judge_joins(columns: Columns) -> None:
    """Judge the names of those who join; in the transaction that stores it."""
    joined = (columns.kind == int(Kind.JOIN)) & (columns.sent_ms >= now_ms() - RECENT_MS)
    rows = np.flatnonzero(joined & (columns.identity > 0)).tolist()
    if not rows:
        return
    called = names_of({int(columns.identity[row]) for row in rows})
    found = [
        Change(
            int(columns.id[row]),
            int(columns.group[row]),
            int(columns.identity[row]),
            int(columns.sent_ms[row]),
            name,
            Fact.NAMED,
            name,
        )
        for row in rows
        if (name := called.get(int(columns.identity[row]), ""))
    ]
    judge(columns.workspace_id, _unjudged(columns.workspace_id, found))


def judge_names(event: NamesChanged) -> int:
    """Judge names that came with a message; returns how many are doubtful."""
    fact = Fact.NAMED if event.are_new else Fact.RENAMED
    since = now_ms() - RECENT_MS if event.are_new else 0
    columns = (event.identity_ids, event.names, event.group_ids, event.moments)
    # Which message it was is looked for only where a name says something.
    named = [
        Change(0, group_id, identity_id, moment, name, fact, name)
        for identity_id, name, group_id, moment in zip(*columns, strict=True)
        if moment >= since
    ]
    found = []
    for one in _unjudged(event.workspace_id, named):
        said = _said_at(one.group_id, one.identity_id, one.sent_ms)
        if said is not None:
            found.append(
                Change(
                    said.pk, one.group_id, one.identity_id, said.sent_ms, one.text, fact, one.text
                )
            )
    return judge(event.workspace_id, found)


def names_of(identity_ids: set[int]) -> dict[int, str]:
    """What identities are called now, by their id."""
    found: dict[int, str] = {}
    ids = sorted(identity_ids)
    for at in range(0, len(ids), _AT_ONCE):
        found.update(_NAMES(ids[at : at + _AT_ONCE]))
    return found


def _unjudged(workspace_id: int, named: Sequence[Change]) -> list[Change]:
    """Those whose name may say something and was not doubted before."""
    judge = judge_in_office(workspace_id)
    return [one for one in telling(judge, named) if not _is_known(workspace_id, one)]


def telling(judge: Judge, named: Sequence[Change]) -> list[Change]:
    """Those whose name may say something; they are read together."""
    if not named:
        return []
    verdicts = judge.texts([one.text for one in named])
    added = np.array([WEIGHTS[one.fact] for one in named])
    chosen = np.flatnonzero((verdicts.score + added >= REVIEW) | verdicts.abusive)
    return [named[row] for row in chosen.tolist()]


def _is_known(workspace_id: int, one: Change) -> bool:
    # By all parts of the index, so that no table of doubts is gone through.
    mine = Doubt.objects.filter(
        workspace_id=workspace_id, state__in=Doubt.State.values, identity_id=one.identity_id
    )
    return mine.filter(seen=one.text).exists()


def _said_at(group_id: int, identity_id: int, moment: int) -> Message | None:
    at = Message.objects.extra(where=["(sent_ms / 3600000) = %s"], params=[moment // HOUR_MS])
    mine = at.filter(group_id=group_id, sent_ms=moment, identity_id=identity_id)
    return mine.order_by("pk").first()
