"""The conversation around a message: what was said before and after, and who answered whom."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from weilu.chat.columns import DAY_MS, day_start_ms, local_ms
from weilu.chat.ports import Kind
from weilu.chat.search.reading import Said, find_message, said_in
from weilu.chat.timeline import Readings
from weilu.core.access import Actor, Right
from weilu.core.errors import NotFound
from weilu.groups.models import Group
from weilu.groups.queries import group as find_group
from weilu.insight.models import GroupDay
from weilu.members.models import Alias
from weilu.members.queries import People, names, people
from weilu.service.conversations import converse

SPAN = 30
# Days looked through for messages before and after; a group silent for longer has no "around".
DAYS_READ = 60
# Below it a guess says less than silence.
SURE_ENOUGH = 0.5
_KINDS = (Kind.MESSAGE, Kind.JOIN, Kind.LEAVE, Kind.RENAME)


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a conversation; `member_id` 0 when nobody is behind it, `answers` 0 for none."""

    said: Said
    member_id: int
    name: str
    answers: int
    answers_name: str


@dataclass(frozen=True, slots=True)
class Around:
    """A stretch of a group's talk, oldest first, around the message `hit_id`.

    `earlier` and `later` are messages to go on from, 0 when there is nothing more.
    """

    group: Group
    hit_id: int
    lines: Sequence[Line]
    earlier: int
    later: int


def around(viewer: Actor, message_id: int, *, span: int = SPAN) -> Around:
    """What was said around a message: up to `span` messages on either side, comings and goings.

    Raises NotFound for messages of another workspace.
    """
    viewer.require(Right.SEE_MEMBERS)
    hit = find_message(viewer.workspace_id, message_id)
    if hit is None:
        raise NotFound
    group = find_group(viewer, hit.group_id)
    shown, earlier, later = _stretch(group, hit, span)
    known = people(viewer.workspace_id)
    answers = _answers(group, shown, known)
    who = {one.id: known.moved.get(one.identity_id, one.identity_id) for one in shown}
    # Going on with what one said oneself is no answer.
    answers = {one: other for one, other in answers.items() if who[one] != who[other]}
    named = names(sorted(set(who.values()) - {0}))
    lines = [
        Line(
            one,
            who[one.id],
            named.get(who[one.id], ""),
            answers.get(one.id, 0),
            named.get(who.get(answers.get(one.id, 0), 0), ""),
        )
        for one in shown
    ]
    return Around(group, hit.id, lines, earlier, later)


def _stretch(group: Group, hit: Said, span: int) -> tuple[list[Said], int, int]:
    """The lines to show, and the messages to go on from on either side."""
    zone = group.community.time_zone
    day = int(local_ms(np.array([hit.sent_ms], dtype=np.int64), zone)[0] // DAY_MS)
    first, last = _reach(group.pk, day, span, back=True), _reach(group.pk, day, span, back=False)
    lines = said_in(group.pk, day_start_ms(first, zone), day_start_ms(last + 1, zone), _KINDS)
    if all(one.id != hit.id for one in lines):
        lines = sorted([*lines, hit], key=lambda one: (one.sent_ms, one.id))
    at = next(k for k, one in enumerate(lines) if one.id == hit.id)
    spoken = [k for k, one in enumerate(lines) if one.kind == Kind.MESSAGE]
    before = [k for k in spoken if k < at]
    after = [k for k in spoken if k > at]
    low = before[-span] if len(before) >= span else 0
    high = after[span - 1] if len(after) >= span else len(lines) - 1
    earlier = lines[before[0] if len(before) < span else low].id if before else 0
    later = lines[after[-1] if len(after) < span else high].id if after else 0
    has_before = len(before) > span or _has(group.pk, first, back=True)
    has_after = len(after) > span or _has(group.pk, last, back=False)
    return lines[low : high + 1], earlier if has_before else 0, later if has_after else 0


def _reach(group_id: int, day: int, span: int, *, back: bool) -> int:
    """The day to which one has to read for more than `span` messages beyond a day."""
    rows = GroupDay.objects.filter(group_id=group_id, messages__gt=0)
    rows = rows.filter(day__lt=day).order_by("-day") if back else rows.filter(day__gt=day)
    counted = 0
    reached = day
    order = rows if back else rows.order_by("day")
    for other, messages in order.values_list("day", "messages")[:DAYS_READ]:
        if counted > span:
            break
        counted += messages
        reached = other
    return reached


def _has(group_id: int, day: int, *, back: bool) -> bool:
    rows = GroupDay.objects.filter(group_id=group_id, messages__gt=0)
    return (rows.filter(day__lt=day) if back else rows.filter(day__gt=day)).exists()


def _answers(group: Group, shown: Sequence[Said], known: People) -> dict[int, int]:
    """Message → the message it answers, among those shown."""
    spoken = [one for one in shown if one.kind == Kind.MESSAGE]
    if not spoken:
        return {}
    called = _names_of({one.identity_id for one in spoken}, known)
    span = (spoken[0].sent_ms, spoken[-1].sent_ms + 1)
    talk = converse(Readings(group.pk), span, known, called)
    here = {one.id for one in spoken}
    ids = talk.timeline.id
    found = {}
    for row in range(talk.start, talk.end):
        parent = int(talk.links.parent[row])
        if parent != row and talk.links.confidence[row] >= SURE_ENOUGH:
            answered = int(ids[parent])
            if answered in here:
                found[int(ids[row])] = answered
    return found


def _names_of(identities: set[int], known: People) -> dict[str, int]:
    """Casefolded names of identities → member, for mentions."""
    rows = Alias.objects.filter(identity_id__in=identities - {0}).order_by("pk")
    found: dict[str, int] = {}
    for name, identity_id in rows.values_list("name", "identity_id"):
        found.setdefault(name.casefold(), known.moved.get(identity_id, identity_id))
    return found
