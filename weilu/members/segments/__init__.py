"""Segments (C-9): trees of conditions, each condition one statement that answers members."""
