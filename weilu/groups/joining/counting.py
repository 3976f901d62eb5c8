"""What came of a join link, and which links need a hand (B-1, B-2)."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import Count, Q, QuerySet

from weilu.core.access import Actor, Right
from weilu.core.clock import now, now_ms
from weilu.groups.joining.saving import MOST_LINKS
from weilu.groups.joining.visiting import choice_of, clock_of
from weilu.groups.models import JoinLink, JoinTarget, KnownJoin, Participation, Scan
from weilu.groups.rules.choosing import Closed, Joined, attributed, closed, stayed

MOST_COUNTED = 20_000
COUNTED_FOR = timedelta(days=180)
SOON = timedelta(hours=48)
LITTLE_ROOM = 10


@dataclass(frozen=True, slots=True)
class Yield:
    """What came of a link.

    `signalled` joined by it as the platform says, `declared` as they said themselves; `joined`
    are these and those estimated by time, None where joins are not seen. The stays are of all.
    """

    scans: int
    visitors: int
    bots: int
    signalled: int
    declared: int
    joined: int | None
    stayed_7: tuple[int, int]
    stayed_30: tuple[int, int]
    cost_per_stayed: Decimal | None


def yields_of(viewer: Actor, links: Sequence[JoinLink]) -> dict[int, Yield]:
    """What came of links in the last half year, by link; five statements however many."""
    viewer.require(Right.SEE_NUMBERS)
    since, moment = now() - COUNTED_FOR, now_ms()
    ids = [one.pk for one in links if one.workspace_id == viewer.workspace_id]
    person = Q(is_bot=False)
    rows = Scan.objects.filter(link__in=ids, at__gte=since)
    counted = {
        row["link"]: (row["scans"], row["visitors"], row["bots"])
        for row in rows.values("link").annotate(
            scans=Count("pk", filter=person),
            visitors=Count("pk", filter=person & Q(is_repeat=False)),
            bots=Count("pk", filter=Q(is_bot=True)),
        )
    }
    known = _known(ids, since)
    joined, seen = _joins_by_link(
        rows.filter(
            person, is_repeat=False, target__isnull=False, declared_at=None, declared_by=None
        ),
        {one.who for many in known.values() for one in many},
    )
    found = {}
    for one in links:
        sure = known.get(one.pk, [])
        mine = [known_one.join for known_one in sure] + joined.get(one.pk, [])
        week = stayed(mine, 7, moment)
        signalled = sum(known_one.how == KnownJoin.How.SIGNAL for known_one in sure)
        found[one.pk] = Yield(
            *counted.get(one.pk, (0, 0, 0)),
            signalled=signalled,
            declared=len(sure) - signalled,
            joined=len(mine) if one.pk in seen or sure else None,
            stayed_7=week,
            stayed_30=stayed(mine, 30, moment),
            cost_per_stayed=one.cost / week[0] if one.cost and week[0] else None,
        )
    return found


_Who = tuple[int, int]


@dataclass(frozen=True, slots=True)
class _Known:
    """A join of which it is known by which link it was; `who` is (group, identity)."""

    who: _Who
    how: str
    join: Joined


def _known(link_ids: Collection[int], since: datetime) -> dict[int, list[_Known]]:
    """Joins of which the platform or the person told, by link: two statements."""
    rows = KnownJoin.objects.filter(link_id__in=link_ids, at__gte=since).order_by("-at")
    columns = ("link_id", "group_id", "identity_id", "how", "at")
    joins = list(rows.values_list(*columns)[:MOST_COUNTED])
    left = {
        (group, who): at
        for group, who, at in Participation.objects.filter(
            group_id__in={one[1] for one in joins}, identity_id__in={one[2] for one in joins}
        ).values_list("group_id", "identity_id", "last_left_ms")
    }
    found: dict[int, list[_Known]] = {}
    for link_id, group_id, who, how, at in joins:
        join = Joined(int(at.timestamp() * 1000), left.get((group_id, who)))
        found.setdefault(link_id, []).append(_Known((group_id, who), how, join))
    return found


def _joins_by_link(
    visits: QuerySet[Scan], besides: set[_Who]
) -> tuple[dict[int, list[Joined]], set[int]]:
    """Joins that visits account for, by link, and the links whose groups tell of joins at all."""
    by_group: dict[int, list[tuple[int, int]]] = {}
    newest = visits.order_by("-at").values_list("target__group_id", "at", "link_id")
    for group_id, at, link_id in newest[:MOST_COUNTED]:
        by_group.setdefault(group_id, []).append((int(at.timestamp() * 1000), link_id))
    since = {group_id: min(many)[0] for group_id, many in by_group.items()}
    joins = _joins_in(since, besides)
    found: dict[int, list[Joined]] = {}
    seen: set[int] = set()
    for group_id, many in by_group.items():
        if group_id in joins:
            seen.update(link_id for _at, link_id in many)
        for link_id, mine in attributed(many, joins.get(group_id, [])).items():
            found.setdefault(link_id, []).extend(mine)
    return found, seen


def _joins_in(since: Mapping[int, int], besides: set[_Who]) -> dict[int, list[Joined]]:
    """Joins of groups from a moment of each on, but for those known otherwise."""
    if not since:
        return {}
    rows = Participation.objects.filter(
        group_id__in=list(since), joined_ms__gte=min(since.values())
    ).order_by("-joined_ms")
    found: dict[int, list[Joined]] = {}
    columns = rows.values_list("group_id", "identity_id", "joined_ms", "last_left_ms")
    for group_id, who, at, left in columns[:MOST_COUNTED]:
        if at is not None and at >= since[group_id] and (group_id, who) not in besides:
            found.setdefault(group_id, []).append(Joined(at, left))
    return found


@dataclass(frozen=True, slots=True)
class Worry:
    """A link that will soon have nothing to show, or has nothing now (`why` None).

    `target` is where a new code mends it: the last to run out, or the one that has.
    """

    link: JoinLink
    why: Closed | None
    until: datetime | None = None
    room: int = 0
    target: JoinTarget | None = None


def worries(viewer: Actor) -> list[Worry]:
    """Links that need a hand: nothing to show, or the last open code ends or fills soon."""
    viewer.require(Right.SEE_NUMBERS)
    found = []
    rows = JoinLink.objects.filter(workspace_id=viewer.workspace_id, is_on=True)
    for one in rows.select_related("community").prefetch_related("targets__group")[:MOST_LINKS]:
        worry = _worry(one)
        if worry is not None:
            found.append(worry)
    return found


def _worry(one: JoinLink) -> Worry | None:
    moment = now()
    targets = {t.pk: t for t in one.targets.all()}
    choices = [choice_of(t) for t in targets.values()]
    if not choices:
        return None
    clock = clock_of(one, moment)
    whys = {c.pk: closed(c, moment, clock) for c in choices}
    usable = [c for c in choices if whys[c.pk] in {None, Closed.HOURS}]
    if not usable:
        ran_out = [targets[pk] for pk, why in whys.items() if why == Closed.EXPIRED]
        return Worry(one, None, target=ran_out[0] if len(ran_out) == 1 else None)
    if not [c for c in usable if c.expires_at is None or c.expires_at > moment + SOON]:
        until, last = max((c.expires_at, c.pk) for c in usable if c.expires_at is not None)
        return Worry(one, Closed.EXPIRED, until=until, target=targets[last])
    room = sum(c.room for c in usable)
    return Worry(one, Closed.FULL, room=room) if room <= LITTLE_ROOM else None


def room_of_links(viewer: Actor, community_ids: Collection[int]) -> dict[int, int]:
    """Community → how many more its open links may lead somewhere just now: two statements."""
    viewer.require(Right.SEE_NUMBERS)
    rows = JoinLink.objects.filter(
        workspace_id=viewer.workspace_id, community_id__in=list(community_ids), is_on=True
    )
    moment, found = now(), dict[int, int]()
    for one in rows.select_related("community").prefetch_related("targets__group")[:MOST_LINKS]:
        clock = clock_of(one, moment)
        room = sum(
            choice.room
            for choice in map(choice_of, one.targets.all())
            if closed(choice, moment, clock) in {None, Closed.HOURS}
        )
        found[one.community_id] = found.get(one.community_id, 0) + room
    return found
