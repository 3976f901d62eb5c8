"""The diagnosis of a community: facts of every group, every check, findings kept (J-2)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.db.models import Count, F, Q, QuerySet, Window
from django.db.models.functions import RowNumber

from weilu.chat.ports.abilities import Ability, Support
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import NotFound
from weilu.groups.models import CapabilityRow, Group
from weilu.insight.checks.base import Finding, GroupFacts, Outcome, Severity
from weilu.insight.checks.registry import examine, to_plain
from weilu.insight.facts import facts_of, newest_day
from weilu.insight.models import FindingRow
from weilu.insight.rules.retention import EPOCH_ORDINAL

GROUPS_AT_ONCE = 100
# A group is compared with no more than these; quartiles hardly move with more.
MOST_SISTERS = 200
KEPT = ("severity", "body", "since", "computed_at", "state")


@dataclass(frozen=True, slots=True)
class Found:
    """The same finding in one or more groups: in how many, and the gravest of them as rows."""

    groups: int
    rows: Sequence[FindingRow]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are asked for: of one check, one community, one group; without, of all.

    `but`: communities that are left out.
    """

    check: str = ""
    community_id: int | None = None
    group_id: int | None = None
    but: tuple[int, ...] = ()


ALL = Wanted()


def diagnose(community: Community) -> None:
    """Look at every group of a community and keep what is found, what is well, what is unknown.

    A finding that stays keeps the moment it was first made and what the operator said of it;
    one that gets worse opens again.
    """
    facts = list(facts_of(community))
    # Of a community in which nothing was said there are no facts.
    until = date.fromordinal(EPOCH_ORDINAL + (newest_day(community) or 0))
    unheard = _unheard(community, facts)
    sisters = _some([one for one in facts if one.group not in unheard])
    moment = now()
    for start in range(0, len(facts), GROUPS_AT_ONCE):
        part = facts[start : start + GROUPS_AT_ONCE]
        outcomes = {
            one.group: examine(one, sisters, is_heard=one.group not in unheard) for one in part
        }
        with transaction.atomic():
            _keep(community.workspace_id, outcomes, (moment, until))


def _unheard(community: Community, facts: Sequence[GroupFacts]) -> set[int]:
    """Groups without a message whose platform lets nobody read what is said. One statement."""
    deaf = CapabilityRow.objects.filter(
        connection__workspace_id=community.workspace_id,
        ability=Ability.RECEIVE,
        support=Support.IMPOSSIBLE,
    )
    rows = Group.objects.filter(community=community, connection__in=deaf.values("connection"))
    silent = {one.group for one in facts if not one.now.messages}
    return silent & set(rows.values_list("pk", flat=True))


def _some(facts: Sequence[GroupFacts]) -> Sequence[GroupFacts]:
    """The groups that each is compared with: all, or an even choice from the small to the large."""
    if len(facts) <= MOST_SISTERS:
        return facts
    by_size = sorted(facts, key=lambda one: (one.now.members or 0, one.group))
    return [by_size[at * len(facts) // MOST_SISTERS] for at in range(MOST_SISTERS)]


def _keep(
    workspace_id: int, outcomes: Mapping[int, Sequence[Outcome]], when: tuple[datetime, date]
) -> None:
    """Write the outcomes of some groups in place of those before."""
    before = FindingRow.objects.select_for_update().filter(group_id__in=outcomes)
    known = {(row.group_id, row.check_code): row for row in before}
    rows = {
        (group_id, one.check): _row(known.get((group_id, one.check)), one, when)
        for group_id, found in outcomes.items()
        for one in found
    }
    gone = [row.pk for key, row in known.items() if key not in rows]
    FindingRow.objects.filter(pk__in=gone).delete()
    for (group_id, check), row in rows.items():
        row.workspace_id, row.group_id, row.check_code = workspace_id, group_id, check
    FindingRow.objects.bulk_create([row for row in rows.values() if row.pk is None])
    FindingRow.objects.bulk_update([row for row in rows.values() if row.pk], KEPT, batch_size=100)


def _row(old: FindingRow | None, outcome: Outcome, when: tuple[datetime, date]) -> FindingRow:
    """One outcome as a row, new or changed; severity −1 stands for "not enough data".

    It says until which day the group was looked at.
    """
    moment, until = when
    severity = int(outcome.severity) if isinstance(outcome, Finding) else -1
    row = old or FindingRow(since=moment, severity=severity)
    if severity > row.severity:
        row.state = FindingRow.State.OPEN
        if row.severity < Severity.NOTICE:
            row.since = moment
    row.severity, row.computed_at = severity, moment
    row.body = {**to_plain(outcome), "until": until.isoformat()}
    return row


def _findings(viewer: Actor) -> QuerySet[FindingRow]:
    """Everything found in the groups of the workspace, with group and community."""
    viewer.require(Right.SEE_NUMBERS)
    rows = FindingRow.objects.filter(workspace_id=viewer.workspace_id)
    return rows.select_related("group", "group__community").order_by("-severity", "since", "pk")


def group_findings(viewer: Actor, group: Group) -> list[FindingRow]:
    """One row for each check of a group, gravest first; also what is well and what is unknown."""
    return list(_findings(viewer).filter(group=group))


def open_findings(viewer: Actor, wanted: Wanted = ALL) -> QuerySet[FindingRow]:
    """Findings nobody has dealt with or put off, gravest first.

    Groups that have closed, or are about to, have none.
    """
    rows = _of(wanted, _findings(viewer).filter(_is_open(), severity__gte=Severity.NOTICE))
    return rows.filter(group__ends_at=None)


def handled_findings(viewer: Actor, wanted: Wanted = ALL) -> QuerySet[FindingRow]:
    """Findings dealt with or put off, gravest first."""
    return _of(wanted, _findings(viewer).filter(~_is_open(), severity__gte=Severity.NOTICE))


def _of(wanted: Wanted, rows: QuerySet[FindingRow]) -> QuerySet[FindingRow]:
    """Those of the rows that are asked for."""
    if wanted.check:
        rows = rows.filter(check_code=wanted.check)
    if wanted.community_id is not None:
        rows = rows.filter(group__community_id=wanted.community_id)
    if wanted.group_id is not None:
        rows = rows.filter(group_id=wanted.group_id)
    return rows.exclude(group__community_id__in=wanted.but) if wanted.but else rows


def found_by_check(viewer: Actor, each: int, wanted: Wanted = ALL) -> list[Found]:
    """Open findings gathered by check, gravest check first: how many groups, and `each` of them.

    One statement, whatever the number of groups.
    """
    check = F("check_code")
    rows = open_findings(viewer, wanted).annotate(
        place=Window(
            RowNumber(), partition_by=check, order_by=(F("severity").desc(), F("since"), F("pk"))
        ),
        groups=Window(Count("pk"), partition_by=check),
    )
    found: dict[str, list[FindingRow]] = {}
    for row in rows.filter(place__lte=each):
        found.setdefault(row.check_code, []).append(row)
    return [Found(_number(rows[0], "groups"), rows) for rows in found.values()]


def waiting_in(viewer: Actor, communities: Sequence[int]) -> dict[int, int]:
    """How many findings are open in each of some communities; those without any are left out."""
    rows = open_findings(viewer).filter(group__community_id__in=communities).order_by()
    counted = rows.values("group__community_id").annotate(n=Count("pk"))
    return {one["group__community_id"]: one["n"] for one in counted}


def _number(row: FindingRow, name: str) -> int:
    """A number that the statement added to a row."""
    value: int = getattr(row, name)
    return value


def _is_open() -> Q:
    """Open, or put off until a moment that has come."""
    state = FindingRow.State
    return Q(state=state.OPEN) | Q(state=state.LATER, later_until__lte=now())


def handle(
    actor: Actor, *, finding_id: int, state: FindingRow.State, later_until: datetime | None = None
) -> None:
    """Say that a finding is dealt with, put off, or open again; raises NotFound."""
    actor.require(Right.HANDLE_FINDINGS)
    changed = FindingRow.objects.filter(pk=finding_id, workspace_id=actor.workspace_id).update(
        state=state, later_until=later_until, handled_by_id=actor.user_id
    )
    if not changed:
        raise NotFound


def as_json(row: FindingRow) -> dict[str, Any]:
    """A finding for programs: group, check, severity, since, and everything the check says."""
    return {
        "group": row.group.name,
        "check": row.check_code,
        "severity": row.severity,
        "since": row.since.isoformat(),
        **row.body,
    }
