"""Tiers, stages of one's own, company: what others may ask, and their conditions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Q, QuerySet
from pyroaring import BitMap

from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.core.models import Seat, User
from weilu.members.mirror.known import (
    ANY,
    COMPANIES,
    GUIDE,
    OWN_STAGES,
    TIER_WORDS,
    TIERS,
)
from weilu.members.mirror.mirror import Look
from weilu.members.mirror.places import Bools
from weilu.members.models import (
    Company,
    CompanyRule,
    Contact,
    OwnStage,
    Staying,
    Tier,
    TierPlace,
    TierWord,
)
from weilu.members.reading import ask_ids
from weilu.members.scope import Scope
from weilu.members.segments.conditions import fixed
from weilu.members.segments.registry import (
    Ask,
    Columnar,
    Condition,
    Option,
    Param,
    any_of,
    ask_members,
    list_of,
    register,
)
from weilu.members.segments.trees import Values


@dataclass(frozen=True, slots=True)
class InTier:
    """A member's tier: what staff said, else what evidence says with how sure it is."""

    tier: str
    confidence: float | None
    reasons: Sequence[str]
    word: TierWord | None


def tier_of(viewer: Actor, member_id: int) -> InTier:
    """The tier of a member; "" when nothing is known. Two statements."""
    viewer.require(Right.SEE_MEMBERS)
    said = TierWord.objects.filter(
        workspace_id=viewer.workspace_id, identity__member_id=member_id, withdrawn_at=None
    )
    word = said.select_related("by").first()
    place = TierPlace.objects.filter(pk=member_id, workspace_id=viewer.workspace_id).first()
    return InTier(
        tier=word.tier if word else place.tier if place else "",
        confidence=place.confidence if place and not word else None,
        reasons=place.reasons if place else (),
        word=word,
    )


def own_stages(viewer: Actor) -> list[tuple[OwnStage, int]]:
    """Stages of the workspace's own in their order, with how many are in each."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Staying.objects.filter(workspace_id=viewer.workspace_id, ended_at=None).order_by()
    counts = dict(
        rows.values_list("stage_id").annotate(Count("identity__member_id", distinct=True))
    )
    mine = OwnStage.objects.filter(workspace_id=viewer.workspace_id)
    return [(one, counts.get(one.pk, 0)) for one in mine.order_by("position", "name")]


def own_stage(viewer: Actor, stage_id: int) -> OwnStage:
    """One of the workspace's own stages; raises NotFound."""
    viewer.require(Right.SEE_MEMBERS)
    found = OwnStage.objects.filter(pk=stage_id, workspace_id=viewer.workspace_id).first()
    if found is None:
        raise NotFound
    return found


def stages_to_choose(viewer: Actor) -> list[OwnStage]:
    """Stages of the workspace's own in their order."""
    viewer.require(Right.SEE_MEMBERS)
    mine = OwnStage.objects.filter(workspace_id=viewer.workspace_id)
    return list(mine.order_by("position", "name"))


def stayings_of(member_id: int) -> list[Staying]:
    """In which stages somebody is and was, newest first."""
    rows = Staying.objects.filter(identity__member_id=member_id).select_related("stage", "by")
    return list(rows.order_by("-at", "-pk")[:100])


def company_of(viewer: Actor, member_id: int) -> Company | None:
    """Who keeps a member company now."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Company.objects.filter(
        workspace_id=viewer.workspace_id, identity__member_id=member_id, ended_at=None
    )
    return rows.select_related("guide").first()


def companies_of(member_id: int) -> list[Company]:
    """Who keeps and kept a member company, newest first."""
    rows = Company.objects.filter(identity__member_id=member_id).select_related("guide", "by")
    return list(rows.order_by("-at", "-pk")[:100])


def contacts_of(member_id: int) -> list[Contact]:
    """Contacts with a member, newest first."""
    rows = Contact.objects.filter(identity__member_id=member_id).select_related("by", "company")
    return list(rows.order_by("-at", "-pk")[:100])


def due(viewer: Actor, today: date) -> QuerySet[Company]:
    """Contacts due by a day: the viewer's own, and those nobody is named for."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Company.objects.filter(
        workspace_id=viewer.workspace_id, ended_at=None, next_on__lte=today
    )
    return (
        rows.filter(guide_id=viewer.user_id) | rows.filter(guide_id=None)
        if viewer.user_id is not None
        else rows
    )


def companies(
    viewer: Actor,
    *,
    limit: int,
    descending: bool = False,
    after: tuple[date, int] | None = None,
) -> list[Company]:
    """Company that is kept, by the day of the next contact; beyond that day and row, if any."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Company.objects.filter(workspace_id=viewer.workspace_id, ended_at=None)
    if after is not None:
        way, (day, pk) = "lt" if descending else "gt", after
        rows = rows.filter(Q(**{f"next_on__{way}": day}) | Q(**{"next_on": day, f"pk__{way}": pk}))
    order = ("-next_on", "-pk") if descending else ("next_on", "pk")
    return list(rows.select_related("identity__member", "guide").order_by(*order)[:limit])


def company_rule_of(viewer: Actor, segment_id: int) -> CompanyRule | None:
    """How everybody in a segment is kept company, if they are."""
    viewer.require(Right.SEE_MEMBERS)
    return CompanyRule.objects.filter(pk=segment_id, workspace_id=viewer.workspace_id).first()


def company_loads(viewer: Actor) -> list[tuple[int, str, int]]:
    """How many each guide keeps company, most first; 0 and "" for those nobody is named for."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Company.objects.filter(workspace_id=viewer.workspace_id, ended_at=None).order_by()
    counts = rows.values_list("guide_id", "guide__username").annotate(n=Count("pk"))
    return [(pk or 0, name or "", n) for pk, name, n in counts.order_by("-n", "guide_id")]


def in_tier(scope: Scope, values: Values) -> BitMap:
    """Who is in one of the tiers; what staff said goes before evidence."""
    wanted = list_of(values, "tier")
    slots = ", ".join(["%s"] * len(wanted))
    by_evidence = ask_ids(
        f"SELECT member_id FROM members_tierplace WHERE workspace_id = %s AND tier IN ({slots})",  # noqa: S608
        [scope.workspace_id, *wanted],
    )
    said = "r.workspace_id = %s AND r.withdrawn_at IS NULL"
    anything = ask_members("members_tierword", said, [scope.workspace_id], scope)
    these = ask_members(
        "members_tierword", f"{said} AND r.tier IN ({slots})", [scope.workspace_id, *wanted], scope
    )
    return (by_evidence - anything) | these


def in_own_stage(scope: Scope, values: Values) -> BitMap:
    """Who is in one of the workspace's own stages."""
    ids = [int(one) for one in list_of(values, "own_stage")]
    slots = ", ".join(["%s"] * len(ids))
    where = f"r.workspace_id = %s AND r.ended_at IS NULL AND r.stage_id IN ({slots})"
    return ask_members("members_staying", where, [scope.workspace_id, *ids], scope)


def kept_company(scope: Scope, values: Values) -> BitMap:
    """Who is kept company in one of the ways."""
    wanted = list_of(values, "mode")
    slots = ", ".join(["%s"] * len(wanted))
    where = f"r.workspace_id = %s AND r.ended_at IS NULL AND r.mode IN ({slots})"
    return ask_members("members_company", where, [scope.workspace_id, *wanted], scope)


def guided(scope: Scope, values: Values) -> BitMap:
    """Who is kept company by one of these; 0: by nobody in particular."""
    ids = [int(one) for one in list_of(values, "guide")]
    slots = ", ".join(["%s"] * len(ids))
    where = f"r.workspace_id = %s AND r.ended_at IS NULL AND COALESCE(r.guide_id, 0) IN ({slots})"
    return ask_members("members_company", where, [scope.workspace_id, *ids], scope)


def _guides(workspace_id: int) -> Sequence[Option]:
    """Whoever has a seat, and who keeps somebody company without one."""
    seated = Seat.objects.filter(workspace_id=workspace_id).values("user_id")
    guiding = Company.objects.filter(workspace_id=workspace_id, ended_at=None).values("guide_id")
    rows = User.objects.filter(Q(pk__in=seated) | Q(pk__in=guiding)).order_by("username")
    return [
        Option("0"),
        *(Option(str(pk), name) for pk, name in rows.values_list("pk", "username")),
    ]


def _is_in_tier(look: Look, values: Values) -> Bools:
    by_evidence, said = look.nobody(), look.nobody()
    for tier in list_of(values, "tier"):
        by_evidence |= look.has(TIERS, tier)
        said |= look.has(TIER_WORDS, tier)
    by_evidence &= ~look.has(TIER_WORDS, ANY)
    return by_evidence | said


def _is_guided(look: Look, values: Values) -> Bools:
    found = look.nobody()
    for one in list_of(values, "guide"):
        found |= look.has(COMPANIES, f"{GUIDE}{int(one)}")
    return found


def _stages(workspace_id: int) -> Sequence[Option]:
    rows = OwnStage.objects.filter(workspace_id=workspace_id).order_by("position", "name")
    return [Option(str(pk), name) for pk, name in rows.values_list("pk", "name")]


register(
    Condition(
        "tier",
        (Param("tier", Ask.CHOICES, fixed(*Tier.values)),),
        in_tier,
        Columnar(_is_in_tier),
    )
)
register(Condition("guide", (Param("guide", Ask.CHOICES, _guides),), guided, Columnar(_is_guided)))
register(
    Condition(
        "own_stage",
        (Param("own_stage", Ask.CHOICES, _stages),),
        in_own_stage,
        any_of(OWN_STAGES, "own_stage"),
    )
)
register(
    Condition(
        "company",
        (Param("mode", Ask.CHOICES, fixed(*Company.Mode.values)),),
        kept_company,
        any_of(COMPANIES, "mode"),
    )
)
