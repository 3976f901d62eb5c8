"""Tests of `weilu.moderation`."""
