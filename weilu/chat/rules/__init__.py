"""Decisions about what comes in, as pure functions."""
