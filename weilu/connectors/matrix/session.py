"""A session with a Matrix homeserver: sync in, orders out."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import nio

from weilu.chat.ports.connectors import Config
from weilu.chat.ports.orders import Arrival, Inbox, JoinRequest, Parcel
from weilu.chat.ports.records import ChatRef
from weilu.chat.ports.sessions import Person, Step
from weilu.connectors.matrix.decode import arrival
from weilu.connectors.matrix.doctor import examine
from weilu.connectors.matrix.failures import asked
from weilu.connectors.matrix.invitations import Membership, inviter_of, is_followed
from weilu.connectors.matrix.orders import Orders
from weilu.connectors.matrix.power import MODERATOR
from weilu.connectors.matrix.rooms import Rooms
from weilu.core.errors import GivenUp, TryLater, WeiluError

log = logging.getLogger(__name__)

SYNC_MS = 25_000
SYNC_S = 45.0
# A room that was silent for months is not read back for ever; a burst is.
MOST_MISSED = 20_000
PAGE = 500
FIRST_LOOK = 50
JOIN_TRIES = 20
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
_ADDRESS = re.compile(
    r"https?://([^\s/?#@:\[\]]+|\[[0-9a-f:.]+\])(:[0-9]{1,5})?(/[^\s?#]*)?", re.IGNORECASE
)
# Wire data: any JSON object.
Event = Mapping[str, Any]


@asynccontextmanager
async def opened(config: Config) -> AsyncIterator[MatrixSession]:
    """A session; raises GivenUp `unauthorised` for a wrong token, TryLater when out of reach."""
    client = nio.AsyncClient(
        address_of(config.settings["homeserver"]),
        config=nio.AsyncClientConfig(max_limit_exceeded=0, max_timeouts=0),
    )
    client.access_token = config.settings["token"]
    try:
        me = await asked(client.whoami())
        client.user_id = me.user_id
        yield MatrixSession(client, config, Rooms(client))
    finally:
        await client.close()


def address_of(written: str) -> str:
    """The address of a homeserver as people write it: without https:// it is meant.

    Raises GivenUp `bad_setting` for what cannot be one.
    """
    address = written.strip().rstrip("/")
    address = address if "://" in address else f"https://{address}"
    if not _ADDRESS.fullmatch(address):
        raise GivenUp("bad_setting")
    return address


@dataclass
class MatrixSession(Orders):
    """One account on one homeserver."""

    client: nio.AsyncClient
    config: Config
    rooms: Rooms
    # Rooms to enter, and how often to try yet; kept with the cursor until it is done.
    invited: dict[str, int] = field(default_factory=dict)

    async def listen(self, inbox: Inbox) -> None:
        """Follow the server's stream of events; the cursor is the server's own."""
        since = self._start()
        while True:
            response = await self._sync(since)
            self._note_invitations(response)
            if response.next_batch != since:
                await inbox.put(await self._parcel(response, since))
            since = response.next_batch
            await self._follow_invitations()

    def _start(self) -> str:
        """Where to go on; another account on another server has nothing to do with it."""
        cursor = self.config.cursor
        if cursor.get("account", self._place()) != self._place():
            return ""
        self.invited = dict.fromkeys(cursor.get("invited", "").split(), JOIN_TRIES)
        return cursor.get("since", "")

    def _place(self) -> str:
        return f"{self.client.user_id} {address_of(self.config.settings['homeserver'])}"

    async def _sync(self, since: str) -> nio.SyncResponse:
        try:
            return await self._asked_for_news(since)
        except GivenUp as error:
            if not since or str(error) not in {"not_possible", "bad_setting"}:
                raise
        # A server that was set back does not know it: waiting would not bring it back.
        log.warning("connection %s: the server refuses its own cursor", self.config.connection)
        return await self._asked_for_news("")

    async def _asked_for_news(self, since: str) -> nio.SyncResponse:
        # Else the library goes on from where it was by itself.
        self.client.next_batch = ""
        return await asked(
            self.client.sync(
                timeout=SYNC_MS if since else 0, sync_filter=FILTER, since=since or None
            ),
            within_s=SYNC_S,
        )

    async def _parcel(self, response: nio.SyncResponse, since: str) -> Parcel:
        arrivals: list[Arrival] = []
        requests: list[JoinRequest] = []
        # What was said before our account was put out stands among the rooms it has left.
        for room_id, info in (*response.rooms.join.items(), *response.rooms.leave.items()):
            for found in await self._room(room_id, info, since):
                if isinstance(found, Arrival):
                    arrivals.append(found)
                else:
                    requests.append(found)
        cursor = {
            "since": response.next_batch,
            "account": self._place(),
            "invited": " ".join(self.invited),
        }
        return Parcel(arrivals=arrivals, requests=requests, cursor=cursor)

    async def _room(
        self, room_id: str, info: nio.RoomInfo, since: str
    ) -> list[Arrival | JoinRequest]:
        """What happened in a room, in order."""
        self.rooms.learn(room_id, [e.source for e in info.state])
        events = [e.source for e in info.timeline.events]
        if info.timeline.limited and since:
            events = await self._missed(room_id, info.timeline.prev_batch, since) + events
        if not events:
            return []
        chat, names = await self.rooms.chat(room_id), await self.rooms.names(room_id, events)
        told = []
        for event in events:
            found = arrival(chat, event, names, self.client.user_id)
            self.rooms.learn(room_id, [event])
            if found is not None:
                told.append(found)
        return told

    async def _missed(self, room_id: str, before: str, since: str) -> list[Event]:
        """What the server left out of a cut timeline, in order of time."""
        found: list[Event] = []
        start: str | None = before
        while start and len(found) < MOST_MISSED:
            page = await self._page(room_id, start, since)
            found += [event.source for event in page.chunk] if page else []
            # A page may be empty and not the last: what it held was not for us.
            start = page.end if page and page.end != start else None
        if start:
            log.warning("connection %s: more was missed than is read", self.config.connection)
        return found[::-1]

    async def _page(self, room_id: str, start: str, since: str) -> nio.RoomMessagesResponse | None:
        """A page of a room's past, None where our account may not look any more."""
        try:
            return await asked(
                self.client.room_messages(room_id, start=start, end=since, limit=PAGE)
            )
        except GivenUp as error:
            if str(error) == "unauthorised":
                raise
            return None

    def _note_invitations(self, response: nio.SyncResponse) -> None:
        """Remember the rooms that somebody the form allows has invited the account to."""
        allowed = self.config.settings.get("inviters", "")
        for room_id, info in response.rooms.invite.items():
            members = [
                Membership(one.state_key, one.membership, one.sender)
                for one in info.invite_state
                if isinstance(one, nio.InviteMemberEvent)
            ]
            if is_followed(inviter_of(members, self.client.user_id), allowed):
                self.invited[room_id] = JOIN_TRIES

    async def _follow_invitations(self) -> None:
        """Enter these rooms; a server that is away for the moment is asked again."""
        for room_id, tries in list(self.invited.items()):
            try:
                await asked(self.client.join(room_id))
            except TryLater:
                self.invited[room_id] = tries - 1
                if tries > 1:
                    continue
            except WeiluError:
                # Withdrawn meanwhile: the next invitation counts.
                log.info("connection %s: an invitation came to nothing", self.config.connection)
            del self.invited[room_id]

    async def examine(self) -> Sequence[Step]:
        """Try the account, and its rights in every room."""
        return await examine(self.client, self.rooms)

    async def groups(self) -> Sequence[ChatRef]:
        """The rooms the account is in."""
        joined = await asked(self.client.joined_rooms())
        return [await self.rooms.chat(room_id) for room_id in joined.rooms]

    async def members(self, group: str) -> Sequence[Person]:
        """Who is in a room."""
        listed = await asked(self.client.joined_members(group))
        power = await self.rooms.power(group)
        return [
            Person(
                one.user_id,
                one.display_name or one.user_id,
                is_staff=power.of(one.user_id) >= MODERATOR,
                is_self=one.user_id == self.client.user_id,
            )
            for one in listed.members
        ]

    async def invite_link(self, group: str, mark: str = "") -> str:
        """A matrix.to link by the room's alias, or by its id where it has none."""
        server = self.client.user_id.partition(":")[2]
        alias = (await self.rooms.state(group, "m.room.canonical_alias")).get("alias")
        known = alias if isinstance(alias, str) and alias else f"{group}?via={server}"
        return f"https://matrix.to/#/{known}"
