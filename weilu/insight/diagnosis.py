"""The diagnosis of a community: facts of every group, every check, findings kept (J-2)."""

from __future__ import annotations

from weilu.communities.models import Community


def diagnose(community: Community) -> None:
    """Look at every group of a community and keep what is found."""
