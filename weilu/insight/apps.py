"""Django app of `weilu.insight`."""

from django.apps import AppConfig


class InsightConfig(AppConfig):
    """Owns roll-ups, numbers and findings."""

    name = "weilu.insight"
    label = "insight"

    def ready(self) -> None:
        """Register the stages that count and watch, jobs and reactions."""
        from weilu.insight import alerts, following, jobs, reactions, stages  # noqa: F401, PLC0415
        from weilu.insight.people import conditions, erasing, segments  # noqa: F401, PLC0415
        from weilu.insight.worth import conditions as worth_conditions  # noqa: F401, PLC0415
        from weilu.insight.worth import keeping  # noqa: F401, PLC0415
