"""Mattermost by its bulk export and by its interface (handbook K-4)."""
