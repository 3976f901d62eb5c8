"""Messages looked for by words, or the newest of a group, with who said them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from pyroaring import BitMap

from weilu.chat.search.find import PAGE, Hit, Wanted, search
from weilu.chat.search.reading import Said
from weilu.core.access import Actor, Right
from weilu.groups.queries import groups_of
from weilu.insight.people.messages_of import latest, places_of
from weilu.insight.people.newest import newest
from weilu.members.models import Identity, Member
from weilu.members.queries import member as find_member


@dataclass(frozen=True, slots=True)
class Look:
    """What is looked for, in these groups or in all when none is named.

    `before` is (sent_ms, id) of the last message of the page before.
    """

    query: str = ""
    group_ids: tuple[int, ...] = ()
    member_id: int | None = None
    first_ms: int | None = None
    end_ms: int | None = None
    before: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """Messages, newest first; `people` maps identities to (member, name).

    `about` is an estimate of all hits from this page on, 0 where nobody counted.
    """

    rows: Sequence[Said | Hit]
    more: bool
    gave_up: bool = False
    about: int = 0
    member: Member | None = None
    people: Mapping[int, tuple[int, str]] = field(default_factory=dict)


def look(viewer: Actor, wanted: Look, limit: int = PAGE) -> Result:
    """Find messages; without words the newest that the filters let through.

    Raises NotFound when the member is of another workspace.
    """
    viewer.require(Right.SEE_MEMBERS)
    member = find_member(viewer, wanted.member_id) if wanted.member_id is not None else None
    if wanted.query:
        found = _search(viewer, wanted, member, limit)
    else:
        found = _newest(viewer, wanted, member, limit)
    people = speakers({one.identity_id for one in found.rows})
    return replace(found, member=member, people=people)


def _search(viewer: Actor, wanted: Look, member: Member | None, limit: int) -> Result:
    identities = None
    if member is not None:
        ids = Identity.objects.filter(member_id=member.pk).values_list("pk", flat=True)
        identities = BitMap(ids)
    found = search(
        viewer,
        Wanted(
            query=wanted.query,
            group_ids=wanted.group_ids,
            identities=identities,
            first_ms=wanted.first_ms,
            end_ms=wanted.end_ms,
            before=wanted.before,
        ),
        limit,
    )
    more = found.more and not found.gave_up
    return Result(found.hits, more, found.gave_up, 0 if found.gave_up else found.about)


def _newest(viewer: Actor, wanted: Look, member: Member | None, limit: int) -> Result:
    end_ms = wanted.end_ms if wanted.end_ms is not None else 2**62
    before = min(wanted.before or (end_ms, 0), (end_ms, 0))
    if member is not None:
        places = [
            place
            for place in places_of(member.pk)
            if not wanted.group_ids or place.group_id in wanted.group_ids
        ]
        start = before if before[0] < 2**62 else None
        rows = latest(places, before=start, limit=limit + 1)
    else:
        rows = _of_groups(viewer, wanted.group_ids, before, limit + 1)
    if wanted.first_ms is not None:
        rows = [one for one in rows if one.sent_ms >= wanted.first_ms]
    return Result(rows[:limit], more=len(rows) > limit)


def _of_groups(
    viewer: Actor, group_ids: tuple[int, ...], before: tuple[int, int], limit: int
) -> list[Said]:
    """The newest messages of the groups before a moment, newest first."""
    kept = set(group_ids)
    groups = [one for one in groups_of(viewer) if not kept or one.pk in kept]
    return newest(groups, before, limit)


def speakers(identities: set[int]) -> dict[int, tuple[int, str]]:
    """Identity → (member, their name): one statement for a page."""
    rows = Identity.objects.filter(pk__in=identities - {0}).values_list(
        "pk", "member_id", "member__name"
    )
    return {pk: (member_id, name) for pk, member_id, name in rows}
