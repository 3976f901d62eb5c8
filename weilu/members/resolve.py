"""From the accounts and names of messages to identities: found, or made, in one go (C-1)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import islice

from django.db import connection

from weilu.core import ids
from weilu.core.bulk import upsert
from weilu.core.changes import note_change
from weilu.members.mirror.mirror import PEOPLE
from weilu.members.models import Alias, Identity, Member
from weilu.members.rules.names import fold_name

NAME_CHARS = 200
_AT_ONCE = 400
_MEMBER = (
    "id", "workspace_id", "name", "name_folded", "nature", "nature_source", "nature_reasons",
    "is_staff", "staff_source", "staff_reasons",
)  # fmt: skip
_IDENTITY = ("id", "workspace_id", "member_id", "platform", "scope", "account", "name")
_ALIAS = ("workspace_id", "identity_id", "name", "first_ms", "source_id")
# What a new member is, by whether the platform calls it a bot: nature and who said so, staff.
_NATURES = {
    False: (Member.Nature.PERSON.value, Member.Source.NONE.value, "[]", False, "", "[]"),
    True: (Member.Nature.BOT.value, Member.Source.PLATFORM.value, "[]", False, "", "[]"),
}

# platform account, scope (0 or a group's id)
Key = tuple[str, int]


@dataclass(frozen=True, slots=True)
class Sighting:
    """Somebody seen for the first time in this run: who, under which name, when, is it a bot."""

    account: str
    scope: int
    name: str
    sent_ms: int
    is_bot: bool


def seen_as(key: Key, name: str) -> str | Key | None:
    """What somebody under a name is found by in `Resolver.seen`; None for what has no quick way.

    That are names cut short, and zeros, which stand between account and name.
    """
    account, scope = key
    if scope:
        return key
    return f"{account}\0{name}" if len(name) < NAME_CHARS and "\0" not in account + name else None


@dataclass
class Resolver:
    """Identities of one workspace and platform, remembered for as long as a run lasts.

    `known` maps keys to identity ids, `names` identity ids to the name last seen. `source_id` is
    kept with names seen for the first time.
    """

    workspace_id: int
    platform: str
    source_id: int = 0
    known: dict[Key, int] = field(default_factory=dict)
    names: dict[int, str] = field(default_factory=dict)
    # Identities by account and name together (`seen_as`), where the name is the one last seen:
    # most records are of somebody known under the name known, and that is a single look-up.
    seen: dict[str | Key, int] = field(default_factory=dict)

    def learn(self, sightings: Iterable[Sighting]) -> list[Key]:
        """Make `known` hold every sighting's key; writes the people who are new, tells who."""
        fresh: dict[Key, Sighting] = {}
        for one in sightings:
            fresh.setdefault((one.account, one.scope), one)
        missing = [key for key in fresh if key not in self.known]
        self._load(missing)
        new = [fresh[key] for key in missing if key not in self.known]
        if new:
            self._create(new)
        return [(one.account, one.scope) for one in new]

    def note_seen(self, key: Key, pk: int, name: str) -> None:
        """Know somebody at once from now on, as long as the name stays."""
        quick = seen_as(key, name)
        if quick is not None:
            self.seen[quick] = pk

    def forget_seen(self, key: Key, name: str) -> None:
        """Have somebody looked up again: under this name they are no longer known."""
        quick = seen_as(key, name)
        if quick is not None:
            self.seen.pop(quick, None)

    def rename(self, changes: Iterable[tuple[int, str, int]]) -> None:
        """Record (identity, name, since ms) names; the last one becomes the identity's name."""
        rows: dict[tuple[int, str], Alias] = {}
        latest: dict[int, str] = {}
        for identity_id, name, sent_ms in changes:
            short = name[:NAME_CHARS]
            latest[identity_id] = short
            rows.setdefault(
                (identity_id, short),
                Alias(
                    workspace_id=self.workspace_id,
                    identity_id=identity_id,
                    name=short,
                    first_ms=sent_ms,
                    source_id=self.source_id,
                ),
            )
        Alias.objects.bulk_create(rows.values(), ignore_conflicts=True, batch_size=_AT_ONCE)
        # Which export brought somebody first is known by their names.
        note_change(self.workspace_id, PEOPLE, ids=latest)
        self.names.update(latest)
        changed = [Identity(id=k, name=v) for k, v in latest.items()]
        Identity.objects.bulk_update(changed, ["name"], batch_size=_AT_ONCE)
        # A member shows the newest name of the identity it bears the id of.
        people = [
            Member(id=k, name=v, name_folded=fold_name(v)[:NAME_CHARS]) for k, v in latest.items()
        ]
        Member.objects.bulk_update(people, ["name", "name_folded"], batch_size=_AT_ONCE)

    def _load(self, keys: list[Key]) -> None:
        """Read the identities of keys that the database knows."""
        wanted = set(keys)
        left = iter(sorted({account for account, _ in keys}))
        with connection.cursor() as cursor:
            while some := list(islice(left, _AT_ONCE)):
                # One statement for many sizes, written by hand: strangers come in every batch.
                some += some[-1:] * ((1 << (len(some) - 1).bit_length()) - len(some))
                cursor.execute(
                    "SELECT account, scope, id, name FROM members_identity WHERE workspace_id = %s"  # noqa: S608
                    f" AND platform = %s AND account IN ({', '.join(['%s'] * len(some))})",
                    [self.workspace_id, self.platform, *some],
                )
                for account, scope, pk, name in cursor.fetchall():
                    if (account, scope) in wanted:
                        self._keep((account, scope), pk, name)

    def _keep(self, key: Key, pk: int, name: str) -> None:
        """Know somebody who stands in the database under a name."""
        self.known[key] = pk
        self.names[pk] = name
        self.note_seen(key, pk, name)

    def _create(self, sightings: list[Sighting]) -> None:
        """Write new identities with a member of the same id each.

        Two processes may see the same stranger at once: the unique key decides, the loser takes
        over the winner's row and its own member, never referred to, is deleted again.
        """
        first = ids.take("person", len(sightings))
        space = self.workspace_id
        names = [one.name[:NAME_CHARS] or one.account for one in sightings]
        numbered = list(enumerate(zip(sightings, names, strict=True), start=first))
        members = [
            (pk, space, name, fold_name(name)[:NAME_CHARS], *_NATURES[one.is_bot])
            for pk, (one, name) in numbered
        ]
        identities = [
            (pk, space, pk, self.platform, one.scope, one.account, name)
            for pk, (one, name) in numbered
        ]
        upsert(connection, "members_member", _MEMBER, members, conflict="DO NOTHING")
        written = upsert(
            connection, "members_identity", _IDENTITY, identities, conflict="DO NOTHING"
        )
        if written == len(identities):
            for pk, (one, name) in numbered:
                self._keep((one.account, one.scope), pk, name)
        else:
            self._load([(one.account, one.scope) for one in sightings])
        found = [self.known[(one.account, one.scope)] for one in sightings]
        lost = set(range(first, first + len(sightings))) - set(found)
        if lost:
            Member.objects.filter(id__in=lost).delete()
        aliases = [
            (space, pk, self.names[pk], one.sent_ms, self.source_id)
            for pk, one in zip(found, sightings, strict=True)
        ]
        upsert(connection, "members_alias", _ALIAS, aliases, conflict="DO NOTHING")
        note_change(space, PEOPLE, ids=found)
