"""The catalogue of everything that can happen: frozen dataclasses, one file per package."""

from weilu.events import chat, communities, groups, members, moderation

__all__ = ["chat", "communities", "groups", "members", "moderation"]
