"""Junk found in the groups: what waits for a decision, what was learned, which words."""
