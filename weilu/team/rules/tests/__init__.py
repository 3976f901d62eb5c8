"""Tests of the rules of `weilu.team`."""
