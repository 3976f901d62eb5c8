"""All that is kept of one member as rows, each table read once and handed on (C-3).

The page, the history on it and the copy a member may have are made of the same record.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from weilu.groups.models import Participation
from weilu.insight.people.presence import InGroup, Place, groups_in, participations_of, places_in
from weilu.members.models import (
    Alias,
    Consent,
    Contact,
    Fact,
    Identity,
    LevelMove,
    Member,
    Merge,
    Note,
    PrizeVerdict,
    Staying,
    Tagging,
)
from weilu.members.queries import aliases_of, identities_of, known, merges_of
from weilu.members.queries.standing import contacts_of, stayings_of
from weilu.members.queries.worth import level_moves, verdicts_of
from weilu.moderation.models import Violation

VIOLATIONS = 200


@dataclass(frozen=True, slots=True)
class Record:
    """What is kept of a member, under all their identities; what ends and is undone as well."""

    member: Member
    identities: Sequence[Identity]
    aliases: Sequence[Alias]
    participations: Sequence[Participation]
    merges: Sequence[Merge]
    taggings: Sequence[Tagging]
    facts: Sequence[Fact]
    notes: Sequence[Note]
    consents: Sequence[Consent]
    levels: Sequence[LevelMove]
    verdicts: Sequence[PrizeVerdict]
    stayings: Sequence[Staying]
    contacts: Sequence[Contact]
    violations: Sequence[Violation]
    groups: Sequence[InGroup]
    places: Sequence[Place]

    @property
    def identity_ids(self) -> list[int]:
        """The ids of their identities, ascending."""
        return [one.pk for one in self.identities]


def record_of(member: Member) -> Record:
    """The record of a member, whom the caller may see: 13 statements, however large all is."""
    identities = identities_of(member.pk)
    ids = [one.pk for one in identities]
    rows = participations_of(ids)
    return Record(
        member=member,
        identities=identities,
        aliases=aliases_of(ids),
        participations=rows,
        merges=merges_of(member.pk),
        taggings=known.taggings_of(member.pk),
        facts=known.facts_of(member.pk),
        notes=known.notes_of(member.pk),
        consents=known.consents_of(member.pk),
        levels=level_moves(member.pk),
        verdicts=verdicts_of(member.pk),
        stayings=stayings_of(member.pk),
        contacts=contacts_of(member.pk),
        violations=_violations(member.workspace_id, ids),
        groups=groups_in(rows),
        places=places_in(rows),
    )


def _violations(workspace_id: int, ids: Sequence[int]) -> list[Violation]:
    """Violations of identities that stand, newest first."""
    rows = Violation.objects.filter(
        workspace_id=workspace_id, identity_id__in=ids, state=Violation.State.STANDS
    )
    return list(rows.select_related("group", "by").order_by("-at")[:VIOLATIONS])
