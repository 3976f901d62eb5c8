"""A community: the people, beyond the groups that hold them (handbook A)."""

from __future__ import annotations

from datetime import time

from django.db import models


class Community(models.Model):
    """People with a shared interest; its time zone decides what a day is in its numbers."""

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    time_zone = models.CharField(max_length=64)
    # What the community's product is called, one word a line: do members speak of it?
    product_words = models.TextField(default="", blank=True)
    is_demo = models.BooleanField(default=False)
    # Nothing that can wait is written between these, by the community's clock; equal: never so.
    quiet_from = models.TimeField(default=time(22, 30))
    quiet_until = models.TimeField(default=time(8, 0))
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["workspace", "name"], name="community_name_once"),
        ]

    def __str__(self) -> str:
        return self.name
