"""Django app of `weilu.members`."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Owns people and their identities."""

    name = "weilu.members"
    label = "members"
