"""Django app of `weilu.communities`."""

from django.apps import AppConfig


class CommunitiesConfig(AppConfig):
    """Owns what a community is."""

    name = "weilu.communities"
    label = "communities"
