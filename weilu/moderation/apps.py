"""Django app of `weilu.moderation`."""

from django.apps import AppConfig


class ModerationConfig(AppConfig):
    """Owns what was found doubtful and what was decided about it."""

    name = "weilu.moderation"
    label = "moderation"

    def ready(self) -> None:
        """Register jobs and reactions."""
        from weilu.moderation import jobs, reactions  # noqa: F401, PLC0415
