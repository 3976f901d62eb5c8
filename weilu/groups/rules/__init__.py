"""Decisions about groups, pure."""
