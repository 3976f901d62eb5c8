"""DiscordChatExporter's text (handbook K-4)."""
