"""Django app of `weilu.members`."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Owns people and their identities."""

    name = "weilu.members"
    label = "members"

    def ready(self) -> None:
        """Register jobs, reactions, conditions, openers, and what runs between rounds of work."""
        from weilu.members import jobs, opened, reactions  # noqa: F401, PLC0415
        from weilu.members.actions import tags  # noqa: F401, PLC0415
        from weilu.members.queries import circles, standing  # noqa: F401, PLC0415
        from weilu.members.segments import conditions  # noqa: F401, PLC0415
