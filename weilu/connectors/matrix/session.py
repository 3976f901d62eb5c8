"""A session with a Matrix homeserver: sync in, orders out."""

from __future__ import annotations

from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import nio

from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Arrival, Inbox, JoinRequest, Parcel
from weilu.chat.ports.records import ChatRef, Platform
from weilu.chat.ports.sessions import Person, Step
from weilu.connectors.matrix.decode import arrival
from weilu.connectors.matrix.doctor import examine
from weilu.connectors.matrix.failures import asked
from weilu.connectors.matrix.orders import Orders
from weilu.core.errors import GivenUp, WeiluError

SYNC_MS = 25_000
REQUEST_S = 40
# A room that was silent for months is not read back for ever; a burst is.
MOST_MISSED = 20_000
PAGE = 500
FIRST_LOOK = 50
FILTER = {
    "presence": {"types": []},
    "account_data": {"types": []},
    "room": {
        "timeline": {"limit": FIRST_LOOK},
        "state": {"lazy_load_members": True},
        "ephemeral": {"types": []},
        "account_data": {"types": []},
    },
}
# Wire data: any JSON object.
Event = Mapping[str, Any]


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[MatrixSession]:
    """A session; raises GivenUp `unauthorised` for a wrong token, TryLater when out of reach."""
    settings = config.settings
    client = nio.AsyncClient(
        settings["homeserver"].rstrip("/"),
        config=nio.AsyncClientConfig(
            max_limit_exceeded=0, max_timeouts=0, request_timeout=REQUEST_S
        ),
    )
    client.access_token = settings["token"]
    try:
        me = await asked(client.whoami())
        client.user_id = me.user_id
        yield MatrixSession(client, config)
    finally:
        await client.close()


@dataclass
class MatrixSession(Orders):
    """One account on one homeserver."""

    client: nio.AsyncClient
    config: Config
    # What members are called, by room and account; kept up by what the server sends.
    names: dict[str, dict[str, str]] = field(default_factory=dict)

    async def listen(self, inbox: Inbox) -> None:
        """Follow the server's stream of events; the cursor is the server's own."""
        since = self.config.cursor.get("since", "")
        while True:
            response = await asked(
                self.client.sync(
                    timeout=SYNC_MS if since else 0, sync_filter=FILTER, since=since or None
                )
            )
            parcel = await self._parcel(response, since)
            if parcel.arrivals or parcel.requests or response.next_batch != since:
                await inbox.put(parcel)
            since = response.next_batch
            await self._follow_invitations(response)

    async def _parcel(self, response: nio.SyncResponse, since: str) -> Parcel:
        arrivals: list[Arrival] = []
        requests: list[JoinRequest] = []
        for room_id, info in response.rooms.join.items():
            chat = self._chat(room_id)
            self._learn_names(room_id, [e.source for e in info.state])
            events = [e.source for e in info.timeline.events]
            if info.timeline.limited and since:
                missed = await self._missed(room_id, info.timeline.prev_batch, since)
                events = missed + events
            for event in events:
                found = arrival(chat, event, self.names.get(room_id, {}), self.client.user_id)
                self._learn_names(room_id, [event])
                if isinstance(found, Arrival):
                    arrivals.append(found)
                elif isinstance(found, JoinRequest):
                    requests.append(found)
        cursor = {"since": response.next_batch}
        return Parcel(arrivals=arrivals, requests=requests, cursor=cursor)

    async def _missed(self, room_id: str, before: str, since: str) -> list[Event]:
        """What the server left out of a cut timeline, in order of time."""
        found: list[Event] = []
        start: str | None = before
        while start and len(found) < MOST_MISSED:
            page = await asked(
                self.client.room_messages(room_id, start=start, end=since, limit=PAGE)
            )
            found += [event.source for event in page.chunk]
            start = page.end if page.chunk else None
        return found[::-1]

    def _chat(self, room_id: str) -> ChatRef:
        room = self.client.rooms.get(room_id)
        return ChatRef(Platform.MATRIX, room_id, (room.display_name if room else "") or room_id)

    def _learn_names(self, room_id: str, events: Sequence[Event]) -> None:
        known = self.names.setdefault(room_id, {})
        for event in events:
            if event.get("type") == "m.room.member":
                content = event.get("content")
                name = content.get("displayname") if isinstance(content, Mapping) else None
                if isinstance(name, str) and name:
                    known[str(event.get("state_key"))] = name

    async def _follow_invitations(self, response: nio.SyncResponse) -> None:
        """Join the rooms that people named in the form have invited the account to."""
        welcome = set(self.config.settings.get("inviters", "").split())
        for room_id, info in response.rooms.invite.items():
            senders = {getattr(event, "sender", "") for event in info.invite_state}
            if senders & welcome:
                try:
                    await asked(self.client.join(room_id))
                except WeiluError:
                    # Withdrawn meanwhile, or full: the next invitation counts.
                    continue

    async def examine(self) -> Sequence[Step]:
        """Try the account, and its rights in every room."""
        return await examine(self.client)

    async def groups(self) -> Sequence[ChatRef]:
        """The rooms the account is in."""
        joined = await asked(self.client.joined_rooms())
        return [self._chat(room_id) for room_id in joined.rooms]

    async def members(self, group: str) -> Sequence[Person]:
        """Who is in a room."""
        listed = await asked(self.client.joined_members(group))
        return [
            Person(one.user_id, one.display_name or one.user_id)
            for one in listed.members
            if one.user_id != self.client.user_id
        ]

    async def invite_link(self, group: str) -> str:
        """A matrix.to link by the room's alias, or by its id where it has none."""
        server = self.client.user_id.partition(":")[2]
        try:
            state = await asked(self.client.room_get_state_event(group, "m.room.canonical_alias"))
            alias = state.content.get("alias")
        except GivenUp:
            alias = None
        return (
            f"https://matrix.to/#/{alias}" if alias else f"https://matrix.to/#/{group}?via={server}"
        )
