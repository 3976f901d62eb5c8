"""Django app of `weilu.content`."""

from django.apps import AppConfig


class ContentConfig(AppConfig):
    """Owns the promotion share and its guard."""

    name = "weilu.content"
    label = "content"

    def ready(self) -> None:
        """Register the guard."""
        from weilu.content import promotion  # noqa: F401, PLC0415
