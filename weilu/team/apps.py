"""Django app of `weilu.team`."""

from django.apps import AppConfig


class TeamConfig(AppConfig):
    """Owns posts and seed members."""

    name = "weilu.team"
    label = "team"
