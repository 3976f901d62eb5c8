"""What a community promises in its plan, seen in the talk of the last four weeks (A-1)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Max, Sum

from weilu.communities.blueprint.queries import fit_points, sheet_of
from weilu.communities.blueprint.rules.canvas import themes_of
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.groups.models import Group
from weilu.insight.models import WordWeek
from weilu.insight.rules.drift import TOP_WORDS, Drift, Promise, drift
from weilu.insight.rules.words import WordCount, is_theme_word
from weilu.insight.themes import WEEK
from weilu.members.models import Member

WEEKS = 4
# A theme is looked for among so many of the commonest words of the four weeks.
MOST_WORDS = 2000


@dataclass(frozen=True, slots=True)
class Promised:
    """A community's themes and kind, the words that are its own, and the fit of its product."""

    themes: tuple[Promise, ...]
    kind: str
    known: tuple[str, ...]
    fit: tuple[int, int, str] | None


@dataclass(frozen=True, slots=True)
class Held:
    """How far promises are held, over whole weeks: first and last day, and the drift."""

    drift: Drift
    first_day: int
    last_day: int


def promised(community: Community) -> Promised:
    """What a community promises; themes may be empty."""
    product = [word for word in community.product_words.split("\n") if word.strip()]
    sheet = sheet_of(community)
    return Promised(
        themes=tuple(Promise(one.name, one.marks) for one in themes_of(sheet.themes)),
        kind=sheet.kind,
        known=(community.name, *product),
        fit=fit_points(community),
    )


def held(viewer: Actor, community: Community) -> Held | None:
    """How far a community's themes are talked about; None without themes or without talk."""
    viewer.require(Right.SEE_NUMBERS)
    if community.workspace_id != viewer.workspace_id:
        raise NotFound
    mine = promised(community)
    if not mine.themes:
        return None
    groups = list(Group.objects.filter(community=community).values_list("pk", flat=True))
    newest = WordWeek.objects.filter(group_id__in=groups).aggregate(at=Max("week"))["at"]
    if newest is None:
        return None
    found = drift_of(mine, groups, newest, community.workspace_id)
    first = (newest - WEEKS + 1) * WEEK
    return Held(found, first, newest * WEEK + WEEK - 1)


def drift_of(mine: Promised, group_ids: Sequence[int], last_week: int, workspace_id: int) -> Drift:
    """The drift of groups over the four weeks that end with one."""
    words = _words(group_ids, last_week)
    # Whom people speak to is not what they speak of; only what may be shown is looked up.
    names = Member.objects.filter(
        workspace_id=workspace_id, name_folded__in=list(words)[: TOP_WORDS * 2]
    ).values_list("name_folded", flat=True)
    for name in set(names):
        words.pop(name, None)
    return drift(mine.themes, words, mine.known)


def _words(group_ids: Sequence[int], last_week: int) -> dict[str, WordCount]:
    """The commonest words, most people first: the most of any one week in one group."""
    rows = (
        WordWeek.objects.filter(
            group_id__in=group_ids, week__gt=last_week - WEEKS, week__lte=last_week
        )
        .order_by()
        .values("word")
        .annotate(sum_of=Sum("messages"), most=Max("people"))
        .order_by("-most", "-sum_of", "word")
    )
    return {
        row["word"]: WordCount(row["sum_of"], row["most"])
        for row in rows[:MOST_WORDS]
        if is_theme_word(row["word"])
    }
