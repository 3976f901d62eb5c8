"""Tests of `weilu.moderation.rules`."""
