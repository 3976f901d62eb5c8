"""What rooms and the people in them are called, learnt as events come."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import nio

from weilu.chat.ports.records import ChatRef, Platform
from weilu.connectors.matrix.failures import asked
from weilu.connectors.matrix.power import Power
from weilu.core.errors import GivenUp

# Wire data: any JSON object.
Event = Mapping[str, Any]
_SHOWN = 3


@dataclass
class Rooms:
    """Names for as long as a session lasts; asks the server for what no event has told.

    A server that goes on from a cursor tells no names again, so they must be asked for.
    """

    client: nio.AsyncClient
    titles: dict[str, str] = field(default_factory=dict)
    people: dict[str, dict[str, str]] = field(default_factory=dict)
    listed: set[str] = field(default_factory=set)

    def learn(self, room_id: str, events: Iterable[Event]) -> None:
        """Take names out of state events; anything else is passed over."""
        known = self.people.setdefault(room_id, {})
        for event in events:
            content, key = event.get("content"), event.get("state_key")
            if not (isinstance(content, Mapping) and isinstance(key, str)):
                continue
            if event.get("type") == "m.room.member":
                # Who goes leaves no name behind; the one they had stays.
                name = _text(content, "displayname")
                if name or content.get("membership") == "join":
                    known[key] = name or key
            elif event.get("type") == "m.room.name" and _text(content, "name"):
                self.titles[room_id] = _text(content, "name")

    async def chat(self, room_id: str) -> ChatRef:
        """The room with its name: its own, its alias, or the people in it."""
        if room_id not in self.titles:
            self.titles[room_id] = await self._title(room_id)
        return ChatRef(Platform.MATRIX, room_id, self.titles[room_id])

    async def names(self, room_id: str, events: Iterable[Event]) -> dict[str, str]:
        """Names by account, holding every sender of these events that is still in the room.

        "" where the server lists no name: it knows none, or one it does not store as it is. What
        is known of them stays.
        """
        known = self.people.setdefault(room_id, {})
        senders = {event.get("sender") for event in events}
        if room_id not in self.listed and not senders <= known.keys():
            self.listed.add(room_id)
            for account, name in (await self._members(room_id)).items():
                known.setdefault(account, name)
        return known

    async def state(self, room_id: str, kind: str) -> Event:
        """The content of a piece of a room's state, empty when it has none or it is not shown."""
        try:
            response = await asked(self.client.room_get_state_event(room_id, kind))
        except GivenUp as error:
            if str(error) == "unauthorised":
                raise
            return {}
        content = response.content
        return content if isinstance(content, Mapping) else {}

    async def power(self, room_id: str) -> Power:
        """Who may do what in a room."""
        create = await self.state(room_id, "m.room.create")
        levels = await self.state(room_id, "m.room.power_levels")
        return Power(levels, create, await self._creator(room_id, create))

    async def _creator(self, room_id: str, create: Event) -> str:
        """Who made a room that is named after the event that made it, "" of older ones."""
        if ":" in room_id or not create:
            return ""
        try:
            made = await asked(self.client.room_get_event(room_id, f"${room_id[1:]}"))
        except GivenUp as error:
            if str(error) == "unauthorised":
                raise
            return ""
        return str(made.event.sender)

    async def _title(self, room_id: str) -> str:
        named = _text(await self.state(room_id, "m.room.name"), "name")
        alias = named or _text(await self.state(room_id, "m.room.canonical_alias"), "alias")
        if alias:
            return alias
        own = self.client.user_id
        members = await self._members(room_id)
        others = [name or who for who, name in members.items() if who != own]
        return ", ".join(sorted(others)[:_SHOWN]) or room_id

    async def _members(self, room_id: str) -> dict[str, str]:
        try:
            listed = await asked(self.client.joined_members(room_id))
        except GivenUp as error:
            # Put out meanwhile: the list is not shown any more, what was said still is.
            if str(error) == "unauthorised":
                raise
            return {}
        return {one.user_id: one.display_name or "" for one in listed.members}


def _text(of: Event, key: str) -> str:
    value = of.get(key)
    return value.strip() if isinstance(value, str) else ""
