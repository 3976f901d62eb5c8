"""Changed messages, new names and codes in pictures, judged like new messages (B-5).

They are few: each is looked up one by one and judged by what its text says and who wrote it. The
doubt has the id of the message it is about, so it is there once however often it is told.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from weilu.chat.changes import changed_id
from weilu.chat.columns import Columns
from weilu.chat.models import Message, Picture
from weilu.chat.named import named
from weilu.chat.pictures.queue import message_of
from weilu.chat.ports import Kind
from weilu.chat.stages import at_once
from weilu.groups.models import Group, Participation
from weilu.members.queries import people_behind
from weilu.moderation.enforcing import Offence, enforce
from weilu.moderation.judges import judge_in_office
from weilu.moderation.models import Doubt, Policy
from weilu.moderation.rules.aside import weighed
from weilu.moderation.rules.crowd import SETTLED_MESSAGES
from weilu.moderation.rules.disturbing import ABOUT_NAMES, Fact
from weilu.moderation.rules.scoring import REVIEW, Judge
from weilu.moderation.suspicion import Suspicion, doubt_of, suspicions

SEEN_CHARS = 1_000


@dataclass(frozen=True, slots=True)
class Change:
    """Something to judge about a message: what is to be read, and why it is read now.

    `seen` is what a person is shown beside the message, "" where the message itself says it.
    """

    message_id: int
    group_id: int
    identity_id: int
    sent_ms: int
    text: str
    fact: Fact
    seen: str = ""


@dataclass(frozen=True, slots=True)
class _Rows:
    """Changes as columns."""

    id: npt.NDArray[np.int64]
    identity: npt.NDArray[np.int64]
    sent_ms: npt.NDArray[np.int64]


@at_once("changes")
def judge_changes(columns: Columns) -> None:
    """Judge what was edited and who took another name; in the transaction that stores it."""
    edited = columns.kind == int(Kind.EDIT)
    renamed = columns.kind == int(Kind.RENAME)
    if not (edited | renamed).any():
        return
    found = [_renamed(columns, row) for row in np.flatnonzero(renamed).tolist()]
    found += _edited(columns, np.flatnonzero(edited).tolist())
    judge(columns.workspace_id, found)


def _renamed(columns: Columns, row: int) -> Change:
    name = columns.text[row]
    return Change(
        int(columns.id[row]),
        int(columns.group[row]),
        int(columns.identity[row]),
        int(columns.sent_ms[row]),
        name,
        Fact.RENAMED,
        name,
    )


def _edited(columns: Columns, rows: Sequence[int]) -> list[Change]:
    """The messages that were edited by who wrote them, each once, as they are now."""
    stored = dict(
        Message.objects.filter(pk__in=[int(columns.id[row]) for row in rows]).values_list(
            "pk", "external_id"
        )
    )
    found: dict[int, Change] = {}
    for row in rows:
        target = changed_id(int(Kind.EDIT), stored.get(int(columns.id[row])))
        one = _message(int(columns.group[row]), target, int(columns.sent_ms[row]))
        if one is not None and one.identity_id == int(columns.identity[row]):
            found[one.pk] = Change(
                one.pk, one.group_id, one.identity_id, one.sent_ms, one.text, Fact.EDITED
            )
    return list(found.values())


def _message(group_id: int, external_id: str, near_ms: int) -> Message | None:
    return named(group_id, external_id, near_ms).first() if external_id else None


def judge_picture(picture: Picture) -> int:
    """Judge what the codes of a picture say; returns how many messages are doubtful: 0 or 1."""
    one = message_of(picture)
    if one is None:
        return 0
    said = "\n".join(picture.codes)
    change = Change(
        one.pk, one.group_id, one.identity_id, one.sent_ms, said, Fact.CODE, said[:SEEN_CHARS]
    )
    return judge(picture.workspace_id, [change])


def judge(workspace_id: int, changes: Sequence[Change]) -> int:
    """Keep which of the changes are doubtful, act on what is certain; returns how many are.

    Must run in a transaction. Only in connected groups; staff and machines are trusted.
    """
    if not changes:
        return 0
    identities = np.array([one.identity_id for one in changes], dtype=np.int64)
    known = people_behind(identities)
    members = known.of_array(identities)
    trusted = known.staff | known.bots
    groups = _connected({one.group_id for one in changes})
    mine = [
        (one, member)
        for one, member in zip(changes, members.tolist(), strict=True)
        if one.text.strip() and one.group_id in groups and member not in trusted
    ]
    if not mine:
        return 0
    settled = [is_settled(one) for one, _member in mine]
    held = suspected(judge_in_office(workspace_id), [one for one, _member in mine], settled)
    offences: dict[int, list[Offence]] = {}
    for number, suspicion in held:
        one, member = mine[number]
        group = groups[one.group_id]
        doubt = doubt_of(suspicion, group)
        doubt.seen = one.seen
        if _keep(doubt):
            offences.setdefault(group.community_id, []).append(
                _offence(doubt, one, member, is_settled=settled[number])
            )
    for community_id, some in offences.items():
        _act(community_id, some, {one.id: one.score for _number, one in held})
    return len(held)


def _connected(group_ids: set[int]) -> dict[int, Group]:
    rows = Group.objects.filter(pk__in=group_ids).exclude(connection=None)
    return {one.pk: one for one in rows.select_related("community")}


def is_settled(one: Change) -> bool:
    """Whether who did it has written enough in the group to belong there."""
    rows = Participation.objects.filter(group_id=one.group_id, identity_id=one.identity_id)
    return (rows.values_list("messages", flat=True).first() or 0) > SETTLED_MESSAGES


def suspected(
    judge: Judge, changes: Sequence[Change], settled: Sequence[bool]
) -> list[tuple[int, Suspicion]]:
    """Which changes are doubtful, by their number, with what is held against them."""
    if not changes:
        return []
    verdicts = judge.texts([one.text for one in changes])
    scores = weighed(verdicts.score, [one.fact for one in changes], np.array(settled, dtype=bool))
    verdicts = replace(verdicts, score=scores, junk=scores >= REVIEW)
    chosen = np.flatnonzero(verdicts.junk | verdicts.abusive)
    rows = _Rows(
        np.array([one.message_id for one in changes], dtype=np.int64),
        np.array([one.identity_id for one in changes], dtype=np.int64),
        np.array([one.sent_ms for one in changes], dtype=np.int64),
    )
    found = []
    for number, one in zip(chosen.tolist(), suspicions(verdicts, rows, chosen), strict=True):
        change = changes[number]
        found.append(
            (
                number,
                one._replace(
                    facts=(change.fact.value,),
                    kind=Doubt.Kind.QR if change.fact == Fact.CODE else one.kind,
                    # The places are those of what was read, not of the message.
                    spans=[] if change.seen else one.spans,
                ),
            )
        )
    return found


def _keep(doubt: Doubt) -> bool:
    """Write a doubt, or bring one back that was open or fine; False when it is junk already."""
    before = Doubt.objects.filter(pk=doubt.pk).first()
    if before is None:
        Doubt.objects.bulk_create([doubt], ignore_conflicts=True)
        return True
    if doubt.reasons[0][0] in ABOUT_NAMES:
        # What was said with the new name is doubtful by itself.
        return False
    same = (before.kind, before.seen, before.reasons) == (
        doubt.kind, doubt.seen, [list(pair) for pair in doubt.reasons],
    )  # fmt: skip
    if same or before.state == Doubt.State.JUNK:
        return False
    Doubt.objects.filter(pk=doubt.pk).exclude(state=Doubt.State.JUNK).update(
        state=Doubt.State.OPEN,
        kind=doubt.kind,
        score=doubt.score,
        plain=doubt.plain,
        reasons=doubt.reasons,
        spans=doubt.spans,
        seen=doubt.seen,
        by=None,
        at=None,
    )
    return True


def _offence(doubt: Doubt, one: Change, member: int, *, is_settled: bool) -> Offence:
    return Offence(
        message_id=doubt.pk,
        group_id=one.group_id,
        identity_id=one.identity_id,
        member_id=member,
        sent_ms=one.sent_ms,
        kind=str(doubt.kind),
        is_settled=is_settled,
        reasons=doubt.reasons,
    )


def _act(community_id: int, offences: Sequence[Offence], scores: dict[int, float]) -> None:
    """What follows, where the policy is on and it is certain."""
    policy = (
        Policy.objects.filter(community_id=community_id, is_on=True)
        .select_related("community")
        .first()
    )
    if policy is None:
        return
    sure = [
        one
        for one in offences
        if policy.terms(one.kind).acts
        and (one.kind == Doubt.Kind.ABUSE or scores[one.message_id] >= policy.certainty)
    ]
    enforce(policy, sure)
