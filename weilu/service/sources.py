"""By which way newcomers came into a group (H-1, B-2)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import numpy as np
import numpy.typing as npt

from weilu.chat.timeline import Timeline
from weilu.groups.models import Group, JoinLink, KnownJoin, Scan
from weilu.groups.rules.choosing import WITHIN_MS, Joined, attributed
from weilu.service.rules.arriving import Came, came

MOST_LINKS = 500
MOST_VISITS = 5_000


def arrivals_of(group: Group, joins: Timeline, fresh: npt.NDArray[np.bool_]) -> Mapping[int, Came]:
    """How the fresh among a group's joins came, by identity.

    What the platform says of it or they themselves; else which visit of a join link accounts for
    it.
    """
    rows = np.flatnonzero(fresh).tolist()
    if not rows:
        return {}
    links = JoinLink.objects.filter(community_id=group.community_id)
    sources = dict(links.values_list("code", "source")[:MOST_LINKS])
    found = {int(joins.identity[row]): came(joins.text[row], sources) for row in rows}
    unsaid = {who for who, how in found.items() if how == Came()}
    known = KnownJoin.objects.filter(group=group, identity_id__in=unsaid)
    for who, source in known.values_list("identity_id", "link__source"):
        found[who] = Came(source)
        unsaid.discard(who)
    guessed = [row for row in rows if int(joins.identity[row]) in unsaid]
    for row, source in _visited(group, joins, guessed).items():
        found[int(joins.identity[row])] = Came(source)
    return found


def _visited(group: Group, joins: Timeline, rows: list[int]) -> dict[int, str]:
    """Sources of joins by row, as far as visits of join links account for them."""
    if not rows:
        return {}
    # Who came before takes up the visit they came by.
    since = datetime.fromtimestamp(int(joins.sent_ms.min()) / 1000, UTC)
    visits = Scan.objects.filter(
        target__group=group,
        is_bot=False,
        is_repeat=False,
        at__gte=since - timedelta(milliseconds=WITHIN_MS),
    ).order_by("-at")
    seen = list(visits.values_list("at", "link_id", "link__source")[:MOST_VISITS])
    sources = {link_id: source for _at, link_id, source in seen}
    by_link = attributed(
        [(int(at.timestamp() * 1000), link_id) for at, link_id, _source in seen],
        [Joined(at) for at in joins.sent_ms.tolist()],
    )
    links = {one.at_ms: link_id for link_id, many in by_link.items() for one in many}
    times = joins.sent_ms.tolist()
    return {row: sources[links[times[row]]] for row in rows if times[row] in links}
