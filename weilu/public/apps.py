"""Django app of the public pages."""

from django.apps import AppConfig


class PublicConfig(AppConfig):
    """Pages for members and visitors."""

    name = "weilu.public"
    label = "public"
