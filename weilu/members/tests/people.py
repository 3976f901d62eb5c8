"""People for tests: members with one identity each, as the resolver makes them."""

from __future__ import annotations

from weilu.members.models import Alias, Identity, Member
from weilu.members.rules.names import fold_name


def make_member(workspace_id: int, pk: int, name: str, *, first_ms: int = 0) -> Member:
    """A member with the identity whose id it bears."""
    one = Member.objects.create(
        id=pk, workspace_id=workspace_id, name=name, name_folded=fold_name(name)
    )
    Identity.objects.create(
        id=pk,
        workspace_id=workspace_id,
        member=one,
        platform="wechat",
        account=f"account {pk}",
        name=name,
    )
    Alias.objects.create(workspace_id=workspace_id, identity_id=pk, name=name, first_ms=first_ms)
    return one
