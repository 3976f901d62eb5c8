"""Decisions of service, pure."""
