"""Circles found in exchange, what they talk about, and people like some (C-5)."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

import numpy as np
from django.db import transaction
from pyroaring import BitMap

from weilu.core.access import Actor, Right
from weilu.core.jobs import job, renew
from weilu.core.models import Job
from weilu.insight.models import FoundCircle
from weilu.insight.people.messages_of import latest, places_of
from weilu.insight.rules.circles import alike, circles, graph_of, inside_share
from weilu.insight.rules.words import count_words
from weilu.insight.worth.booking import today_of
from weilu.insight.worth.influence import within
from weilu.members.actions.ledgers import ledgers
from weilu.members.models import Alias, Circle
from weilu.members.queries import names
from weilu.members.queries.circles import kept_members
from weilu.members.rules.exchange import Exchange
from weilu.members.traces import ERASERS, Person

JOB = "find_circles"
WINDOW_DAYS = 180
# The busiest so many people; a circle is told by those who talk most.
MOST_PEOPLE = 3000
MOST_CIRCLES = 12
TOP = 8
MESSAGES_EACH = 150
WORDS = 8
_AT_ONCE = 500
ALIKE = 12
# From such a share of the same people on, a circle that is kept is the one that was found.
SAME = 0.5


def ties_of(workspace_id: int) -> dict[tuple[int, int], float]:
    """Who answered whom how often in half a year; much talk counts less and less.

    For members of nothing but an ended community it is the half year before its end.
    """
    today = today_of(workspace_id)
    links: Counter[tuple[int, int]] = Counter()
    # Neither staff nor the many behind a bridge make a circle.
    members: set[int] = set()
    for ids, rows in ledgers(workspace_id):
        members.update(ids)
        chosen = rows[rows["kind"] == Exchange.REPLIED]
        chosen = within(chosen, today.days_of(np.array(ids, dtype=np.int64)), WINDOW_DAYS)
        for who, _kind, _day, _group, partner, times in chosen.tolist():
            links[ids[who], partner] += times
    busy: Counter[int] = Counter()
    links = Counter({pair: n for pair, n in links.items() if pair[1] in members})
    for (one, other), n in links.items():
        busy[one] += n
        busy[other] += n
    kept = {pk for pk, _n in sorted(busy.items(), key=lambda p: (-p[1], p[0]))[:MOST_PEOPLE]}
    return {pair: math.log1p(n) for pair, n in links.items() if pair[0] in kept and pair[1] in kept}


@job(JOB)
def find_circles_job(one: Job) -> datetime | None:
    """Find the circles of a workspace anew."""
    find_circles(one.workspace_id)
    renew(one)
    return None


def find_circles(workspace_id: int) -> int:
    """Find the circles of a workspace and what they talk about; replaces those found before."""
    graph = graph_of(ties_of(workspace_id))
    found = circles(graph, smallest=4)[:MOST_CIRCLES]
    top = [
        sorted(one, key=lambda pk: (-sum(graph[pk].get(o, 0.0) for o in one), pk))[:TOP]
        for one in found
    ]
    called = _called(graph)
    words = _distinctive([_words_of(ids, called) for ids in top])
    with transaction.atomic():
        FoundCircle.objects.filter(workspace_id=workspace_id).delete()
        FoundCircle.objects.bulk_create(
            [
                FoundCircle(
                    workspace_id=workspace_id, position=k, members=BitMap(one).serialize(),
                    top=top[k], words=words[k], inside=inside_share(graph, one),
                )
                for k, one in enumerate(found)
            ]
        )  # fmt: skip
    return len(found)


def _called(members: Iterable[int]) -> set[str]:
    """What some members are and were called: whom people talk with is not what they talk about."""
    listed = sorted(members)
    found: set[str] = set()
    for at in range(0, len(listed), _AT_ONCE):
        rows = Alias.objects.filter(identity__member_id__in=listed[at : at + _AT_ONCE])
        found.update(rows.values_list("name", flat=True))
    return found


def _words_of(members: Sequence[int], called: Collection[str]) -> Counter[str]:
    """How many of some members use each word in their latest messages."""
    counts: Counter[str] = Counter()
    for pk in members:
        counts.update(_vocabulary(pk, called))
    return counts


def _vocabulary(member_id: int, called: Collection[str]) -> set[str]:
    """Words of somebody's latest messages that occur more than once, and are nobody's name."""
    said = [one.text for one in latest(places_of(member_id), limit=MESSAGES_EACH) if one.text]
    counted = count_words(said, [0] * len(said), called)
    return {word for word, count in counted.items() if count.messages > 1}


def _distinctive(counts: Sequence[Counter[str]]) -> list[list[str]]:
    """For each circle the words that more of its people use than people of other circles do."""
    found = []
    for k, own in enumerate(counts):
        others: Counter[str] = Counter()
        for j, one in enumerate(counts):
            if j != k:
                others.update(one)
        weight = {
            word: n * math.log((n + 1) / (others[word] / max(1, len(counts) - 1) + 1))
            for word, n in own.items()
            if n > 1
        }
        best = sorted((w for w in weight if weight[w] > 0), key=lambda w: (-weight[w], w))
        found.append(best[:WORDS])
    return found


@dataclass(frozen=True, slots=True)
class Shown:
    """A circle as found: how many, its best connected people, words, and how closed it is.

    `kept` is the circle that staff keep of these people, if they do.
    """

    id: int
    size: int
    top: Sequence[tuple[int, str]]
    words: Sequence[str]
    inside: float
    kept: Circle | None

    @property
    def others(self) -> int:
        """How many are in it besides those who are named."""
        return self.size - len(self.top)


def found_circles(viewer: Actor) -> list[Shown]:
    """The circles last found, largest first; four statements."""
    viewer.require(Right.SEE_MEMBERS)
    rows = list(FoundCircle.objects.filter(workspace_id=viewer.workspace_id).order_by("position"))
    called = names({pk for one in rows for pk in one.top})
    kept = kept_members(viewer)
    shown = []
    for one in rows:
        members = BitMap.deserialize(bytes(one.members))
        top = [(pk, called[pk]) for pk in one.top if pk in called]
        same = next((k for k, who in kept.items() if members.jaccard_index(who) >= SAME), None)
        shown.append(Shown(one.pk, len(members), top, one.words, one.inside, same))
    return shown


def members_of_found(viewer: Actor, pk: int) -> BitMap:
    """Who is in a circle that was found; nobody when it is gone."""
    viewer.require(Right.SEE_MEMBERS)
    row = FoundCircle.objects.filter(pk=pk, workspace_id=viewer.workspace_id).first()
    return BitMap.deserialize(bytes(row.members)) if row else BitMap()


@dataclass(frozen=True, slots=True)
class Alike:
    """Somebody like those asked for: how much, 0-1, whom they share, and words they share."""

    id: int
    name: str
    share: float
    common: Sequence[str]
    common_count: int
    words: Sequence[str]


def people_like(viewer: Actor, member_ids: Sequence[int]) -> list[Alike]:
    """People like some, most alike first, at most a dozen; reads their latest messages."""
    viewer.require(Right.SEE_MEMBERS)
    wanted = frozenset(member_ids[:5])
    graph = graph_of(ties_of(viewer.workspace_id))
    found = alike(graph, wanted)[:ALIKE]
    called = names({pk for who, _share, common in found for pk in (who, *common[:3])})
    nobody = _called(graph)
    theirs = [_vocabulary(pk, nobody) for pk in sorted(wanted)]
    shared: set[str] = set.intersection(*theirs) if theirs else set()
    return [
        Alike(
            who, called.get(who, ""), share, [called.get(pk, "") for pk in common[:3]],
            len(common), _words_shared(who, shared, nobody),
        )
        for who, share, common in found
    ]  # fmt: skip


def _words_shared(member_id: int, words: Collection[str], called: Collection[str]) -> list[str]:
    """The words that somebody uses as well, longest first; without any, nothing is read."""
    both = _vocabulary(member_id, called).intersection(words) if words else ()
    return sorted(both, key=lambda w: (-len(w), w))[:4]


def _forget(person: Person) -> dict[str, int]:
    """Circles are found anew without somebody who is erased."""
    FoundCircle.objects.filter(workspace_id=person.workspace_id).delete()
    return {}


ERASERS["circles"] = _forget
