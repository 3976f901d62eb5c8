"""Tests of the DiscordChatExporter reader."""
