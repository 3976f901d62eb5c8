"""Writes to policies: what follows when somebody breaks the rules, and trying it out (B-6)."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.db.models import F, Q

from weilu.chat.live.ways import supports_of
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Invalid, NotFound
from weilu.groups.models import Group, Participation
from weilu.moderation.enforcing import ladder_for, possible, take_back
from weilu.moderation.models import Doubt, Policy, Violation
from weilu.moderation.rules.crowd import SETTLED_MESSAGES
from weilu.moderation.rules.ladder import USUAL, Case, Rung, Step, climb, parse, stored

TRIED_DAYS = 30
MOST_TRIED = 5_000
MOST_LOGGED = 200
MOST_RUNGS = 8
WORDS_CHARS = 500
REPORT_WORD_CHARS = 20
MOST_RAID_JOINS = 1000
_AT_ONCE = 300


def policy_of(viewer: Actor, community: Community) -> Policy:
    """The community's policy; the usual one, switched off and not saved, where there is none."""
    viewer.require(Right.SEE_MEMBERS)
    found = Policy.objects.filter(community=community, workspace_id=viewer.workspace_id).first()
    return found or Policy(
        community=community,
        workspace_id=viewer.workspace_id,
        ladder=stored(USUAL),
        changed_at=now(),
    )


@dataclass(frozen=True, slots=True)
class Wish:
    """What a policy is to say; `ladder` as it is stored."""

    is_on: bool
    ladder: Sequence[Sequence[object]]
    window_days: int
    recalls: bool
    reminder: str = ""
    warning: str = ""
    packet: str = ""
    abuse_ladder: Sequence[Sequence[object]] = ()
    report_word: str = ""
    recalls_recent: bool = True
    raid_joins: int = 0


def set_policy(actor: Actor, *, community: Community, wish: Wish) -> Policy:
    """Keep a policy; each change is a new version.

    Raises Invalid (`bad_ladder`, `bad_window`, `too_long`), NotFound for another workspace's.
    """
    actor.require(Right.MODERATE)
    if community.workspace_id != actor.workspace_id:
        raise NotFound
    ladder = _ladder(wish.ladder)
    abuse = _ladder(wish.abuse_ladder) if wish.abuse_ladder else ()
    if not 1 <= wish.window_days <= 365:
        raise Invalid("bad_window", field="window_days")
    if max(len(wish.reminder), len(wish.warning), len(wish.packet)) > WORDS_CHARS:
        raise Invalid("too_long", field="reminder")
    values = {
        "workspace_id": actor.workspace_id,
        "is_on": wish.is_on,
        "ladder": stored(ladder),
        "abuse_ladder": stored(abuse),
        "window_days": wish.window_days,
        "recalls": wish.recalls,
        "recalls_recent": wish.recalls_recent,
        "raid_joins": min(max(wish.raid_joins, 0), MOST_RAID_JOINS),
        "reminder": wish.reminder.strip(),
        "warning": wish.warning.strip(),
        "packet": wish.packet.strip(),
        "report_word": wish.report_word.strip()[:REPORT_WORD_CHARS],
        "changed_by_id": actor.user_id,
        "changed_at": now(),
    }
    with transaction.atomic():
        changed = Policy.objects.filter(community=community).update(
            version=F("version") + 1, **values
        )
        if not changed:
            Policy.objects.create(community=community, **values)
    return Policy.objects.get(community=community)


def _ladder(steps: Sequence[Sequence[object]]) -> tuple[Rung, ...]:
    """A ladder as wished; raises Invalid `bad_ladder`."""
    try:
        ladder = parse(steps)
    except ValueError as error:
        raise Invalid("bad_ladder", field="ladder") from error
    if len(ladder) > MOST_RUNGS:
        raise Invalid("bad_ladder", field="ladder")
    return ladder


@dataclass(frozen=True, slots=True)
class Tried:
    """What a policy would have done: how often each step, to how many people, of what."""

    steps: dict[Step, int]
    people: int
    messages: int
    examples: list[tuple[Doubt, Rung]]


def try_out(viewer: Actor, policy: Policy, days: int = TRIED_DAYS) -> Tried:
    """What the policy would have done in the last days, on what is doubted and not called fine."""
    viewer.require(Right.SEE_MEMBERS)
    since = int((now() - timedelta(days=days)).timestamp() * 1000)
    doubts = list(
        Doubt.objects.filter(
            workspace_id=viewer.workspace_id,
            group__community_id=policy.community_id,
            sent_ms__gte=since,
        )
        .filter(_acted_on(policy))
        .exclude(state=Doubt.State.FINE)
        .select_related("identity", "group")
        .order_by("sent_ms", "pk")[:MOST_TRIED]
    )
    rungs = _tried(policy, doubts)
    steps: dict[Step, int] = {}
    for _doubt, rung in rungs:
        steps[rung.step] = steps.get(rung.step, 0) + 1
    people = len({doubt.identity.member_id for doubt in doubts})
    return Tried(steps, people, len(doubts), rungs[-10:][::-1])


def _acted_on(policy: Policy) -> Q:
    """Doubts that the policy acts on without asking."""
    ads = Q(kind=Doubt.Kind.AD, score__gte=policy.certainty)
    return ads | Q(kind=Doubt.Kind.ABUSE) if policy.abuse_ladder else ads


def _tried(policy: Policy, doubts: Sequence[Doubt]) -> list[tuple[Doubt, Rung]]:
    settled = _settled(policy, sorted({doubt.identity_id for doubt in doubts}))
    supports = supports_of({doubt.group_id for doubt in doubts})
    by_member: dict[int, list[Doubt]] = {}
    for doubt in doubts:
        by_member.setdefault(doubt.identity.member_id, []).append(doubt)
    window = timedelta(days=policy.window_days)
    found = []
    for many in by_member.values():
        cases = [
            Case(datetime.fromtimestamp(d.sent_ms / 1000, UTC), d.identity_id in settled)
            for d in many
        ]
        rungs = climb([ladder_for(policy, d.kind) for d in many], cases, window)
        found += [
            (doubt, possible(rung, supports.get(doubt.group_id, {})))
            for doubt, rung in zip(many, rungs, strict=True)
        ]
    return sorted(found, key=lambda pair: pair[0].sent_ms)


def _settled(policy: Policy, identity_ids: Sequence[int]) -> set[int]:
    """Which of these have written enough in a group of the community to belong there."""
    found: set[int] = set()
    for at in range(0, len(identity_ids), _AT_ONCE):
        rows = Participation.objects.filter(
            group__community_id=policy.community_id,
            messages__gt=SETTLED_MESSAGES,
            identity_id__in=identity_ids[at : at + _AT_ONCE],
        )
        found.update(rows.values_list("identity_id", flat=True))
    return found


def violations_of(viewer: Actor, community: Community | None = None) -> list[Violation]:
    """The log of violations, the newest first; at most two hundred."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Violation.objects.filter(workspace_id=viewer.workspace_id)
    if community is not None:
        rows = rows.filter(community=community)
    newest = rows.select_related("group", "group__community", "by", "taken_back_by")
    return list(newest.order_by("-at", "-pk")[:MOST_LOGGED])


def reverse(actor: Actor, *, message_ids: Iterable[int]) -> int:
    """Take violations back: they no longer count, and what followed is lifted where it can be.

    Returns how many stood; raises NotFound when none of them is this workspace's.
    """
    actor.require(Right.MODERATE)
    ids = list(message_ids)[:MOST_LOGGED]
    if not Violation.objects.filter(pk__in=ids, workspace_id=actor.workspace_id).exists():
        raise NotFound
    return take_back(actor.workspace_id, ids, actor.user_id)


def groups_and_ways(viewer: Actor, policy: Policy) -> list[tuple[Group, list[tuple[Rung, Rung]]]]:
    """For each group of the community, what each rung becomes where it cannot be done as it is."""
    viewer.require(Right.SEE_MEMBERS)
    groups = list(
        Group.objects.filter(
            workspace_id=viewer.workspace_id, community_id=policy.community_id
        ).order_by("name")[:MOST_LOGGED]
    )
    supports = supports_of({one.pk for one in groups})
    ladder = parse(policy.ladder)
    return [(one, [(r, possible(r, supports[one.pk])) for r in ladder]) for one in groups]
