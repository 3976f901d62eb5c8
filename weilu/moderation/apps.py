"""Django app of `weilu.moderation`."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Owns what was found doubtful and what was decided about it."""

    name = "weilu.moderation"
    label = "moderation"
