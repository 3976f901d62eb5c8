"""Tests of `weilu.console.moderation`."""
