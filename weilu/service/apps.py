"""Django app of `weilu.service`."""

from django.apps import AppConfig


class ServiceConfig(AppConfig):
    """Owns welcomes, questions and their answers."""

    name = "weilu.service"
    label = "service"

    def ready(self) -> None:
        """Register reactions and the stage that sees newcomers."""
        from weilu.service import declaring, first_days, greetings, reactions  # noqa: F401, PLC0415
