"""Rocket.Chat by its interface and by its own exports (handbook K-4)."""
