"""The policy of a community as every batch of messages asks for it (B-6)."""

from __future__ import annotations

from weilu.chat.columns import Columns
from weilu.core.lookup import Lookup
from weilu.moderation.models import Policy

_FIELDS = tuple(field.attname for field in Policy._meta.concrete_fields)
_POLICIES = Lookup(
    lambda community_id: Policy.objects.filter(community_id=community_id).values_list(*_FIELDS)
)
# The batch asked about last, and what was found: several stages ask about each.
_last: tuple[Columns, Policy | None] | None = None


def policy_for(batch: Columns) -> Policy | None:
    """The policy as it stands when a batch is first asked about; None where nobody made one.

    Also one that is switched off. Read once a batch, so that all stages go by the same.
    """
    global _last  # noqa: PLW0603 - one batch is remembered, and let go by the next
    last = _last
    if last is None or last[0] is not batch:
        rows = _POLICIES(batch.community_id)
        last = batch, Policy.from_db("default", _FIELDS, rows[0]) if rows else None
        _last = last
    return last[1]
