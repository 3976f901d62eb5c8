"""Django app of the console."""

from django.apps import AppConfig


class ConsoleConfig(AppConfig):
    """Pages for staff."""

    name = "weilu.console"
    label = "console"
