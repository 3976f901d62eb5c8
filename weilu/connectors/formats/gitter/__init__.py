"""Gitter by the answers of its interface (handbook K-4)."""
