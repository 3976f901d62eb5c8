"""Tests of discord_html."""
