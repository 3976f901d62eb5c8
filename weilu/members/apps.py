"""Django app of `weilu.members`."""

from django.apps import AppConfig


class MembersConfig(AppConfig):
    """Owns people and their identities."""

    name = "weilu.members"
    label = "members"

    def ready(self) -> None:
        """Register jobs, conditions, openers, and what is done between rounds of the worker."""
        from weilu.members import jobs, opened  # noqa: F401, PLC0415
        from weilu.members.actions import tags  # noqa: F401, PLC0415
        from weilu.members.queries import circles, standing  # noqa: F401, PLC0415
        from weilu.members.segments import conditions  # noqa: F401, PLC0415
