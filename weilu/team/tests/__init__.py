"""Tests of `weilu.team`."""
