"""Whose members are asked for, and what counts as now."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from pyroaring import BitMap

from weilu.members.models import MOVED, Identity


@dataclass(frozen=True, slots=True)
class Scope:
    """Whose members, the moment that counts as now for tags, and as today for talk (UTC ms).

    `ends`: for some, whose history ended earlier, the end of it counts as today.
    """

    workspace_id: int
    moment: datetime
    today_ms: int
    ends: tuple[tuple[int, BitMap], ...] = ()
    known: dict[str, dict[int, int]] = field(default_factory=dict, compare=False, repr=False)

    def moved(self) -> dict[int, int]:
        """Identities of another member than the one whose id they bear; asked once."""
        if "moved" not in self.known:
            rows = Identity.objects.filter(MOVED, workspace_id=self.workspace_id)
            self.known["moved"] = dict(rows.values_list("id", "member_id"))
        return self.known["moved"]
