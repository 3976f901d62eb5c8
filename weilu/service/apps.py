"""Django app of `weilu.service`."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    """Owns questions and their answers."""

    name = "weilu.service"
    label = "service"

    def ready(self) -> None:
        """Register reactions."""
        from weilu.service import reactions  # noqa: F401, PLC0415
