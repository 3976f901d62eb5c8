"""Tests of discord_text."""
