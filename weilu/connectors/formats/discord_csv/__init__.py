"""DiscordChatExporter CSV."""
