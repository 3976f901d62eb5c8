"""What others may ask about moderation: accounts under suspicion, decisions, progress."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from django.db.models import Count, Max, Min, Q, Sum

from weilu.chat.models import Message
from weilu.core.access import Actor, Right
from weilu.groups.models import Participation
from weilu.members.models import Identity
from weilu.moderation.models import Check, Doubt, Violation, WordList
from weilu.moderation.piles import Pile, pile, sizes
from weilu.moderation.rules.scoring import SUSPICION

SHOWN_EACH = 3


@dataclass(frozen=True, slots=True)
class DoubtfulMessage:
    """A doubt with the text of its message, and what followed from it, if anything did."""

    doubt: Doubt
    text: str
    followed: Violation | None = None


@dataclass(frozen=True, slots=True)
class Past:
    """What an account did before: messages since when (UTC ms), and what was decided about them."""

    messages: int = 0
    first_ms: int | None = None
    junk: int = 0
    fine: int = 0


@dataclass(frozen=True, slots=True)
class Suspect:
    """An account with doubtful messages: all their ids, the newest few with their texts.

    `score` is that of its most doubtful message, `evidence` what all of them say of the account,
    both in log-odds; `past` what it did in all groups.
    """

    identity: Identity
    count: int
    score: float
    evidence: float
    message_ids: Sequence[int]
    shown: Sequence[DoubtfulMessage]
    past: Past


@dataclass(frozen=True, slots=True)
class Standing:
    """How far checks are: groups checked and under way, messages judged, share done (0-1)."""

    groups: int
    running: int
    messages: int
    done: float


def suspects(
    viewer: Actor, *, family: str, on: Pile, limit: int, offset: int
) -> tuple[list[Suspect], int]:
    """Accounts with doubtful messages on a pile, most likely first; and how many there are."""
    viewer.require(Right.SEE_MEMBERS)
    wanted = pile(viewer.workspace_id, on, family)
    accounts = wanted.values("identity").annotate(n=Count("pk"), most=Max("score"))
    total = accounts.count()
    chosen = list(accounts.order_by("-most", "identity")[offset : offset + limit])
    ids = [row["identity"] for row in chosen]
    rows = list(
        wanted.filter(identity__in=ids).select_related("group__community").order_by("-sent_ms")
    )
    shown: dict[int, list[Doubt]] = {}
    for row in rows:
        shown.setdefault(row.identity_id, []).append(row)
    some = [row.pk for many in shown.values() for row in many[:SHOWN_EACH]]
    texts = dict(Message.objects.filter(pk__in=some).values_list("pk", "text"))
    followed = Violation.objects.in_bulk(some)
    identities = Identity.objects.select_related("member").in_bulk(ids)
    pasts = _pasts(viewer, ids)
    found = [
        Suspect(
            identities[row["identity"]],
            row["n"],
            row["most"],
            sum(max(one.score - SUSPICION, 0.0) for one in shown[row["identity"]]),
            [one.pk for one in shown[row["identity"]]],
            [
                DoubtfulMessage(one, texts.get(one.pk, ""), followed.get(one.pk))
                for one in shown[row["identity"]][:SHOWN_EACH]
            ],
            pasts.get(row["identity"], Past()),
        )
        for row in chosen
        if row["identity"] in identities
    ]
    return found, total


def _pasts(viewer: Actor, identity_ids: Sequence[int]) -> dict[int, Past]:
    """What accounts did before, by identity; those never heard are missing."""
    decided = Doubt.objects.filter(
        workspace_id=viewer.workspace_id, identity_id__in=identity_ids
    ).exclude(state=Doubt.State.OPEN)
    junk, fine = Q(state=Doubt.State.JUNK), Q(state=Doubt.State.FINE)
    by_account = {
        row["identity"]: (row["junk"], row["fine"])
        for row in decided.values("identity").annotate(
            junk=Count("pk", filter=junk), fine=Count("pk", filter=fine)
        )
    }
    said = Participation.objects.filter(identity_id__in=identity_ids).values("identity_id")
    return {
        row["identity_id"]: Past(
            row["n"], row["first"], *by_account.get(row["identity_id"], (0, 0))
        )
        for row in said.annotate(n=Sum("messages"), first=Min("first_seen_ms"))
    }


def counts(viewer: Actor) -> dict[tuple[str, Pile], int]:
    """How many doubts there are by (family, pile)."""
    viewer.require(Right.SEE_MEMBERS)
    return sizes(viewer.workspace_id)


def standing(viewer: Actor) -> Standing:
    """How far the checks of the workspace are."""
    viewer.require(Right.SEE_MEMBERS)
    rows = Check.objects.filter(workspace_id=viewer.workspace_id)
    found = rows.aggregate(groups=Count("pk"), messages=Sum("messages"), done=Sum("done"))
    running = rows.filter(done__lt=1).count()
    groups = found["groups"] or 0
    done = (found["done"] or 0.0) / groups if groups else 1.0
    return Standing(groups, running, found["messages"] or 0, done)


def lists_of(viewer: Actor) -> list[WordList]:
    """The workspace's own word lists by name, without their words."""
    viewer.require(Right.SEE_MEMBERS)
    own = WordList.objects.filter(workspace_id=viewer.workspace_id)
    return list(own.defer("words").order_by("name"))
