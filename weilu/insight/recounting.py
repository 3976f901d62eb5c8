"""Everything derived of a community, made anew: roll-ups first, then what follows from them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from weilu.chat.rebuild import rebuild
from weilu.communities.models import Community
from weilu.groups.models import Group, Participation
from weilu.insight.demo.made import clear_desk
from weilu.insight.models import DemoDesk, FindingRow, LinkDay, MoveDay, WordWeek
from weilu.insight.refresh import refresh_groups
from weilu.insight.totals import refresh_totals
from weilu.insight.worth.booking import unbook
from weilu.insight.worth.keeping import keep_worth
from weilu.service.models import Pair, Question

# Counting anew is about this part of the whole work.
_COUNTING = 0.3


def recount_community(community: Community, progress: Callable[[float], None]) -> int:
    """Count a community anew and refresh what follows; how many records there are."""
    counted = rebuild(community, lambda done: progress(done * _COUNTING))
    groups = list(Group.objects.filter(community=community).order_by("pk"))
    _forget(groups)
    if community.is_demo and not counted:
        # A demo that was taken back leaves no empty rooms behind, and nothing on its desk.
        for desk in DemoDesk.objects.filter(community=community):
            clear_desk(desk)
        refresh_totals(community.workspace_id)
        keep_worth(community.workspace_id)
        community.delete()
        return 0
    refresh_groups(
        [g.pk for g in groups], lambda done: progress(_COUNTING + done * (1 - _COUNTING))
    )
    return counted


def _forget(groups: Sequence[Group]) -> None:
    """Drop what is worked out per week, month and group: some of these may be empty now."""
    for model in (Question, Pair, WordWeek, LinkDay, MoveDay):
        model._default_manager.filter(group__in=groups).delete()
    unbook(groups)
    seen = Participation.objects.filter(group__in=groups).values("group_id")
    FindingRow.objects.filter(group__in=groups).exclude(group__in=seen).delete()
