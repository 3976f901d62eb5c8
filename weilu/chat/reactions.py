"""What chat does about its own events: nothing yet beyond its stages, which live here by import."""

from weilu.chat import participation

__all__ = ["participation"]
