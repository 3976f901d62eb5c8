"""What a look through history finds beside the talk: names that were taken or brought along (B-5).

As `aside` sees it while it happens, so that trying a policy out knows the same. What a message
said before it was edited is in no history, and pictures of imports are not kept: neither is seen.
"""

from __future__ import annotations

import numpy as np

from weilu.chat.ports import Kind
from weilu.chat.timeline import Timeline, read_timeline
from weilu.groups.models import Group
from weilu.members.queries import People
from weilu.moderation.aside import Change, is_settled, suspected
from weilu.moderation.judges import judge_of
from weilu.moderation.models import Doubt
from weilu.moderation.naming import names_of, telling
from weilu.moderation.rules.disturbing import Fact
from weilu.moderation.suspicion import doubt_of

# In so many joins and changes of names; the newest count.
MOST_NAMED = 50_000


def doubted_names(group: Group, known: People, first_ms: int, end_ms: int) -> list[Doubt]:
    """Doubts about the names people took or came with in a stretch, not written yet; by time.

    A name somebody bears is doubted once, where it was first told.
    """
    seen = read_timeline(group.pk, first_ms, end_ms, [Kind.JOIN, Kind.RENAME])
    seen = seen.rows(max(len(seen) - MOST_NAMED, 0), len(seen))
    members = known.of_array(seen.identity)
    trusted = np.isin(members, list(known.staff | known.bots))
    named = _named(group.pk, seen.chosen(np.flatnonzero(~trusted & (seen.identity > 0))))
    judge = judge_of(group.workspace_id)
    changes = telling(judge, named)
    settled = [is_settled(one) for one in changes]
    found = []
    for number, one in suspected(judge, changes, settled):
        doubt = doubt_of(one, group)
        doubt.seen = changes[number].seen
        found.append(doubt)
    return found


def _named(group_id: int, seen: Timeline) -> list[Change]:
    """The names that were told, each of a person once."""
    renamed = (seen.kind == int(Kind.RENAME)).tolist()
    called = names_of(set(seen.identity.tolist()))
    found: dict[tuple[int, str], Change] = {}
    rows = zip(seen.id.tolist(), seen.identity.tolist(), seen.sent_ms.tolist(), strict=True)
    for (pk, who, at), is_new_name, text in zip(rows, renamed, seen.text, strict=True):
        name = text if is_new_name else called.get(who, "")
        fact = Fact.RENAMED if is_new_name else Fact.NAMED
        if name.strip():
            found.setdefault((who, name), Change(pk, group_id, who, at, name, fact, name))
    return list(found.values())
