"""How connections and the send queue stand, for pages."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db.models import Case, Count, F, Max, Q, QuerySet, When

from weilu.chat.live.connections import unattended
from weilu.chat.live.lost import is_lost
from weilu.chat.live.rolls import listed_at, too_many
from weilu.chat.models import Message, Outgoing
from weilu.chat.ports.abilities import Deed
from weilu.chat.search.find import Hit
from weilu.chat.search.reading import Said
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import NotFound
from weilu.groups.models import CapabilityRow, Connection, Group, JoinAsk, Participation
from weilu.members.models import Identity

MOST = 200
# A hand task is overdue when its time came this long ago.
PATIENCE = timedelta(hours=1)
# What is due within this long is about to leave.
SOON = timedelta(minutes=1)
_CAME_BACK = Q(last_joined_ms__gt=F("last_left_ms"))
_PEOPLE = (Outgoing.State.HELD, Outgoing.State.UNSURE)
_UNDER_WAY = tuple(one for one in Outgoing.OPEN if one not in _PEOPLE)
_ENDED = (
    Outgoing.State.SENT,
    Outgoing.State.FAILED,
    Outgoing.State.EXPIRED,
    Outgoing.State.CANCELLED,
)


@dataclass(frozen=True, slots=True)
class Line:
    """A connection with how many groups it has and how much waits to leave through it."""

    connection: Connection
    groups: int
    waiting: int


def connections_of(viewer: Actor) -> list[Line]:
    """The workspace's connections by name."""
    viewer.require(Right.SEE_NUMBERS)
    rows = Connection.objects.filter(workspace_id=viewer.workspace_id).order_by("name")
    groups = _counts(Group.objects.filter(workspace_id=viewer.workspace_id), "connection_id")
    open_rows = Outgoing.objects.filter(
        workspace_id=viewer.workspace_id, state__in=Outgoing.OPEN
    ).exclude(way=Outgoing.Way.BY_HAND)
    waiting = _counts(open_rows, "group__connection_id")
    return [Line(row, groups.get(row.pk, 0), waiting.get(row.pk, 0)) for row in rows[:MOST]]


def _counts(rows: QuerySet[Group] | QuerySet[Outgoing], by: str) -> dict[int, int]:
    counted = rows.exclude(**{by: None}).values_list(by).annotate(n=Count("pk")).order_by()
    return {int(pk): int(n) for pk, n in counted}


def connection(viewer: Actor, pk: int) -> Connection:
    """One connection; raises NotFound also when it is another workspace's."""
    viewer.require(Right.CONNECT)
    found = (
        Connection.objects.filter(workspace_id=viewer.workspace_id, pk=pk)
        .select_related("community")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def capabilities_of(viewer: Actor, one: Connection) -> list[CapabilityRow]:
    """What a connection can do, in the order abilities are declared."""
    viewer.require(Right.CONNECT)
    rows = CapabilityRow.objects.filter(
        connection=one, connection__workspace_id=viewer.workspace_id
    )
    return list(rows.order_by("pk"))


def capability(viewer: Actor, one: Connection, ability: str) -> CapabilityRow:
    """One row of what a connection can do; raises NotFound when it has none of the name."""
    viewer.require(Right.CONNECT)
    found = CapabilityRow.objects.filter(
        connection=one, connection__workspace_id=viewer.workspace_id, ability=ability
    ).first()
    if found is None:
        raise NotFound
    return found


@dataclass(frozen=True, slots=True)
class Heard:
    """A group of a connection, how many are there, and when somebody wrote last.

    `listed_ms` is when the platform's list of members was last held against that, 0: never;
    `unlisted` how many are on it where it is too long to be read, else 0.
    """

    group: Group
    people: int
    spoke_ms: int | None
    listed_ms: int
    unlisted: int


def groups_heard(viewer: Actor, one: Connection) -> list[Heard]:
    """The groups a connection hears, by name, with how they fare; two statements."""
    groups = groups_through(viewer, one)
    counted = (
        Participation.objects.filter(group__in=groups)
        .values_list("group_id")
        .annotate(
            people=Count("identity_id", filter=Q(last_left_ms=None) | _CAME_BACK),
            spoke=Max("last_spoke_ms"),
        )
        .order_by()
    )
    found = {pk: (people, spoke) for pk, people, spoke in counted}
    cursor, keys = one.cursor, [group.external_key for group in groups]
    return [
        Heard(group, *found.get(group.pk, (0, None)), listed_at(cursor, key), too_many(cursor, key))
        for group, key in zip(groups, keys, strict=True)
    ]


def groups_through(viewer: Actor, one: Connection) -> list[Group]:
    """The groups a connection hears, by name."""
    viewer.require(Right.CONNECT)
    rows = Group.objects.filter(workspace_id=viewer.workspace_id, connection=one)
    return list(rows.select_related("community").order_by("name")[:MOST])


@dataclass(frozen=True, slots=True)
class Standing:
    """What of the send queue waits for whom; `later` of those that wait have a time to come.

    `lost` did not get out and nobody has taken note; `tasks_later` of the hand tasks are not due.
    """

    waiting: int
    later: int
    held: int
    unsure: int
    lost: int
    by_hand: int
    tasks_later: int
    overdue: int

    @property
    def asks(self) -> int:
        """How many rows need somebody's decision."""
        return self.held + self.unsure + self.lost


def standing(viewer: Actor) -> Standing:
    """How many rows wait to leave, for a decision, for an answer, for a hand; one statement."""
    viewer.require(Right.SEE_NUMBERS)
    by_hand = Q(way=Outgoing.Way.BY_HAND)
    waiting = Q(state=Outgoing.State.WAITING)
    found = Outgoing.objects.filter(
        Q(state__in=Outgoing.OPEN) | is_lost(), workspace_id=viewer.workspace_id
    ).aggregate(
        waiting=Count("pk", filter=Q(state__in=_UNDER_WAY) & ~by_hand),
        later=Count("pk", filter=~by_hand & waiting & Q(due_at__gt=now() + SOON)),
        held=Count("pk", filter=Q(state=Outgoing.State.HELD)),
        unsure=Count("pk", filter=Q(state=Outgoing.State.UNSURE)),
        lost=Count("pk", filter=~Q(state__in=Outgoing.OPEN)),
        by_hand=Count("pk", filter=by_hand & waiting),
        tasks_later=Count("pk", filter=by_hand & waiting & Q(due_at__gt=now() + SOON)),
        overdue=Count("pk", filter=by_hand & waiting & Q(due_at__lt=now() - PATIENCE)),
    )
    return Standing(**found)


def outbox(viewer: Actor, tab: str, limit: int = MOST) -> list[Outgoing]:
    """Rows of a tab: waiting, held (by a guard, unsure, or lost), ended; at most `limit`."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Outgoing.objects.filter(workspace_id=viewer.workspace_id).select_related(
        "group__community", "group__connection", "by", "ended_by", "released_by", "ask"
    )
    if tab == "held":
        found = rows.filter(Q(state__in=_PEOPLE) | is_lost()).order_by("pk")
    elif tab == "ended":
        found = rows.filter(state__in=_ENDED).order_by("-ended_at", "-pk")
    else:
        open_rows = rows.filter(state__in=Outgoing.OPEN).exclude(way=Outgoing.Way.BY_HAND)
        found = open_rows.exclude(state__in=_PEOPLE).order_by("due_at", "pk")
    return list(found[:limit])


def about(rows: Sequence[Outgoing]) -> tuple[dict[int, str], dict[int, str]]:
    """Whom and which messages some rows are about: names by identity, texts by message."""
    people = Identity.objects.filter(pk__in={one.identity_id for one in rows if one.identity_id})
    messages = Message.objects.filter(pk__in={one.message_id for one in rows if one.message_id})
    return dict(people.values_list("pk", "name")), dict(messages.values_list("pk", "text"))


def taken_away(rows: Sequence[Message | Said | Hit]) -> set[int]:
    """Which of some messages were taken away from here, by the rules or the team; their ids.

    What a platform tells of a message that is gone does not say who took it back.
    """
    if not rows:
        return set()
    since = datetime.fromtimestamp(min(one.sent_ms for one in rows) / 1000, UTC) - SOON
    recalls = Outgoing.objects.filter(
        group_id__in={one.group_id for one in rows},
        begun_at__gte=since,
        deed=Deed.RECALL,
        state=Outgoing.State.SENT,
        message_id__in=[one.id for one in rows],
    )
    return {pk for pk in recalls.values_list("message_id", flat=True) if pk}


def hand_tasks(viewer: Actor, limit: int = MOST) -> list[Outgoing]:
    """What people are to do by hand, the longest overdue first; what a guard holds last."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Outgoing.objects.filter(
        workspace_id=viewer.workspace_id,
        way=Outgoing.Way.BY_HAND,
        state__in=[Outgoing.State.WAITING, Outgoing.State.HELD],
    )
    return list(
        rows.select_related(
            "group__community", "group__connection", "assignee", "by", "ask"
        ).order_by(Case(When(state=Outgoing.State.HELD, then=1), default=0), "due_at", "pk")[:limit]
    )


def hand_tasks_of(viewer: Actor, community_id: int) -> int:
    """How many hand tasks wait in the groups of one community."""
    viewer.require(Right.SEE_MEMBERS)
    return Outgoing.objects.filter(
        workspace_id=viewer.workspace_id,
        group__community_id=community_id,
        way=Outgoing.Way.BY_HAND,
        state__in=[Outgoing.State.WAITING, Outgoing.State.HELD],
    ).count()


def tasks_done_lately(viewer: Actor, since: datetime, limit: int = 20) -> list[Outgoing]:
    """What this person has done by hand, or stopped, since a moment, the newest first."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Outgoing.objects.filter(
        workspace_id=viewer.workspace_id,
        way=Outgoing.Way.BY_HAND,
        ended_by_id=viewer.user_id,
        ended_at__gt=since,
        state__in=[Outgoing.State.SENT, Outgoing.State.FAILED, Outgoing.State.CANCELLED],
    )
    return list(rows.select_related("group").order_by("-ended_at")[:limit])


def outgoing(viewer: Actor, pk: int) -> Outgoing:
    """One row; raises NotFound also when it is another workspace's."""
    viewer.require(Right.SEE_MEMBERS)
    found = (
        Outgoing.objects.filter(workspace_id=viewer.workspace_id, pk=pk)
        .select_related("group", "group__community", "by", "released_by", "ended_by")
        .first()
    )
    if found is None:
        raise NotFound
    return found


def open_asks(viewer: Actor, limit: int = MOST) -> list[JoinAsk]:
    """Requests to join that nobody has answered, the oldest first."""
    viewer.require(Right.SEE_MEMBERS)
    rows = JoinAsk.objects.filter(workspace_id=viewer.workspace_id, state=JoinAsk.State.OPEN)
    return list(rows.select_related("group").order_by("pk")[:limit])


def asking(viewer: Actor) -> int:
    """How many people ask to be let in."""
    viewer.require(Right.SEE_MEMBERS)
    rows = JoinAsk.objects.filter(workspace_id=viewer.workspace_id, state=JoinAsk.State.OPEN)
    return rows.count()


def troubled_connections(viewer: Actor) -> QuerySet[Connection]:
    """Connections that are switched on and do not work, or that no process keeps open."""
    viewer.require(Right.CONNECT)
    bad = Q(is_on=True, state__in=[Connection.State.TROUBLED, Connection.State.STOPPED])
    return Connection.objects.filter(bad | unattended(), workspace_id=viewer.workspace_id)


def needs_decision(viewer: Actor) -> QuerySet[Outgoing]:
    """What a guard holds, what may or may not have arrived, and what did not get out."""
    viewer.require(Right.SEE_MEMBERS)
    asked = Q(state__in=_PEOPLE) | is_lost()
    return Outgoing.objects.filter(asked, workspace_id=viewer.workspace_id)


def overdue_tasks(viewer: Actor) -> QuerySet[Outgoing]:
    """Hand tasks whose time came more than an hour ago."""
    viewer.require(Right.SEE_MEMBERS)
    return Outgoing.objects.filter(
        workspace_id=viewer.workspace_id,
        state=Outgoing.State.WAITING,
        way=Outgoing.Way.BY_HAND,
        due_at__lt=now() - PATIENCE,
    )
