"""Django app of the mechanism."""

from django.apps import AppConfig


class CoreConfig(AppConfig):
    """Owns users, workspaces, the event log and jobs."""

    name = "weilu.core"
    label = "core"
