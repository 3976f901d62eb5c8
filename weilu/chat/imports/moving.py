"""A Telegram group that became a supergroup is the same group under another id (K-4).

An export of the supergroup begins with the messages of before, or says when it moved. Whoever of
our groups holds the same messages under the same ids, or moved in the same moment, is it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from weilu.chat.columns import HOUR_MS
from weilu.chat.ports import Inbound, Kind, Platform
from weilu.groups.models import Group

# So many of a file's first messages are looked for, and so many of them must be there.
SAMPLE, ENOUGH = 12, 3
# Both halves of a move are told within seconds.
TOGETHER_MS = 60_000
_TO, _FROM = "migrate_to_supergroup", "migrate_from_group"


@dataclass
class Trail:
    """What tells a chat again under another id: its first messages, and when it moved."""

    first: list[tuple[str, int]] = field(default_factory=list)
    moved_ms: list[int] = field(default_factory=list)
    is_newer: bool = False

    def add(self, items: Sequence[Inbound]) -> None:
        """Take note of a portion."""
        for one in items if len(self.first) < SAMPLE else ():
            if one.kind == Kind.MESSAGE and one.external_id and len(self.first) < SAMPLE:
                self.first.append((one.external_id, one.sent_ms))
        for one in items:
            if one.kind == Kind.NOTICE and one.text.startswith((_TO, _FROM)):
                self.moved_ms = [*self.moved_ms, one.sent_ms][:SAMPLE]
                self.is_newer |= one.text.startswith(_FROM)

    @classmethod
    def of(cls, kept: Mapping[str, Any]) -> Trail:
        """What `asdict` made of one, and JSON of that."""
        first = [(str(one), int(sent)) for one, sent in kept.get("first", ())]
        return cls(first, list(kept.get("moved_ms", ())), bool(kept.get("is_newer")))


def moved(workspace_id: int, platform: str, key: str, trail: Trail) -> int:
    """The group of ours that a chat was under another id; 0 where it is known, or was none."""
    if platform != Platform.TELEGRAM or not key:
        return 0
    mine = Group.objects.filter(workspace_id=workspace_id, platform=platform)
    if mine.filter(external_key=key).exists():
        return 0
    others = set(mine.exclude(external_key="").values_list("pk", flat=True))
    return _holding(workspace_id, trail, others) or _moving(workspace_id, trail, others)


def _holding(workspace_id: int, trail: Trail, among: set[int]) -> int:
    """The one group that holds the first messages; 0 for none, or several."""
    if len(trail.first) < ENOUGH:
        return 0
    hours = sorted({sent // HOUR_MS for _, sent in trail.first})
    ids = [one for one, _ in trail.first]
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT group_id, external_id, sent_ms FROM chat_message"  # noqa: S608
            f" WHERE (sent_ms / {HOUR_MS}) IN ({', '.join(map(str, hours))})"
            f" AND external_id IN ({', '.join(['%s'] * len(ids))}) AND workspace_id = %s",
            [*ids, workspace_id],
        )
        wanted = set(trail.first)
        hits = Counter(g for g, one, sent in cursor.fetchall() if (one, sent) in wanted)
    return _only({g for g, n in hits.items() if n >= ENOUGH and g in among})


def _moving(workspace_id: int, trail: Trail, among: set[int]) -> int:
    """The one group that moved in the same moment; 0 for none, or several."""
    found: set[int] = set()
    with connection.cursor() as cursor:
        for moment in trail.moved_ms:
            first, last = moment - TOGETHER_MS, moment + TOGETHER_MS
            cursor.execute(
                f"SELECT group_id FROM chat_message WHERE (sent_ms / {HOUR_MS}) IN (%s, %s)"  # noqa: S608
                " AND sent_ms BETWEEN %s AND %s AND workspace_id = %s AND kind = %s"
                " AND (text LIKE %s OR text LIKE %s)",
                [first // HOUR_MS, last // HOUR_MS, first, last, workspace_id, int(Kind.NOTICE),
                 f"{_TO}%", f"{_FROM}%"],
            )  # fmt: skip
            found |= {g for (g,) in cursor.fetchall()}
    return _only(found & among)


def _only(found: set[int]) -> int:
    return found.pop() if len(found) == 1 else 0
