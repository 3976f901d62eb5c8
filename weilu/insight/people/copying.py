"""A copy of everything held of one person, for them to have (C-3; PIPL article 45)."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from weilu.chat.models import Message
from weilu.core.access import Actor, Right
from weilu.insight.people.history import Entry, history
from weilu.insight.people.record import Record
from weilu.members.models import Member
from weilu.members.queries import member as find_member
from weilu.members.traces import Person, Row, person_of, rows_of

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Copy:
    """Every row about a person by table, and their history in order of time; without messages."""

    member: Member
    person: Person
    rows: dict[str, list[Row]]
    history: list[Entry]

    def messages(self) -> Iterator[Row]:
        """Everything they said or did in groups, in order of storing; read as it is asked for."""
        rows = Message.objects.filter(
            workspace_id=self.person.workspace_id, identity_id__in=self.person.identity_ids
        ).order_by("pk")
        columns = ("id", "group_id", "group__name", "sent_ms", "kind", "text")
        for row in rows.values_list(*columns).iterator(chunk_size=_AT_ONCE):
            yield dict(zip(columns, row, strict=True))


def copy_of(viewer: Actor, member_id: int) -> Copy:
    """What is held of a member; raises NotAllowed without the right to export, NotFound."""
    viewer.require(Right.EXPORT)
    one = find_member(viewer, member_id)
    person = person_of(viewer.workspace_id, one.pk)
    return Copy(one, person, rows_of(person, but={Message}), history(Record(one)))
