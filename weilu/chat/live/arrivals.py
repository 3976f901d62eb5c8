"""What connections hand in becomes rows: groups found or made, messages accepted, asks, receipts.

Parcels of several connections are stored in one transaction with the cursors they carry: after a
crash each connection goes on exactly where the rows end (design, section 2).
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction

from weilu.chat.accept import Acceptor
from weilu.chat.live.clocks import Clock, can_be
from weilu.chat.live.receipts import settle_receipts
from weilu.chat.live.sound import clean, short_id, sound, sound_chat
from weilu.chat.pictures.queue import is_looked_at, note_pictures
from weilu.chat.ports.connectors import CONNECTORS
from weilu.chat.ports.orders import JoinRequest, Parcel
from weilu.chat.ports.records import ChatRef, Inbound
from weilu.chat.stages import forget_batches
from weilu.core.clock import now, now_ms
from weilu.core.errors import GivenUp
from weilu.groups.actions import adopt_groups, move_key
from weilu.groups.joining.declaring import hear_asks
from weilu.groups.models import Connection, JoinAsk
from weilu.groups.queries import GroupPlace, place_of_groups

# When a connection was last heard of is written no more often than this.
HEARD_S = 1.0
_SHORT, _WORDS = 200, 1000


@dataclass(slots=True)
class _Line:
    """What is kept of a connection between parcels."""

    workspace_id: int
    community_id: int
    acceptor: Acceptor
    clock: Clock
    places: dict[str, GroupPlace] = field(default_factory=dict)
    # Groups whose name nobody has told yet.
    nameless: set[str] = field(default_factory=set)
    noted: float = 0.0


@dataclass
class Arrivals:
    """Stores parcels; one for each process, used by one thread.

    Keeps people and groups already met, as long as no transaction fails; so do the stages.
    """

    lines: dict[int, _Line] = field(default_factory=dict)
    # Pictures noted since somebody last took them up.
    pictures: int = 0

    def store(self, parcels: Sequence[tuple[int, Parcel]]) -> int:
        """Store parcels by connection id, all or none; returns how many messages were new."""
        try:
            with transaction.atomic():
                return self._store(parcels)
        except BaseException:
            self.lines.clear()
            forget_batches()
            raise

    def forget(self, connection_id: int) -> None:
        """Drop what is kept of a connection: it was changed or closed."""
        self.lines.pop(connection_id, None)

    def _store(self, parcels: Sequence[tuple[int, Parcel]]) -> int:
        stored = 0
        for connection_id, parcel in _joined(parcels):
            line = self._line(connection_id)
            self._places(connection_id, parcel.chats)
            if parcel.arrivals:
                places = self._places(connection_id, [one.chat for one in parcel.arrivals])
                items = _sound(line.clock, places, parcel)
                stored += line.acceptor.accept(places, items).stored
                self._note_pictures(line, connection_id, places, items)
            if parcel.requests:
                asked = self._places(connection_id, [one.chat for one in parcel.requests])
                _keep_asks(line.workspace_id, zip(asked, parcel.requests, strict=True))
            settle_receipts(line.workspace_id, parcel.receipts)
            _note_heard(connection_id, line, parcel)
        return stored

    def _note_pictures(
        self,
        line: _Line,
        connection_id: int,
        places: Sequence[GroupPlace],
        items: Sequence[Inbound],
    ) -> None:
        found = [
            (place.group_id, item)
            for place, item in zip(places, items, strict=True)
            if item.media and is_looked_at(item)
        ]
        if found:
            self.pictures += note_pictures(line.workspace_id, connection_id, found)

    def _line(self, connection_id: int) -> _Line:
        found = self.lines.get(connection_id)
        if found is None:
            one = Connection.objects.filter(pk=connection_id).first()
            if one is None or one.community_id is None:
                raise GivenUp("connection_gone")
            kind = CONNECTORS.connectors[one.connector]
            found = self.lines[connection_id] = _Line(
                one.workspace_id,
                one.community_id,
                Acceptor(one.workspace_id, kind.platform.value, is_live=True),
                Clock.restored(one.cursor),
            )
        return found

    def _places(self, connection_id: int, chats: Sequence[ChatRef]) -> list[GroupPlace]:
        """Where chats of a connection belong; those met for the first time are adopted."""
        line = self._line(connection_id)
        chats = _moved(line, [sound_chat(one) for one in chats])
        new = {
            one.key: one
            for one in chats
            if one.key not in line.places or (one.name and one.key in line.nameless)
        }
        line.nameless -= {key for key, one in new.items() if one.name}
        line.nameless |= {key for key, one in new.items() if not one.name}
        for platform in {one.platform.value for one in new.values()}:
            groups = adopt_groups(
                workspace_id=line.workspace_id,
                community_id=line.community_id,
                connection_id=connection_id,
                platform=platform,
                names={
                    key: one.name or key
                    for key, one in new.items()
                    if one.platform.value == platform
                },
            )
            places = place_of_groups([one.pk for one in groups.values()])
            line.places |= {key: places[one.pk] for key, one in groups.items()}
        return [line.places[one.key] for one in chats]


def _sound(clock: Clock, places: Sequence[GroupPlace], parcel: Parcel) -> list[Inbound]:
    """The records of a parcel as they are stored, with the moments they are stored as of."""
    present = now_ms()
    told = [one.item.sent_ms for one in parcel.arrivals]
    items = [
        sound(one.item, clock.believed(sent_ms, present))
        for one, sent_ms in zip(parcel.arrivals, told, strict=True)
    ]
    clock.keep_moments(places, told, items)
    return items


def _moved(line: _Line, chats: Sequence[ChatRef]) -> Sequence[ChatRef]:
    """The chats, those that go on under another key already by that."""
    moved = {one.former: one for one in chats if one.former}
    for former, one in moved.items():
        if move_key(
            workspace_id=line.workspace_id,
            platform=one.platform.value,
            former=former,
            key=one.key,
        ):
            line.places.pop(former, None)
    return [moved.get(one.key, one) for one in chats] if moved else chats


def _joined(parcels: Sequence[tuple[int, Parcel]]) -> Iterable[tuple[int, Parcel]]:
    """One parcel a connection, in the order they came; the last cursor of each counts."""
    by_connection: dict[int, list[Parcel]] = {}
    for connection_id, parcel in parcels:
        by_connection.setdefault(connection_id, []).append(parcel)
    for connection_id in sorted(by_connection):
        many = by_connection[connection_id]
        if len(many) == 1:
            yield connection_id, many[0]
            continue
        cursor: dict[str, str] = {}
        for one in many:
            cursor.update(one.cursor)
        yield (
            connection_id,
            Parcel(
                arrivals=[a for one in many for a in one.arrivals],
                requests=[r for one in many for r in one.requests],
                receipts=[r for one in many for r in one.receipts],
                chats=[c for one in many for c in one.chats],
                cursor=cursor,
            ),
        )


def _keep_asks(workspace_id: int, asks: Iterable[tuple[GroupPlace, JoinRequest]]) -> None:
    """Keep requests to join, with the link they say; one that comes again changes nothing."""
    present = now_ms()
    rows = [
        JoinAsk(
            workspace_id=workspace_id,
            group_id=place.group_id,
            external_id=clean(one.request)[:_SHORT],
            account=short_id(one.account),
            name=clean(one.name)[:_SHORT],
            words=clean(one.words)[:_WORDS],
            asked_ms=one.asked_ms if can_be(one.asked_ms, present) else present,
        )
        for place, one in asks
    ]
    hear_asks(rows)
    JoinAsk.objects.bulk_create(rows, ignore_conflicts=True)


def cursor_of(connection_id: int) -> dict[str, str]:
    """How far a connection has read; empty for one that is gone."""
    kept = Connection.objects.filter(pk=connection_id).values_list("cursor", flat=True)
    return dict(kept.first() or {})


def _note_heard(connection_id: int, line: _Line, parcel: Parcel) -> None:
    """Keep how far the connection has read, and that it was heard of, to the second."""
    cursor, moment = {**parcel.cursor, **line.clock.news()}, time.monotonic()
    if not cursor and moment - line.noted < HEARD_S:
        return
    mine = Connection.objects.filter(pk=connection_id)
    if not cursor:
        mine.update(heard_at=now())
        line.noted = moment
        return
    # A cursor has several parts, such as one a channel: those not named stay.
    # Calls to the callback move it, too: locked, so that neither forgets what the other wrote.
    kept = mine.select_for_update().values_list("cursor", flat=True).get()
    mine.update(cursor={**kept, **cursor}, heard_at=now())
