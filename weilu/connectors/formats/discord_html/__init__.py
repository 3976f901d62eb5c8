"""DiscordChatExporter's web pages (handbook K-4)."""
