"""The one way in: batches of inbound records become rows, once (design, section 2).

One transaction a batch: people are resolved, doubles dropped, messages written with the cursor,
one batch row and one event announced. Every few batches of an import, in a transaction of their
own, the stages count what has come since; live ones are counted by the worker (`chat.staging`).
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt
from django.db import connection, transaction

from weilu.chat.columns import Columns
from weilu.chat.lists import lists_of
from weilu.chat.models import Message
from weilu.chat.named import named
from weilu.chat.ports import Inbound, Kind
from weilu.chat.rows import insert_rows, new_mask
from weilu.chat.search.changes import note_edits
from weilu.chat.staging import run_at_once, settle
from weilu.chat.voices import behind
from weilu.core import ids
from weilu.core.bulk import insert_one
from weilu.core.clock import now
from weilu.core.log import announce
from weilu.events.chat import BatchAccepted, NamesChanged
from weilu.groups.queries import GroupPlace
from weilu.members.resolve import NAME_CHARS, Key, Resolver, Sighting
from weilu.members.voices import Voices

# Roll-ups are coalesced: a group-day touched by ten batches is written once.
COALESCE_ROWS = 60_000
COALESCE_S = 1.0
# While records pour in (an import), waiting for a full load is cheaper, but not for ever: the
# worker takes over what nobody counted in `staging.ORPHANED_AFTER`.
FLOOD_ROWS = 5_000
FLOOD_S = 8.0

_RECALLED = int(Message.Flag.RECALLED)
_EDIT = int(Kind.EDIT)


@dataclass(frozen=True, slots=True)
class Accepted:
    """What came of a batch; `joins` and `leaves` are among `stored`."""

    stored: int = 0
    duplicates: int = 0


@dataclass
class Acceptor:
    """Takes in the records of one source on one platform; keep it for as long as the source runs.

    Not safe to share between threads. Call `finish` at the end: it counts what is still waiting.
    """

    workspace_id: int
    platform: str
    source_id: int = 0
    # Whether what comes has just been said: then the stages that may not wait see it at once,
    # and those that count come later, in another process.
    is_live: bool = False
    # So many records are counted in one transaction, or a batch more.
    rows_at_once: int = COALESCE_ROWS
    resolver: Resolver = field(init=False)
    voices: Voices = field(init=False)
    waiting: list[tuple[int, list[Columns]]] = field(default_factory=list)
    waiting_rows: int = 0
    waiting_since: float = 0.0
    # Kept to be found among the connection's callbacks: there while the caller's transaction lives.
    confirm: Callable[[], None] | None = None

    def __post_init__(self) -> None:
        self._meet_nobody()

    def _meet_nobody(self) -> None:
        self.resolver = Resolver(self.workspace_id, self.platform, self.source_id)
        self.voices = Voices(self.workspace_id, self.platform, self.source_id)

    def accept(self, places: Sequence[GroupPlace], items: Sequence[Inbound]) -> Accepted:
        """Store records (`places[i]` is where `items[i]` belongs), all or none.

        Must run inside a transaction of the caller's when more belongs to it (an import's
        progress); opens one otherwise. Announces BatchAccepted. Records whose external id is
        already stored in the same hour of their group are dropped and counted as duplicates.
        """
        if not items:
            return Accepted()
        self._check_caller()
        try:
            # All or none of the caller's, too: a savepoint would save nothing.
            with transaction.atomic(savepoint=False):
                accepted = self._store(places, items)
        except BaseException:
            self._start_over()
            raise
        self._await_caller()
        if not connection.in_atomic_block:
            self.count()
        return accepted

    def count(self) -> None:
        """Run the stages over what is waiting, if it is enough or has waited long.

        `accept` does so itself; whoever calls that in a transaction calls this after it, so that
        others who write to SQLite wait for one of the two only.
        """
        self._check_caller()
        if not self.waiting:
            return
        patience = FLOOD_S if self.waiting_rows >= FLOOD_ROWS else COALESCE_S
        late = time.monotonic() - self.waiting_since > patience
        if self.waiting_rows >= self.rows_at_once or late:
            with transaction.atomic():
                self._settle()

    def finish(self) -> None:
        """Run the stages over what is waiting."""
        self._check_caller()
        with transaction.atomic():
            self._settle()

    def _await_caller(self) -> None:
        """Inside a transaction of the caller's nothing is certain before that is committed."""
        if connection.in_atomic_block:

            def confirm() -> None:
                self.confirm = None

            self.confirm = confirm
            connection.on_commit(confirm)

    def _check_caller(self) -> None:
        """Start over when the caller's transaction of the batch before was rolled back."""
        confirm = self.confirm
        if confirm is not None and all(one[1] is not confirm for one in connection.run_on_commit):
            self._start_over()

    def _start_over(self) -> None:
        """Forget ids and people made in a rolled-back transaction: they never existed."""
        ids.forget()
        self._meet_nobody()
        self.confirm = None
        self._drop_waiting()

    def _store(self, places: Sequence[GroupPlace], items: Sequence[Inbound]) -> Accepted:
        people = behind(self.voices, self._people(places, items), items)
        first = ids.take("message", len(items))
        lists = lists_of(places, items, people)
        values = lists.stored(items, self.workspace_id, self.source_id, first)
        fresh = insert_rows(connection, values, first)
        stored = len(items) if fresh is None else len(fresh)
        mask = new_mask(fresh, first, len(items))
        if max(lists.kinds) >= _EDIT:
            self._recall(places, items, people, mask)
        if stored:
            columns = lists.columns(self.workspace_id, first, places, mask, has_text=self.is_live)
            self._remember(columns, first, len(items))
        return Accepted(stored=stored, duplicates=len(items) - stored)

    def _people(self, places: Sequence[GroupPlace], items: Sequence[Inbound]) -> list[int]:
        """The identity of each record's sender, 0 where nobody sent it; names kept up."""
        get = self.resolver.seen.get
        # As `members.resolve.seen_as` has it, spelled out: a call for each would cost as much.
        found = [
            get(f"{i.account}\0{i.name}" if i.account else (i.name, p.group_id), 0)
            for p, i in zip(places, items, strict=True)
        ]
        if 0 in found:
            rest = [k for k, pk in enumerate(found) if not pk]
            slow = self._look_up([places[k] for k in rest], [items[k] for k in rest])
            for k, pk in zip(rest, slow, strict=True):
                found[k] = pk
        return found

    def _look_up(self, places: Sequence[GroupPlace], items: Sequence[Inbound]) -> list[int]:
        """`_people` for those not met in this run yet or shown under another name."""
        known = self.resolver.known
        keys: list[Key] = [
            (i.account, 0) if i.account else (i.name, p.group_id)
            for p, i in zip(places, items, strict=True)
        ]
        new = self._meet(keys, items) if any(key not in known for key in keys) else ()
        found = [known[key] if key[0] else 0 for key in keys]
        if new and self.is_live:
            self._tell_new({known[key] for key in new}, found, places, items)
        names = self.resolver.names
        changed = [
            (key, pk, i)
            for key, pk, i in zip(keys, found, items, strict=True)
            if pk and i.name and names[pk] != i.name[:NAME_CHARS]
        ]
        if changed:
            for key, pk, _item in changed:
                self.resolver.forget_seen(key, names[pk])
            changes = [(pk, i.name, i.sent_ms) for _key, pk, i in changed]
            self.resolver.rename(changes)
            if self.is_live:
                self._tell_names(changes, dict(zip(found, places, strict=True)))
        for key, pk, i in zip(keys, found, items, strict=True):
            if pk and i.name == names[pk]:
                self.resolver.note_seen(key, pk, i.name)
        return found

    def _tell_new(
        self,
        new: set[int],
        found: Sequence[int],
        places: Sequence[GroupPlace],
        items: Sequence[Inbound],
    ) -> None:
        """Announce which names people came with who were never seen before they wrote.

        Whoever joins is looked at there; an account's number is no name.
        """
        first: dict[int, int] = {}
        for k, pk in enumerate(found):
            if pk in new:
                first.setdefault(pk, k)
        named = [
            (pk, items[k].name, items[k].sent_ms)
            for pk, k in first.items()
            if items[k].kind == Kind.MESSAGE
            and items[k].name not in {"", items[k].account}
            and not items[k].is_bot
        ]
        if named:
            at = {pk: places[k] for pk, k in first.items()}
            self._tell_names(named, at, are_new=True)

    def _tell_names(
        self,
        changes: Sequence[tuple[int, str, int]],
        places: dict[int, GroupPlace],
        *,
        are_new: bool = False,
    ) -> None:
        """Announce that people show other names than before, or their first."""
        people, names, moments = zip(*changes, strict=True)
        announce(
            NamesChanged(
                workspace_id=self.workspace_id,
                identity_ids=list(people),
                names=list(names),
                group_ids=[places[pk].group_id for pk in people],
                moments=list(moments),
                are_new=are_new,
            )
        )

    def _meet(self, keys: Sequence[Key], items: Sequence[Inbound]) -> list[Key]:
        """Learn the people of a batch that this run has not met; tells who was never seen."""
        known = self.resolver.known
        long = [k for k in keys if len(k[0]) > NAME_CHARS]
        new = self.resolver.learn(
            Sighting(k[0][:NAME_CHARS], k[1], i.name or k[0], i.sent_ms, i.is_bot)
            for k, i in zip(keys, items, strict=True)
            if k[0] and k not in known
        )
        for key in long:
            known[key] = known[(key[0][:NAME_CHARS], key[1])]
        return new

    def _recall(
        self,
        places: Sequence[GroupPlace],
        items: Sequence[Inbound],
        people: Sequence[int],
        mask: npt.NDArray[np.bool_] | None,
    ) -> None:
        """Flag messages that were recalled and give edited ones their new text.

        An edit told again changes nothing: a later one may have come between. Nobody edits what
        somebody else said: not every platform keeps people from trying.
        """
        edited: list[int] = []
        for k, (place, item, person) in enumerate(zip(places, items, people, strict=True)):
            if item.kind not in {Kind.RECALL, Kind.EDIT} or not item.external_id:
                continue
            if mask is not None and not mask[k]:
                continue
            for message in named(place.group_id, item.external_id, item.sent_ms):
                if item.kind == Kind.RECALL:
                    message.flags |= _RECALLED
                elif person and message.identity_id not in {0, None, person}:
                    continue
                else:
                    message.text = item.text
                    edited.append(message.pk)
                message.save(update_fields=["flags", "text"])
        note_edits(self.workspace_id, edited)

    def _remember(self, columns: list[Columns], first: int, count: int) -> None:
        """Write the batch row, announce it, judge what is live, keep the rest to be counted."""
        batch_id = insert_one(
            connection,
            "chat_batch",
            {
                "workspace_id": self.workspace_id,
                "first_id": first,
                "count": count,
                "source_id": self.source_id,
                "staged": False,
                "at": connection.ops.adapt_datetimefield_value(now()),
            },
        )
        announce(BatchAccepted(workspace_id=self.workspace_id, batch_id=batch_id))
        if self.is_live:
            # Counting is left to the worker: no message waits until others are counted.
            run_at_once(batch_id, columns)
            return
        if not self.waiting:
            self.waiting_since = time.monotonic()
        self.waiting.append((batch_id, columns))
        self.waiting_rows += count

    def _settle(self) -> None:
        """Run the stages over the waiting columns and mark their batches."""
        if self.waiting:
            settle(self.waiting)
            self._drop_waiting()

    def _drop_waiting(self) -> None:
        """Forget the columns; batches not marked are found and counted by the worker."""
        self.waiting = []
        self.waiting_rows = 0
