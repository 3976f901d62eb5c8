"""Tests of discord_csv."""
