"""Members report what disturbs them: by a word in reply, or on the community's public page (B-5).

A report about a message makes it doubtful, so it waits with the rest under Clean-up. What a
reporter's word weighs follows from what became of their reports before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from math import log

from django.db.models import Count, Q, QuerySet

from weilu.chat.models import Message
from weilu.communities.models import Community
from weilu.core.access import Actor, Right
from weilu.core.clock import now
from weilu.core.errors import Conflict, Invalid, NotFound
from weilu.moderation.models import Doubt, Report

WORDS_CHARS = 1000
NAME_CHARS = 80
MOST_LISTED = 200
# A public form: so many in an hour for a community, and from one place.
MOST_AN_HOUR = 60
MOST_FROM_ONE = 5
REASON = "reported"


@dataclass(frozen=True, slots=True)
class Spoken:
    """Somebody answered a message with the word that reports it."""

    message_id: int
    group_id: int
    workspace_id: int
    community_id: int
    reporter_id: int


def report_on_page(community: Community, *, words: str, name: str, source: str) -> Report:
    """Keep what somebody wrote on the public page; `source` tells places apart for a day.

    Raises Invalid (`required`, `too_long`), Conflict `too_many` when more come than people write.
    """
    said, called = words.strip(), " ".join(name.split())
    if not said:
        raise Invalid("required", field="words")
    if len(said) > WORDS_CHARS or len(called) > NAME_CHARS:
        raise Invalid("too_long", field="words")
    lately = Report.objects.filter(community=community, at__gt=now() - timedelta(hours=1))
    held = lately.exclude(source="").aggregate(
        all=Count("pk"), same=Count("pk", filter=Q(source=source))
    )
    if held["all"] >= MOST_AN_HOUR or held["same"] >= MOST_FROM_ONE:
        raise Conflict("too_many")
    return Report.objects.create(
        workspace_id=community.workspace_id,
        community=community,
        words=said,
        name=called,
        source=source,
        at=now(),
    )


def note_spoken(found: Sequence[Spoken]) -> None:
    """Keep reports made by a word in reply; each person reports a message once.

    Must run in the transaction that stores the replies.
    """
    if not found:
        return
    Report.objects.bulk_create(
        [
            Report(
                workspace_id=one.workspace_id,
                community_id=one.community_id,
                message_id=one.message_id,
                reporter_id=one.reporter_id,
                at=now(),
            )
            for one in found
        ],
        ignore_conflicts=True,
    )
    messages = Message.objects.in_bulk({one.message_id for one in found})
    weights = records([one.reporter_id for one in found])
    doubts: dict[int, Doubt] = {}
    for one in found:
        message = messages.get(one.message_id)
        if message is not None and message.identity_id is not None:
            doubts.setdefault(one.message_id, _doubt(message, weights.get(one.reporter_id, 0.0)))
    known = Doubt.objects.filter(pk__in=doubts).select_for_update()
    for doubt in known:
        _say_so(doubt, doubts.pop(doubt.pk).score)
    Doubt.objects.bulk_create(list(doubts.values()), ignore_conflicts=True)


def _say_so(doubt: Doubt, weight: float) -> None:
    """Add to a doubt Weilu had by itself that members reported it, once."""
    if all(code != REASON for code, _weight in doubt.reasons):
        doubt.reasons = [*doubt.reasons, [REASON, weight]]
        doubt.save(update_fields=["reasons"])


def _doubt(message: Message, weight: float) -> Doubt:
    return Doubt(
        id=message.pk,
        workspace_id=message.workspace_id,
        group_id=message.group_id,
        identity_id=message.identity_id,
        sent_ms=message.sent_ms,
        kind=Doubt.Kind.REPORTED,
        score=weight,
        plain=weight,
        reasons=[[REASON, weight]],
    )


def records(reporter_ids: Sequence[int]) -> dict[int, float]:
    """What each reporter's word weighs, in log-odds: 0 for a new one, up with every hit."""
    rows = (
        Report.objects.filter(reporter_id__in=set(reporter_ids), message_id__isnull=False)
        .values("reporter_id")
        .annotate(
            right=Count("pk", filter=Q(state=Report.State.RIGHT)),
            wrong=Count("pk", filter=Q(state=Report.State.WRONG)),
        )
    )
    return {row["reporter_id"] or 0: log((row["right"] + 1) / (row["wrong"] + 1)) for row in rows}


def settle_reports(message_ids: Sequence[int], state: str) -> None:
    """A person decided about messages: their reports were right, or wrong."""
    states = {Doubt.State.JUNK: Report.State.RIGHT, Doubt.State.FINE: Report.State.WRONG}
    kept = states.get(Doubt.State(state), Report.State.OPEN)
    for at in range(0, len(message_ids), 300):
        some = Report.objects.filter(message_id__in=message_ids[at : at + 300])
        some.update(state=kept)


def waiting_reports(viewer: Actor) -> QuerySet[Report]:
    """Reports of the public pages nobody has closed."""
    viewer.require(Right.SEE_MEMBERS)
    return Report.objects.filter(
        workspace_id=viewer.workspace_id, message_id=None, state=Report.State.OPEN
    )


def reports(viewer: Actor, *, is_open: bool) -> list[Report]:
    """What was written on the public pages: what waits, oldest first, or what is done."""
    about = ("community", "by")
    if is_open:
        rows = waiting_reports(viewer).select_related(*about)
        return list(rows.order_by("at", "pk")[:MOST_LISTED])
    viewer.require(Right.SEE_MEMBERS)
    rows = Report.objects.filter(workspace_id=viewer.workspace_id, message_id=None)
    rows = rows.select_related(*about)
    done = rows.exclude(state=Report.State.OPEN)
    return list(done.order_by("-done_at", "-pk")[:MOST_LISTED])


def finish_report(actor: Actor, *, pk: int, was_right: bool) -> None:
    """Close what was written on a public page; raises NotFound, Conflict `changed`."""
    actor.require(Right.MODERATE)
    mine = Report.objects.filter(pk=pk, workspace_id=actor.workspace_id, message_id=None)
    if not mine.exists():
        raise NotFound
    state = Report.State.RIGHT if was_right else Report.State.WRONG
    closed = mine.filter(state=Report.State.OPEN).update(
        state=state, by_id=actor.user_id, done_at=now()
    )
    if not closed:
        raise Conflict("changed")
