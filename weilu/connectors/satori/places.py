"""Which channel belongs to which guild, and how they are called. A group is a text channel."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from weilu.chat.ports.records import ChatRef, Platform
from weilu.connectors.wire import Json, mapping, number, text

TEXT, DIRECT = 0, 1
# Cursor entries that keep a channel's guild.
GUILD = "g:"


@dataclass
class Places:
    """What is known of channels; on platforms such as QQ both have the same number."""

    platform: Platform
    guilds: dict[str, str] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def restore(self, cursor: Mapping[str, str]) -> None:
        """What was learnt before."""
        pairs = ((k.removeprefix(GUILD), v) for k, v in cursor.items() if k.startswith(GUILD))
        self.guilds |= dict(pairs)

    def learn(self, channel: Json, guild: Json) -> dict[str, str]:
        """Learn a text channel; what is to be kept of it, nothing when it was known."""
        key, owner = text(channel, "id"), text(guild, "id")
        if not key or number(channel, "type") != TEXT:
            return {}
        name = text(channel, "name") or text(guild, "name")
        if name:
            self.names[key] = name
        if not owner or self.guilds.get(key) == owner:
            return {}
        self.guilds[key] = owner
        return {GUILD + key: owner}

    def guild(self, channel: str) -> str:
        """The guild of a channel."""
        return self.guilds.get(channel, channel)

    def chat(self, event: Json) -> ChatRef | None:
        """The group of an event; None for private talk, categories and garbage.

        Who joins a guild of several channels joins its first.
        """
        channel, guild = mapping(event, "channel"), mapping(event, "guild")
        key = text(channel, "id")
        if key and number(channel, "type") != TEXT:
            return None
        if not key:
            owner = text(guild, "id")
            mine = (one for one, other in self.guilds.items() if other == owner)
            key = owner if owner in self.guilds else next(mine, owner)
        return ChatRef(self.platform, key, self.names.get(key, "")) if key else None
