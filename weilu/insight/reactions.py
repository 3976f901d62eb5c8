"""What insight does about others' events: counts anew what changed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from weilu.core.clock import now
from weilu.core.jobs import schedule
from weilu.core.reactions import on
from weilu.events.chat import HistoryImported, ImportUndone
from weilu.events.communities import FitJudged, ThemesChanged, ZoneChanged
from weilu.events.groups import GroupMoved, GroupTurned, RoomChanged, TurnUndone
from weilu.events.members import MembersMerged
from weilu.groups.models import Group
from weilu.insight.totals import refresh_totals
from weilu.insight.underway import RECOUNT, REFRESH, key_of_import

# A gateway looks for changed connections every few seconds; until then it counts as before.
NOTICED_AFTER = timedelta(minutes=1)
# Themes are saved while they are written.
SETTLED_AFTER = timedelta(minutes=2)


@on(HistoryImported)
def follow_import(events: Sequence[HistoryImported]) -> None:
    """Have the groups of an import looked at: people, conversations, themes, findings."""
    for event in events:
        schedule(
            REFRESH,
            workspace_id=event.workspace_id,
            key=key_of_import(event.import_id),
            payload={"group_ids": event.group_ids},
        )


@on(ImportUndone)
def follow_undo(events: Sequence[ImportUndone]) -> None:
    """Have the communities counted anew whose messages were taken back."""
    for event in events:
        schedule(RECOUNT, workspace_id=event.workspace_id, key=str(event.community_id))


@on(ZoneChanged)
def follow_zone(events: Sequence[ZoneChanged]) -> None:
    """Have communities counted anew by their new clock."""
    for event in events:
        schedule(RECOUNT, workspace_id=event.workspace_id, key=str(event.community_id))


@on(ThemesChanged)
def follow_themes(events: Sequence[ThemesChanged]) -> None:
    """Have communities looked at anew whose promise is another, once the writing has settled."""
    for event in events:
        _look_again(event.workspace_id, event.community_id)


@on(FitJudged)
def follow_fit(events: Sequence[FitJudged]) -> None:
    """Have communities looked at anew whose product was judged."""
    for event in events:
        _look_again(event.workspace_id, event.community_id)


def _look_again(workspace_id: int, community_id: int) -> None:
    schedule(
        "diagnose_community",
        workspace_id=workspace_id,
        key=str(community_id),
        due_at=now() + SETTLED_AFTER,
    )


@on(GroupMoved)
def follow_move(events: Sequence[GroupMoved]) -> None:
    """Have both communities counted anew, once the connection has noticed."""
    for event in events:
        for community_id in (event.from_community_id, event.to_community_id):
            schedule(
                RECOUNT,
                workspace_id=event.workspace_id,
                key=str(community_id),
                due_at=now() + NOTICED_AFTER,
            )


@on(RoomChanged)
def follow_room(events: Sequence[RoomChanged]) -> None:
    """Have the room counted anew where a group is new or may hold another number."""
    for event in events:
        _count_room(event.workspace_id, event.community_id)


@on(GroupTurned)
def follow_turn(events: Sequence[GroupTurned]) -> None:
    """Have the room counted anew where a group closes, splits or goes on."""
    _count_room_of({one.group_id for one in events})


@on(TurnUndone)
def follow_turn_back(events: Sequence[TurnUndone]) -> None:
    """Have the room counted anew where a group is open after all."""
    _count_room_of({one.group_id for one in events})


def _count_room_of(group_ids: set[int]) -> None:
    groups = Group.objects.filter(pk__in=group_ids)
    for workspace_id, community_id in set(groups.values_list("workspace_id", "community_id")):
        _count_room(workspace_id, community_id)


def _count_room(workspace_id: int, community_id: int) -> None:
    key = str(community_id) if community_id else ""
    schedule("count_room", workspace_id=workspace_id, key=key)


@on(MembersMerged)
def follow_merge(events: Sequence[MembersMerged]) -> None:
    """Keep the totals of merged and parted members true."""
    for workspace_id in {e.workspace_id for e in events}:
        ids = {
            pk
            for e in events
            if e.workspace_id == workspace_id
            for pk in (e.kept_id, e.absorbed_id)
        }
        refresh_totals(workspace_id, ids)
