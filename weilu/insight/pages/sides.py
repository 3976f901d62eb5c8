"""The groups of a community side by side, in six statements however many there are."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median

from pyroaring import BitMap

from weilu.groups.models import Group
from weilu.insight.models import GroupDay, Standing
from weilu.insight.numbers import counted, overview
from weilu.insight.pages.front import active_share
from weilu.insight.pages.life import heard_until, life_of
from weilu.insight.pages.look import Look
from weilu.insight.pages.replies import AskedOne, questions
from weilu.insight.rules.lifecycle import GroupLife
from weilu.insight.scope import Day, Scope, stored_days

WEEK = 7
TREND_WEEKS = 12


@dataclass(frozen=True, slots=True)
class Side:
    """One group's numbers of the period; shares 0–1, None where nothing can be said.

    `trend`: messages in the last twelve stretches of seven days, oldest first.
    """

    group: Group
    present: int | None
    speakers: int
    speakers_before: int
    active_share: float | None
    messages: int
    messages_before: int
    asked: int
    answered_share: float | None
    median_s: float | None
    newcomers: int
    returned_share: float | None
    life: GroupLife
    trend: tuple[int, ...]


def sides(look: Look) -> list[Side]:
    """Every group of the community by name."""
    scope = look.scope
    stored: dict[int, list[Day]] = defaultdict(list)
    rows = GroupDay.objects.filter(group_id__in=look.group_ids, day__lte=scope.last_day)
    for group_id, day in stored_days(rows):
        stored[group_id].append(day)
    standing = {s.group_id: s for s in Standing.objects.filter(group_id__in=look.group_ids)}
    asked: dict[int, list[AskedOne]] = defaultdict(list)
    for question in questions(look):
        asked[question.group_id].append(question)
    chosen = set(look.group_ids)
    heard = heard_until(look.place, scope.last_day, look.place.groups)
    return [
        _side(
            look,
            group,
            counted(stored[group.pk], look.known, bots=scope.bots, staff=scope.staff),
            standing.get(group.pk),
            asked[group.pk],
            heard[group.pk],
        )
        for group in look.place.groups
        if group.pk in chosen
    ]


def _side(
    look: Look,
    group: Group,
    days: Sequence[Day],
    standing: Standing | None,
    asked: Sequence[AskedOne],
    today: int,
) -> Side:
    scope = _scope(look.scope, group.pk)
    numbers = overview(scope, days)
    waits = [q.wait_s for q in asked if q.wait_s is not None]
    answered = sum(q.answer_id is not None for q in asked)
    speakers = len(numbers.now.speakers)
    present = standing.present if standing else None
    return Side(
        group=group,
        present=present,
        speakers=speakers,
        speakers_before=len(numbers.before.speakers),
        active_share=active_share(speakers, present),
        messages=numbers.now.messages,
        messages_before=numbers.before.messages,
        asked=len(asked),
        answered_share=answered / len(asked) if asked else None,
        median_s=median(waits) if waits else None,
        newcomers=len(numbers.newcomers),
        returned_share=_share(numbers.returned, numbers.newcomers),
        life=life_of(days, today=today, present=present),
        trend=_trend(days, scope.last_day),
    )


def _share(part: BitMap, whole: BitMap) -> float | None:
    return len(part) / len(whole) if whole else None


def _scope(scope: Scope, group_id: int) -> Scope:
    return Scope(
        scope.workspace_id,
        scope.community_id,
        scope.zone,
        scope.first_day,
        scope.last_day,
        (group_id,),
        scope.bots,
        scope.staff,
    )


def _trend(days: Sequence[Day], last: int) -> tuple[int, ...]:
    weeks = [0] * TREND_WEEKS
    for one in days:
        at = (last - one.day) // WEEK
        if 0 <= at < TREND_WEEKS:
            weeks[TREND_WEEKS - 1 - at] += one.messages
    return tuple(weeks)
