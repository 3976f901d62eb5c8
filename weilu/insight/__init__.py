"""Owns numbers that tell the truth (handbook J): roll-ups, pages of numbers, findings."""
