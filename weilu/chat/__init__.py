"""Owns every message in and out: accept, store, search, import, export (K-4)."""
