"""Django app of `weilu.chat`."""

from django.apps import AppConfig


class ChatConfig(AppConfig):
    """Owns messages, imports and what happens to them."""

    name = "weilu.chat"
    label = "chat"

    def ready(self) -> None:
        """Register jobs, reactions, guards and what an erasure removes."""
        from weilu.chat import erasing, jobs, reactions  # noqa: F401, PLC0415
        from weilu.chat.live import (  # noqa: F401, PLC0415
            errands,
            examining,
            platform_limits,
            quiet_hours,
            withdrawing,
        )
