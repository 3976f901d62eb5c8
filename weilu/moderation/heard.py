"""Words that report a message, and people who come back although they are kept out.

Both are seen in the transaction that stores what was heard, so nothing is missed and a second
time changes nothing.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from weilu.chat.columns import Columns
from weilu.chat.models import Message
from weilu.chat.named import named
from weilu.chat.ports import Kind
from weilu.chat.stages import at_once
from weilu.core.lookup import Lookup
from weilu.groups.models import Group
from weilu.members.queries import people_behind
from weilu.moderation.bans import keep_out
from weilu.moderation.in_force import policy_for
from weilu.moderation.models import Ban
from weilu.moderation.reports import Spoken, note_spoken

# A report answers something recent.
LOOKS_BACK_HOURS = 7 * 24
_BANS = Lookup(
    lambda community_id: Ban.objects.filter(community_id=community_id).values_list("pk")[:1]
)


@at_once("reports")
def hear_reports(columns: Columns) -> None:
    """Keep what members report by answering with the community's word for it."""
    policy = policy_for(columns)
    if policy is None or not policy.report_word:
        return
    wanted = policy.report_word.casefold()
    said = [row for row, text in enumerate(columns.text) if _is(text, wanted)]
    rows = [row for row in said if columns.kind[row] == Kind.MESSAGE]
    if rows:
        note_spoken(_spoken(columns, rows))


def _is(text: str, word: str) -> bool:
    return len(text) <= 2 * len(word) + 2 and text.strip().casefold() == word


def _spoken(columns: Columns, rows: list[int]) -> list[Spoken]:
    """The messages that were answered, each with who answered."""
    ids = [int(columns.id[row]) for row in rows]
    answers = dict(
        Message.objects.filter(pk__in=ids).exclude(answers="").values_list("pk", "answers")
    )
    identities = columns.identity[rows]
    members = people_behind(identities).of_array(identities).tolist()
    found = []
    for row, pk, member in zip(rows, ids, members, strict=True):
        target = answers.get(pk)
        if not target or not member:
            continue
        group_id, at = int(columns.group[row]), int(columns.sent_ms[row])
        answered = named(group_id, target, at, LOOKS_BACK_HOURS).filter(kind=int(Kind.MESSAGE))
        message_id = answered.values_list("pk", flat=True).first()
        if message_id is not None:
            found.append(
                Spoken(message_id, group_id, columns.workspace_id, columns.community_id, member)
            )
    return found


@at_once("bans")
def turn_away(columns: Columns) -> None:
    """Put out whoever joins a group of a community that keeps them out."""
    joined = columns.kind == int(Kind.JOIN)
    if not joined.any() or not _BANS(columns.community_id):
        return
    identities = columns.identity[joined]
    known = people_behind(identities).of_array(identities)
    members = dict(zip(identities.tolist(), known.tolist(), strict=True))
    for group in Group.objects.filter(pk__in=_groups(columns, joined)).order_by("pk"):
        here = joined & (columns.group == group.pk)
        pairs = zip(columns.id[here].tolist(), columns.identity[here].tolist(), strict=True)
        keep_out(group, list(pairs), members)


def _groups(columns: Columns, rows: npt.NDArray[np.bool_]) -> list[int]:
    found: list[int] = np.unique(columns.group[rows]).tolist()
    return found
