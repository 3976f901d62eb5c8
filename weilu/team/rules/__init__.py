"""Decisions of `weilu.team`, pure."""
