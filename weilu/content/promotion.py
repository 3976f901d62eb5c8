"""The guard of the promotion share: holds what would make a group a billboard (D-2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime

from weilu.chat.live.guards import GUARDS, Hold
from weilu.chat.models import Outgoing
from weilu.content.queries import SPOKEN, Standing, standings_at
from weilu.content.rules import Seen, Verdict, what_follows
from weilu.groups.models import Group

NAME = "promotion_share"


class PromotionShare:
    """Holds promotion above a community's limit until a person decides."""

    name = NAME
    may_be_overruled = True

    def holds(self, rows: Sequence[Outgoing], moment: datetime) -> Mapping[int, Hold]:
        """Promotional rows that would lift their group above its limit."""
        asked = [row for row in rows if row.is_promotion and row.deed in SPOKEN]
        if not asked:
            return {}
        groups = Group.objects.filter(pk__in={row.group_id for row in asked})
        # Counted only as far as the answer can still change.
        stands = standings_at(list(groups), moment, 0)
        seen = {pk: one.seen for pk, one in stands.items()}
        stopped: dict[int, Hold] = {}
        for row in asked:
            stand = stands[row.group_id]
            if what_follows(seen[row.group_id], stand.policy) == Verdict.HOLD:
                stopped[row.pk] = Hold(NAME, _values(stand, seen[row.group_id]))
            else:
                seen[row.group_id] = seen[row.group_id].and_one_more()
        return stopped


def _values(stand: Standing, seen: Seen) -> dict[str, str | int | float]:
    after = seen.and_one_more()
    return {
        "promotions": after.promotions,
        "messages": after.messages,
        "hold": stand.policy.hold_percent,
        "days": stand.policy.days,
        "is_known": int(seen.is_known),
    }


GUARDS.add(PromotionShare())
