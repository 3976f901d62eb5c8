"""What others may ask about a community's plan: how far it is, and what it says.

`state_of` is one community's, `states_of` many at once; both are cheap (four statements whatever
the number). The launch checklist and pages build on these and never on the tables.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Max, OuterRef, Subquery

from weilu.communities.blueprint.models import Canvas, CanvasVersion, FitCheck, PlatformPlan
from weilu.communities.blueprint.rules.canvas import (
    Sheet,
    Step,
    Theme,
    filled,
    from_plain,
    themes_of,
)
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound

MOST_VERSIONS = 100
MOST_VOICES = 5
_COLUMNS = (
    "purpose", "goal", "audience", "not_for", "needs", "pains", "promises", "kind", "tier",
    "themes", "voice", "tone",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class PlanState:
    """How far a plan has come.

    `verdict` is "" until the fit was checked, else fits, narrow or unfit; `platform` is "" until
    one was chosen; `version` is that of the plan kept last, 0 for none.
    """

    sheet: Sheet
    filled: tuple[Step, ...]
    verdict: str = ""
    points: int = 0
    platform: str = ""
    version: int = 0
    kept_at: datetime | None = None

    @property
    def missing(self) -> tuple[Step, ...]:
        """The steps of the canvas that are not filled, in order."""
        return tuple(step for step in Step if step not in self.filled)

    @property
    def is_whole(self) -> bool:
        """Whether every step of the canvas is filled."""
        return not self.missing


def sheet_of(community: Community) -> Sheet:
    """What the canvas says now; only the name is there before anybody wrote."""
    row = Canvas.objects.filter(community=community).first()
    return sheet_in(row, community.name)


def sheet_in(row: Canvas | None, name: str) -> Sheet:
    """What a row says, under the community's name; None: nothing but the name."""
    if row is None:
        return Sheet(name=name)
    return Sheet(name=name, **{column: getattr(row, column) for column in _COLUMNS})


def state_of(viewer: Actor, community: Community) -> PlanState:
    """How far the plan of a community is; raises NotFound for another workspace's."""
    viewer.require(Right.SEE_NUMBERS)
    if community.workspace_id != viewer.workspace_id:
        raise NotFound
    return states_of(viewer, [community])[community.pk]


def states_of(viewer: Actor, communities: Collection[Community]) -> dict[int, PlanState]:
    """How far the plans of communities are, by id; those of other workspaces are left out."""
    viewer.require(Right.SEE_NUMBERS)
    mine = {one.pk: one for one in communities if one.workspace_id == viewer.workspace_id}
    sheets = Canvas.objects.in_bulk(list(mine))
    fits = FitCheck.objects.in_bulk(list(mine))
    platforms = dict(
        PlatformPlan.objects.filter(community_id__in=mine).values_list("community_id", "chosen")
    )
    versions = {
        pk: (version, at)
        for pk, version, at in CanvasVersion.objects.filter(community_id__in=mine)
        .values("community_id")
        .annotate(newest=Max("version"), latest=Max("at"))
        .values_list("community_id", "newest", "latest")
    }
    found = {}
    for pk, one in mine.items():
        sheet, fit = sheet_in(sheets.get(pk), one.name), fits.get(pk)
        version, kept_at = versions.get(pk, (0, None))
        found[pk] = PlanState(
            sheet=sheet,
            filled=filled(sheet),
            verdict=fit.verdict if fit else "",
            points=fit.points if fit else 0,
            platform=platforms.get(pk, ""),
            version=version,
            kept_at=kept_at,
        )
    return found


def promised_themes(community: Community) -> tuple[Theme, ...]:
    """The themes a community says it is about; may be empty."""
    written = Canvas.objects.filter(community=community).values_list("themes", flat=True)
    return themes_of("".join(written))


def fit_points(community: Community) -> tuple[int, int, str] | None:
    """(points, most points, verdict) of the product's fit; None until it was checked."""
    row = FitCheck.objects.filter(community=community).first()
    return (row.points, row.most, row.verdict) if row else None


def purpose_of(community: Community) -> str:
    """What a community is for, in its own words; "" until somebody wrote it."""
    return "".join(Canvas.objects.filter(community=community).values_list("purpose", flat=True))


def purpose_beside(community: str) -> Subquery:
    """`purpose_of` for a query whose column of this name is the community; null for none."""
    mine = Canvas.objects.filter(community_id=OuterRef(community))
    return Subquery(mine.values("purpose")[:1])


@dataclass(frozen=True, slots=True)
class Voice:
    """How a community speaks: who does, and in which tone; either may be empty, not both."""

    community: str
    who: str
    tone: str


def voices(viewer: Actor, community: Community | None = None) -> list[Voice]:
    """How the workspace's communities speak, or one of them; those that say nothing left out."""
    viewer.require(Right.SEE_NUMBERS)
    mine = Canvas.objects.filter(workspace_id=viewer.workspace_id)
    if community is not None:
        mine = mine.filter(community=community)
    said = mine.exclude(voice="", tone="").order_by("community__name")
    rows = said.values_list("community__name", "voice", "tone")
    return [Voice(*row) for row in rows[:MOST_VOICES]]


def unfinished_plans(viewer: Actor, since: datetime) -> list[tuple[Community, int]]:
    """Plans written on since a moment with steps still open, and how many are written."""
    viewer.require(Right.SEE_NUMBERS)
    rows = Canvas.objects.filter(workspace_id=viewer.workspace_id, changed_at__gte=since)
    sheets = [
        (row.community, sheet_in(row, row.community.name))
        for row in rows.select_related("community").order_by("-changed_at")[:MOST_VOICES]
    ]
    return [(one, len(done)) for one, sheet in sheets if 1 < len(done := filled(sheet)) < len(Step)]


def fit_of(viewer: Actor, community: Community) -> FitCheck | None:
    """The answers about the product; None until somebody gave them."""
    viewer.require(Right.SEE_NUMBERS)
    mine = FitCheck.objects.filter(workspace_id=viewer.workspace_id)
    return mine.filter(community=community).select_related("by").first()


def platform_plan_of(viewer: Actor, community: Community) -> PlatformPlan | None:
    """What was asked of a platform and which was chosen; None until then."""
    viewer.require(Right.SEE_NUMBERS)
    mine = PlatformPlan.objects.filter(workspace_id=viewer.workspace_id)
    return mine.filter(community=community).select_related("by").first()


def canvas_of(viewer: Actor, community: Community) -> Canvas | None:
    """The sheet with who wrote it last; None until somebody wrote."""
    viewer.require(Right.SEE_NUMBERS)
    mine = Canvas.objects.filter(workspace_id=viewer.workspace_id)
    return mine.filter(community=community).select_related("changed_by").first()


def versions_of(viewer: Actor, community: Community) -> list[CanvasVersion]:
    """The kept plans, the newest first, at most a hundred."""
    viewer.require(Right.SEE_NUMBERS)
    mine = CanvasVersion.objects.filter(workspace_id=viewer.workspace_id, community=community)
    return list(mine.select_related("by").order_by("-version")[:MOST_VERSIONS])


def kept_sheet(row: CanvasVersion) -> Sheet:
    """What a kept plan says."""
    return from_plain(row.sheet)
