"""Owns people (handbook C): one person behind many identities, names, merges, bots, staff."""
