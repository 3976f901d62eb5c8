"""Django app of `weilu.groups`."""

from django.apps import AppConfig


class GroupsConfig(AppConfig):
    """Owns groups and who is in them."""

    name = "weilu.groups"
    label = "groups"

    def ready(self) -> None:
        """Register segment conditions."""
        from weilu.groups.joining import conditions  # noqa: F401, PLC0415
