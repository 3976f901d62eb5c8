"""The policy of a community as every batch of messages asks for it (B-6)."""

from __future__ import annotations

from weilu.core.lookup import Lookup
from weilu.moderation.models import Policy

_FIELDS = tuple(field.attname for field in Policy._meta.concrete_fields)
_POLICIES = Lookup(
    lambda community_id: Policy.objects.filter(community_id=community_id).values_list(*_FIELDS)
)


def policy_for(community_id: int) -> Policy | None:
    """The policy as it stands, also one that is switched off; None where nobody made one."""
    rows = _POLICIES(community_id)
    return Policy.from_db("default", _FIELDS, rows[0]) if rows else None
