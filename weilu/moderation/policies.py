"""Writes to policies: what follows when somebody breaks the rules, and trying it out (B-6)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.db.models import Count, F

from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Invalid, NotFound
from weilu.moderation.models import Policy, PolicyVersion, Violation
from weilu.moderation.rules.ladder import USUAL, Rung, parse, stored
from weilu.moderation.rules.terms import Kept, checked
from weilu.moderation.taking_back import take_back

WORDS = ("reminder", "warning", "packet", "muting", "removing")
MOST_VERSIONS = 50
MOST_LOGGED = 200
MOST_BREACHES = 40
MOST_RUNGS = 8
WORDS_CHARS = 500
REPORT_WORD_CHARS = 20
MOST_RAID_JOINS = 1000


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
    """What a policy is to say; `ladder` as it is stored, `rules` what is otherwise, by kind."""

    is_on: bool
    ladder: Sequence[Sequence[object]]
    window_days: int
    recalls: bool
    reminder: str = ""
    warning: str = ""
    packet: str = ""
    rules: Mapping[str, Kept] = field(default_factory=dict)
    report_word: str = ""
    recalls_recent: bool = True
    raid_joins: int = 0
    muting: str = ""
    removing: str = ""


def set_policy(actor: Actor, *, community: Community, wish: Wish) -> Policy:
    """Keep a policy; each change is a new version.

    Raises Invalid (`bad_ladder`, `bad_window`, `bad_way`, `too_long`), NotFound for another
    workspace's.
    """
    actor.require(Right.MODERATE)
    if community.workspace_id != actor.workspace_id:
        raise NotFound
    if not 1 <= wish.window_days <= 365:
        raise Invalid("bad_window", field="window_days")
    said = {name: getattr(wish, name).strip() for name in WORDS}
    if any(len(words) > WORDS_CHARS for words in said.values()):
        raise Invalid("too_long", field="reminder")
    values: dict[str, object] = {
        "is_on": wish.is_on,
        "ladder": stored(_ladder(wish.ladder)),
        "rules": _rules(wish.rules),
        "window_days": wish.window_days,
        "recalls": wish.recalls,
        "recalls_recent": wish.recalls_recent,
        "raid_joins": min(max(wish.raid_joins, 0), MOST_RAID_JOINS),
        **said,
        "report_word": wish.report_word.strip()[:REPORT_WORD_CHARS],
    }
    who = {"changed_by_id": actor.user_id, "changed_at": now()}
    with transaction.atomic():
        mine = Policy.objects.filter(community=community)
        if not mine.update(version=F("version") + 1, **values, **who):
            Policy.objects.create(
                community=community, workspace_id=actor.workspace_id, **values, **who
            )
        kept = mine.get()
        PolicyVersion.objects.create(
            policy=kept, version=kept.version, values=values, by_id=actor.user_id, at=now()
        )
    return kept


def policy_versions(viewer: Actor, community: Community) -> list[PolicyVersion]:
    """What the policy said from when on, the newest first, at most fifty."""
    viewer.require(Right.SEE_MEMBERS)
    rows = PolicyVersion.objects.filter(
        policy__community=community, policy__workspace_id=viewer.workspace_id
    )
    return list(rows.select_related("by").order_by("-version")[:MOST_VERSIONS])


def _rules(wished: Mapping[str, Kept]) -> dict[str, Kept]:
    """The terms by kind as wished; raises Invalid with the code of what is wrong."""
    try:
        return {kind: checked(kind, kept, MOST_RUNGS) for kind, kept in wished.items()}
    except ValueError as error:
        raise Invalid(str(error), field="rules") from error


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
class Breach:
    """A rule as it was broken: its title, the version of the rules, of what kind, how often."""

    rule: str
    version: int
    kind: str
    count: int


def rules_broken(viewer: Actor) -> list[Breach]:
    """Which rules were broken, version by version, the most often broken first; at most forty."""
    viewer.require(Right.SEE_MEMBERS)
    rows = (
        Violation.objects.filter(workspace_id=viewer.workspace_id)
        .values_list("rule", "rules_version", "kind")
        .annotate(n=Count("pk"))
        .order_by("-n", "rule", "rules_version", "kind")
    )
    return [Breach(*row) for row in rows[:MOST_BREACHES]]


def violations_of(viewer: Actor, only: Breach | None = None) -> list[Violation]:
    """The log of violations, the newest first, of all rules or one; at most two hundred."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Violation.objects.filter(workspace_id=viewer.workspace_id)
    if only is not None:
        rows = rows.filter(rule=only.rule, rules_version=only.version, kind=only.kind)
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
