"""Who speaks through bridges: an identity for each name a bridge passes on (C-1, H-6).

Such an identity points at the bridge's (`Identity.through`), so whoever wants the accounts of the
platform still finds them. People stand behind the names for as long as the bridge is marked as
one; as soon as an operator says that it is a person or a bot, all of it is the account's again.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from django.db import connection
from django.db.models import Exists, OuterRef, QuerySet

from weilu.core.changes import note_change
from weilu.members.mirror.mirror import PEOPLE
from weilu.members.models import Identity, Member, Merge
from weilu.members.resolve import Resolver, Sighting
from weilu.members.rules.voices import Voice

_AT_ONCE = 500


class Heard(NamedTuple):
    """Somebody heard through a bridge: whose identity, as whom, when first."""

    bridge_id: int
    voice: Voice
    sent_ms: int


def _account(bridge_id: int, voice: Voice) -> str:
    """What the identity is found by; begins with the bracket its name stands in."""
    return f"{voice.mark}{voice.name} {bridge_id}"


@dataclass
class Voices:
    """Those of one workspace and platform, remembered for as long as a run lasts.

    `marks` are the brackets in which each bridge's identity tells names. `source_id` is kept with
    names heard for the first time.
    """

    workspace_id: int
    platform: str
    source_id: int = 0
    marks: dict[int, str] = field(default_factory=dict)
    known: dict[tuple[int, str, str], int] = field(default_factory=dict)
    read_at: float = 0.0

    def read(self, *, within_s: float = 0.0) -> None:
        """Learn which bridges there are and who was heard, unless read so lately."""
        if self.read_at and time.monotonic() - self.read_at < within_s:
            return
        self.marks, self.known = {}, {}
        mine = Identity.objects.filter(
            workspace_id=self.workspace_id, through__isnull=False, platform=self.platform
        )
        for pk, bridge, account, name in mine.values_list("pk", "through_id", "account", "name"):
            self._know(int(bridge or 0), account[:1], name, pk)
        self.read_at = time.monotonic()

    def _know(self, bridge_id: int, mark: str, name: str, pk: int) -> None:
        self.known[bridge_id, mark, name] = pk
        if mark not in self.marks.get(bridge_id, ""):
            self.marks[bridge_id] = self.marks.get(bridge_id, "") + mark

    def meet(self, heard: Iterable[Heard]) -> None:
        """Make `known` hold everybody heard; writes those who are new. In a transaction."""
        fresh: dict[tuple[int, str, str], Heard] = {}
        for one in heard:
            key = (one.bridge_id, one.voice.mark, one.voice.name)
            if key not in self.known:
                fresh.setdefault(key, one)
        if not fresh:
            return
        resolver = Resolver(self.workspace_id, self.platform, self.source_id)
        accounts = {key: _account(one.bridge_id, one.voice) for key, one in fresh.items()}
        resolver.learn(
            Sighting(accounts[key], 0, one.voice.name, one.sent_ms, is_bot=False)
            for key, one in fresh.items()
        )
        by_bridge: dict[int, list[int]] = defaultdict(list)
        for (bridge_id, mark, name), account in accounts.items():
            pk = resolver.known[account, 0]
            self._know(bridge_id, mark, name, pk)
            by_bridge[bridge_id].append(pk)
        for bridge_id, ids in by_bridge.items():
            for at in range(0, len(ids), _AT_ONCE):
                some = Identity.objects.filter(pk__in=ids[at : at + _AT_ONCE])
                some.update(through=bridge_id)
        holders = Identity.objects.filter(pk__in=list(by_bridge)).values_list(
            "member_id", flat=True
        )
        settle_voices(self.workspace_id, set(holders))


def settle_voices(workspace_id: int, member_ids: Collection[int]) -> None:
    """Have people stand behind what members pass on if these are bridges, else the members.

    In a transaction; once more changes nothing. Merges of those people stay as they are.
    """
    rows = Member.objects.filter(pk__in=list(member_ids), workspace_id=workspace_id)
    for member_id, nature in rows.filter(merged_into=None).values_list("pk", "nature"):
        if nature == Member.Nature.RELAY:
            _let_go(workspace_id, member_id)
        else:
            _take_in(workspace_id, member_id)


def _take_in(workspace_id: int, member_id: int) -> None:
    """Make a member stand behind everybody heard through it.

    Who stands for others beside stays, without what came over the bridge.
    """
    rows = heard_through(workspace_id, member_id).exclude(member_id=member_id)
    ids = list(rows.order_by("pk").values_list("pk", flat=True))
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        others = Identity.objects.filter(member_id=OuterRef("pk")).exclude(pk__in=some)
        alone = Member.objects.filter(~Exists(others), pk__in=some, merged_into=None)
        alone.update(merged_into=member_id)
        Identity.objects.filter(pk__in=some).update(member_id=member_id)
        note_change(workspace_id, PEOPLE, ids=[member_id, *some])


def _let_go(workspace_id: int, member_id: int) -> None:
    """Give everybody heard through a member back to who they are without it."""
    merged = Merge.objects.filter(absorbed=OuterRef("pk"), kept=member_id, undone_at=None)
    rows = heard_through(workspace_id, member_id).filter(~Exists(merged))
    ids = list(rows.filter(member_id=member_id).order_by("pk").values_list("pk", flat=True))
    for at in range(0, len(ids), _AT_ONCE):
        some = ids[at : at + _AT_ONCE]
        Member.objects.filter(pk__in=some, merged_into=member_id).update(merged_into=None)
        people = [Identity(pk=pk, member_id=root) for pk, root in _roots(some).items()]
        Identity.objects.bulk_update(people, ["member"])
        note_change(workspace_id, PEOPLE, ids=[member_id, *some])


def _roots(ids: Sequence[int]) -> dict[int, int]:
    """Whom members were, over any number of merges, merged into."""
    roots = dict(zip(ids, ids, strict=True))
    while True:
        rows = Member.objects.filter(pk__in=set(roots.values()), merged_into__isnull=False)
        above = dict(rows.values_list("pk", "merged_into_id"))
        if not above:
            return roots
        roots = {pk: above.get(root) or root for pk, root in roots.items()}


def heard_through(workspace_id: int, member_id: int) -> QuerySet[Identity]:
    """Whoever is heard through a member, whether it is held to be a bridge or not."""
    accounts = Identity.objects.filter(member_id=member_id, through=None)
    return Identity.objects.filter(workspace_id=workspace_id, through__in=accounts.values("pk"))


def bridges_by_id(ids: Collection[int]) -> dict[int, Identity]:
    """Accounts of bridges; asks nothing where there are none."""
    return Identity.objects.in_bulk(list(set(ids))) if ids else {}


def bridges_of(workspace_id: int) -> set[int]:
    """Members through whom somebody is heard."""
    heard = Identity.objects.filter(workspace_id=workspace_id, through__isnull=False)
    accounts = Identity.objects.filter(pk__in=heard.values("through_id"))
    return set(accounts.values_list("member_id", flat=True))


def heard_in(group_id: int) -> set[int]:
    """Identities heard through bridges in the workspace of a group."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT i.id FROM members_identity i JOIN groups_group g"
            " ON g.workspace_id = i.workspace_id WHERE g.id = %s AND i.through_id IS NOT NULL",
            [group_id],
        )
        return {pk for (pk,) in cursor.fetchall()}


def without_voices(workspace_id: int) -> dict[int, int]:
    """The account that wrote what each name heard through a bridge said."""
    rows = Identity.objects.filter(workspace_id=workspace_id, through__isnull=False)
    return {pk: int(bridge or 0) for pk, bridge in rows.values_list("pk", "through_id")}
