"""Tests of what connectors have in common."""
