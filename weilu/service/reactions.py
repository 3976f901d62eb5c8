"""Reactions of service: its work follows imports through insight."""
