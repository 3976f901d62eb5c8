"""Writes about people: merging and parting them, saying what they are (C-1)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from django.db import connection, transaction

from weilu.core.access import Actor, Right
from weilu.core.changes import note_change
from weilu.core.clock import now
from weilu.core.errors import Conflict, NotFound
from weilu.core.log import announce, announce_all
from weilu.events.members import MembersMarked, MembersMerged
from weilu.members.mirror.mirror import PEOPLE
from weilu.members.models import Identity, Member, Merge, Suggestion
from weilu.members.voices import settle_voices

S = Member.Source
_AT_ONCE = 500


def merge(
    actor: Actor,
    *,
    kept_id: int,
    absorbed_id: int,
    source: Member.Source = S.OPERATOR,
    reasons: Sequence[str] = (),
) -> Merge:
    """Make two members one; the second's identities move to the first.

    Raises NotFound for members of another workspace, Conflict when they are one already or one of
    them was merged away. Announces MembersMerged.
    """
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        both = {
            m.pk: m
            for m in Member.objects.select_for_update().filter(
                pk__in=[kept_id, absorbed_id], workspace_id=actor.workspace_id
            )
        }
        if kept_id == absorbed_id or any(m.merged_into_id for m in both.values()):
            raise Conflict("already_merged")
        if len(both) != 2:
            raise NotFound
        kept, absorbed = both[kept_id], both[absorbed_id]
        moving = list(Identity.objects.filter(member=absorbed).values_list("pk", flat=True))
        Identity.objects.filter(pk__in=moving).update(member=kept)
        Member.objects.filter(pk=absorbed.pk).update(merged_into=kept)
        record = Merge.objects.create(
            workspace_id=actor.workspace_id,
            kept=kept,
            absorbed=absorbed,
            identities=sorted(moving),
            source=source,
            reasons=list(reasons),
            by_id=actor.user_id,
            at=now(),
        )
        first, second = sorted((kept_id, absorbed_id))
        Suggestion.objects.filter(first_id=first, second_id=second).update(
            state=Suggestion.State.MERGED
        )
        note_change(actor.workspace_id, PEOPLE, ids=[kept_id, absorbed_id, *moving])
        announce(
            MembersMerged(workspace_id=actor.workspace_id, kept_id=kept_id, absorbed_id=absorbed_id)
        )
    return record


def merge_by_evidence(actor: Actor, pairs: Sequence[tuple[int, int, Sequence[str]]]) -> int:
    """Make many pairs (kept, absorbed, reasons) one, in their order; returns how many were.

    As `merge`, in one transaction and a handful of statements. A pair whose members somebody
    merged or took away in the meantime is left out: the next look at the evidence sees why.
    """
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        free = _unmerged(actor, {pk for kept, absorbed, _ in pairs for pk in (kept, absorbed)})
        held = _held_by(free)
        records: list[Merge] = []
        for kept, absorbed, reasons in pairs:
            if kept == absorbed or not {kept, absorbed} <= free:
                continue
            free.discard(absorbed)
            moving = held.pop(absorbed, [])
            held.setdefault(kept, []).extend(moving)
            records.append(
                Merge(
                    workspace_id=actor.workspace_id,
                    kept_id=kept,
                    absorbed_id=absorbed,
                    identities=sorted(moving),
                    source=S.EVIDENCE,
                    reasons=list(reasons),
                    at=now(),
                )
            )
        _write_merges(records, held)
        touched = [pk for one in records for pk in (one.kept_id, one.absorbed_id, *one.identities)]
        note_change(actor.workspace_id, PEOPLE, ids=touched)
        announce_all(
            [
                MembersMerged(
                    workspace_id=one.workspace_id, kept_id=one.kept_id, absorbed_id=one.absorbed_id
                )
                for one in records
            ]
        )
    return len(records)


def _unmerged(actor: Actor, ids: set[int]) -> set[int]:
    """Those of the members that are the workspace's and not merged away, locked."""
    ordered, found = sorted(ids), set[int]()
    for at in range(0, len(ordered), _AT_ONCE):
        some = Member.objects.select_for_update().filter(
            pk__in=ordered[at : at + _AT_ONCE],
            workspace_id=actor.workspace_id,
            merged_into=None,
        )
        found.update(some.values_list("pk", flat=True))
    return found


def _held_by(members: set[int]) -> dict[int, list[int]]:
    """The identities of members."""
    ordered, held = sorted(members), dict[int, list[int]]()
    for at in range(0, len(ordered), _AT_ONCE):
        some = Identity.objects.filter(member_id__in=ordered[at : at + _AT_ONCE])
        for pk, member_id in some.values_list("pk", "member_id"):
            held.setdefault(member_id, []).append(pk)
    return held


def _write_merges(records: Sequence[Merge], held: Mapping[int, list[int]]) -> None:
    """Write merges that are worked out: who holds which identity by now, and the records."""
    owner = {pk: member for member, identities in held.items() for pk in identities}
    moved = [(owner[pk], pk) for one in records for pk in one.identities]
    pairs = [tuple(sorted((one.kept_id, one.absorbed_id))) for one in records]
    with connection.cursor() as cursor:
        cursor.executemany("UPDATE members_identity SET member_id = %s WHERE id = %s", moved)
        cursor.executemany(
            "UPDATE members_member SET merged_into_id = %s WHERE id = %s",
            [(one.kept_id, one.absorbed_id) for one in records],
        )
        cursor.executemany(
            "UPDATE members_suggestion SET state = %s WHERE first_id = %s AND second_id = %s",
            [(Suggestion.State.MERGED.value, first, second) for first, second in pairs],
        )
    Merge.objects.bulk_create(records, batch_size=_AT_ONCE // 10)


def unmerge(actor: Actor, *, merge_id: int) -> None:
    """Part two members again: what stood behind the absorbed one goes back to it.

    Raises NotFound, or Conflict when it was undone before. Evidence will not merge the two again.
    Merges made since stay as they are. Announces MembersMerged with `undone`, of whoever the
    identities belonged to until now.
    """
    actor.require(Right.EDIT_MEMBERS)
    with transaction.atomic():
        record = Merge.objects.filter(pk=merge_id, workspace_id=actor.workspace_id).first()
        if record is None:
            raise NotFound
        undone = Merge.objects.filter(pk=record.pk, undone_at=None).update(undone_at=now())
        if not undone:
            raise Conflict("already_undone")
        root = _root(record.absorbed_id)
        Member.objects.filter(pk=record.absorbed_id).update(merged_into=None)
        back = _behind(record.absorbed_id, root)
        for at in range(0, len(back), _AT_ONCE):
            Identity.objects.filter(pk__in=back[at : at + _AT_ONCE]).update(
                member_id=record.absorbed_id
            )
        note_change(actor.workspace_id, PEOPLE, ids=[record.absorbed_id, root, *back])
        announce(
            MembersMerged(
                workspace_id=actor.workspace_id,
                kept_id=root,
                absorbed_id=record.absorbed_id,
                undone=True,
            )
        )


def _root(member_id: int) -> int:
    """The member that a member was, over any number of merges, merged into."""
    current = member_id
    while True:
        above = Member.objects.filter(pk=current).values_list("merged_into_id", flat=True).first()
        if above is None:
            return current
        current = above


def _behind(member_id: int, root: int) -> list[int]:
    """Identities held by `root` whose own member was, over any number of merges, merged into one.

    A member bears the id of its first identity, so following members from an identity's id tells
    by which merges it came; the list of ids kept with a merge does not know of later ones.
    """
    held = list(Identity.objects.filter(member_id=root).values_list("pk", flat=True))
    above: dict[int, int | None] = {}
    for at in range(0, len(held), _AT_ONCE):
        some = Member.objects.filter(pk__in=held[at : at + _AT_ONCE])
        above.update(some.values_list("pk", "merged_into_id"))
    found = []
    for pk in held:
        current: int | None = pk
        while current is not None and current != member_id:
            current = above.get(current)
        if current == member_id:
            found.append(pk)
    return found


def reject_suggestion(actor: Actor, *, suggestion_id: int) -> None:
    """Say that two members are two; never suggested or merged by evidence again."""
    actor.require(Right.EDIT_MEMBERS)
    changed = Suggestion.objects.filter(
        pk=suggestion_id, workspace_id=actor.workspace_id, state=Suggestion.State.OPEN
    ).update(state=Suggestion.State.REJECTED)
    if not changed:
        raise NotFound


def mark(
    actor: Actor,
    *,
    member_ids: Iterable[int],
    nature: Member.Nature | None = None,
    is_staff: bool | None = None,
) -> int:
    """Say what members are; the operator's word stands against evidence. Returns how many.

    Announces MembersMarked.
    """
    actor.require(Right.EDIT_MEMBERS)
    changes: dict[str, object] = {}
    if nature is not None:
        changes |= {"nature": nature, "nature_source": S.OPERATOR, "nature_reasons": []}
    if is_staff is not None:
        changes |= {"is_staff": is_staff, "staff_source": S.OPERATOR, "staff_reasons": []}
    ids = sorted(set(member_ids))
    if not changes or not ids:
        return 0
    with transaction.atomic():
        found = Member.objects.filter(
            workspace_id=actor.workspace_id, pk__in=ids, merged_into=None
        ).update(**changes)
        if found:
            if nature is not None:
                settle_voices(actor.workspace_id, ids)
            note_change(actor.workspace_id, PEOPLE, ids=ids)
            announce(MembersMarked(workspace_id=actor.workspace_id, member_ids=ids))
    return found


def mark_by_evidence(
    actor: Actor,
    *,
    natures: Mapping[int, tuple[Member.Nature, Sequence[str]]],
    staff: Mapping[int, Sequence[str]],
) -> int:
    """Keep what evidence says where no operator has spoken; returns how many members changed."""
    actor.require(Right.EDIT_MEMBERS)
    free = Member.objects.filter(workspace_id=actor.workspace_id, merged_into=None)
    changed = 0
    with transaction.atomic():
        for pk, (nature, reasons) in natures.items():
            changed += (
                free.filter(pk=pk)
                .exclude(nature_source__in=[S.OPERATOR, S.PLATFORM])
                .exclude(nature=nature)
                .update(nature=nature, nature_source=S.EVIDENCE, nature_reasons=list(reasons))
            )
        for pk, reasons in staff.items():
            changed += (
                free.filter(pk=pk, is_staff=False)
                .exclude(staff_source=S.OPERATOR)
                .update(is_staff=True, staff_source=S.EVIDENCE, staff_reasons=list(reasons))
            )
        if changed:
            settle_voices(actor.workspace_id, natures)
            note_change(actor.workspace_id, PEOPLE, ids=[*natures, *staff])
    return changed


def vetoed_pairs(workspace_id: int) -> set[tuple[int, int]]:
    """Pairs (smaller id first) of members an operator said are two people.

    Those merged into somebody since stand for whom they were merged into.
    """
    rejected = Suggestion.objects.filter(
        workspace_id=workspace_id, state=Suggestion.State.REJECTED
    ).values_list("first_id", "second_id")
    parted = Merge.objects.filter(workspace_id=workspace_id, undone_at__isnull=False).values_list(
        "kept_id", "absorbed_id"
    )
    pairs = [(_root(one), _root(other)) for one, other in [*rejected, *parted]]
    return {(min(pair), max(pair)) for pair in pairs}


def suggest(workspace_id: int, links: Iterable[tuple[int, int, float, Sequence[str]]]) -> None:
    """Keep doubtful links (two members, strength, reasons) for an operator to decide."""
    Suggestion.objects.bulk_create(
        [
            Suggestion(
                workspace_id=workspace_id,
                first_id=min(a, b),
                second_id=max(a, b),
                strength=strength,
                reasons=list(reasons),
            )
            for a, b, strength, reasons in links
        ],
        ignore_conflicts=True,
        batch_size=400,
    )
