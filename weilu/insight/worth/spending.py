"""What members spend, where the workspace keeps a number for it: as customers' lists bring it."""

from __future__ import annotations

from collections.abc import Sequence

from weilu.members.models import Field
from weilu.members.queries import People
from weilu.members.reading import ask_pairs
from weilu.members.rules.tiers import tells_of_spending

_HELD = (
    "FROM members_fact WHERE workspace_id = %s AND field_id = %s AND replaced_at IS NULL"
    " AND number IS NOT NULL"
)


def number_fields(workspace_id: int) -> list[Field]:
    """The fields of numbers, those first that are called as if they told of spending."""
    rows = Field.objects.filter(workspace_id=workspace_id, kind=Field.Kind.NUMBER).order_by("pk")
    return sorted(rows, key=lambda one: not tells_of_spending(one.name))


def spending_field(fields: Sequence[Field]) -> int | None:
    """The field of `number_fields` that tells of spending, None where none is called so."""
    return fields[0].pk if fields and tells_of_spending(fields[0].name) else None


def spending(workspace_id: int, field_id: int | None, known: People) -> dict[int, float]:
    """What members spend by a field of numbers, all their accounts together; None: nothing."""
    if field_id is None:
        return {}
    ids, amounts = ask_pairs(("identity_id", "number"), _HELD, [workspace_id, field_id])
    found: dict[int, float] = {}
    for member, amount in zip(known.of_array(ids).tolist(), amounts.tolist(), strict=True):
        found[member] = found.get(member, 0.0) + amount
    return found
