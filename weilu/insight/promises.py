"""What a community promises in its plan, seen in the talk of the last four weeks (A-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice
from operator import itemgetter
from typing import Any

from django.db.models import Max, QuerySet, Sum

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
_NAMES_AT_ONCE = 500


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
    """The drift of groups taken together over the four weeks that end with one."""
    rows = _weeks(group_ids, last_week).values("word").annotate(**_SUMS).order_by(*_COMMONEST)
    words = {row["word"]: _count(row) for row in rows[:MOST_WORDS] if is_theme_word(row["word"])}
    named = _names_among(_shown(words), workspace_id)
    return drift(mine.themes, _without(words, named), mine.known)


def drifts_of(
    mine: Promised, group_ids: Sequence[int], last_week: int, workspace_id: int
) -> dict[int, Drift]:
    """The drift of each group by itself over the four weeks that end with one.

    One statement for the words of all, and one for each few hundred of them that are names.
    """
    rows = (
        _weeks(group_ids, last_week)
        .values("group_id", "word")
        .annotate(**_SUMS)
        .order_by("group_id", *_COMMONEST)
    )
    words: dict[int, dict[str, WordCount]] = {pk: {} for pk in group_ids}
    for group_id, many in groupby(rows.iterator(), key=itemgetter("group_id")):
        some = islice(many, MOST_WORDS)
        words[group_id] = {r["word"]: _count(r) for r in some if is_theme_word(r["word"])}
    named = _names_among({word for own in words.values() for word in _shown(own)}, workspace_id)
    return {pk: drift(mine.themes, _without(own, named), mine.known) for pk, own in words.items()}


# The commonest words, most people first: the most of any one week in one group.
_SUMS = {"sum_of": Sum("messages"), "most": Max("people")}
_COMMONEST = ("-most", "-sum_of", "word")


def _weeks(group_ids: Sequence[int], last_week: int) -> QuerySet[WordWeek]:
    return WordWeek.objects.filter(
        group_id__in=group_ids, week__gt=last_week - WEEKS, week__lte=last_week
    ).order_by()


def _count(row: Mapping[str, Any]) -> WordCount:
    return WordCount(row["sum_of"], row["most"])


def _shown(words: Mapping[str, WordCount]) -> list[str]:
    """What may be shown of words: only that is looked up among the names."""
    return list(words)[: TOP_WORDS * 2]


def _names_among(words: Iterable[str], workspace_id: int) -> set[str]:
    """Whom people speak to is not what they speak of."""
    asked, found = sorted(set(words)), set[str]()
    for at in range(0, len(asked), _NAMES_AT_ONCE):
        rows = Member.objects.filter(
            workspace_id=workspace_id, name_folded__in=asked[at : at + _NAMES_AT_ONCE]
        )
        found.update(rows.values_list("name_folded", flat=True))
    return found


def _without(words: Mapping[str, WordCount], named: set[str]) -> dict[str, WordCount]:
    """Words but for names among those that may be shown."""
    gone = named.intersection(_shown(words))
    return {word: count for word, count in words.items() if word not in gone}
