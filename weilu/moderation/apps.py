"""Django app of `weilu.moderation`."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Owns what was found doubtful and what was decided about it."""

    name = "weilu.moderation"
    label = "moderation"

    def ready(self) -> None:
        """Register jobs, reactions and the stages that hear live messages."""
        from weilu.moderation import (  # noqa: F401, PLC0415
            aside,
            erasing,
            heard,
            jobs,
            live,
            naming,
            raids,
            reactions,
        )
