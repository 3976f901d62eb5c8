"""The table of pictures that are looked at."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Picture(models.Model):
    """A picture of a connected group that is looked at for codes; the picture itself is not kept.

    `media` is what the connection fetches it by; `data` is the file where it came with the message,
    until it is read. `digest` the SHA-256 of the file, `codes` what
    they say. The message is found by its group and external id.
    """

    class State(models.TextChoices):
        """How far it is."""

        WAITING = "waiting"
        READ = "read"
        FAILED = "failed"

    workspace = models.ForeignKey("core.Workspace", on_delete=models.CASCADE, related_name="+")
    connection = models.ForeignKey(
        "groups.Connection", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    group = models.ForeignKey(
        "groups.Group", on_delete=models.CASCADE, related_name="+", db_index=False
    )
    external_id = models.CharField(max_length=200)
    sent_ms = models.BigIntegerField()
    media = models.CharField(max_length=2000)
    data = models.BinaryField(null=True)
    state = models.CharField(max_length=8, choices=State.choices, default=State.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField()
    digest = models.CharField(max_length=64, default="", blank=True)
    codes = models.JSONField(default=list)
    at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["group", "external_id"], name="picture_once"),
        ]
        indexes = [
            models.Index(
                fields=["connection", "due_at"],
                condition=Q(state="waiting"),
                name="picture_waiting",
            ),
            models.Index(fields=["digest"], condition=Q(state="read"), name="picture_read"),
        ]

    def __str__(self) -> str:
        return f"picture {self.pk}"
