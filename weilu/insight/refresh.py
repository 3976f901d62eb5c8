"""What follows new messages: who is who, conversations, themes, totals, standing, findings.

Each step replaces what it makes, so a step that dies is simply done again; the marker of what is
still to do is the job itself.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

from django.db.models import Sum

from weilu.chat.columns import day_start_ms
from weilu.chat.people import know_people, seen_between
from weilu.communities.models import Community
from weilu.core.helper import Helper, helping
from weilu.groups.models import Group
from weilu.insight.diagnosis import diagnose
from weilu.insight.models import GroupDay
from weilu.insight.room import keep_room
from weilu.insight.standing import refresh_moves, refresh_standing
from weilu.insight.themes import WEEK, recount_weeks
from weilu.insight.totals import refresh_totals
from weilu.insight.worth.keeping import keep_worth
from weilu.service.conversations import recount

# Called between steps with the share done (0-1).
Progress = Callable[[float], None]


# Who is who is read from this much of a group at once: some 130 MB of memory.
EVIDENCE_MESSAGES = 100_000
# A second process takes some tenths of a second to start, and some 100 MB of memory.
HELPED_MESSAGES = 20_000
_STEPS = 4


def nothing(_done: float) -> None:
    """Progress nobody looks at."""


def refresh_groups(group_ids: Iterable[int], progress: Progress = nothing) -> None:
    """Do everything that follows new messages in groups, over all they hold."""
    groups = list(
        Group.objects.filter(pk__in=set(group_ids)).select_related("community").order_by("pk")
    )
    steps = iter(range(1, len(groups) * _STEPS + 1))

    def stepped() -> None:
        progress(next(steps) / (len(groups) * _STEPS + 1))

    with helping() as helper:
        if _messages(groups) >= HELPED_MESSAGES:
            helper.start()
        for group in groups:
            _refresh_group(group, stepped, helper)
    communities = list(Community.objects.filter(pk__in={g.community_id for g in groups}))
    for community in communities:
        # Who is where says for whom history ended, and so as of which day they are scored.
        refresh_standing(community)
    for workspace_id in {g.workspace_id for g in groups}:
        refresh_totals(workspace_id)
        keep_worth(workspace_id)
    for community in communities:
        diagnose(community)
        keep_room(community)
    progress(1.0)


def _refresh_group(group: Group, stepped: Callable[[], None], helper: Helper) -> None:
    """What follows new messages in one group; tells after each of `_STEPS` steps."""
    span = seen_between(group.pk)
    if span is None:
        return
    spoken = _spoken(group)
    since = _evidence_from(spoken, group, span[0])
    said = know_people(group, (since, span[1] + 1), is_all=since == span[0], helper=helper)
    stepped()
    recount(group, spoken, said, helper)
    stepped()
    recount_weeks(group, {day // WEEK for day in spoken}, said, helper)
    stepped()
    refresh_moves(group, span)
    stepped()


def _evidence_from(spoken: Mapping[int, int], group: Group, first_ms: int) -> int:
    """The moment from which a group is read for evidence of who is who: its newest stretch."""
    held = 0
    for day in sorted(spoken, reverse=True):
        held += spoken[day]
        if held > EVIDENCE_MESSAGES:
            return day_start_ms(day, group.community.time_zone)
    return first_ms


def _messages(groups: Sequence[Group]) -> int:
    """How much was said in groups, all together."""
    days = GroupDay.objects.filter(group__in=groups)
    return days.aggregate(said=Sum("messages"))["said"] or 0


def _spoken(group: Group) -> dict[int, int]:
    """Messages by day, days without any left out."""
    days = GroupDay.objects.filter(group=group, messages__gt=0)
    return dict(days.values_list("day", "messages"))
