"""Messages already known without an id saying so: same moment, same sender, same words.

Two exports of one group overlap, perhaps in two formats: one has seconds and ids, the other
minutes and names. A record is an echo when another source stored the same text in the same minute
under the same account or a name the sender has borne, or has on another phone (`phones`). Each
stored message echoes at most once, so two equal messages in one minute stay two.

What a bundle brings that others had stored is kept as its echo: when the other import is taken
back, the messages stay as this one's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connection
from pyroaring import BitMap

from weilu.chat.changes import CHANGES
from weilu.chat.columns import HOUR_MS
from weilu.chat.imports.phones import LEAST_SAID, SURELY_ANOTHER_PHONE, same_people
from weilu.chat.models import Echo, ImportBundle
from weilu.chat.ports import Inbound
from weilu.members.models import Alias, Identity
from weilu.members.rules.names import fold_name

MINUTE_MS = 60_000
_IDS_AT_ONCE = 500

# minute, kind, text
_Where = tuple[int, int, str]


@dataclass
class EchoFinder:
    """Finds the records of one bundle that other sources already brought to a group."""

    source_id: int
    format: str
    names: dict[int, set[str]] = field(default_factory=dict)
    formats: dict[int, str] = field(default_factory=dict)
    taken: dict[int, set[int]] = field(default_factory=lambda: defaultdict(set))
    # Names of people who are stored under others, and their identities.
    renamed: dict[str, int] = field(default_factory=dict)
    # Ids of messages met here that others stored, since they were last kept.
    known: list[int] = field(default_factory=list)

    def keep_known(self) -> None:
        """Write down which messages of others the bundle brought too, since the last time."""
        if self.known:
            first = min(self.known)
            offsets = BitMap([pk - first for pk in self.known])
            offsets.run_optimize()
            Echo.objects.create(
                bundle_id=self.source_id,
                first_id=first,
                last_id=max(self.known),
                ids=offsets.serialize(),
            )
            self.known.clear()

    def fresh(self, group_id: int, items: Sequence[Inbound]) -> list[Inbound]:
        """The records that are not echoes, in order."""
        stored = self._stored(group_id, items)
        if not stored:
            return list(items)
        self._learn_phones(items, stored)
        taken = self.taken[group_id]
        return [i for i in items if not self._is_echo(i, stored, taken)]

    def _learn_phones(
        self, items: Sequence[Inbound], stored: dict[_Where, list[tuple[int, int]]]
    ) -> None:
        """Find who is stored under another name; that several are makes the next ones likely."""
        for least in (LEAST_SAID, 1):
            if least == 1 and len(self.renamed) < SURELY_ANOTHER_PHONE:
                return
            for name, identity_id in same_people(items, stored, self.names, least).items():
                self.names[identity_id].add(name)
                self.renamed[name] = identity_id

    def _is_echo(
        self, item: Inbound, stored: dict[_Where, list[tuple[int, int]]], taken: set[int]
    ) -> bool:
        """Whether a stored message is this record; takes it if so."""
        said = item.text or item.target
        candidates = stored.get((item.sent_ms // MINUTE_MS, item.kind, said.strip()), ())
        if not candidates:
            return False
        names = {fold_name(item.name), fold_name(item.account)} - {""}
        for pk, identity_id in candidates:
            if pk not in taken and (not identity_id or names & self.names.get(identity_id, set())):
                taken.add(pk)
                self.known.append(pk)
                return True
        return False

    def _stored(
        self, group_id: int, items: Sequence[Inbound]
    ) -> dict[_Where, list[tuple[int, int]]]:
        """Messages of other sources in the records' time, by where they would echo."""
        times = [i.sent_ms for i in items]
        low, high = min(times) - MINUTE_MS, max(times) + MINUTE_MS
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT id, identity_id, kind, sent_ms, text, external_id, source_id"
                " FROM chat_message WHERE (sent_ms / 3600000) BETWEEN %s AND %s"
                " AND group_id = %s AND sent_ms BETWEEN %s AND %s AND source_id <> %s"
                " ORDER BY sent_ms, id",
                [low // HOUR_MS, high // HOUR_MS, group_id, low, high, self.source_id],
            )
            rows = cursor.fetchall()
        if not rows:
            return {}
        self._learn_formats({r[6] for r in rows})
        ids = {(i.sent_ms // HOUR_MS, i.external_id) for i in items if i.external_id}
        found: dict[_Where, list[tuple[int, int]]] = defaultdict(list)
        for pk, identity_id, kind, sent_ms, text, external_id, source_id in rows:
            if kind in CHANGES:
                # What changes a message has no id of the platform's.
                external_id = None  # noqa: PLW2901
            if external_id and (sent_ms // HOUR_MS, external_id) in ids:
                self.known.append(pk)
            # Within one format ids decide; across formats ids come from different worlds.
            if ids and external_id and self.formats.get(source_id) == self.format:
                continue
            found[(sent_ms // MINUTE_MS, kind, text.strip())].append((pk, identity_id))
        self._learn_names({r[1] for r in rows})
        return found

    def _learn_formats(self, sources: set[int]) -> None:
        missing = sources - self.formats.keys()
        if missing:
            self.formats.update(dict.fromkeys(missing, ""))
            self.formats.update(
                ImportBundle.objects.filter(pk__in=missing).values_list("pk", "format")
            )

    def _learn_names(self, identities: set[int]) -> None:
        missing = sorted(identities - self.names.keys() - {0})
        if not missing:
            return
        for pk in missing:
            self.names[pk] = set()
        for at in range(0, len(missing), _IDS_AT_ONCE):
            some = missing[at : at + _IDS_AT_ONCE]
            rows = Alias.objects.filter(identity_id__in=some).values_list(
                "identity_id", "name", "identity__account"
            )
            for pk, name, account in rows:
                self.names[pk] |= {fold_name(name), fold_name(account)}
        self._learn_bridges(missing)

    def _learn_bridges(self, heard: list[int]) -> None:
        """Whoever is heard through a bridge is, in another export, the bridge."""
        for at in range(0, len(heard), _IDS_AT_ONCE):
            rows = Identity.objects.filter(
                pk__in=heard[at : at + _IDS_AT_ONCE], through__isnull=False
            )
            through = dict(rows.values_list("pk", "through_id"))
            self._learn_names(set(through.values()))
            for pk, bridge in through.items():
                self.names[pk] |= self.names[bridge]
