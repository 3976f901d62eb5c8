"""Django app of the mechanism."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Owns users, workspaces, the event log and jobs."""

    name = "weilu.core"
    label = "core"

    def ready(self) -> None:
        """Register what a new key is for besides our own columns."""
        from weilu.core import factors  # noqa: F401, PLC0415 allauth's models are there now
