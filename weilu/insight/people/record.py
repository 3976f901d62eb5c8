"""All that is kept of one member as rows, each table read once at most and handed on (C-3).

The page, the history on it and the copy a member may have are made of the same record.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

from weilu.groups.models import Participation
from weilu.insight.people.presence import InGroup, Place, groups_in, participations_of, places_in
from weilu.members.models import (
    Alias,
    CircleMember,
    Company,
    Consent,
    Contact,
    Customer,
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
from weilu.members.queries.circles import circles_of
from weilu.members.queries.standing import companies_of, contacts_of, stayings_of
from weilu.members.queries.worth import level_moves, verdicts_of
from weilu.members.voices import bridges_by_id, heard_through
from weilu.moderation.models import Violation

VIOLATIONS = 200


@dataclass(frozen=True)
class Record:
    """What is kept of a member, under all their identities; what ends and is undone as well.

    Each table is read when it is first asked for, so a page costs what it shows.
    """

    member: Member

    @cached_property
    def identities(self) -> Sequence[Identity]:
        """Their identities, by id."""
        return identities_of(self.member.pk)

    @property
    def identity_ids(self) -> list[int]:
        """The ids of their identities, ascending."""
        return [one.pk for one in self.identities]

    @cached_property
    def bridges(self) -> Mapping[int, Identity]:
        """The accounts through which they are heard, by identity."""
        return bridges_by_id([one.through_id for one in self.identities if one.through_id])

    @cached_property
    def heard(self) -> Sequence[Identity]:
        """Whoever is heard through them, by name; nobody through somebody never held a bridge."""
        one = self.member
        if one.nature == Member.Nature.PERSON and one.nature_source != Member.Source.OPERATOR:
            return ()
        return list(heard_through(one.workspace_id, one.pk).order_by("name", "pk"))

    @cached_property
    def aliases(self) -> Sequence[Alias]:
        """The names they bore, oldest first."""
        return aliases_of(self.identity_ids)

    @cached_property
    def participations(self) -> Sequence[Participation]:
        """What each identity did in each group."""
        return participations_of(self.identity_ids)

    @cached_property
    def groups(self) -> Sequence[InGroup]:
        """The groups they are or were in."""
        return groups_in(self.participations)

    @cached_property
    def places(self) -> Sequence[Place]:
        """Where and when they spoke."""
        return places_in(self.participations)

    @cached_property
    def merges(self) -> Sequence[Merge]:
        """Whom they were found to be as well."""
        return merges_of(self.member.pk)

    @cached_property
    def taggings(self) -> Sequence[Tagging]:
        """Tags put on and taken off."""
        return known.taggings_of(self.member.pk)

    @cached_property
    def facts(self) -> Sequence[Fact]:
        """Values of own fields, those that were replaced as well."""
        return known.facts_of(self.member.pk)

    @cached_property
    def notes(self) -> Sequence[Note]:
        """What staff wrote of them."""
        return known.notes_of(self.member.pk)

    @cached_property
    def consents(self) -> Sequence[Consent]:
        """What they agreed to, and took back."""
        return known.consents_of(self.member.pk)

    @cached_property
    def levels(self) -> Sequence[LevelMove]:
        """How they rose and fell."""
        return level_moves(self.member.pk)

    @cached_property
    def verdicts(self) -> Sequence[PrizeVerdict]:
        """What staff said of them and prizes."""
        return verdicts_of(self.member.pk)

    @cached_property
    def stayings(self) -> Sequence[Staying]:
        """The own stages they are and were in."""
        return stayings_of(self.member.pk)

    @cached_property
    def contacts(self) -> Sequence[Contact]:
        """Contacts with them."""
        return contacts_of(self.member.pk)

    @cached_property
    def companies(self) -> Sequence[Company]:
        """Who keeps and kept them company."""
        return companies_of(self.member.pk)

    @cached_property
    def circles(self) -> Sequence[CircleMember]:
        """The circles they are and were in."""
        return circles_of(self.member.pk)

    @cached_property
    def customers(self) -> Sequence[Customer]:
        """As what they are known from lists of customers."""
        return known.customers_of(self.member.pk)

    @cached_property
    def violations(self) -> Sequence[Violation]:
        """Violations of theirs that stand."""
        return _violations(self.member.workspace_id, self.identity_ids)


def _violations(workspace_id: int, ids: Sequence[int]) -> list[Violation]:
    """Violations of identities that stand, newest first."""
    rows = Violation.objects.filter(
        workspace_id=workspace_id, identity_id__in=ids, state=Violation.State.STANDS
    )
    return list(rows.select_related("group", "by").order_by("-at")[:VIOLATIONS])
