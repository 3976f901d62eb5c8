"""Reading an import in: resumable after any crash, cancelled at any portion.

The records of a portion, of several small ones, or, where others write too, of a part of one, the
bundle's counter of records read and its progress are written in one transaction. After a crash the
file is read again from its start and as many records are passed over: readers are deterministic.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from django.db.models import F, Q

from weilu.chat.accept import Acceptor
from weilu.chat.imports.echoes import EchoFinder
from weilu.chat.imports.kept import Mark, again, files_of, forget
from weilu.chat.imports.look import answers_of, latest_timely, open_drop, timely, zone_of
from weilu.chat.imports.moving import Trail, moved
from weilu.chat.models import Batch, Import, ImportBundle, Message
from weilu.chat.ports import FORMATS, Bundle, ChatRef, Inbound, Portion, Unreadable
from weilu.communities.models import Community
from weilu.core.access import Actor, system
from weilu.core.clock import now
from weilu.core.errors import GivenUp
from weilu.core.log import announce
from weilu.events.chat import HistoryImported
from weilu.groups.actions import ensure_group, move_key
from weilu.groups.models import Connection, Group, Participation
from weilu.groups.queries import GroupPlace
from weilu.members.actions import suggest
from weilu.members.models import Alias, Identity
from weilu.members.rules.names import fold_name

UNNAMED = "—"
# How likely it is that who said the same in the same minutes is one person.
PHONES_STRENGTH = 0.9
# SQLite has one writer. While connections are on, what they bring waits no longer than for so many
# records to be stored or counted, and gets its turn in between: it looks every millisecond.
LIVE_ROWS, LIVE_ROWS_COUNTED, LIVE_PAUSE_S = 1000, 10_000, 0.003
# Many small portions, a day or a topic each, are stored together: each transaction has its price.
# What is read is seen on the page after a moment at the latest.
ROWS_AT_ONCE, SHOWN_AFTER_S = 5000, 1.0
# How much that nobody counted yet is looked through for talk of a group.
FEW_BATCHES, FEW_ROWS = 40, 20_000

# Called after each portion with the share done (0-1); False stops the import.
Progress = Callable[[float], bool]


@dataclass
class _Places:
    """Our groups for the groups of a file, found or made when first met."""

    actor: Actor
    community: Community
    source_id: int
    chosen: dict[tuple[str, str, str], dict[str, Any]]
    known: dict[ChatRef, GroupPlace] = field(default_factory=dict)
    with_history: set[int] = field(default_factory=set)

    def of(self, chat: ChatRef) -> GroupPlace:
        """Where the records of a chat belong."""
        place = self.known.get(chat)
        if place is None:
            said = self.chosen.get((str(chat.platform), chat.key, chat.name), {})
            group = (
                self._moved_group(chat, said)
                or self._chosen_group(said)
                or self._named_group(chat, said.get("group", ""))
            )
            place = GroupPlace(group.pk, group.community_id, group.community.time_zone)
            self.known[chat] = place
            if self._has_history(group.pk):
                self.with_history.add(group.pk)
        return place

    def _has_history(self, group_id: int) -> bool:
        """Whether something was said in a group, or may have been and is not counted yet.

        A killed import leaves messages that nobody counted, and so nobody who takes part; what
        comes live waits a moment for it. What this source itself stored is no echo of it.
        """
        if Participation.objects.filter(group_id=group_id).exists():
            return True
        uncounted = Batch.objects.filter(workspace_id=self.actor.workspace_id, staged=False)
        others = uncounted.exclude(source_id=self.source_id)
        spans = list(others.values_list("first_id", "count")[: FEW_BATCHES + 1])
        if not spans:
            return False
        if len(spans) > FEW_BATCHES or sum(count for _, count in spans) > FEW_ROWS:
            # To look through them all would cost more than to look for echoes that are not there.
            return True
        said = Q()
        for first, count in spans:
            said |= Q(pk__gte=first, pk__lt=first + count)
        return Message.objects.filter(said, group_id=group_id).exists()

    def _moved_group(self, chat: ChatRef, said: dict[str, Any]) -> Group | None:
        """The group that a chat was under another id, unless another was picked or named."""
        trail = Trail.of(said.get("trail", {}))
        found = moved(self.actor.workspace_id, str(chat.platform), chat.key, trail)
        if not found or said.get("group_id") not in {None, 0, found}:
            return None
        if not said.get("group_id") and said.get("group") != chat.name:
            return None
        group = Group.objects.select_related("community").get(pk=found)
        if trail.is_newer:
            move_key(
                workspace_id=group.workspace_id,
                platform=group.platform,
                former=group.external_key,
                key=chat.key,
            )
        return group

    def _chosen_group(self, said: dict[str, Any]) -> Group | None:
        """The existing group that was picked, if it is still there."""
        if not said.get("group_id"):
            return None
        return (
            Group.objects.filter(pk=said["group_id"], workspace_id=self.actor.workspace_id)
            .select_related("community")
            .first()
        )

    def _named_group(self, chat: ChatRef, wanted: str) -> Group:
        # A group chosen by its name is meant by name, whatever id the file has for it.
        return ensure_group(
            self.actor,
            community=self.community,
            platform=str(chat.platform),
            external_key=chat.key if not wanted or wanted == chat.name else "",
            name=wanted or chat.name or chat.key or UNNAMED,
        )


def run_import(run: Import, progress: Progress) -> bool:
    """Read in every bundle that is ready; False when stopped. Announces HistoryImported.

    Raises GivenUp when there is no community to put it in.
    """
    community = run.community
    if community is None:
        raise GivenUp("import_without_community")
    files = files_of(run)
    by_position = dict(enumerate(open_drop(run)[0]))
    todo = list(
        ImportBundle.objects.filter(
            run=run, state__in=[ImportBundle.State.READY, ImportBundle.State.RUNNING]
        ).order_by("position")
    )
    total = sum(one.size for one in todo) or 1
    groups: set[int] = set()
    before = 0
    for one in todo:
        base, share = before / total, one.size / total
        if not _run_bundle(
            one,
            by_position[one.position],
            files,
            community,
            lambda d: progress(base + d * share),  # noqa: B023 - called before the next turn
        ):
            forget(run.pk)
            return False
        before += one.size
    for done in ImportBundle.objects.filter(run=run, state=ImportBundle.State.DONE):
        groups.update(done.answers.get("group_ids", []))
    forget(run.pk)
    _finish(run, sorted(groups))
    return True


def _finish(run: Import, groups: list[int]) -> None:
    """Mark the import done and tell of it, once."""
    with transaction.atomic():
        done = Import.objects.filter(pk=run.pk, state=Import.State.RUNNING).update(
            state=Import.State.DONE, finished_at=now()
        )
        if done:
            announce(
                HistoryImported(workspace_id=run.workspace_id, import_id=run.pk, group_ids=groups)
            )


def _run_bundle(
    one: ImportBundle, bundle: Bundle, files: Mark, community: Community, progress: Progress
) -> bool:
    """Read in one bundle from where it stands; False when stopped."""
    ImportBundle.objects.filter(pk=one.pk).update(state=ImportBundle.State.RUNNING)
    one.refresh_from_db()
    chosen = {(c["platform"], c["key"], c["name"]): c for c in one.chats}
    places = _Places(system(community.workspace_id), community, one.pk, chosen)
    reader = _Reader(one, places)
    answers = answers_of(one, zone_of(one.run))
    portions = again(one, bundle, answers, files)
    try:
        for portion in portions or FORMATS.formats[bundle.format].read(bundle, answers):
            if not progress(portion.done):
                reader.finish()
                return False
            reader.take(portion)
    except Unreadable:
        # What could be read is kept; the place was shown when the file was looked at.
        reader.finish()
        _set_state(one, places, ImportBundle.State.DONE)
        return True
    reader.finish()
    _set_state(one, places, ImportBundle.State.DONE)
    return True


def _set_state(one: ImportBundle, places: _Places, state: ImportBundle.State) -> None:
    one.refresh_from_db()
    one.state = state
    one.progress = 1.0
    one.answers = {
        **one.answers,
        "group_ids": sorted({p.group_id for p in places.known.values()}),
    }
    one.save(update_fields=["state", "progress", "answers"])


def _shares_its_database() -> bool:
    """Whether live messages of any workspace wait while this process writes."""
    return connection.vendor == "sqlite" and Connection.objects.filter(is_on=True).exists()


class _Reader:
    """Takes portions in order and stores what is new of them."""

    def __init__(self, one: ImportBundle, places: _Places) -> None:
        self.one = one
        self.places = places
        self.skip = one.read
        self.echoes = EchoFinder(source_id=one.pk, format=one.format)
        self.acceptors: dict[str, Acceptor] = {}
        self.latest_ms = latest_timely()
        self.shares = _shares_its_database()
        # Read and not stored yet; the share of the bundle read with it; when it was last stored.
        self.held: list[tuple[ChatRef, Sequence[Inbound]]] = []
        self.held_rows = 0
        self.done = 0.0
        self.flushed = time.monotonic()

    def take(self, portion: Portion) -> None:
        """Store a portion with the bundle's progress: with its small neighbours, or in parts."""
        items: Sequence[Inbound] = portion.items
        passed = min(self.skip, len(items))
        self.skip -= passed
        if passed:
            self._pass(portion.chat, items[:passed])
        items = items[passed:]
        if not items and portion.done < 1:
            return
        most = LIVE_ROWS if self.shares else ROWS_AT_ONCE
        for at in range(0, max(len(items), 1), most):
            part = items[at : at + most]
            if self.held_rows + len(part) > most:
                self._flush()
            self.held.append((portion.chat, part))
            self.held_rows += len(part)
            self.done = portion.done
        is_late = time.monotonic() - self.flushed > SHOWN_AFTER_S
        if self.held_rows >= most or portion.done >= 1 or is_late:
            self._flush()

    def _flush(self) -> None:
        """Store what is held in one transaction, count in another what is worth it."""
        if not self.held:
            return
        held, rows = self.held, self.held_rows
        self.held, self.held_rows = [], 0
        with transaction.atomic():
            stored, duplicates = self._store(held)
            self.echoes.keep_known()
            ImportBundle.objects.filter(pk=self.one.pk).update(
                read=F("read") + rows,
                stored=F("stored") + stored,
                duplicates=F("duplicates") + duplicates,
                progress=min(self.done, 1.0),
            )
        for acceptor in self.acceptors.values():
            acceptor.count()
        if self.shares:
            time.sleep(LIVE_PAUSE_S)
        self.flushed = time.monotonic()

    def _pass(self, chat: ChatRef, items: Sequence[Inbound]) -> None:
        """Records read before a crash: what they echoed may not be echoed again."""
        possible = timely(items, self.latest_ms)
        if possible and self.places.of(chat).group_id in self.places.with_history:
            self.echoes.fresh(self.places.of(chat).group_id, possible)
            self.echoes.known.clear()

    def _store(self, held: Sequence[tuple[ChatRef, Sequence[Inbound]]]) -> tuple[int, int]:
        """(stored, duplicates) of records of one chat or several, all or none."""
        by_chat: dict[ChatRef, list[Inbound]] = {}
        for chat, items in held:
            by_chat.setdefault(chat, []).extend(timely(items, self.latest_ms))
        taken: dict[str, tuple[list[GroupPlace], list[Inbound]]] = {}
        possible = stored = 0
        for chat, items in by_chat.items():
            if not items:
                continue
            place = self.places.of(chat)
            fresh = items
            if place.group_id in self.places.with_history:
                fresh = self.echoes.fresh(place.group_id, items)
            possible += len(items)
            places, records = taken.setdefault(str(chat.platform), ([], []))
            places += [place] * len(fresh)
            records += fresh
        for platform, (places, records) in taken.items():
            stored += self._acceptor(platform).accept(places, records).stored
        return stored, possible - stored

    def _acceptor(self, platform: str) -> Acceptor:
        found = self.acceptors.get(platform)
        if found is None:
            found = Acceptor(self.one.run.workspace_id, platform, source_id=self.one.pk)
            if self.shares:
                found.rows_at_once = LIVE_ROWS_COUNTED
            self.acceptors[platform] = found
        return found

    def finish(self) -> None:
        """Store what is held, count what is waiting."""
        self._flush()
        for acceptor in self.acceptors.values():
            acceptor.finish()
        self._suggest()

    def _suggest(self) -> None:
        """Say who may be one person under two names, where the second has words of its own."""
        if not self.echoes.renamed:
            return
        brought = Alias.objects.filter(source_id=self.one.pk).select_related("identity")
        own = {fold_name(a.name): a.identity for a in brought.iterator()}
        pairs = [(own[n], pk) for n, pk in self.echoes.renamed.items() if n in own]
        members = dict(
            Identity.objects.filter(pk__in=[pk for _, pk in pairs]).values_list("pk", "member_id")
        )
        suggest(
            self.one.run.workspace_id,
            [
                (one.member_id, members[pk], PHONES_STRENGTH, ["two_phones"])
                for one, pk in pairs
                if members.get(pk, one.member_id) != one.member_id
            ],
        )
