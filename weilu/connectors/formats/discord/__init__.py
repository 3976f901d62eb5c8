"""DiscordChatExporter's JSON: one channel a file (handbook K-4)."""

from weilu.connectors.formats.discord.reader import DiscordFormat

__all__ = ["DiscordFormat"]
