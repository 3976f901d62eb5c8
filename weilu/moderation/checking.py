"""The history of a group looked through for junk (B-5): what is doubtful waits for a person.

A check reads the newest messages of a group once, in order of time, and replaces the open doubts
of that stretch: doing it twice changes nothing. What was decided stays decided.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
from django.db import transaction

from weilu.chat.columns import DAY_MS
from weilu.chat.people import seen_between
from weilu.chat.ports import Form
from weilu.chat.timeline import Timeline, read_timeline
from weilu.core.clock import now
from weilu.groups.models import Group
from weilu.members.queries import People, people
from weilu.moderation.familiar import EVER, names_of
from weilu.moderation.history import doubted_names
from weilu.moderation.judges import judge_of
from weilu.moderation.models import Check, Doubt
from weilu.moderation.rules.crowd import Crowd
from weilu.moderation.rules.disturbing import Fact
from weilu.moderation.rules.scoring import Judge, Signal, Verdicts
from weilu.moderation.suspicion import Suspicion, doubt_of, suspicions, with_cards

# Called between parts with the share done (0-1).
Progress = Callable[[float], None]

DAYS = 365
BATCH = 1000
PART_MS = 7 * DAY_MS
_AT_ONCE = 300


@dataclass(slots=True)
class _Run:
    """A check under way: who is who, what was heard, and what is doubtful by message."""

    group: Group
    judge: Judge
    known: People
    crowd: Crowd
    doubts: dict[int, Suspicion] = field(default_factory=dict)
    # The messages of newcomers by member: taken along when the account turns out to advertise.
    newcomers: dict[int, list[Suspicion]] = field(default_factory=dict)
    guilty: set[int] = field(default_factory=set)
    messages: int = 0


def check_group(group: Group, progress: Progress, days: int = DAYS) -> int:
    """Judge the newest `days` of a group and keep what is doubtful; returns how many are."""
    span = seen_between(group.pk)
    if span is None:
        return 0
    first, end = max(span[0], span[1] - days * DAY_MS), span[1] + 1
    known = people(group.workspace_id)
    run = _Run(group, judge_of(group.workspace_id), known, _crowd_of(group, known))
    for start in range(first, end, PART_MS):
        _judge_part(run, read_timeline(group.pk, start, min(start + PART_MS, end)))
        progress((start - first) / (end - first))
    for member in run.guilty:
        run.doubts.update({one.id: one for one in run.newcomers.get(member, [])})
    # A new name is told of even after the last thing that counts as being seen.
    named = doubted_names(group, known, first, end + DAY_MS)
    _keep(run, first, named)
    progress(1.0)
    return len(run.doubts) + len(named)


def _crowd_of(group: Group, known: People) -> Crowd:
    """A crowd that knows the group's names, and whom to trust: staff and machines."""
    crowd = Crowd(names=names_of({group.pk: EVER})[group.pk])
    crowd.trust(known.staff | known.bots)
    return crowd


def _judge_part(run: _Run, timeline: Timeline) -> None:
    members = run.known.of_array(timeline.identity)
    for first in range(0, len(timeline), BATCH):
        part = timeline.rows(first, first + BATCH)
        writers = members[first : first + BATCH]
        verdicts = run.judge.talk(run.crowd, part.text, writers.tolist(), part.sent_ms.tolist())
        verdicts = with_cards(verdicts, part.form == int(Form.CARD))
        run.messages += len(part)
        _note(run, part, writers.tolist(), verdicts)


def _note(run: _Run, part: Timeline, writers: list[int], verdicts: Verdicts) -> None:
    """Remember what is doubtful in a batch, and what newcomers said."""
    new = verdicts.parts[Signal.NEWCOMER] > 0
    abusive = verdicts.abusive & ~verdicts.trusted
    rows = np.flatnonzero((verdicts.junk | new | abusive) & ~verdicts.trusted)
    for row, found in zip(rows.tolist(), suspicions(verdicts, part, rows), strict=True):
        if verdicts.junk[row] or abusive[row]:
            run.doubts[found.id] = _as_card(found) if part.form[row] == Form.CARD else found
        if new[row] and not abusive[row]:
            run.newcomers.setdefault(writers[row], []).append(found)
    for writer, guilty in zip(writers, verdicts.advertiser.tolist(), strict=True):
        if guilty:
            run.guilty.add(writer)
        elif writer in run.guilty:
            # Settled in since: what it said before was a newcomer's clumsiness.
            run.guilty.discard(writer)


def _as_card(one: Suspicion) -> Suspicion:
    return one._replace(kind=Doubt.Kind.CONTACT, facts=(Fact.CARD.value,))


def _keep(run: _Run, first_ms: int, named: Sequence[Doubt]) -> None:
    """Replace the open doubts from `first_ms` on; decided ones stay as they are."""
    group = run.group
    with transaction.atomic():
        Doubt.objects.filter(group=group, state=Doubt.State.OPEN, sent_ms__gte=first_ms).delete()
        ids = sorted(run.doubts)
        # Made a few at a time: a group of millions may hold tens of thousands.
        for at in range(0, len(ids), _AT_ONCE):
            rows = [doubt_of(run.doubts[pk], group) for pk in ids[at : at + _AT_ONCE]]
            Doubt.objects.bulk_create(rows, ignore_conflicts=True)
        Doubt.objects.bulk_create(named, ignore_conflicts=True, batch_size=_AT_ONCE)
        Check.objects.update_or_create(
            group=group,
            defaults={
                "workspace_id": group.workspace_id,
                "messages": run.messages,
                "done": 1.0,
                "at": now(),
            },
        )
